/**
 * The native backend: kernels and plans in C++, one crossing per op or per run.
 *
 *   run(inputs, outputs): small inputs → mailbox, runPlan(id, ...large inputs, ...large outputs), mailbox → small outputs
 *
 * The addon keeps the addresses of variables from run to run (an array as an argument costs 27 ns, looking whether it is
 * still the same one 3 ns); it is told when an array is another one. User code that a print step runs could take memory away
 * while it is in use, so plans with print steps get variables as arguments, which are looked at again after each print.
 *
 * Ops without a native kernel run by their reference rule; a plan that contains one runs on the reference backend as a whole.
 * Both are counted in `fallbacks`, by op.
 */
import { type NativeAddon, nativeAddon } from "@graphfn/native";
import { DTYPES, type DType, type TypedArray } from "../core/dtype.ts";
import { ArgumentError, type GraphFnError, InternalError, locate } from "../core/errors.ts";
import type { Attrs, Block, OpRecord } from "../ops/op.ts";
import { type EncodedPlan, encodeOp, encodePlan, type Port } from "../plan/encode.ts";
import type { Plan, PlanBuffer, Step } from "../plan/plan.ts";
import { log } from "../watch/log.ts";
import type { Backend, BesideExecutable, Executable, LoopCode, RunBeside, RunEnd, StepTimes } from "./backend.ts";
import { errorOf, readFailure, STATUS } from "./failure.ts";
import { referenceBackend } from "./reference.ts";
import { runReference } from "./reference-kernels.ts";

type Print = (site: number, values: readonly Block[]) => void;

/** Times that an op ran, or a plan was compiled, without a native kernel: by op name. */
export const fallbacks = new Map<string, number>();

function fallBack(op: string): void {
  if (!fallbacks.has(op)) log("fallback", op, "no native kernel, so the reference backend runs it");
  fallbacks.set(op, (fallbacks.get(op) ?? 0) + 1);
}

/** Of a run beside the program: a print step ended it; it was stopped. */
const STOPPED = -1;
const CANCELLED = -2;

/** Views of the memory shared with native code. */
class Shared {
  readonly report: Float64Array;
  readonly words: Int32Array;
  readonly numbers: Float64Array;
  /** The mailbox by dtype. */
  readonly bool: Uint8Array;
  readonly uint8: Uint8Array;
  readonly int64: TypedArray;
  readonly int32: Int32Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly complex64: Float32Array;

  constructor({ shared, layout }: NativeAddon) {
    this.report = new Float64Array(shared, 0, 8);
    this.words = new Int32Array(shared, layout.wordsAt, layout.wordBytes / 4);
    this.numbers = new Float64Array(shared, layout.numbersAt, layout.numberBytes / 8);
    this.bool = new Uint8Array(shared, layout.mailboxAt, layout.mailboxBytes);
    this.uint8 = this.bool;
    this.int64 = new BigInt64Array(shared, layout.mailboxAt, layout.mailboxBytes / 8) as unknown as TypedArray;
    this.int32 = new Int32Array(shared, layout.mailboxAt, layout.mailboxBytes / 4);
    this.float32 = new Float32Array(shared, layout.mailboxAt, layout.mailboxBytes / 4);
    this.float64 = new Float64Array(shared, layout.mailboxAt, layout.mailboxBytes / 8);
    this.complex64 = this.float32;
  }
}

/** A port with its place in the mailbox: a view and an index into it. */
interface Slot {
  readonly view: TypedArray;
  readonly at: number;
  /** Numbers: two per complex element. */
  readonly size: number;
}

function slotOf(shared: Shared, { dtype, size, mailbox }: Port): Slot | null {
  const { bytes, parts } = DTYPES[dtype];
  return mailbox < 0 ? null : { view: shared[dtype as Exclude<DType, "string">], at: (mailbox * parts) / bytes, size: size * parts };
}

class NativeExecutable implements Executable {
  readonly #addon: NativeAddon;
  readonly #shared: Shared;
  readonly #plan: Plan;
  readonly #inputs: readonly (Slot | null)[];
  readonly #outputs: readonly (Slot | null)[];
  /** No value travels as a typed array. */
  readonly #allSmall: boolean;
  /** Numbers in the arrays of variables. */
  readonly #variables: readonly number[];
  readonly #hasPrints: boolean;
  /** Held here: the addon holds it weakly, since it refers to this object by way of the plan. */
  readonly #printer: (site: number, ...values: TypedArray[]) => void;
  /** Arrays of variables whose addresses the addon has. */
  #bound: TypedArray[] = [];
  #id: number;

  constructor(addon: NativeAddon, shared: Shared, plan: Plan, encoded: EncodedPlan, print: Print) {
    this.#addon = addon;
    this.#shared = shared;
    this.#plan = plan;
    this.#inputs = encoded.inputs.map((port) => slotOf(shared, port));
    this.#outputs = encoded.outputs.map((port) => slotOf(shared, port));
    this.#variables = plan.variables.map(({ buffer }) => arrayLength(plan.buffers[buffer] as PlanBuffer));
    this.#hasPrints = plan.steps.some((step) => step.kind === "print");
    this.#allSmall = ![...this.#inputs, ...this.#outputs].includes(null);
    this.#printer = this.#hasPrints ? printer(plan, print) : prints;
    this.#id = addon.createPlan(encoded.words, encoded.numbers, encoded.constants, this.#printer);
    unused.register(this, { addon, id: this.#id }, this);
  }

  run(inputs: readonly TypedArray[], outputs: readonly TypedArray[], variables: readonly TypedArray[] = []): void {
    const id = this.#id;
    if (id < 0) throw new InternalError(`The plan of ${this.#plan.name} was run after dispose().`);
    const slots = this.#inputs;
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as Slot | null;
      if (slot !== null) post(slot, inputs[i] as TypedArray);
    }
    const given = this.#hasPrints ? variables : [];
    if (!this.#hasPrints && this.#variables.length > 0) this.#bind(variables);
    const isBare = this.#allSmall && given.length === 0;
    const status = isBare ? this.#addon.runPlan(id) : this.#addon.runPlan(id, ...this.#large(inputs, outputs), ...given);
    if (status !== STATUS.ok) throw failureOf(this.#shared, this.#plan);
    const results = this.#outputs;
    for (let i = 0; i < results.length; i++) {
      const slot = results[i] as Slot | null;
      if (slot !== null) fetch(slot, outputs[i] as TypedArray);
    }
  }

  runTimed(
    inputs: readonly TypedArray[],
    outputs: readonly TypedArray[],
    variables: readonly TypedArray[],
    most: number,
  ): StepTimes | null {
    const isTimed = this.#id >= 0 && this.#addon.timePlan(this.#id, most);
    let times: Float64Array | null = null;
    try {
      this.run(inputs, outputs, variables);
    } finally {
      // A print step may have disposed of the plan.
      if (isTimed && this.#id >= 0) times = this.#addon.stepTimes(this.#id);
    }
    return times === null ? null : stepTimesOf(times);
  }

  loops(): readonly LoopCode[] {
    if (this.#id < 0 || !this.#addon.hasCompiler()) return [];
    const all = this.#addon.loopsOf(this.#id);
    return Array.from({ length: all.length / 3 }, (_, i) => {
      const [first, last, how] = all.slice(3 * i) as [number, number, string];
      return { first, last, how };
    });
  }

  dispose(): void {
    if (this.#id < 0) return;
    unused.unregister(this);
    this.#addon.disposePlan(this.#id);
    this.#id = -1;
    this.#bound = [];
  }

  /** Tells the addon where variables are, if one has other memory than in the run before. A detached array has length 0. */
  #bind(variables: readonly TypedArray[]): void {
    const [sizes, bound] = [this.#variables, this.#bound];
    let isSame = bound.length === sizes.length;
    for (let i = 0; i < sizes.length; i++) {
      const array = variables[i] as TypedArray;
      if (array.length !== sizes[i]) throw new InternalError(`A variable has ${array.length} elements, but the plan takes ${sizes[i]}.`);
      if (isSame && array !== bound[i]) isSame = false;
    }
    if (isSame) return;
    this.#bound = [];
    this.#addon.bindVariables(this.#id, ...variables);
    this.#bound = [...variables];
  }

  #large(inputs: readonly TypedArray[], outputs: readonly TypedArray[]): TypedArray[] {
    const list: TypedArray[] = [];
    for (let i = 0; i < this.#inputs.length; i++) if (this.#inputs[i] === null) list.push(inputs[i] as TypedArray);
    for (let i = 0; i < this.#outputs.length; i++) if (this.#outputs[i] === null) list.push(outputs[i] as TypedArray);
    return list;
  }
}

/** The error of a run that failed, with its place. */
function failureOf(shared: Shared, plan: Plan): GraphFnError {
  const failure = readFailure(shared.report);
  const step = plan.steps[failure.step] as Step | undefined;
  if (step?.kind === "pop") return new InternalError(`${plan.name} popped a value from an empty stack.`);
  if (step?.kind === "push") return errorOf(failure, "What a loop keeps for its gradient", {});
  if (step?.kind !== "op") return errorOf(failure, undefined, {});
  const error = errorOf(failure, step.op, step.attrs);
  locate(error, step.span?.place());
  return error;
}

class NativeBeside implements BesideExecutable {
  readonly #addon: NativeAddon;
  readonly #shared: Shared;
  readonly #plan: Plan;
  readonly #print: Print;
  /** Sites of print steps that throw. */
  readonly #fails: Int32Array;
  /** Held here, as in NativeExecutable. */
  readonly #printer: (site: number, ...values: TypedArray[]) => void;
  #id: number;

  constructor(addon: NativeAddon, shared: Shared, plan: Plan, encoded: EncodedPlan, print: Print) {
    this.#addon = addon;
    this.#shared = shared;
    this.#plan = plan;
    this.#print = print;
    this.#fails = Int32Array.from(plan.prints.flatMap(({ kind }, site) => (kind === "fail" ? [site] : [])));
    this.#printer = printer(plan, print);
    this.#id = addon.createPlan(encoded.words, encoded.numbers, encoded.constants, this.#printer, true);
    unused.register(this, { addon, id: this.#id }, this);
  }

  start(inputs: readonly TypedArray[], variables: readonly TypedArray[], ended: (end: RunEnd) => void): RunBeside {
    const addon = this.#addon;
    if (this.#id < 0) throw new InternalError(`The plan of ${this.#plan.name} was run after dispose().`);
    const run = addon.startRun(
      this.#id,
      (status, detail) => ended(this.#ended(run, status, detail)),
      this.#fails,
      ...(inputs as Uint8Array[]),
      ...(variables as Uint8Array[]),
    );
    if (run < 0) throw failureOf(this.#shared, this.#plan);
    return { rounds: () => addon.roundsOf(run), stop: () => addon.stopRun(run) };
  }

  #ended(run: number, status: number, detail: unknown): RunEnd {
    if (status === STATUS.ok) {
      const take = (outputs: readonly TypedArray[], written: readonly TypedArray[]): void =>
        this.#addon.takeRun(run, ...(outputs as Uint8Array[]), ...(written as Uint8Array[]));
      return { kind: "done", take };
    }
    if (status === CANCELLED) return { kind: "stopped" };
    if (status !== STOPPED) return { kind: "failed", error: failureOf(this.#shared, this.#plan) };
    if (typeof detail !== "number" || detail < 0) return { kind: "failed", error: detail };
    try {
      this.#print(detail, []);
      return { kind: "failed", error: new InternalError(`${this.#plan.name} was ended by print step ${detail}, which does not fail.`) };
    } catch (error) {
      return { kind: "failed", error };
    }
  }

  dispose(): void {
    if (this.#id < 0) return;
    unused.unregister(this);
    this.#addon.disposePlan(this.#id);
    this.#id = -1;
  }
}

/** See stepTimes in native/src/addon/plans.cpp; from nanoseconds to microseconds. */
function stepTimesOf(times: Float64Array): StepTimes {
  const [executed, count] = times as unknown as [number, number];
  const at = (i: number): number => times[i] as number;
  const entries = Array.from({ length: count }, (_, i) => {
    const k = 2 + 3 * i;
    const compiled = at(k) < 0;
    return { step: compiled ? -1 - at(k) : at(k), start: at(k + 1) / 1000, took: at(k + 2) / 1000, compiled };
  });
  const first = 2 + 3 * count;
  const totals = Array.from({ length: (times.length - first) / 2 }, (_, i) => ({
    count: at(first + 2 * i),
    took: at(first + 2 * i + 1) / 1000,
  }));
  return { executed, entries, totals };
}

/** Plans that were dropped without dispose() are given back when the collector finds them. */
const unused = new FinalizationRegistry<{ addon: NativeAddon; id: number }>(({ addon, id }) => addon.disposePlan(id));

function arrayLength({ dtype, size }: PlanBuffer): number {
  return size * DTYPES[dtype].parts;
}

function post({ view, at, size }: Slot, from: TypedArray): void {
  if (from.length !== size) throw new InternalError(`An input has ${from.length} elements, but the plan takes ${size}.`);
  if (size === 1) view[at] = from[0] as number;
  else for (let i = 0; i < size; i++) view[at + i] = from[i] as number;
}

function fetch({ view, at, size }: Slot, to: TypedArray): void {
  if (size === 1) to[0] = view[at] as number;
  else for (let i = 0; i < size; i++) to[i] = view[at + i] as number;
}

/** Refers to nothing, for plans without print steps. */
function prints(): never {
  throw new InternalError("A plan without print steps prints.");
}

/** Native code hands over copies of the elements; the plan knows dtypes and shapes. */
function printer(plan: Plan, print: Print): (site: number, ...values: TypedArray[]) => void {
  const inputs: PlanBuffer[][] = [];
  for (const step of plan.steps) if (step.kind === "print") inputs[step.site] = step.inputs.map((id) => plan.buffers[id] as PlanBuffer);
  return (site, ...values) => {
    const buffers = inputs[site] as PlanBuffer[];
    print(
      site,
      values.map((data, i) => ({ dtype: (buffers[i] as PlanBuffer).dtype as DType, shape: (buffers[i] as PlanBuffer).shape, data })),
    );
  };
}

function threadsOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1024) return count;
  throw new ArgumentError(`GRAPHFN_THREADS is ${JSON.stringify(text)}.`, { hint: "Give a number of threads from 1 to 1024." });
}

/** The backend, or null where the addon cannot be loaded. */
export function createNativeBackend(): Backend | null {
  const addon = nativeAddon();
  if (addon === null) return null;
  // oneDNN is used where it is installed, unless the user prefers results that do not depend on what is installed.
  if (process.env["GRAPHFN_GEMM"] === "own") addon.setOneDnn(false);
  const threads = process.env["GRAPHFN_THREADS"];
  if (threads) addon.setThreads(threadsOf(threads));
  const shared = new Shared(addon);
  const kernels = new Map(addon.opNames.map((name, id) => [name, id]));
  return {
    name: "native",

    kernel(op: OpRecord, inputs: readonly Block[], outputs: readonly Block[], attrs: Attrs): void {
      const id = kernels.get(op.name);
      if (id === undefined || !encodeOp(id, op, inputs, outputs, attrs, shared.words, shared.numbers)) {
        fallBack(op.name);
        runReference(op, inputs, outputs, attrs);
        return;
      }
      const status = callOp(addon, inputs, outputs);
      if (status === STATUS.ok) return;
      // The same values by the reference rule: its error has the better words.
      const failure = readFailure(shared.report);
      if (failure.status === STATUS.unsupported) fallBack(op.name);
      if (failure.status !== STATUS.memory) runReference(op, inputs, outputs, attrs);
      if (failure.status !== STATUS.unsupported) throw errorOf(failure, op.name, attrs);
    },

    compiles: (wait = true) => addon.hasCompiler(wait),
    usesLibrary: () => addon.gemm() !== "own kernels",

    missing(plan: Plan): readonly string[] {
      const named = plan.steps.flatMap((step) =>
        step.kind === "op" ? [step.op] : step.kind === "fused" ? step.ops.map(({ op }) => op) : [],
      );
      return [...new Set(named.filter((op) => !kernels.has(op)))];
    },

    tier: () => (addon.hasCompiler() ? "llvm" : "tiles"),

    compile(plan: Plan, print: Print): Executable {
      const missing = this.missing(plan);
      if (missing.length > 0) {
        missing.forEach(fallBack);
        return referenceBackend.compile(plan, print);
      }
      return new NativeExecutable(addon, shared, plan, encodePlan(plan, kernels, addon.layout.mailboxBytes), print);
    },

    compileBeside(plan: Plan, print: Print): BesideExecutable | null {
      if (this.missing(plan).length > 0) return null;
      return new NativeBeside(addon, shared, plan, encodePlan(plan, kernels, addon.layout.mailboxBytes), print);
    },
  };
}

function callOp(addon: NativeAddon, inputs: readonly Block[], outputs: readonly Block[]): number {
  if (outputs.length === 1) {
    const out = (outputs[0] as Block).data;
    if (inputs.length === 1) return addon.runOp((inputs[0] as Block).data, out);
    if (inputs.length === 2) return addon.runOp((inputs[0] as Block).data, (inputs[1] as Block).data, out);
  }
  return addon.runOp(...inputs.map((b) => b.data), ...outputs.map((b) => b.data));
}
