/**
 * Graph functions of the library itself: code without control flow over tensors needs no transform. Branches and loops in what it
 * calls (a layer's marked `call`) are staged there.
 */
import { GraphFunction, type GraphFunctionOptions, type GraphMembers, withMembers } from "./graph-function.ts";

/** A callable that traces `fn` once per signature and runs the graph. */
export function compiled<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options: GraphFunctionOptions & { readonly name: string },
): ((...args: A) => R) & GraphMembers<A> {
  const info = { name: options.name, file: "graphfn", at: "1:1", params: [], decisions: [] };
  const state = new GraphFunction(fn, info, undefined, options);
  const callable = (...args: A): R => state.call(undefined, args) as R;
  Object.defineProperty(callable, "name", { value: options.name });
  return withMembers(callable, () => state) as ((...args: A) => R) & GraphMembers<A>;
}
