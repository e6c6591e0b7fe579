/**
 * A run, as a function: adds the nodes that it needs to the trace under way, once more, with what is fed in place of placeholders.
 * All lengths are known now, so types are inferred anew, gradients become ops, and branches and loops merge and carry the values of
 * variables as they do in graph functions.
 *
 * Order is that of the graph: a variable that is assigned has its new value for all that comes behind.
 */
import { Activity } from "../autodiff/activity.ts";
import { Backward } from "../autodiff/backward.ts";
import { builder } from "../autodiff/rules.ts";
import { select } from "../autograph/branch.ts";
import { stagedLoop } from "../autograph/staged-loop.ts";
import { GraphFnError, InternalError, ShapeError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import type { CondNode, CustomGradNode, ForNode, Node, OpNode, Region, Value, WhileNode } from "../ir/graph.ts";
import { getOp } from "../ops/op.ts";
import { placeSpan } from "../trace/span.ts";
import type { GraphTracer } from "../trace/tracer.ts";
import type { Operation } from "./operation.ts";
import type { Slice } from "./slice.ts";
import type { StaticTracer } from "./static-tracer.ts";
import { isFullReduction } from "./unknown.ts";

export interface ReplayOptions {
  readonly slice: Slice;
  /** What is fed, as the trace under way sees it. */
  readonly fed: ReadonlyMap<Value, Tensor>;
  /** What holds a variable's value in the session. */
  readonly holder: (variable: Variable) => Variable;
  /** What stands for a placeholder that is not fed: it may turn out not to be needed. */
  readonly missing: (placeholder: Operation) => Tensor;
}

export class Replay {
  readonly #from: StaticTracer;
  readonly #t: GraphTracer;
  readonly #options: ReplayOptions;
  readonly #values = new Map<Value, Tensor>();

  constructor(from: StaticTracer, to: GraphTracer, options: ReplayOptions) {
    this.#from = from;
    this.#t = to;
    this.#options = options;
    for (const [value, tensor] of options.fed) this.#values.set(value, tensor);
  }

  run(): void {
    for (const node of this.#options.slice.nodes) this.#node(node);
  }

  /** What stands for a value of the graph. */
  value(value: Value): Tensor {
    const found = this.#values.get(value);
    if (found === undefined) throw new InternalError(`A run lacks the value ${this.#from.nameOf(value)}.`);
    return found;
  }

  #all(values: readonly Value[]): Tensor[] {
    return values.map((v) => this.value(v));
  }

  #define(values: readonly Value[], tensors: readonly Tensor[]): void {
    values.forEach((value, i) => {
      const tensor = tensors[i] as Tensor;
      const fed = this.#options.fed.get(value);
      if (fed === undefined) this.#values.set(value, tensor);
      else if (this.#options.slice.bridged.has(value)) this.#values.set(value, this.#bridge(value, tensor, fed));
    });
  }

  #node(node: Node): void {
    switch (node.kind) {
      case "const": {
        const eager = this.#from.eagerOf.get(node.results[0] as Value);
        const type = (node.results[0] as Value).type;
        this.#define(node.results, [eager ?? this.#t.tensor(this.#t.constantValue(node.data, type))]);
        return;
      }
      case "op": {
        const operation = this.#from.operationOf(node);
        if (operation?.action) this.#act(operation, node);
        else this.#op(node);
        return;
      }
      case "cond":
        this.#cond(node);
        return;
      case "while":
        this.#while(node);
        return;
      case "for":
        this.#for(node);
        return;
      case "fail":
        this.#t.fail(node.error);
        return;
      case "print":
        this.#t.print(node.method, this.#all(node.operands), node.parts, node.span ?? placeSpan(this.#t.file, "1:1"));
        return;
      case "customGrad":
        this.#customGrad(node);
        return;
      case "push":
      case "pop":
      case "define":
      case "list":
      case "call":
        throw new InternalError(`A static graph has a ${node.kind}.`);
    }
  }

  #op(node: OpNode): void {
    const op = getOp(node.op);
    const inputs = this.#all(node.operands);
    if (node.op === "cast") {
      const { dtype, weak } = (node.results[0] as Value).type;
      this.#define(node.results, [this.#t.cast(inputs[0] as Tensor, dtype, weak ?? false)]);
      return;
    }
    let { attrs } = node;
    const [first] = inputs;
    // Written without the rank: over all axes that there are.
    if (isFullReduction(op, attrs) && first !== undefined && this.#from.isRankless(node.operands[0] as Value))
      attrs = { ...attrs, axes: first.shape.map((_, axis) => axis) };
    try {
      this.#define(node.results, this.#t.run(op, inputs, attrs));
    } catch (error) {
      if (error instanceof GraphFnError) error.message += ` (operation ${this.#from.operationOf(node)?.name})`;
      throw error;
    }
    const { nodes } = this.#t.region;
    const last = nodes[nodes.length - 1];
    // Errors at run time name the place where the operation was added.
    if (last !== undefined) nodes[nodes.length - 1] = { ...last, span: node.span };
  }

  #act(operation: Operation, node: OpNode): void {
    const action = operation.action as NonNullable<Operation["action"]>;
    switch (action.kind) {
      case "placeholder":
        if (!this.#values.has(node.results[0] as Value)) this.#define(node.results, [this.#options.missing(operation)]);
        return;
      case "default":
        this.#define(node.results, [this.value(node.operands[0] as Value)]);
        return;
      case "read":
        this.#define(node.results, [this.#t.read(this.#options.holder(action.variable))]);
        return;
      case "assign": {
        const holder = this.#options.holder(action.variable);
        // The trace lists a variable when it meets its value at the start.
        this.#t.state.get(holder);
        this.#define(node.results, [this.#t.assign(holder, this.value(node.operands[0] as Value))]);
        return;
      }
      case "gradients":
        this.#define(node.results, this.#gradients(node, action));
        return;
      case "group":
    }
  }

  /** Gradients of the sum of the targets; zero where there is none. */
  #gradients(node: OpNode, action: Extract<Operation["action"], { kind: "gradients" }>): Tensor[] {
    const t = this.#t;
    const operands = this.#all(node.operands);
    const targets = operands.splice(0, action.targets).map((y) => t.valueOf(y));
    const sources = action.sources.map((variable): readonly Value[] => {
      if (variable === null) return [t.valueOf(operands.shift() as Tensor)];
      return t.state.visible(this.#options.holder(variable));
    });
    const seeds = targets.map((y, i) =>
      action.seeds[i] ? (operands.shift() as Tensor) : builder.fill(1, y.type.dtype, y.type.shape as number[]),
    );
    const activity = Activity.of(t, new Map(sources.flat().map((v) => [v, 0])), () => true);
    // What is read of a variable counts there; its value does not pass gradients on to the one before.
    const ends = new Set(action.sources.flatMap((variable, i) => (variable === null ? [] : (sources[i] ?? []))));
    const found = new Backward(t, activity).run(targets, seeds, sources, { recorded: () => true, ends });
    return found.map((dx, i) => {
      if (dx !== null) return dx;
      const [source] = sources[i] as [Value];
      return builder.zeros({ dtype: source.type.dtype, shape: source.type.shape as number[] });
    });
  }

  /** The fed value; gradients flow to what would have computed it. */
  #bridge(value: Value, computed: Tensor, fed: Tensor): Tensor {
    const t = this.#t;
    const [from, to] = [t.valueOf(computed), t.valueOf(fed)];
    if (showShape(from.type.shape) !== showShape(to.type.shape)) {
      throw new ShapeError(
        `${this.#from.nameOf(value)} was fed a value of shape ${showShape(to.type.shape)}, but a gradient needs its shape as computed, ${showShape(from.type.shape)}.`,
      );
    }
    const { region, result: dy } = t.within((open) => t.valueOf(t.param(open, from.type)));
    const result = t.freshValue(from.type);
    t.add({ kind: "customGrad", inputs: [from], values: [to], vjp: region.close([dy]), results: [result] });
    return t.tensor(result);
  }

  /** A region's nodes where the trace is now, with its parameters replaced; what stands for its yields. */
  #inline(region: Region, args: readonly Tensor[]): Tensor[] {
    region.params.forEach((param, i) => {
      this.#values.set(param, args[i] as Tensor);
    });
    for (const node of region.nodes) this.#node(node);
    return this.#all(region.yields);
  }

  #cond(node: CondNode): void {
    const arm = (region: Region) => (): unknown => this.#inline(region, []);
    const results = select("1:1", this.value(node.pred), arm(node.then), arm(node.else));
    this.#define(node.results, results as Tensor[]);
  }

  #while(node: WhileNode): void {
    let carried = this.#all(node.init);
    stagedLoop({
      at: "1:1",
      what: "while",
      vars: {
        get: () => Object.fromEntries(carried.map((t, i) => [this.#carriedName(node, i), t])),
        set: (values) => {
          carried = Object.values(values) as Tensor[];
        },
      },
      test: () => this.#inline(node.test, carried)[0],
      body: () => {
        carried = this.#inline(node.body, carried);
        return null;
      },
      label: undefined,
      testFirst: true,
      options: { checkpoint: node.checkpoint },
    });
    this.#define(node.results, carried);
  }

  #carriedName(node: WhileNode | ForNode, i: number): string {
    return `${node.results[i]?.name ?? "loop variable"} ${i}`;
  }

  /** Made by for…of over a tensor in a function that the graph calls: from 0, by a constant, to a constant. */
  #for(node: ForNode): void {
    const [limit, step] = [node.limit, node.step].map((v) => this.#from.makerOf(v)?.node);
    if (limit?.kind !== "const" || step?.kind !== "const") throw new InternalError("A for node without a constant limit.");
    let carried = [this.value(node.start), ...this.#all(node.init)];
    stagedLoop({
      at: "1:1",
      what: "for-of",
      vars: {
        get: () => Object.fromEntries(carried.map((t, i) => [`$${i}`, t])),
        set: (values) => {
          carried = Object.values(values) as Tensor[];
        },
      },
      test: () => builder.greater(this.value(node.limit), carried[0] as Tensor),
      body: () => {
        carried = [builder.add(carried[0] as Tensor, this.value(node.step)), ...this.#inline(node.body, carried)];
        return null;
      },
      label: undefined,
      testFirst: true,
      counted: { limit: limit.data[0] as number, step: step.data[0] as number },
      options: { checkpoint: node.checkpoint },
    });
    this.#define(node.results, carried.slice(1));
  }

  #customGrad(node: CustomGradNode): void {
    const t = this.#t;
    const values = this.#all(node.values).map((x) => t.valueOf(x));
    const inputs = this.#all(node.inputs).map((x) => t.valueOf(x));
    const { region, result } = t.within((open) => {
      const params = node.values.map((_, i) => t.param(open, (values[i] as Value).type));
      return this.#inline(node.vjp, params).map((x) => t.valueOf(x));
    });
    const results = values.map((v) => t.freshValue(v.type));
    t.add({ kind: "customGrad", inputs, values, vjp: region.close(result), results, span: node.span });
    this.#define(
      node.results,
      results.map((v) => t.tensor(v)),
    );
  }
}
