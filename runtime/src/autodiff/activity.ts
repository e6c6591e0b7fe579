/**
 * Which values of a trace depend on given ones through recorded nodes: where gradients can flow. One walk in program order;
 * loops are walked until nothing new is found.
 */
import { hasGradient } from "../core/dtype.ts";
import type { Node, Value } from "../ir/graph.ts";
import { capturesOf } from "../ir/walk.ts";
import { getOp } from "../ops/op.ts";
import type { GraphTracer, OpenRegion } from "../trace/tracer.ts";
import { isDifferentiable } from "./rules.ts";

/** Whether a tape has seen a node. Inside of a node that it has not seen it has seen nothing. */
export type Recorded = (node: Node) => boolean;

export class Activity {
  readonly #values = new Set<Value>();
  readonly #stacks = new Set<number>();
  /** By function: what its body takes from outside. */
  readonly #captured = new Map<number, readonly Value[]>();
  /** Value → the first value number that sees it as active: watching starts at a moment. */
  readonly #from: ReadonlyMap<Value, number>;
  readonly #recorded: Recorded;
  #grown = false;

  constructor(seeds: ReadonlyMap<Value, number>, recorded: Recorded) {
    this.#from = seeds;
    this.#recorded = recorded;
  }

  /** Of all that a trace has computed so far, as seen from the open region. */
  static of(t: GraphTracer, seeds: ReadonlyMap<Value, number>, recorded: Recorded): Activity {
    const activity = new Activity(seeds, recorded);
    const regions: OpenRegion[] = [];
    for (let region: OpenRegion | null = t.region; region !== null; region = region.parent) regions.unshift(region);
    for (const region of regions) activity.scan(region.nodes);
    return activity;
  }

  /** Nodes of a region, in order. */
  scan(nodes: readonly Node[]): void {
    for (const node of nodes) if (this.#recorded(node)) this.#node(node);
  }

  has(value: Value): boolean {
    return this.#values.has(value) || this.#from.has(value);
  }

  hasStack(stack: number): boolean {
    return this.#stacks.has(stack);
  }

  /** Whether a node that comes at a moment sees a value as active. */
  #sees(value: Value, moment: number): boolean {
    const from = this.#from.get(value);
    return this.#values.has(value) || (from !== undefined && moment >= from);
  }

  #mark(value: Value): void {
    if (!hasGradient(value.type.dtype) || this.#values.has(value)) return;
    this.#values.add(value);
    this.#grown = true;
  }

  #markAll(values: readonly Value[]): void {
    for (const value of values) this.#mark(value);
  }

  #node(node: Node): void {
    const moment = node.results[0]?.id ?? Number.POSITIVE_INFINITY;
    const seen = (value: Value): boolean => this.#sees(value, moment);
    const pairs = (from: readonly Value[], to: readonly Value[]): void => {
      from.forEach((value, i) => {
        if (seen(value)) this.#mark(to[i] as Value);
      });
    };
    switch (node.kind) {
      case "op":
        if (node.operands.some(seen) && isDifferentiable(getOp(node.op), typesOf(node.results))) this.#markAll(node.results);
        return;
      case "cond":
        for (const arm of [node.then, node.else]) {
          this.scan(arm.nodes);
          pairs(arm.yields, node.results);
        }
        return;
      case "while":
      case "for": {
        const params = node.kind === "for" ? node.body.params.slice(1) : node.body.params;
        pairs(node.init, params);
        pairs(node.init, node.results);
        this.#untilStable(() => {
          this.scan(node.body.nodes);
          pairs(node.body.yields, params);
        });
        pairs(node.body.yields, node.results);
        return;
      }
      case "push":
        if (seen(node.operands[0]) && !this.#stacks.has(node.stack)) {
          this.#stacks.add(node.stack);
          this.#grown = true;
        }
        return;
      case "pop":
        if (this.#stacks.has(node.stack)) this.#markAll(node.results);
        return;
      case "list":
        if (node.operands.some(seen)) this.#markAll(node.results);
        return;
      case "customGrad":
        if (node.inputs.some(seen)) this.#markAll(node.results);
        return;
      case "define":
        this.#captured.set(node.fn, capturesOf(node, this.#captured));
        return;
      case "call":
        // The body may take from outside what is active.
        if (node.operands.some(seen) || (this.#captured.get(node.fn)?.some(seen) ?? true)) this.#markAll(node.results);
        return;
      case "const":
      case "print":
      case "fail":
    }
  }

  #untilStable(round: () => void): void {
    const outer = this.#grown;
    let any = false;
    do {
      this.#grown = false;
      round();
      any ||= this.#grown;
    } while (this.#grown);
    this.#grown = outer || any;
  }
}

function typesOf(values: readonly Value[]): Value["type"][] {
  return values.map((v) => v.type);
}
