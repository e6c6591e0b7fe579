/** The public `runAsync`: a compiled function on another thread. */
import { ArgumentError, StagingError } from "../core/errors.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import { isTaping } from "../eager/tape.ts";
import type { RunAsyncOptions } from "./beside.ts";
import { functionsRunEagerly, stateOf } from "./graph-function.ts";

/**
 * Runs a compiled function beside the program: the event loop goes on meanwhile, timers and requests are served. `await` gives what a call
 * would return. Arguments and variables are taken as they are now (they are copied); variables that the function assigns get their values
 * when it has ended. Functions that have no plan, and the reference backend, run on the thread that asks (GRAPHFN_LOG=fallback says so).
 *
 * Errors   those of the call; the signal's reason where it was aborted; E_CONCURRENT where a variable that the function assigns was assigned
 *          meanwhile; E_NOT_GRAPH_FUNCTION; E_STAGING within a graph function; E_ARGUMENT under a gradient tape, which would not see it.
 * Example  const w = await gf.runAsync(train, [x, y], { signal, onProgress: ({ rounds }) => console.log(rounds) });
 */
export function runAsync<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  args: Readonly<A>,
  options: RunAsyncOptions = {},
): Promise<Awaited<R>> {
  // Not as a rejection, which would come after the trace.
  if (isTracing()) throw new StagingError(`${nameOf(fn)} was passed to runAsync within a graph function.`, { hint: "Call it." });
  return new Promise((resolve) => {
    resolve(begin(fn, args, options) as Promise<Awaited<R>>);
  });
}

const nameOf = (fn: unknown): string => (typeof fn === "function" && fn.name) || "A function";
const what = (x: unknown): string => (x === null ? "null" : Array.isArray(x) ? "an array" : `of type ${typeof x}`);

function begin<A extends readonly unknown[]>(fn: (...args: A) => unknown, args: Readonly<A>, options: RunAsyncOptions): unknown {
  if (typeof fn !== "function") throw new ArgumentError(`runAsync got ${what(fn)} instead of a function.`);
  if (!Array.isArray(args)) throw new ArgumentError(`runAsync takes the arguments as an array, but got ${what(args)}.`);
  if (typeof options !== "object" || options === null)
    throw new ArgumentError(`runAsync: options are ${what(options)}, but must be an object.`);
  const { signal, onProgress } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new ArgumentError(`runAsync: signal is ${what(signal)}, but must be an AbortSignal.`);
  if (onProgress !== undefined && typeof onProgress !== "function")
    throw new ArgumentError(`runAsync: onProgress is ${what(onProgress)}, but must be a function.`);
  signal?.throwIfAborted();
  const state = stateOf(fn);
  if (isTaping()) {
    throw new ArgumentError(`${state.info.name} was passed to runAsync under a gradient tape, which sees only calls.`, {
      hint: "Take the gradient within the function.",
    });
  }
  return functionsRunEagerly() ? fn(...(args as A)) : state.callAsync(args, options);
}
