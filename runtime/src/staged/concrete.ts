/**
 * ConcreteFunction: a function for one signature, traced or read from files, ready to run: graph → passes → runner.
 */
import { type TypedArray, weakDType } from "../core/dtype.ts";
import { InternalError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { sameType, type TensorType } from "../core/type.ts";
import type { Variable } from "../core/variable.ts";
import type { Result } from "../eager/interpret/run.ts";
import { allocate, discard, dispose, enroll } from "../eager/memory.ts";
import { isTaping } from "../eager/tape.ts";
import type { Graph } from "../ir/graph.ts";
import { type Lengths, refine } from "../passes/refine.ts";
import { rebuild, type Skeleton } from "../trace/structure.ts";
import type { Guard } from "../trace/tracer.ts";
import type { RunAsyncOptions } from "./beside.ts";
import { isSame } from "./contents.ts";
import type { FunctionInfo } from "./info.ts";
import { lengthsKey, refinedSignature } from "./lengths.ts";
import { type Runner, runnerOf } from "./runner.ts";
import { captureDifference, difference, leavesOf, type Signature } from "./signature.ts";
import { Stages, trace } from "./stages.ts";
import { TapedCalls } from "./taped.ts";
import type { Feed, FunctionParts, NumberLeaf, ResultLeaf, TraceRequest } from "./trace-call.ts";

const NONE: readonly Tensor[] = [];
/** Combinations of lengths with a plan each. */
const MAX_REFINED = 64;

export class ConcreteFunction {
  /** What it was made of. */
  readonly parts: FunctionParts;
  readonly signature: Signature;
  /** As traced. */
  readonly traced: Graph;
  /** After all passes; before them where GRAPHFN_INTERPRET is `traced`. */
  readonly graph: Graph;
  readonly #stages: Stages;
  #runner: Runner | null = null;
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
  /** Some number must have a certain dtype. */
  readonly #particular: boolean;
  /** The scalars that pass numbers to a plan, used again in each call. */
  #numbers: readonly Tensor[] | null = null;

  /** By lengths, where the signature has symbols; the last used one last. */
  readonly #refined = new Map<string, ConcreteFunction>();
  /** The function for any lengths that this is a refined form of: it owns what was captured. */
  readonly general: ConcreteFunction | null;

  constructor(parts: FunctionParts, guards: readonly Guard[] = [], general: ConcreteFunction | null = null) {
    this.general = general;
    const { signature, result } = parts;
    this.parts = parts;
    this.signature = signature;
    this.traced = parts.graph;
    this.#stages = new Stages(parts.graph.name, parts.origin ?? null);
    this.graph = process.env["GRAPHFN_INTERPRET"] === "traced" ? this.traced : this.#stages.optimize(this.traced);
    this.variables = parts.variables;
    this.#guards = guards;
    this.#captured = parts.captured;
    this.#skeleton = result.skeleton;
    this.#leaves = result.leaves;
    this.#weakOutputs = result.leaves.flatMap((l) => (l.kind === "plain" ? [] : [l.weak]));
    this.#tensorLeaves = signature.leaves.flatMap((l, i) => (l.kind === "tensor" ? [i] : []));
    this.#particular = parts.numbers.some(({ only }) => only);
  }

  /** Throws what the function throws, and what staging refuses. */
  static trace(request: TraceRequest): ConcreteFunction {
    const { guards, ...parts } = trace(request);
    return new ConcreteFunction(parts, guards);
  }

  /** The numbers among the arguments have the dtypes that the graph takes, where it takes one only. */
  numbersFit(args: ArrayLike<unknown>): boolean {
    if (!this.#particular) return true;
    const leaves = this.signature.flat ? args : leavesOf(args).leaves;
    return this.parts.numbers.every(({ compute, dtype, only }) => !only || weakDType(compute(leaves)) === dtype);
  }

  get runner(): Runner {
    this.#runner ??= runnerOf(this.graph, this.#stages);
    return this.#runner;
  }

  /** The function for arguments of certain lengths: itself, where the signature has no symbols. */
  refined(lengths: Lengths): ConcreteFunction {
    if (this.signature.symbolic !== true) return this;
    const key = lengthsKey(lengths);
    const known = this.#refined.get(key) ?? this.#refine(lengths);
    this.#refined.delete(key);
    this.#refined.set(key, known);
    const [oldest] = this.#refined.keys();
    if (this.#refined.size > MAX_REFINED) {
      this.#refined.get(oldest as string)?.dispose();
      this.#refined.delete(oldest as string);
    }
    return known;
  }

  #refine(lengths: Lengths): ConcreteFunction {
    const signature = refinedSignature(this.signature, lengths);
    return new ConcreteFunction({ ...this.parts, signature, graph: refine(this.traced, lengths) }, [], this);
  }

  /** Variables that functions called from this one read have the values they had. */
  guardsHold(): boolean {
    for (const { read, values } of this.#guards) {
      const now = read();
      for (let i = 0; i < values.length; i++) if (!isSame(now[i], values[i])) return false;
    }
    return true;
  }

  /** Why this trace does not serve a call: the first thing that has changed, with its name and place. */
  whyNot(args: ArrayLike<unknown>, self: unknown, captured: readonly unknown[], info: FunctionInfo): string {
    const { signature } = this;
    const changed = difference(signature, args, self, info.params) ?? captureDifference(signature.captures, captured, info.captures ?? []);
    if (changed !== null) return changed;
    for (const { read, values, names } of this.#guards) {
      const other = captureDifference(values, read(), names);
      if (other !== null) return other;
    }
    return this.numbersFit(args) ? "the data of a loop has other shapes" : "a number was whole and is a fraction, or the other way round";
  }

  /** One call of the backend, which works in the memory of variables. Arguments match the signature. Throws StaleFeed. */
  run(args: ArrayLike<unknown>): unknown {
    const { fed, scalars, extra } = this.#extra(args);
    if (isTaping()) {
      const leaves = this.signature.flat ? args : leavesOf(args).leaves;
      const tensors = this.#tensorLeaves.map((i) => leaves[i] as Tensor);
      this.#taped ??= new TapedCalls(this.parts);
      const taped = this.#taped.run(tensors, extra, args, () => this.runWith(args, extra));
      if (taped !== null) return taped.result;
    }
    const result = this.runWith(args, extra);
    for (const t of fed) dispose(t);
    for (const t of scalars) if (!t.kept) dispose(t);
    return result;
  }

  /** The same beside the thread that asks: what the call takes is copied before this returns. */
  runAsync(args: ArrayLike<unknown>, options: RunAsyncOptions): Promise<unknown> {
    const { fed, scalars, extra } = this.#extra(args);
    const running = this.runner.runAsync(this.#inputs(args, extra), this.variables, this.#weakOutputs, options);
    for (const t of fed) dispose(t);
    for (const t of scalars) if (!t.kept) dispose(t);
    return running.then((tensors) => this.#result(tensors));
  }

  /** Inputs of a call after arguments and captures. */
  #extra(args: ArrayLike<unknown>): {
    readonly fed: readonly Tensor[];
    readonly scalars: readonly Tensor[];
    readonly extra: readonly Tensor[];
  } {
    const { feeds, numbers } = this.parts;
    const fed = feeds.length === 0 ? NONE : feedsOf(feeds);
    const scalars = numbers.length === 0 ? NONE : this.#numbersOf(args);
    return { fed, scalars, extra: scalars.length === 0 ? fed : [...fed, ...scalars] };
  }

  /** The numbers of a call as the graph meets them. */
  #numbersOf(args: ArrayLike<unknown>): readonly Tensor[] {
    const { numbers } = this.parts;
    const leaves = this.signature.flat ? args : leavesOf(args).leaves;
    // A plan has read them when the call ends. User code in a print step may call this function again; tapes and results keep tensors.
    const once = isTaping() || this.runner.plan === null || this.runner.plan.prints.length > 0;
    const tensors = (once ? null : this.#numbers) ?? numbers.map(({ dtype }) => allocate(dtype, [], 1, true));
    if (!once && this.#numbers === null) {
      this.#numbers = tensors;
      for (const t of tensors) t.kept = true;
    }
    for (let i = 0; i < numbers.length; i++) {
      ((tensors[i] as Tensor).elements as TypedArray)[0] = (numbers[i] as NumberLeaf).compute(leaves);
    }
    return tensors;
  }

  /** The same, with `extra` inputs after arguments and captures: feeds, numbers and others; no tape sees it. */
  runWith(args: ArrayLike<unknown>, extra: readonly Tensor[]): unknown {
    return this.#result(this.runner.run(this.#inputs(args, extra), this.variables, this.#weakOutputs));
  }

  #inputs(args: ArrayLike<unknown>, extra: readonly Tensor[]): Tensor[] {
    const leaves = this.signature.flat ? args : leavesOf(args).leaves;
    const positions = this.#tensorLeaves;
    const first = positions.length + this.#captured.length;
    const inputs = new Array<Tensor>(first + extra.length);
    for (let i = 0; i < positions.length; i++) inputs[i] = leaves[positions[i] as number] as Tensor;
    for (let i = 0; i < this.#captured.length; i++) inputs[positions.length + i] = this.#captured[i] as Tensor;
    for (let i = 0; i < extra.length; i++) inputs[first + i] = extra[i] as Tensor;
    return inputs;
  }

  #result(tensors: readonly Result[]): unknown {
    if (this.#skeleton.kind === "leaf") {
      const leaf = this.#leaves[0] as ResultLeaf;
      return leaf.kind === "plain" ? leaf.value : tensors[0];
    }
    const values = this.#leaves.map((leaf) => (leaf.kind === "plain" ? leaf.value : tensors[leaf.index]));
    return rebuild(this.#skeleton, values[Symbol.iterator]());
  }

  /** As `dispose`, but what was captured is left to the scope in which it was, and to tapes that need it. */
  release(): void {
    this.#runner?.dispose();
    this.#runner = null;
    for (const t of this.#captured) {
      // It may have been captured in a scope that has ended.
      t.kept = false;
      enroll(t);
    }
  }

  dispose(): void {
    this.#runner?.dispose();
    this.#runner = null;
    for (const concrete of this.#refined.values()) concrete.dispose();
    // Tapes that have seen a call take over what they need.
    if (this.general === null) for (const t of this.#captured) discard(t);
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
