/**
 * The way back through a region: how forward values are had there, and where gradients gather. Values of regions that are open are
 * at hand; those of a region that has ended are popped from stacks, or computed again where that needs nothing of the region.
 */
import type { Tensor } from "../core/tensor.ts";
import type { Node, Region, Value } from "../ir/graph.ts";
import { getOp } from "../ops/op.ts";
import { sumOf } from "../trace/list.ts";
import type { GraphTracer, OpenRegion } from "../trace/tracer.ts";
import { inlineNode } from "./inline.ts";
import { builder } from "./rules.ts";

/** The way back through one region: what forward values are there, and where gradients go. */
export interface Scope {
  /** A forward value, as the way back may use it. */
  lookup(value: Value): Tensor;
  /** Adds to the gradient of a value. */
  add(value: Value, dx: Tensor): void;
  /** Puts another gradient of a value in place of the one so far; null for zero. */
  update(value: Value, next: (sofar: Tensor | null) => Tensor): void;
  /** The gradient of a value that the region defines, complete; null for zero. */
  take(value: Value): Tensor | null;
  /** Counts a value that is added to the region among its own. */
  define(value: Value): void;
}

/** Regions that are still open: all values are at hand. */
export class OpenScope implements Scope {
  readonly #t: GraphTracer;
  readonly #adjoints = new Map<Value, Tensor>();
  readonly #kept: ReadonlySet<Value>;

  /** `kept`: values whose gradients are asked for in the end. */
  constructor(t: GraphTracer, kept: ReadonlySet<Value>) {
    this.#t = t;
    this.#kept = kept;
  }

  lookup(value: Value): Tensor {
    return this.#t.tensor(value);
  }

  define(): void {}

  add(value: Value, dx: Tensor): void {
    accumulate(this.#adjoints, value, dx);
  }

  update(value: Value, next: (sofar: Tensor | null) => Tensor): void {
    this.#adjoints.set(value, next(this.#adjoints.get(value) ?? null));
  }

  take(value: Value): Tensor | null {
    const dx = this.#adjoints.get(value) ?? null;
    if (dx !== null && !this.#kept.has(value)) this.#adjoints.delete(value);
    return dx;
  }
}

function accumulate(adjoints: Map<Value, Tensor>, value: Value, dx: Tensor): void {
  const { dtype, list } = value.type;
  const sofar = adjoints.get(value);
  if (list === true) adjoints.set(value, sofar === undefined ? dx : sumOf(sofar, dx));
  else {
    const fitting = dx.dtype === dtype ? dx : builder.cast(dx, dtype);
    adjoints.set(value, sofar === undefined ? fitting : builder.add(sofar, fitting));
  }
}

/** A region that has ended: its values come from stacks. */
export class RegionScope implements Scope {
  /** Values from outside → the sum of their gradients so far, in this region. */
  readonly captured = new Map<Value, Tensor>();
  readonly #t: GraphTracer;
  readonly #region: Region;
  readonly #parent: Scope;
  readonly #makers = new Map<Value, Node | null>();
  readonly #adjoints = new Map<Value, Tensor>();
  readonly #at = new Map<Value, Tensor>();
  readonly #pushes: Node[] = [];
  readonly #pops: Node[] = [];
  readonly #prelude: Node[] = [];
  #open: OpenRegion | null = null;
  #start: (value: Value) => Tensor | null = () => null;
  #edits: ReadonlyMap<Node, readonly Node[]> = new Map();

  constructor(t: GraphTracer, region: Region, parent: Scope) {
    this.#t = t;
    this.#region = region;
    this.#parent = parent;
    for (const p of region.params) this.#makers.set(p, null);
    for (const node of region.nodes) for (const v of node.results) this.#makers.set(v, node);
  }

  /** `start` gives the value that a captured gradient starts from in this region; null for zero. */
  enter(open: OpenRegion, start: (value: Value) => Tensor | null): void {
    this.#open = open;
    this.#start = start;
  }

  define(value: Value): void {
    this.#makers.set(value, null);
  }

  lookup(value: Value): Tensor {
    if (!this.#makers.has(value)) return this.#parent.lookup(value);
    let tensor = this.#at.get(value);
    if (tensor === undefined) {
      tensor = this.#recomputed(value) ?? this.#popped(value);
      this.#at.set(value, tensor);
    }
    return tensor;
  }

  /** Constants, and ops on nothing that the region computes, are computed again. */
  #recomputed(value: Value): Tensor | null {
    const node = this.#makers.get(value);
    if (node === null || node === undefined || !this.#isInvariant(node)) return null;
    const open = this.#open as OpenRegion;
    // At the start of the region, where every use sees it.
    const main = open.nodes.splice(0);
    const results = this.#t.resume(open, () => inlineNode(this.#t, node, (v) => this.lookup(v)));
    this.#prelude.push(...open.nodes.splice(0));
    open.nodes.push(...main);
    return results[node.results.indexOf(value)] as Tensor;
  }

  #isInvariant(node: Node): boolean {
    if (node.kind === "const") return true;
    if (node.kind !== "op" || !getOp(node.op).flags.has("pure")) return false;
    return node.operands.every((v) => {
      const maker = this.#makers.get(v);
      return maker === undefined || (maker !== null && this.#isInvariant(maker));
    });
  }

  #popped(value: Value): Tensor {
    const t = this.#t;
    const stack = t.freshStack();
    const result = t.freshValue(value.type, value.name);
    this.#pushes.push({ kind: "push", stack, operands: [value], results: [] });
    this.#pops.push({ kind: "pop", stack, results: [result] });
    return t.tensor(result, this.#open as OpenRegion);
  }

  add(value: Value, dx: Tensor): void {
    accumulate(this.#adjointsOf(value), value, dx);
  }

  update(value: Value, next: (sofar: Tensor | null) => Tensor): void {
    const adjoints = this.#adjointsOf(value);
    adjoints.set(value, next(adjoints.get(value) ?? null));
  }

  #adjointsOf(value: Value): Map<Value, Tensor> {
    if (this.#makers.has(value)) return this.#adjoints;
    if (!this.captured.has(value)) {
      const start = this.#start(value);
      if (start !== null) this.captured.set(value, start);
    }
    return this.captured;
  }

  take(value: Value): Tensor | null {
    const dx = this.#adjoints.get(value) ?? null;
    this.#adjoints.delete(value);
    return dx;
  }

  edit(edits: ReadonlyMap<Node, readonly Node[]>): void {
    this.#edits = edits;
  }

  /** The region backwards. */
  close(region: OpenRegion, yields: readonly Value[]): Region {
    region.nodes.unshift(...this.#pops, ...this.#prelude);
    return region.close(yields);
  }

  /** The region as it must run for that: it leaves what the way back needs. */
  edited(): Region {
    const { params, nodes, yields } = this.#region;
    return { params, nodes: [...nodes.flatMap((node) => this.#edits.get(node) ?? [node]), ...this.#pushes], yields };
  }
}
