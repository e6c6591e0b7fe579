/**
 * ConcreteFunction: a function for one signature, traced or read from files, ready to run: graph → passes → plan → executable.
 */
import type { Backend, Executable } from "../backends/backend.ts";
import { activeBackend } from "../backends/select.ts";
import type { TypedArray } from "../core/dtype.ts";
import { ArgumentError, InternalError, StagingError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import { dataOf, type Tensor } from "../core/tensor.ts";
import { isTensorSpec } from "../core/tensor-spec.ts";
import { sameType, type TensorType } from "../core/type.ts";
import type { Variable } from "../core/variable.ts";
import { allocate, dispose } from "../eager/memory.ts";
import { isTaping } from "../eager/tape.ts";
import { assignEager, unshare } from "../eager/variables.ts";
import type { Graph } from "../ir/graph.ts";
import type { Block } from "../ops/op.ts";
import { optimize } from "../passes/pipeline.ts";
import { buildPlan } from "../plan/build.ts";
import type { Plan, PrintSite } from "../plan/plan.ts";
import { rebuild, type Skeleton } from "../trace/structure.ts";
import type { Guard } from "../trace/tracer.ts";
import { leavesOf, type Signature } from "./signature.ts";
import { TapedCalls } from "./taped.ts";
import { type Feed, type FunctionParts, type ResultLeaf, retain, type TraceRequest, traceCall } from "./trace-call.ts";

const NONE: readonly Tensor[] = [];

export class ConcreteFunction {
  /** What it was made of. */
  readonly parts: FunctionParts;
  readonly signature: Signature;
  /** As traced. */
  readonly traced: Graph;
  /** After all passes. */
  readonly graph: Graph;
  readonly plan: Plan;
  /** Variables that the function reads or assigns, in the order of the graph's slots. */
  readonly variables: readonly Variable[];
  readonly #captured: readonly Tensor[];
  readonly #guards: readonly Guard[];
  #backend: Backend | null = null;
  #executable: Executable | null = null;
  #taped: TapedCalls | null = null;
  readonly #skeleton: Skeleton;
  readonly #leaves: readonly ResultLeaf[];
  readonly #weakOutputs: readonly boolean[];
  /** Positions of tensors among the argument leaves. */
  readonly #tensorLeaves: readonly number[];

  constructor(parts: FunctionParts, guards: readonly Guard[] = []) {
    const { signature, result } = parts;
    this.parts = parts;
    this.signature = signature;
    this.traced = parts.graph;
    this.graph = optimize(this.traced).graph;
    this.plan = buildPlan(this.graph);
    this.variables = parts.variables;
    this.#guards = guards;
    this.#captured = parts.captured;
    this.#skeleton = result.skeleton;
    this.#leaves = result.leaves;
    this.#weakOutputs = result.leaves.flatMap((l) => (l.kind === "tensor" ? [l.weak] : []));
    this.#tensorLeaves = signature.leaves.flatMap((l, i) => (l.kind === "tensor" ? [i] : []));
  }

  static trace(request: TraceRequest): ConcreteFunction {
    const { guards, ...parts } = traceCall(request);
    return new ConcreteFunction(parts, guards);
  }

  /** Variables that functions called from this one read have the values they had. */
  guardsHold(): boolean {
    for (const { read, values } of this.#guards) {
      const now = read();
      for (let i = 0; i < values.length; i++) if (!Object.is(now[i], values[i])) return false;
    }
    return true;
  }

  /** The plan decoded for the backend in force; again when that has changed. */
  #compiled(): Executable {
    const backend = activeBackend();
    if (this.#executable === null || backend !== this.#backend) {
      this.#executable?.dispose();
      const sites = this.plan.prints;
      this.#executable = backend.compile(this.plan, (site, values) => printValues(sites[site] as PrintSite, values));
      this.#backend = backend;
    }
    return this.#executable;
  }

  /** One call of the backend, which works in the memory of variables. Arguments match the signature. Throws StaleFeed. */
  run(args: ArrayLike<unknown>): unknown {
    const fed = this.parts.feeds.length === 0 ? NONE : feedsOf(this.parts.feeds);
    if (isTaping()) {
      const leaves = this.signature.flat ? args : leavesOf(args).leaves;
      const tensors = this.#tensorLeaves.map((i) => leaves[i] as Tensor);
      this.#taped ??= new TapedCalls(this.parts);
      const taped = this.#taped.run(tensors, fed, args, () => this.runWith(args, fed));
      if (taped !== null) return taped.result;
    }
    const result = this.runWith(args, fed);
    for (const t of fed) dispose(t);
    return result;
  }

  /** The same, with `extra` inputs after arguments and captures; no tape sees it. */
  runWith(args: ArrayLike<unknown>, extra: readonly Tensor[]): unknown {
    const leaves = this.signature.flat ? args : leavesOf(args).leaves;
    const positions = this.#tensorLeaves;
    const { variables } = this;
    const first = positions.length + this.#captured.length;
    const inputs = new Array<TypedArray>(first + extra.length);
    for (let i = 0; i < extra.length; i++) inputs[first + i] = dataOf(extra[i] as Tensor, symbolicArgument);
    for (let i = 0; i < positions.length; i++) inputs[i] = dataOf(leaves[positions[i] as number] as Tensor, symbolicArgument);
    for (let i = 0; i < this.#captured.length; i++) inputs[positions.length + i] = dataOf(this.#captured[i] as Tensor, symbolicArgument);
    const { plan } = this;
    const memory = new Array<TypedArray>(variables.length);
    for (let i = 0; i < variables.length; i++) {
      const variable = variables[i] as Variable;
      memory[i] = plan.variables[i]?.written ? unshare(variable) : dataOf(variable, symbolicArgument);
    }
    const tensors = new Array<Tensor>(plan.outputs.length);
    const outputs = new Array<TypedArray>(plan.outputs.length);
    for (let i = 0; i < tensors.length; i++) {
      const buffer = plan.buffers[plan.outputs[i] as number] as Plan["buffers"][number];
      const tensor = allocate(buffer.dtype, buffer.shape, buffer.size, this.#weakOutputs[i] ?? false);
      tensors[i] = tensor;
      outputs[i] = tensor.elements as TypedArray;
    }
    try {
      if (plan.prints.length === 0) this.#compiled().run(inputs, outputs, memory);
      else {
        const used = positions.map((position) => leaves[position] as Tensor);
        this.#holding([...used, ...variables], () => this.#compiled().run(inputs, outputs, memory), memory);
      }
    } catch (error) {
      for (const t of tensors) dispose(t);
      throw error;
    }
    if (this.#skeleton.kind === "leaf") {
      const leaf = this.#leaves[0] as ResultLeaf;
      return leaf.kind === "tensor" ? tensors[0] : leaf.value;
    }
    const values = this.#leaves.map((leaf) => (leaf.kind === "tensor" ? tensors[leaf.index] : leaf.value));
    return rebuild(this.#skeleton, values[Symbol.iterator]());
  }

  /**
   * User code runs during the call, in print steps: what the call works on must stay, though that code disposes tensors, assigns
   * variables or calls this function again. Of a variable that was assigned meanwhile the call's value stays, as the later one.
   */
  #holding(used: readonly Tensor[], run: () => void, memory: readonly TypedArray[]): void {
    const held = used.map(retain);
    try {
      run();
      const first = held.length - memory.length;
      for (const [i, variable] of this.variables.entries()) {
        if (!this.plan.variables[i]?.written || variable.elements === memory[i]) continue;
        assignEager(variable, held[first + i] as Tensor);
      }
    } finally {
      for (const t of held) dispose(t);
    }
  }

  dispose(): void {
    this.#executable?.dispose();
    this.#executable = null;
    for (const t of this.#captured) dispose(t);
  }
}

/** The data that a trace read has other shapes now: it must be traced again. */
export class StaleFeed extends InternalError {}

function feedsOf(feeds: readonly Feed[]): Tensor[] {
  return feeds.flatMap(({ provide, types }) => {
    const given = provide();
    const fits = given.length === types.length && given.every((t, i) => sameType(t, types[i] as TensorType));
    if (!fits) throw new StaleFeed("A dataset has other shapes than when the function was traced.");
    return [...given];
  });
}

function symbolicArgument(t: unknown): Error {
  if (isTensorSpec(t)) {
    return new ArgumentError(`A graph function was called with tensorSpec(${showShape(t.shape)}, "${t.dtype}"), which has no elements.`, {
      hint: "Call it with a tensor; specs are for save, concrete, graph and explain.",
    });
  }
  return new StagingError("A tensor of a graph under construction was passed to a compiled function.", {
    code: "E_LEAK",
    hint: "Keep only tensors that graph functions returned.",
  });
}

function printValues(site: PrintSite, values: readonly Block[]): void {
  const shown = site.parts.map((part) => {
    if (typeof part === "string") return part;
    const block = values[part] as Block;
    const tensor = allocate(block.dtype, block.shape, block.data.length, false);
    (tensor.elements as TypedArray).set(block.data as never);
    return tensor;
  });
  console[site.method](...shown);
}
