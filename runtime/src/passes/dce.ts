/**
 * Dead code: keeps what results of the graph and effects depend on.
 *
 *   %2: f32 = exp %0                              (gone: nobody uses %2)
 *   %3, %4 = while (%5 = %0, %6 = %1) { … }   →   %3 = while (%5 = %0) { … }, if %4 is unused and %6 decides nothing
 *
 * Goes: unused pure nodes, results of conds, carried values that feed only themselves, whole loops without used results, whole
 * stacks: pushes and pops stay, all of a stack, once one popped value is used. A single pop may not go, for the next one would take
 * its value.
 * A call counts as an effect; a function stays where its calls do, with all its parameters and results.
 * Checked ops count as pure: an index that is out of range is an error only if somebody uses the element. A loop that would
 * not end but computes nothing goes as well.
 */
import type { CondNode, DefineNode, ForNode, Graph, Node, Region, Value, WhileNode } from "../ir/graph.ts";
import { mapRegions, operandsOf, regionsOf } from "../ir/walk.ts";
import { hasEffect } from "./facts.ts";

export function dce(graph: Graph): Graph {
  return new Liveness(graph).sweep();
}

type Loop = WhileNode | ForNode;

/** Where a value comes from: a result of a node, or the i-th carried value of a loop (−1: a parameter that always stays). */
interface Source {
  readonly node: Node | null;
  readonly index: number;
}

class Liveness {
  readonly #graph: Graph;
  readonly #sources = new Map<Value, Source>();
  readonly #owner = new Map<Node, Node | null>();
  readonly #values = new Set<Value>();
  readonly #nodes = new Set<Node>();
  /** Pushes and pops of each stack; of those that are in use none. */
  readonly #stacks = new Map<number, Node[]>();
  readonly #functions = new Map<number, DefineNode>();
  /** Loop → for each carried value whether it stays. */
  readonly #carried = new Map<Loop, boolean[]>();
  /** Live values whose sources have not been looked at. */
  readonly #pending: Value[] = [];

  constructor(graph: Graph) {
    this.#graph = graph;
    const effects: Node[] = [];
    this.#index(graph.body, null, effects);
    for (const node of effects) this.#keepEffect(node);
    this.#use(graph.body.yields);
    for (let value = this.#pending.pop(); value !== undefined; value = this.#pending.pop()) this.#trace(value);
  }

  #index(region: Region, owner: Node | null, effects: Node[]): void {
    for (const node of region.nodes) {
      this.#owner.set(node, owner);
      this.#from(node, node.results, 0);
      if (node.kind === "push" || node.kind === "pop") {
        const list = this.#stacks.get(node.stack);
        if (list === undefined) this.#stacks.set(node.stack, [node]);
        else list.push(node);
      } else if (hasEffect(node)) effects.push(node);
      if (node.kind === "define") this.#functions.set(node.fn, node);
      if (node.kind === "while") this.#from(node, node.test.params, 0);
      if (node.kind === "while") this.#from(node, node.body.params, 0);
      if (node.kind === "for") this.#from(node, node.body.params, -1);
      for (const inner of regionsOf(node)) this.#index(inner, node, effects);
    }
  }

  #from(node: Node, values: readonly Value[], first: number): void {
    values.forEach((value, i) => {
      this.#sources.set(value, { node, index: i + first });
    });
  }

  #use(values: readonly Value[]): void {
    for (const value of values) {
      if (this.#values.has(value)) continue;
      this.#values.add(value);
      this.#pending.push(value);
    }
  }

  /** The node runs, and so does everything around it. */
  #keepEffect(node: Node): void {
    for (let n: Node | null = node; n !== null; n = this.#owner.get(n) ?? null) this.#keep(n);
  }

  /** The node runs; which of its results are used is another matter. */
  #keep(node: Node): void {
    if (this.#nodes.has(node)) return;
    this.#nodes.add(node);
    if (node.kind === "while") this.#use(node.test.yields);
    else if (node.kind === "for") this.#use([node.start, node.limit, node.step]);
    else if (node.kind === "define") this.#use(node.body.yields);
    else this.#use(operandsOf(node));
    if (node.kind === "call") this.#keepEffect(this.#functions.get(node.fn) as DefineNode);
    if (node.kind === "while" || node.kind === "for") {
      this.#carried.set(
        node,
        node.init.map(() => false),
      );
    }
  }

  #trace(value: Value): void {
    const source = this.#sources.get(value);
    if (source === undefined || source.node === null) return;
    const { node, index } = source;
    this.#keep(node);
    if (node.kind === "pop") {
      const uses = this.#stacks.get(node.stack);
      this.#stacks.delete(node.stack);
      for (const use of uses ?? []) this.#keepEffect(use);
    }
    if (node.kind === "cond") this.#use([node.then.yields[index], node.else.yields[index]]);
    if ((node.kind !== "while" && node.kind !== "for") || index < 0) return;
    const carried = this.#carried.get(node) as boolean[];
    if (carried[index]) return;
    carried[index] = true;
    this.#use([node.init[index], node.body.yields[index]]);
  }

  sweep(): Graph {
    const body = this.#sweep(this.#graph.body, null);
    return body === this.#graph.body ? this.#graph : { ...this.#graph, body };
  }

  /** `kept` tells which yields stay; null for all. */
  #sweep(region: Region, kept: ((i: number) => boolean) | null, params: readonly Value[] = region.params): Region {
    const nodes = region.nodes.filter((node) => this.#nodes.has(node)).map((node) => this.#sweepNode(node));
    const yields = kept === null ? region.yields : region.yields.filter((_, i) => kept(i));
    const same =
      nodes.length === region.nodes.length &&
      yields.length === region.yields.length &&
      params.length === region.params.length &&
      nodes.every((n, i) => n === region.nodes[i]);
    return same ? region : { params, nodes, yields };
  }

  #sweepNode(node: Node): Node {
    if (node.kind === "cond") return this.#sweepCond(node);
    if (node.kind === "define") return mapRegions(node, (body) => this.#sweep(body, null));
    if (node.kind === "while" || node.kind === "for") return this.#sweepLoop(node);
    return node;
  }

  #sweepCond(node: CondNode): CondNode {
    const kept = (i: number): boolean => this.#values.has(node.results[i]);
    const [a, b] = [this.#sweep(node.then, kept), this.#sweep(node.else, kept)];
    if (a === node.then && b === node.else) return node;
    // biome-ignore lint/suspicious/noThenProperty: arms of a branch
    return { ...node, then: a, else: b, results: node.results.filter((_, i) => kept(i)) };
  }

  #sweepLoop(node: Loop): Loop {
    const carried = this.#carried.get(node) as boolean[];
    const kept = (i: number): boolean => carried[i];
    const keepAll = <T>(list: readonly T[]): readonly T[] => list.filter((_, i) => kept(i));
    const lead = node.kind === "for" ? 1 : 0;
    const params = node.body.params.filter((_, i) => i < lead || kept(i - lead));
    const body = this.#sweep(node.body, kept, params);
    const test = node.kind === "while" ? this.#sweep(node.test, null, keepAll(node.test.params)) : null;
    if (body === node.body && (node.kind === "for" || test === node.test)) return node;
    const common = { body, init: keepAll(node.init), results: keepAll(node.results) };
    return node.kind === "for" ? { ...node, ...common } : { ...node, ...common, test: test as Region };
  }
}
