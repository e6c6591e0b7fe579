/**
 * ConcreteFunction: a function for one signature, traced or read from files, ready to run: graph → passes → runner.
 */
import { InternalError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { sameType, type TensorType } from "../core/type.ts";
import type { Variable } from "../core/variable.ts";
import { dispose } from "../eager/memory.ts";
import { isTaping } from "../eager/tape.ts";
import type { Graph } from "../ir/graph.ts";
import { optimize } from "../passes/pipeline.ts";
import { rebuild, type Skeleton } from "../trace/structure.ts";
import type { Guard } from "../trace/tracer.ts";
import { type Runner, runnerOf } from "./runner.ts";
import { leavesOf, type Signature } from "./signature.ts";
import { TapedCalls } from "./taped.ts";
import { type Feed, type FunctionParts, type ResultLeaf, type TraceRequest, traceCall } from "./trace-call.ts";

const NONE: readonly Tensor[] = [];

export class ConcreteFunction {
  /** What it was made of. */
  readonly parts: FunctionParts;
  readonly signature: Signature;
  /** As traced. */
  readonly traced: Graph;
  /** After all passes. */
  readonly graph: Graph;
  readonly runner: Runner;
  /** Variables that the function reads or assigns, in the order of the graph's slots. */
  readonly variables: readonly Variable[];
  readonly #captured: readonly Tensor[];
  readonly #guards: readonly Guard[];
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
    this.runner = runnerOf(this.graph);
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
    const first = positions.length + this.#captured.length;
    const inputs = new Array<Tensor>(first + extra.length);
    for (let i = 0; i < positions.length; i++) inputs[i] = leaves[positions[i] as number] as Tensor;
    for (let i = 0; i < this.#captured.length; i++) inputs[positions.length + i] = this.#captured[i] as Tensor;
    for (let i = 0; i < extra.length; i++) inputs[first + i] = extra[i] as Tensor;
    const tensors = this.runner.run(inputs, this.variables, this.#weakOutputs);
    if (this.#skeleton.kind === "leaf") {
      const leaf = this.#leaves[0] as ResultLeaf;
      return leaf.kind === "tensor" ? tensors[0] : leaf.value;
    }
    const values = this.#leaves.map((leaf) => (leaf.kind === "tensor" ? tensors[leaf.index] : leaf.value));
    return rebuild(this.#skeleton, values[Symbol.iterator]());
  }

  dispose(): void {
    this.runner.dispose();
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
