/**
 * Which values of a trace depend on given ones through recorded nodes: where gradients can flow. One walk in program order;
 * loops are walked until nothing new is found.
 */
import { isFloating } from "../core/dtype.ts";
import type { Node, Region, Value } from "../ir/graph.ts";
import { getOp } from "../ops/op.ts";
import { isDifferentiable } from "./rules.ts";

/** Whether a tape has seen a node of an open region. What is inside of a node is seen with it. */
export type Recorded = (node: Node) => boolean;

export class Activity {
  readonly #values = new Set<Value>();
  readonly #stacks = new Set<number>();
  /** Value → the first value number that sees it as active: watching starts at a moment. */
  readonly #from: ReadonlyMap<Value, number>;
  #grown = false;

  constructor(seeds: ReadonlyMap<Value, number>) {
    this.#from = seeds;
  }

  /** Nodes of an open region, in order. */
  scan(nodes: readonly Node[], recorded: Recorded): void {
    for (const node of nodes) if (recorded(node)) this.#node(node);
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
    if (!isFloating(value.type.dtype) || this.#values.has(value)) return;
    this.#values.add(value);
    this.#grown = true;
  }

  #markAll(values: readonly Value[]): void {
    for (const value of values) this.#mark(value);
  }

  #region(region: Region): void {
    for (const node of region.nodes) this.#node(node);
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
          this.#region(arm);
          pairs(arm.yields, node.results);
        }
        return;
      case "while":
      case "for": {
        const params = node.kind === "for" ? node.body.params.slice(1) : node.body.params;
        pairs(node.init, params);
        pairs(node.init, node.results);
        this.#untilStable(() => {
          this.#region(node.body);
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
      case "customGrad":
        if (node.inputs.some(seen)) this.#markAll(node.results);
        return;
      case "const":
      case "print":
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
