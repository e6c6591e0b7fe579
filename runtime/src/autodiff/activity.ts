/**
 * Which values of a trace depend on given ones through recorded nodes: where gradients can flow. One walk in program order;
 * loops are walked until nothing new is found.
 */
import { hasGradient } from "../core/dtype.ts";
import type { CallNode, DefineNode, Node, Value } from "../ir/graph.ts";
import { walkNodes } from "../ir/walk.ts";
import { getOp } from "../ops/op.ts";
import type { GraphTracer, OpenRegion } from "../trace/tracer.ts";
import { isDifferentiable } from "./rules.ts";

/** Whether a tape has seen a node. Inside of a node that it has not seen it has seen nothing. */
export type Recorded = (node: Node) => boolean;

/**
 * What has been seen of a function's body where a call of it was seen. A body is traced once, maybe before the recording began: then all of
 * it counts.
 */
export function recordedWithin({ body }: DefineNode, recorded: Recorded): Recorded {
  let any = false;
  walkNodes(body, (node) => {
    any ||= node.results.length > 0 && recorded(node);
  });
  return any ? recorded : () => true;
}

export class Activity {
  readonly #values = new Set<Value>();
  readonly #stacks = new Set<number>();
  readonly #functions = new Map<number, DefineNode>();
  /** Functions whose bodies are being walked. */
  readonly #entered = new Set<number>();
  /** The number of the call whose body is walked: what it runs comes after that. */
  #since = 0;
  /** Value → the first value number that sees it as active: watching starts at a moment. */
  readonly #from: ReadonlyMap<Value, number>;
  #recorded: Recorded;
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
    const moment = Math.max(node.results[0]?.id ?? Number.POSITIVE_INFINITY, this.#since);
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
        this.#functions.set(node.fn, node);
        return;
      case "call": {
        const define = this.#functions.get(node.fn);
        if (define === undefined) {
          // Its body is being traced.
          this.#markAll(node.results);
          return;
        }
        pairs(node.operands, define.body.params);
        this.#enter(node, define, moment);
        pairs(define.body.yields, node.results);
        return;
      }
      case "const":
      case "print":
      case "fail":
    }
  }

  /** The body of a function that is called; a call within it is followed by another round. */
  #enter({ fn }: CallNode, define: DefineNode, moment: number): void {
    if (this.#entered.has(fn)) return;
    const [since, recorded] = [this.#since, this.#recorded];
    this.#entered.add(fn);
    this.#since = moment;
    this.#recorded = recordedWithin(define, recorded);
    this.#untilStable(() => this.scan(define.body.nodes));
    this.#recorded = recorded;
    this.#since = since;
    this.#entered.delete(fn);
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
