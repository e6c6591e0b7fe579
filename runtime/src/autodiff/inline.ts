/** Copies of nodes for a trace: the same computation once more, with other values in place of those from outside, other stacks and functions. */
import type { Tensor } from "../core/tensor.ts";
import type { Node, Region, Value } from "../ir/graph.ts";
import { mapOperands, mapRegions } from "../ir/walk.ts";
import type { GraphTracer } from "../trace/tracer.ts";

/** Adds the nodes of a region to the open one. `outside` gives what stands for the values that the region takes from outside. */
export function inlineRegion(t: GraphTracer, region: Region, args: readonly Tensor[], outside: (value: Value) => Tensor): Tensor[] {
  const copy = new Copy(t, (value) => t.valueOf(outside(value)));
  region.params.forEach((param, i) => {
    copy.define(param, t.valueOf(args[i] as Tensor));
  });
  for (const node of region.nodes) t.add(copy.node(node));
  return region.yields.map((v) => t.tensor(copy.use(v)));
}

/** Adds one node; returns what stands for its results. */
export function inlineNode(t: GraphTracer, node: Node, outside: (value: Value) => Tensor): Tensor[] {
  const copy = new Copy(t, (value) => t.valueOf(outside(value)));
  const made = copy.node(node);
  t.add(made);
  return made.results.map((v) => t.tensor(v));
}

/** Without what is written to the console, and without failures: the way there did not fail. */
export function silent(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) =>
    node.kind === "print" || node.kind === "fail" ? [] : [mapRegions(node, (region) => ({ ...region, nodes: silent(region.nodes) }))],
  );
}

/** A copy of a region, for another node. Stacks stay the same ones. */
export function copyRegion(t: GraphTracer, region: Region, outside: (value: Value) => Tensor): Region {
  return new Copy(t, (value) => t.valueOf(outside(value)), true).region(region);
}

/** The same region with values of its own. What it takes from outside, stacks and functions are the same ones. */
export function duplicate(t: GraphTracer, region: Region): Region {
  return new Copy(t, (value) => value, true).region(region);
}

class Copy {
  readonly #t: GraphTracer;
  readonly #outside: (value: Value) => Value;
  readonly #map = new Map<Value, Value>();
  readonly #stacks = new Map<number, number>();
  readonly #functions = new Map<number, number>();

  readonly #sameStacks: boolean;

  constructor(t: GraphTracer, outside: (value: Value) => Value, sameStacks = false) {
    this.#t = t;
    this.#outside = outside;
    this.#sameStacks = sameStacks;
  }

  define(value: Value, as: Value): void {
    this.#map.set(value, as);
  }

  use(value: Value): Value {
    let known = this.#map.get(value);
    if (known === undefined) {
      known = this.#outside(value);
      this.#map.set(value, known);
    }
    return known;
  }

  node(node: Node): Node {
    if (node.kind === "define") this.#functions.set(node.fn, this.#t.freshFunction());
    const used = mapRegions(
      mapOperands(node, (v) => this.use(v)),
      (region) => this.region(region),
    );
    const copy = { ...used, results: node.results.map((v) => this.#fresh(v)) } as Node;
    if (copy.kind === "define" || copy.kind === "call") return { ...copy, fn: this.#functions.get(copy.fn) ?? copy.fn };
    return copy.kind === "push" || copy.kind === "pop" ? { ...copy, stack: this.#stack(copy.stack) } : copy;
  }

  #stack(stack: number): number {
    if (this.#sameStacks) return stack;
    let fresh = this.#stacks.get(stack);
    if (fresh === undefined) {
      fresh = this.#t.freshStack();
      this.#stacks.set(stack, fresh);
    }
    return fresh;
  }

  region(region: Region): Region {
    const params = region.params.map((v) => this.#fresh(v));
    const nodes = region.nodes.map((n) => this.node(n));
    return { params, nodes, yields: region.yields.map((v) => this.use(v)) };
  }

  #fresh(value: Value): Value {
    const fresh = this.#t.freshValue(value.type, value.name);
    this.#map.set(value, fresh);
    return fresh;
  }
}
