/**
 * Which values of a trace the targets depend on: where gradients come from. The mirror of activity.ts, from the targets backwards.
 * What nobody asks for gets no gradient at all, not zeros: zero times an infinite derivative is NaN.
 */
import type { CallNode, Node, Value } from "../ir/graph.ts";
import { type Recorded, recordedWithin } from "./activity.ts";

export class Demand {
  readonly #values: Set<Value>;
  readonly #stacks = new Set<number>();
  /** By function: its calls, and which of their results are asked for. */
  readonly #calls = new Map<number, { readonly nodes: Set<CallNode>; readonly wanted: Set<number> }>();
  #recorded: Recorded;

  constructor(targets: readonly Value[], recorded: Recorded) {
    this.#values = new Set(targets);
    this.#recorded = recorded;
  }

  has(value: Value): boolean {
    return this.#values.has(value);
  }

  hasStack(stack: number): boolean {
    return this.#stacks.has(stack);
  }

  /** Regions, from the innermost to the outermost. What a function asks of its calls may have been passed: then once more. */
  settle(regions: readonly { readonly nodes: readonly Node[] }[]): void {
    let before: number;
    do {
      before = this.#size;
      for (const { nodes } of regions) this.scan(nodes);
    } while (this.#calls.size > 0 && before !== this.#size);
  }

  get #size(): number {
    let size = this.#values.size + this.#stacks.size;
    for (const { wanted } of this.#calls.values()) size += wanted.size;
    return size;
  }

  #callsOf(fn: number): { readonly nodes: Set<CallNode>; readonly wanted: Set<number> } {
    const known = this.#calls.get(fn) ?? { nodes: new Set(), wanted: new Set() };
    this.#calls.set(fn, known);
    return known;
  }

  /** Nodes of a region, from the last to the first. */
  scan(nodes: readonly Node[]): void {
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i] as Node;
      if (this.#recorded(node)) this.#node(node);
    }
  }

  #addAll(values: readonly Value[]): void {
    for (const value of values) this.#values.add(value);
  }

  /** `to[i]` where `from[i]` is asked for. */
  #pairs(from: readonly Value[], to: readonly Value[]): void {
    from.forEach((value, i) => {
      if (this.has(value)) this.#values.add(to[i] as Value);
    });
  }

  #node(node: Node): void {
    const wanted = node.results.some((v) => this.has(v));
    switch (node.kind) {
      case "op":
      case "list":
        if (wanted) this.#addAll(node.operands);
        return;
      case "customGrad":
        if (wanted) this.#addAll(node.inputs);
        return;
      case "cond":
        for (const arm of [node.then, node.else]) {
          this.#pairs(node.results, arm.yields);
          this.scan(arm.nodes);
        }
        return;
      case "while":
      case "for": {
        const params = node.kind === "for" ? node.body.params.slice(1) : node.body.params;
        this.#pairs(node.results, node.init);
        this.#pairs(node.results, node.body.yields);
        for (let before = -1; before !== this.#size; ) {
          before = this.#size;
          this.scan(node.body.nodes);
          this.#pairs(params, node.body.yields);
        }
        this.#pairs(params, node.init);
        return;
      }
      case "pop":
        if (wanted) this.#stacks.add(node.stack);
        return;
      case "push":
        if (this.#stacks.has(node.stack)) this.#addAll(node.operands);
        return;
      case "call": {
        const calls = this.#callsOf(node.fn);
        calls.nodes.add(node);
        node.results.forEach((v, i) => {
          if (this.has(v)) calls.wanted.add(i);
        });
        return;
      }
      case "define": {
        const recorded = this.#recorded;
        const calls = this.#callsOf(node.fn);
        this.#recorded = recordedWithin(node, recorded);
        for (let before = -1; before !== this.#size; ) {
          before = this.#size;
          for (const i of calls.wanted) this.#values.add(node.body.yields[i] as Value);
          this.scan(node.body.nodes);
          for (const { operands } of calls.nodes) this.#pairs(node.body.params, operands);
        }
        this.#recorded = recorded;
        return;
      }
      case "const":
      case "print":
      case "fail":
    }
  }
}
