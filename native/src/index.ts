/**
 * Loads the native addon: a platform package (`@graphfn/native-linux-x64`), else the local build of this package. Never throws:
 * where there is no addon, `nativeInfo().reason` says why, file by file, and graphfn runs on its TypeScript kernels.
 *
 * GRAPHFN_ADDON names another file, and no other is tried; GRAPHFN_CPU (avx512, avx2, baseline) limits the vector instructions.
 * GRAPHFN_LLVM: "off" compiles nothing, "wait" compiles each kernel at its first run and waits for it, a path names LLVM's library.
 *
 * The file is looked for once per process; each worker thread gets an environment of its own from the same file.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";

/** Where the parts of `shared` lie, in bytes. See native/src/addon/environment.h. */
export interface SharedLayout {
  readonly mailboxAt: number;
  readonly mailboxBytes: number;
  readonly wordsAt: number;
  readonly wordBytes: number;
  readonly numbersAt: number;
  readonly numberBytes: number;
}

type Elements = Uint8Array | Int32Array | Float32Array | Float64Array;

/** The functions of the addon. They check every argument and throw TypeError (code E_NATIVE) on a wrong one. */
export interface NativeAddon {
  /** Memory that both sides write: report of the last failure, mailbox, words and numbers of one op. */
  readonly shared: ArrayBuffer;
  readonly layout: SharedLayout;
  /** Ops with a kernel; the index is the kernel's id. */
  readonly opNames: readonly string[];
  /** Vector instructions in use: avx512, avx2, baseline. */
  cpu(): string;
  /** Uses fewer of them than the processor has; before the first kernel runs. */
  limitCpu(level: string): void;
  /** `print` is held weakly, since it usually refers to what holds the plan: the caller keeps it as long as the plan may run. */
  createPlan(
    words: Int32Array,
    numbers: Float64Array,
    constants: Uint8Array,
    print: (site: number, ...values: Elements[]) => void,
    /** For startRun, instead of runPlan. */
    beside?: boolean,
  ): number;
  /**
   * The arrays of all variables of a plan without print steps, for all runs until the next call: their memory must stay where it is.
   * The caller keeps the arrays, and looks before each run that none was detached.
   */
  bindVariables(plan: number, ...variables: Elements[]): void;
  /** 0, or the status of a failure whose details are in the report. */
  runPlan(plan: number, ...large: Elements[]): number;
  disposePlan(plan: number): void;
  /** Times the next run, keeping when the first `most` steps began; false while one is under way. */
  timePlan(plan: number, most: number): boolean;
  /** Of that run, in nanoseconds: [steps run, n, n × (step, start, took; ~step for all of a loop whose code ran), then for each step of the plan (count, took)]. No more is timed. */
  stepTimes(plan: number): Float64Array;
  /**
   * What becomes of each loop, or of all steps where there is none; nothing where no code is made: first step, last step, words, one after
   * the other.
   */
  loopsOf(plan: number): (number | string)[];
  /**
   * Begins a run on a thread of its own, on copies of all inputs and variables; −1, with the report filled, where there is no memory for them.
   * `ended` gets the status as of runPlan; −1 where a print step ended it, with the site of one in `fails` or the error that print threw; −2
   * where it was stopped.
   */
  startRun(plan: number, ended: (status: number, detail: unknown) => void, fails: Int32Array, ...arrays: Elements[]): number;
  /** Ends a run before its next round or call. */
  stopRun(run: number): void;
  /** Rounds of loops that stand in no other loop, so far; calls `print` for what was printed meanwhile. */
  roundsOf(run: number): number;
  /** Copies results into arrays of all outputs and of the variables that the plan writes; within `ended(0)`. */
  takeRun(run: number, ...arrays: Elements[]): void;
  /** The op whose words are in `shared`. */
  runOp(...tensors: Elements[]): number;
  /** Threads that take part in large ops, the caller's included. */
  threads(): number;
  /** For the whole process; 1 switches the pool off. */
  setThreads(count: number): void;
  /** What large float32 matrix products run on: "own kernels" or "oneDNN 3.1.1". Looks for the library where that was not done yet. */
  gemm(): string;
  /** What large float32 convolutions run on: as `gemm`, or why not that. Tries the library where that was not done yet. */
  convolution(): string;
  /** How many shapes of parts of convolutions are kept as oneDNN's primitives: the newest 256. */
  convolutionShapes(): number;
  /** How kernels are compiled by LLVM, from the next plan on: "background" by default. `library` in place of the usual ones; "" for those. */
  setCompiler(mode: "off" | "background" | "wait", library: string): void;
  /**
   * Whether LLVM is there to compile with; loads it where that was not done yet (some 20 ms). Without waiting: has it loaded beside the
   * program, and says whether it is by now.
   */
  hasCompiler(wait?: boolean): boolean;
  /** Compiles nothing from now on, waits for what is being compiled, and tells runs beside the program to end. */
  stop(): void;
  /** What was compiled so far; with `wait`, once LLVM is loaded, if it can be, and nothing is left to compile. */
  compiler(wait?: boolean): CompilerState;
  /** Use of oneDNN, for the whole process; on by default. Returns whether it is in use from now on. */
  setOneDnn(wanted: boolean): boolean;
}

export interface CompilerState {
  /** "LLVM 19.1.7", or "" where it is not loaded: it is when there is something to compile. */
  readonly library: string;
  /** Why it cannot be loaded, or "". */
  readonly missing: string;
  /** Kernels: made, found to be the same as one that is there, failed (and so still run as loops), waiting. */
  readonly compiled: number;
  readonly reused: number;
  readonly failed: number;
  readonly waiting: number;
  /** Time in the compiler's thread, loading included. */
  readonly milliseconds: number;
  /** LLVM's message on the last kernel that failed, or "". */
  readonly failure: string;
  /** Loops over large arrays that ran block by block, and that were set back, since blocks did not settle or a step failed. */
  readonly swept: number;
  readonly setBack: number;
}

export interface NativeInfo {
  /** The file that was loaded, or null. */
  readonly file: string | null;
  /** Why this one, or why none. */
  readonly reason: string;
}

const NAMED = "named by GRAPHFN_ADDON";
const NOT_BUILT = "the addon is not built (npm run setup builds it)";

let loaded: { readonly addon: NativeAddon | null; readonly info: NativeInfo } | undefined;

/** The addon, or null where it cannot be loaded: see `nativeInfo()`. */
export function nativeAddon(): NativeAddon | null {
  loaded ??= load();
  return loaded.addon;
}

export function nativeInfo(): NativeInfo {
  loaded ??= load();
  return loaded.info;
}

function load(): NonNullable<typeof loaded> {
  const failures: string[] = [];
  let require: NodeJS.Require;
  try {
    require = createRequire(import.meta.url);
  } catch {
    // In a CommonJS bundle import.meta.url is empty: look from where the program was started.
    require = createRequire(path.join(process.cwd(), "package.json"));
  }
  for (const { file, why } of candidates(require)) {
    if (path.isAbsolute(file) && !existsSync(file)) {
      if (why === NAMED) failures.push(`${file}, named by GRAPHFN_ADDON, is not there`);
      continue;
    }
    try {
      const addon = require(file) as NativeAddon;
      const limit = process.env["GRAPHFN_CPU"];
      if (limit) addon.limitCpu(limit);
      // Nothing of the addon must run while the process takes its libraries down.
      if (isMainThread) process.once("exit", () => addon.stop());
      const llvm = process.env["GRAPHFN_LLVM"];
      if (llvm === "off" || llvm === "background" || llvm === "wait") addon.setCompiler(llvm, "");
      else if (llvm) addon.setCompiler("background", llvm);
      return { addon, info: { file: path.isAbsolute(file) ? file : require.resolve(file), reason: why } };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // A platform package that is not installed is the usual case, not a failure.
      if (code !== "MODULE_NOT_FOUND") failures.push(`${file}: ${message}`);
    }
  }
  return { addon: null, info: { file: null, reason: failures.length > 0 ? failures.join("; ") : NOT_BUILT } };
}

/** Files in the order in which they are tried. Names that are not absolute are packages. */
function candidates(require: NodeJS.Require): { readonly file: string; readonly why: string }[] {
  const list: { file: string; why: string }[] = [];
  const named = process.env["GRAPHFN_ADDON"];
  if (named) return [{ file: path.resolve(named), why: NAMED }];
  list.push({ file: `@graphfn/native-${process.platform}-${process.arch}`, why: "platform package" });
  const built = (root: string): string => path.join(root, "build", "Release", "graphfn.node");
  try {
    list.push({ file: built(path.dirname(path.dirname(fileURLToPath(import.meta.url)))), why: "local build" });
  } catch {
    // No import.meta.url: a bundle. The package may still be installed beside it.
  }
  try {
    list.push({ file: built(path.dirname(require.resolve("@graphfn/native/package.json"))), why: "local build of the installed package" });
  } catch {
    // Not installed.
  }
  return list;
}
