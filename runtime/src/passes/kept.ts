/**
 * What a graph keeps for its ways back: values that region P pushes and region Q pops, for each pair of regions.
 *
 * Only stacks of which it is certain which push a pop belongs to: one push and one pop, in regions of which neither lies in the other, in a
 * graph without functions that call themselves. Then each run of P pushes one value on each stack of (P, Q), and each run of Q takes one
 * off each, so values that are popped together were pushed together. States of loops with checkpoints are no such values.
 */
import { sameType } from "../core/type.ts";
import type { Graph, Node, PopNode, PushNode, Region, Value } from "../ir/graph.ts";
import { regionsOf } from "../ir/walk.ts";

/** A region: the node that it belongs to, the region around that, and when the walk came to it. */
export interface Place {
  readonly region: Region;
  readonly owner: Node | null;
  readonly around: Place | null;
  readonly time: number;
}

/** A value on its way from P to Q. */
export interface Kept {
  readonly push: PushNode;
  readonly pop: PopNode;
}

export interface Group {
  readonly from: Place;
  readonly to: Place;
  readonly kept: readonly Kept[];
}

interface Definition {
  readonly place: Place;
  readonly time: number;
  readonly node: Node | null;
}

/** One walk over a graph. */
export class KeptValues {
  /** No stack has this number or a greater one. */
  stacks = 0;
  readonly #definitions = new Map<Value, Definition>();
  readonly #pushes = new Map<number, [PushNode, Place][]>();
  readonly #pops = new Map<number, [PopNode, Place][]>();
  #functions = false;
  #time = 0;

  constructor(graph: Graph) {
    this.#visit(graph.body, null, null);
  }

  #visit(region: Region, owner: Node | null, around: Place | null): void {
    const place: Place = { region, owner, around, time: this.#time++ };
    const define = (values: readonly Value[], node: Node | null): void => {
      const definition = { place, time: this.#time++, node };
      for (const value of values) this.#definitions.set(value, definition);
    };
    define(region.params, null);
    for (const node of region.nodes) {
      if (node.kind === "define") this.#functions = true;
      if (node.kind === "push") this.#see(this.#pushes, node, place);
      if (node.kind === "pop") this.#see(this.#pops, node, place);
      for (const inner of regionsOf(node)) this.#visit(inner, node, place);
      define(node.results, node);
    }
  }

  #see<N extends PushNode | PopNode>(seen: Map<number, [N, Place][]>, node: N, place: Place): void {
    const known = seen.get(node.stack);
    if (known === undefined) seen.set(node.stack, [[node, place]]);
    else known.push([node, place]);
    this.stacks = Math.max(this.stacks, node.stack + 1);
  }

  groups(): Group[] {
    const groups = new Map<Place, Map<Place, Kept[]>>();
    if (this.#functions) return [];
    for (const [stack, pushes] of this.#pushes) {
      const pops = this.#pops.get(stack);
      if (pops === undefined || pushes.length !== 1 || pops.length !== 1) continue;
      const [[[push, from]], [[pop, to]]] = [pushes, pops] as [[[PushNode, Place]], [[PopNode, Place]]];
      if (push.checkpoint !== undefined || isWithin(from, to) || isWithin(to, from)) continue;
      const [[{ type }], [result]] = [push.operands, pop.results as [Value]];
      if (type.list === true || !sameType(type, result.type)) continue;
      const own = groups.get(from) ?? new Map<Place, Kept[]>();
      groups.set(from, own.set(to, [...(own.get(to) ?? []), { push, pop }]));
    }
    return [...groups].flatMap(([from, own]) => [...own].map(([to, kept]) => ({ from, to, kept })));
  }

  /** The node that computes a value; null for parameters. */
  nodeOf(value: Value): Node | null {
    return this.#of(value).node;
  }

  /** In the order in which values are computed. */
  timeOf(value: Value): number {
    return this.#of(value).time;
  }

  isDefinedIn(value: Value, place: Place): boolean {
    return this.#of(value).place === place;
  }

  /**
   * Whether a value that is known in P is so in Q, too: it belongs to a region around both. As all that was pushed within that region is
   * popped there (ir/graph.ts), it is the same one.
   */
  isKnownIn(value: Value, to: Place): boolean {
    const { place, time } = this.#of(value);
    return time < to.time && isWithin(to, place);
  }

  #of(value: Value): Definition {
    return this.#definitions.get(value) as Definition;
  }
}

function isWithin(place: Place, other: Place): boolean {
  for (let at: Place | null = place; at !== null; at = at.around) if (at === other) return true;
  return false;
}
