/** What runs kernels and plans. Two of them: reference (TypeScript, always there) and native (C++). Equal by test. */
import type { TypedArray } from "../core/dtype.ts";
import type { Attrs, Block, OpRecord } from "../ops/op.ts";
import type { Fused, Plan } from "../plan/plan.ts";

export interface Executable {
  /**
   * One run of the whole plan. `outputs` are allocated by the caller. `variables`: their memory, in the order of the plan; the run
   * works in it, so none of it may be an input as well or belong to two of them. Throws typed errors with the step's span; then
   * variables are as they were.
   */
  run(inputs: readonly TypedArray[], outputs: readonly TypedArray[], variables?: readonly TypedArray[]): void;
  /**
   * As `run`, and tells when its steps ran; of the first `most` the beginning, of all of them the sum. Null where it cannot tell: no
   * steps ran, or the plan is running already.
   */
  runTimed(inputs: readonly TypedArray[], outputs: readonly TypedArray[], variables: readonly TypedArray[], most: number): StepTimes | null;
  /** What becomes of the plan's loops, or of all steps where it has none; nothing where no code is made of either. */
  loops(): readonly LoopCode[];
  dispose(): void;
}

/** Steps from `first` to `last`, and what becomes of them: "runs by blocks, …". */
export interface LoopCode {
  readonly first: number;
  readonly last: number;
  readonly how: string;
}

/** A plan that runs beside the thread that asks for it. */
export interface BesideExecutable {
  /**
   * Begins a run on copies of all arrays; it goes on when the event loop does other things, which calls `ended` once. Several runs may be
   * under way. Throws E_MEMORY.
   */
  start(inputs: readonly TypedArray[], variables: readonly TypedArray[], ended: (end: RunEnd) => void): RunBeside;
  dispose(): void;
}

export interface RunBeside {
  /** Rounds of loops that stand in no other loop, so far. Print steps that ran meanwhile show what they print. */
  rounds(): number;
  /** It ends before its next round or call. */
  stop(): void;
}

/** `take`: copies results into arrays of all outputs and of the variables that the plan writes. */
export type RunEnd =
  | { readonly kind: "done"; take(outputs: readonly TypedArray[], written: readonly TypedArray[]): void }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly error: unknown };

/** One step, once. In microseconds. */
export interface StepTime {
  readonly step: number;
  /** Since the run began. */
  readonly start: number;
  readonly took: number;
  /** Code of the loop that begins with this step ran: the time is that of all of its rounds. */
  readonly compiled: boolean;
}

/** In microseconds. */
export interface StepTimes {
  /** Steps that ran, as often as they did. */
  readonly executed: number;
  readonly entries: readonly StepTime[];
  /** By step of the plan. */
  readonly totals: readonly { readonly count: number; readonly took: number }[];
}

export interface Backend {
  readonly name: "reference" | "native";
  /** Runs one op; outputs are allocated by the caller and alias no input. */
  kernel(op: OpRecord, inputs: readonly Block[], outputs: readonly Block[], attrs: Attrs): void;
  /** Decodes a plan once. `print` is called for each print step that runs, in order. */
  compile(plan: Plan, print: (site: number, values: readonly Block[]) => void): Executable;
  /** The same for runs beside the thread that asks; null where this backend has none. */
  compileBeside(plan: Plan, print: (site: number, values: readonly Block[]) => void): BesideExecutable | null;
  /**
   * Whether loops and fused ops become machine code; may have to look for the compiler, which takes some 20 ms. Without waiting: whether
   * that is known by now.
   */
  compiles(wait?: boolean): boolean;
  /** Whether large products in float32 are computed by a library; may have to look for it. */
  usesLibrary(): boolean;
  /** Ops of the plan without a kernel here, each once. With one or more the whole plan runs on the reference backend. */
  missing(plan: Plan): readonly string[];
  /**
   * What computes a fused step here: "tiles", piece by piece with precompiled loops; "llvm", code of its own once it has run for some
   * time, and tiles before; "reference".
   */
  tier(step: Fused): string;
}
