/**
 * Graph functions of the library itself: code without control flow over tensors needs no transform. Branches and loops in what it
 * calls (a layer's marked `call`) are staged there.
 */
import { GraphFunction, type GraphFunctionOptions, type GraphMembers, withMembers } from "./graph-function.ts";
import type { FunctionInfo } from "./info.ts";

/** A callable that traces `fn` once per signature and runs the graph. `file`: the user's, where branches and loops of `fn` are. */
export function compiled<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options: GraphFunctionOptions & { readonly name: string },
  file = "graphfn",
): ((...args: A) => R) & GraphMembers<A> {
  const state = new GraphFunction(fn, infoOf(options.name, file), undefined, options);
  const callable = (...args: A): R => state.call(undefined, args) as R;
  Object.defineProperty(callable, "name", { value: options.name });
  return withMembers(callable, () => state) as ((...args: A) => R) & GraphMembers<A>;
}

/**
 * One call that is traced, run and forgotten: of code that no transform has seen nobody knows what it takes from outside, so another call
 * may mean something else. What it captured ends with the scope around, or with tapes that need it.
 */
export function runOnce<A extends readonly unknown[], R>(fn: (...args: A) => R, name: string, args: A): R {
  const state = new GraphFunction(fn, infoOf(name), undefined);
  try {
    return state.call(undefined, args) as R;
  } finally {
    state.release();
  }
}

function infoOf(name: string, file = "graphfn"): FunctionInfo {
  return { name, file, at: "1:1", params: [], decisions: [] };
}
