/** The public `graphFunction`: wrapper, method decorator (standard and legacy), and both with options. */
import { ArgumentError } from "../core/errors.ts";
import type { GraphFunctionOptions, GraphMembers } from "./graph-function.ts";
import { wrap } from "./marked.ts";

type AnyFunction = (...args: any[]) => any;

/** A marked function: callable as before, with `explain`, `graph`, `concrete`, `traces`, `original`. */
export type GraphCallable<F extends AnyFunction> = F & GraphMembers<Parameters<F>>;

export interface GraphFunctionMark {
  /** `@graphFunction` on a method, standard decorators. */
  <This, F extends (this: This, ...args: any[]) => any>(fn: F, context: ClassMethodDecoratorContext<This, F>): F;
  /** `@graphFunction` on a method with experimentalDecorators. */
  <F extends AnyFunction>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<F>): void;
  /** `graphFunction((x) => …, options?)`. */
  <F extends AnyFunction>(fn: F, options?: GraphFunctionOptions): GraphCallable<F>;
  /** `@graphFunction({ … })`, or `graphFunction({ … })(fn)`. */
  (options: GraphFunctionOptions): GraphFunctionMark;
}

function isMethodContext(x: unknown): x is ClassMethodDecoratorContext {
  return typeof x === "object" && x !== null && "kind" in x && x.kind === "method";
}

function mark(first: unknown, second?: unknown, third?: unknown): unknown {
  if (typeof first === "function") {
    if (isMethodContext(second)) return wrap(first);
    return wrap(first, second as GraphFunctionOptions | undefined);
  }
  if (typeof first === "object" && first !== null) {
    const descriptor = third as PropertyDescriptor | undefined;
    if (descriptor !== undefined) {
      if (typeof descriptor.value === "function") descriptor.value = wrap(descriptor.value as AnyFunction);
      return undefined;
    }
    const options = first as GraphFunctionOptions;
    return (fn: unknown, context?: unknown) =>
      isMethodContext(context)
        ? wrap(fn as AnyFunction, options)
        : wrap(fn as AnyFunction, { ...options, ...(context as GraphFunctionOptions | undefined) });
  }
  throw new ArgumentError(`graphFunction got ${first === null ? "null" : typeof first}.`, { hint: "Give it a function." });
}

/**
 * Marks a function: the transform turns its `if`, `for`, `while`, `return` over tensors into a graph, and each call runs
 * that graph natively. One trace per signature (dtypes and shapes of tensors, values of everything else).
 *
 * Errors   E_STAGING family where the code cannot be staged; the errors of the ops with their places in the source.
 * Example  const f = gf.graphFunction((x: gf.Tensor) => x.mul(2));
 */
export const graphFunction = mark as GraphFunctionMark;
