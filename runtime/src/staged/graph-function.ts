/**
 * Graph functions: a callable with a cache of traces.
 *
 *   call → outside any trace: find the trace whose signature matches, or make one, and run it
 *        → inside another trace: the body is traced in place (inlined)
 *        → with runFunctionsEagerly(true): the body runs with eager dispatch
 *
 * The cache is a list, most recent first, of at most `maxTraces` entries.
 */
import { ArgumentError, GraphFnError, InternalError, StagingError } from "../core/errors.ts";
import type { TensorSpec } from "../core/tensor-spec.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import { DEFAULT_MAX_DEPTH, type Graph } from "../ir/graph.ts";
import { tracer } from "../trace/tracer.ts";
import { log } from "../watch/log.ts";
import type { RunAsyncOptions } from "./beside.ts";
import { ConcreteFunction, StaleFeed } from "./concrete.ts";
import { Explanation } from "./explanation.ts";
import type { FunctionInfo } from "./info.ts";
import { generalized, type Pinned, pin } from "./lengths.ts";
import { matches, type Signature, signatureOf } from "./signature.ts";
import { LengthsRead } from "./trace-call.ts";

/** A call that the traces so far do not serve. */
export interface Retrace {
  readonly name: string;
  /** Place of the function: "src/model.ts:12:1". */
  readonly at: string;
  /** Traces made before this one. */
  readonly traces: number;
  /** What has changed since the last call that was served: "`rate` (src/model.ts:7:9) changed from 0.1 to 0.2". */
  readonly reason: string;
}

export interface GraphFunctionOptions {
  /** Name in graphs, messages and `explain`; the function's own name otherwise. */
  readonly name?: string;
  /**
   * What happens when a call needs another trace: "warn" tells why, once, when there are many; "throw" throws E_RETRACE instead of
   * tracing a second time; a function is told of each. Default "warn".
   */
  readonly onRetrace?: "warn" | "throw" | ((retrace: Retrace) => void);
  /** Traces kept; the least recently used one is dropped beyond it. Default 64. */
  readonly maxTraces?: number;
  /** Calls within calls of functions that call themselves, before a run ends with E_RECURSION. Default 100,000. */
  readonly maxDepth?: number;
}

const OPTIONS: ReadonlySet<string> = new Set(["name", "onRetrace", "maxTraces", "maxDepth"] satisfies (keyof GraphFunctionOptions)[]);

/** Arguments, or specs of them: where a function is traced but not run. */
export type Examples<A extends readonly unknown[]> = { [K in keyof A]: A[K] | TensorSpec };

/** What a graph function has besides being callable. */
export interface GraphMembers<A extends readonly unknown[] = readonly unknown[]> {
  /** Traces for these arguments without running, and tells what was staged and why, the graph, the plan. */
  explain(...args: Examples<A>): Explanation;
  /** The optimised graph for these arguments. */
  graph(...args: Examples<A>): Graph;
  /** The trace for these arguments: graph, plan, run. */
  concrete(...args: Examples<A>): ConcreteFunction;
  /**
   * Writes the trace for these arguments to a folder, with all tensors and variables that it captured, as of the time of the call:
   * `gf.loadFunction` runs it without this program. Arguments are examples or `gf.tensorSpec`s; those that are no tensors are
   * part of what is saved.
   *
   * Errors   E_SAVE for arguments and results that have no place in a file; E_FILE.
   */
  save(folder: string | URL, ...args: Examples<A>): Promise<void>;
  /** Number of traces made so far. */
  readonly traces: number;
  /** The function as it was given, transformed. */
  readonly original: Function;
}

const DEFAULT_MAX_TRACES = 64;
const WARN_AFTER = 8;
const NO_CAPTURES: readonly unknown[] = [];

let eagerly = false;
let eagerDepth = 0;

/** Runs the bodies of graph functions with eager dispatch, one op at a time: for debugging with breakpoints. */
export function runFunctionsEagerly(on: boolean): void {
  eagerly = on;
}

export function functionsRunEagerly(): boolean {
  return eagerly;
}

/** No trace and no eager run of marked code is under way. */
export function isOutside(): boolean {
  return eagerDepth === 0 && (!isTracing() || !tracer().inFunction);
}

export class GraphFunction {
  /** Another one per call for graph parts of async functions. */
  fn: Function;
  readonly info: FunctionInfo;
  readonly #captures: (() => readonly unknown[]) | undefined;
  readonly #maxTraces: number;
  readonly #maxDepth: number;
  #entries: ConcreteFunction[] = [];
  readonly #pinned: Pinned = new Map();
  #traces = 0;
  readonly #onRetrace: GraphFunctionOptions["onRetrace"];
  /** Why it was traced again, the last times. */
  readonly #reasons: string[] = [];

  constructor(fn: Function, info: FunctionInfo, captures: (() => readonly unknown[]) | undefined, options: GraphFunctionOptions = {}) {
    this.fn = fn;
    this.info = info;
    this.#captures = captures;
    this.#maxTraces = options.maxTraces ?? DEFAULT_MAX_TRACES;
    this.#onRetrace = options.onRetrace ?? "warn";
    this.#maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH;
    for (const name of Object.keys(options)) {
      if (!OPTIONS.has(name))
        throw new ArgumentError(`${info.name} is marked with ${name}, which is no option.`, {
          hint: `Options are ${[...OPTIONS].join(", ")}.`,
        });
    }
    for (const [name, value] of Object.entries({ maxTraces: this.#maxTraces, maxDepth: this.#maxDepth })) {
      if (Number.isInteger(value) && value >= 1) continue;
      throw new ArgumentError(`${name} of ${info.name} is ${String(value)}.`, { hint: "Give an integer of at least 1." });
    }
  }

  get traces(): number {
    return this.#traces;
  }

  /** `captures`: values read at this call, where the emitted code passes them per call. */
  call(self: unknown, args: ArrayLike<unknown>, captures?: () => readonly unknown[]): unknown {
    if (isTracing()) {
      if (this.#captures !== undefined) tracer().guard(this.#captures, this.info.captures ?? []);
      return tracer().asOne((): unknown => this.fn.apply(self, args));
    }
    if (eagerly || eagerDepth > 0) return this.#runEagerly(self, args);
    const concrete = this.concrete(self, args, captures);
    try {
      return concrete.run(args);
    } catch (error) {
      if (!(error instanceof StaleFeed)) throw error;
      return this.#trace(self, args, concrete.signature.captures).run(args);
    }
  }

  /** A call beside the thread that asks: see run-async.ts. */
  callAsync(args: ArrayLike<unknown>, options: RunAsyncOptions): Promise<unknown> {
    const concrete = this.concrete(undefined, args);
    try {
      return concrete.runAsync(args, options);
    } catch (error) {
      if (!(error instanceof StaleFeed)) throw error;
      return this.#trace(undefined, args, concrete.signature.captures).runAsync(args, options);
    }
  }

  #runEagerly(self: unknown, args: ArrayLike<unknown>): unknown {
    eagerDepth++;
    try {
      return this.fn.apply(self, args);
    } finally {
      eagerDepth--;
    }
  }

  concrete(self: unknown, args: ArrayLike<unknown>, captures = this.#captures): ConcreteFunction {
    const captured = captures === undefined ? NO_CAPTURES : captures();
    const entries = this.#entries;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as ConcreteFunction;
      if (!matches(entry.signature, args, self, captured) || !entry.numbersFit(args) || !entry.guardsHold()) continue;
      if (i > 0) {
        entries.splice(i, 1);
        entries.unshift(entry);
      }
      return entry.signature.symbolic === true ? this.#refined(entry, self, args, captured) : entry;
    }
    const [previous] = entries;
    if (previous !== undefined) this.#retrace(previous.whyNot(args, self, captured, this.info));
    return this.#traceGeneral(self, args, captured) ?? this.#trace(self, args, captured);
  }

  /** A trace for any lengths as it is for these ones. Where it does not fit them, what a trace of its own says counts. */
  #refined(entry: ConcreteFunction, self: unknown, args: ArrayLike<unknown>, captured: readonly unknown[]): ConcreteFunction {
    const lengths = new Map<string, number>();
    matches(entry.signature, args, self, captured, lengths);
    try {
      return entry.refined(lengths);
    } catch (error) {
      if (!(error instanceof GraphFnError)) throw error;
      return this.#trace(self, args, captured);
    }
  }

  /** A trace for the lengths of these arguments and all others, where an earlier one differs in lengths only. */
  #traceGeneral(self: unknown, args: ArrayLike<unknown>, captured: readonly unknown[]): ConcreteFunction | null {
    const now = signatureOf(args, self, captured, this.info.lifted);
    const values = signatureOf(args, self, captured);
    for (;;) {
      const signature = this.#entries.map((entry) => generalized(entry.signature, now, values, this.#pinned)).find((s) => s !== null);
      if (signature === undefined) return null;
      try {
        return this.#refined(this.#add(signature, self, args), self, args, captured);
      } catch (error) {
        if (error instanceof LengthsRead) {
          pin(this.#pinned, signature, error.reads, "");
          continue;
        }
        if (!(error instanceof GraphFnError)) throw error;
        // If it was for the open lengths, a trace of its own is right; otherwise that throws as well.
        const entry = this.#trace(self, args, captured);
        pin(this.#pinned, signature, null, error.message);
        return entry;
      }
    }
  }

  #trace(self: unknown, args: ArrayLike<unknown>, captured: readonly unknown[]): ConcreteFunction {
    return this.#add(signatureOf(args, self, captured, this.info.lifted), self, args);
  }

  #add(signature: Signature, self: unknown, args: ArrayLike<unknown>): ConcreteFunction {
    const { name, file, params } = this.info;
    const { at } = this.info;
    const entry = ConcreteFunction.trace({ name, file, at, params, fn: this.fn, self, args, signature, maxDepth: this.#maxDepth });
    this.#traces++;
    this.#entries.unshift(entry);
    while (this.#entries.length > this.#maxTraces) this.#entries.pop()?.dispose();
    return entry;
  }

  #retrace(reason: string): void {
    const { name, file } = this.info;
    const at = `${file}:${this.info.at}`;
    if (this.#onRetrace === "throw") {
      throw new StagingError(`${name} (${at}) would be traced again: ${reason}.`, {
        code: "E_RETRACE",
        hint: "Pass what changes as a tensor, or leave out `onRetrace`.",
      });
    }
    if (typeof this.#onRetrace === "function") this.#onRetrace({ name, at, traces: this.#traces, reason });
    else if (this.#traces === WARN_AFTER) {
      console.warn(`graphfn: ${name} (${at}) was traced ${this.#traces + 1} times. Last reason: ${reason}. Pass what changes as a tensor.`);
    }
    this.#reasons.push(reason);
    log("retrace", `${name} (${at})`, reason);
    if (this.#reasons.length > WARN_AFTER) this.#reasons.shift();
  }

  /** A trace for exactly these arguments, numbers too: what is saved to a file has no others. */
  fixed(self: unknown, args: ArrayLike<unknown>): ConcreteFunction {
    const { name, file, params, lifted } = this.info;
    if (lifted === undefined) return this.concrete(self, args);
    const signature = signatureOf(args, self, this.#captures?.() ?? NO_CAPTURES);
    return ConcreteFunction.trace({ name, file, params, fn: this.fn, self, args, signature });
  }

  /** Forgets all traces. */
  release(): void {
    for (const entry of this.#entries.splice(0)) entry.release();
  }

  explain(self: unknown, args: ArrayLike<unknown>): Explanation {
    return new Explanation(this.info, this.fn, this.concrete(self, args), this.#traces, { retraces: this.#reasons, pinned: this.#pinned });
  }
}

/** Writes functions to folders: io/ comes later in the order of layers, and sets this when it is loaded. */
let writer: ((concrete: ConcreteFunction, folder: string | URL) => Promise<void>) | null = null;
export function setFunctionWriter(write: typeof writer): void {
  writer = write;
}

export async function writeFunction(concrete: ConcreteFunction, folder: string | URL): Promise<void> {
  if (writer === null) throw new InternalError("Functions can be saved only where graphfn itself was imported, not parts of it.");
  await writer(concrete, folder);
}

const states = new WeakMap<Function, () => GraphFunction>();

export function isGraphFunction(fn: Function): boolean {
  return states.has(fn);
}

/** The graph function behind a callable. Throws E_NOT_GRAPH_FUNCTION. */
export function stateOf(fn: Function): GraphFunction {
  const state = states.get(fn);
  if (state === undefined) {
    throw new StagingError(`${fn.name || "This function"} is not a graph function.`, {
      code: "E_NOT_GRAPH_FUNCTION",
      hint: "Mark it @graphFunction and build with the transform.",
    });
  }
  return state();
}

/** Gives a callable the members of a graph function, which is asked for when one of them is used. */
export function withMembers<F extends Function>(callable: F, state: () => GraphFunction): F & GraphMembers {
  states.set(callable, state);
  const members: PropertyDescriptorMap = {
    explain: { value: (...args: unknown[]) => state().explain(undefined, args) },
    graph: { value: (...args: unknown[]) => state().concrete(undefined, args).graph },
    concrete: { value: (...args: unknown[]) => state().concrete(undefined, args) },
    save: { value: async (folder: string | URL, ...args: unknown[]) => writeFunction(state().fixed(undefined, args), folder) },
    traces: { get: () => state().traces },
    original: { get: () => state().fn },
  };
  return Object.defineProperties(callable, members) as F & GraphMembers;
}
