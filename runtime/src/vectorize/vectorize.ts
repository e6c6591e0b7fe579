/**
 * A function of one example, traced into a region, run for many: its nodes are visited in order and added to the open region so that they
 * compute for all examples. The region itself is dropped. A value is one tensor for all, or has the axis of examples in front (lanes.ts).
 *
 *   { %3 = mul %x, %w   %4 = sum %3 {axes=[0]} }   →   %3: [B,N] = mul %X, %w   %4: [B] = sum %3 {axes=[1]}
 *
 * Nodes of nothing that differs between examples are added as they are. Branches and loops: control.ts, masked.ts.
 */
import { builder } from "../autodiff/rules.ts";
import { hasGradient } from "../core/dtype.ts";
import { InternalError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import type { CustomGradNode, Node, PopNode, PrintNode, PushNode, Region, Value } from "../ir/graph.ts";
import { withSpan } from "../trace/span.ts";
import type { GraphTracer } from "../trace/tracer.ts";
import { batchedCond, batchedFor, batchedWhile } from "./control.ts";
import type { Lane, Lanes } from "./lanes.ts";
import { batchedOp } from "./ops.ts";
import { located, refused, refusedList, refusedRecursion } from "./refuse.ts";
import { type Masked, Stacks } from "./stacks.ts";

export class Vectorizer {
  readonly t: GraphTracer;
  readonly lanes: Lanes;
  readonly stacks = new Stacks();
  /** Loops around whose number of rounds differs between examples. */
  loops: readonly Masked[] = [];
  /** Which examples run what is visited now; null for all. */
  active: Tensor | null = null;
  readonly #values = new Map<Value, Lane>();

  /** What is popped may have been pushed outside, once for all examples. */
  readonly #outerStacks: boolean;

  constructor(lanes: Lanes, { outerStacks = false }: { readonly outerStacks?: boolean } = {}) {
    this.lanes = lanes;
    this.t = lanes.t;
    this.#outerStacks = outerStacks;
  }

  lookup(value: Value): Lane {
    return this.#values.get(value) ?? this.lanes.shared(this.t.tensor(value));
  }

  define(value: Value, lane: Lane): void {
    this.#values.set(value, lane);
  }

  /** Runs `body` with other lanes for some values. */
  instead<T>(values: readonly Value[], lane: (lane: Lane) => Lane, body: () => T): T {
    const before = values.flatMap((value) => {
      const known = this.#values.get(value);
      return known?.batched === true ? [[value, known] as const] : [];
    });
    for (const [value, known] of before) this.#values.set(value, lane(known));
    try {
      return body();
    } finally {
      for (const [value, known] of before) this.#values.set(value, known);
    }
  }

  /** Adds what a region computes to the open one. */
  region(region: Region, params: readonly Lane[]): Lane[] {
    region.params.forEach((p, i) => {
      this.define(p, params[i] as Lane);
    });
    for (const node of region.nodes) this.node(node);
    return region.yields.map((v) => this.lookup(v));
  }

  /** Adds one node; what is added comes from where the node comes from. */
  node(node: Node): void {
    located(node.span, () => {
      const lanes = withSpan(node.span, () => this.#lanesOf(node));
      node.results.forEach((v, i) => {
        this.define(v, lanes[i] as Lane);
      });
    });
  }

  #lanesOf(node: Node): readonly Lane[] {
    const { t, lanes } = this;
    switch (node.kind) {
      case "const":
        return [lanes.shared(t.tensor(t.constantValue(node.data, (node.results[0] as Value).type)))];
      case "op":
        return batchedOp(
          lanes,
          node,
          node.operands.map((v) => this.lookup(v)),
        );
      case "cond":
        return batchedCond(this, node);
      case "while":
        return batchedWhile(this, node);
      case "for":
        return batchedFor(this, node);
      case "push":
        return this.#push(node);
      case "pop":
        return [this.#pop(node)];
      case "customGrad":
        return this.#customGrad(node);
      case "print":
        return this.#print(node);
      case "fail":
        // Some example gets here: arms that none takes are not run.
        t.add({ ...node });
        return [];
      case "list":
        throw refusedList(node);
      case "define":
        throw refusedRecursion(node);
      case "call":
        throw new InternalError("A call without its function.");
    }
  }

  #push(node: PushNode): readonly Lane[] {
    const [value] = node.operands;
    const lane = this.lookup(value);
    const batched = this.stacks.push(node.stack, lane.batched, this.loops);
    this.t.add({ ...node, operands: [this.t.valueOf(this.lanes.as(lane, value.type, batched))] });
    return [];
  }

  #pop(node: PopNode): Lane {
    const { t, lanes, stacks } = this;
    const [value] = node.results as [Value];
    const stack = stacks.get(node.stack);
    if (stack === undefined && this.#outerStacks && this.loops.length === 0) {
      const popped = t.freshValue(value.type, value.name);
      t.add({ ...node, results: [popped] });
      return lanes.shared(t.tensor(popped));
    }
    if (stack === undefined || !stacks.fits(node.stack, this.loops)) {
      throw refused(
        "a gradient goes back through a loop whose rounds differ between examples, and not in the order of that loop.",
        "Leave out `loop.options({ checkpoint })` there, or take the gradient outside of vmap.",
        node.span?.place(),
      );
    }
    const result = t.freshValue(lanes.type(value.type, stack.batched), value.name);
    t.add({ ...node, results: [result] });
    return { tensor: t.tensor(result), batched: stack.batched };
  }

  /** The gradient of what all examples share is the sum of theirs. */
  #customGrad(node: CustomGradNode): readonly Lane[] {
    const { t, lanes } = this;
    const inputs = node.inputs.map((v) => this.lookup(v));
    const values = node.values.map((v) => this.lookup(v));
    const any = values.some(({ batched }) => batched);
    const { region, result: yields } = t.within((open) => {
      const dys = node.values.map((v, i): Lane => {
        const { batched } = values[i] as Lane;
        return { tensor: t.param(open, lanes.type(v.type, batched)), batched };
      });
      return this.region(node.vjp, dys).map((dx, i) => {
        const { type } = node.inputs[i] as Value;
        const { batched, tensor } = inputs[i] as Lane;
        if (!hasGradient(type.dtype)) return t.valueOf(tensor);
        if (batched || (!dx.batched && !any)) return t.valueOf(lanes.as(dx, type, batched));
        return t.valueOf(t.cast(builder.sum(lanes.spread(dx), [0]), type.dtype, type.weak ?? false));
      });
    });
    const results = values.map((lane, i) => {
      const { type, name } = node.results[i] as Value;
      return t.freshValue(lanes.type(type, lane.batched), name);
    });
    t.add({
      kind: "customGrad",
      inputs: inputs.map(({ tensor }) => t.valueOf(tensor)),
      values: values.map(({ tensor }) => t.valueOf(tensor)),
      vjp: region.close(yields),
      results,
    });
    return results.map((v, i): Lane => ({ tensor: t.tensor(v), batched: (values[i] as Lane).batched }));
  }

  /** Prints once per example that gets there, in their order. */
  #print(node: PrintNode): readonly Lane[] {
    const { t, lanes, active } = this;
    const operands = node.operands.map((v) => this.lookup(v));
    const [start, step] = [0, 1].map((n) => t.valueOf(builder.scalar(n, "int32"))) as [Value, Value];
    const limit = t.valueOf(lanes.length());
    const { region } = t.within((open) => {
      const i = t.param(open, { dtype: "int32", shape: [] });
      const print = (): void => {
        const own = operands.map(({ tensor, batched }) => (batched ? builder.op("index", [tensor, i]) : tensor));
        t.add({ ...node, operands: own.map((x) => t.valueOf(x)) });
      };
      if (active === null) return print();
      const arms = [t.within(print), t.within(() => {})].map((arm) => arm.region.close([])) as [Region, Region];
      // biome-ignore lint/suspicious/noThenProperty: arms of a branch
      t.add({ kind: "cond", pred: t.valueOf(builder.op("index", [active, i])), then: arms[0], else: arms[1], results: [] });
    });
    t.add({ kind: "for", start, limit, step, init: [], body: region.close([]), results: [] });
    return [];
  }
}
