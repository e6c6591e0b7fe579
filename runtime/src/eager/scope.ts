/** tidy(), keep(), dispose(): giving memory back early. Optional: what is never disposed is collected. */
import { ArgumentError } from "../core/errors.ts";
import { named } from "../core/named.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import { dispose as disposeTensor, enterScope, leaveScope, leaveScopeWith } from "./memory.ts";

/** Tensors, or arrays and plain objects of them, nested as deep as you like; plain values and their arrays, and functions, too. */
export type TensorContainer =
  | Tensor
  | null
  | undefined
  | void
  | number
  | boolean
  | string
  | ArrayBufferView
  | ((...args: never[]) => unknown)
  | readonly TensorContainer[]
  | { readonly [key: string]: TensorContainer };

/** All tensors in a container; every array and object is visited once. */
export function tensorsIn(container: unknown): Set<Tensor> {
  const found = new Set<Tensor>();
  const seen = new Set<object>();
  const waiting: unknown[] = [container];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (isTensor(next)) found.add(next);
    else if (typeof next === "object" && next !== null && !seen.has(next) && !ArrayBuffer.isView(next)) {
      seen.add(next);
      for (const value of Object.values(next)) waiting.push(value);
    }
  }
  return found;
}

/**
 * Runs `body` and disposes every tensor created in it, except kept ones and those in its result. May be given a name first, as
 * in TensorFlow.js. Throws E_ARGUMENT for an async body: its tensors would be disposed before it ends.
 */
export function tidy<T extends TensorContainer>(body: () => T): T;
export function tidy<T extends TensorContainer>(name: string, body: () => T): T;
export function tidy<T extends TensorContainer>(nameOrBody: string | (() => T), maybeBody?: () => T): T {
  const body = typeof nameOrBody === "function" ? nameOrBody : maybeBody;
  if (typeof body !== "function") throw new ArgumentError("tidy() needs a function.");
  const outer = enterScope();
  let result: T | undefined;
  try {
    result = body();
  } finally {
    leaveScope(outer, tensorsIn(result));
  }
  if (result instanceof Promise) {
    throw new ArgumentError("tidy() was given an async function.", { hint: "Await first, then tidy the synchronous part." });
  }
  return result;
}

const NOTHING: ReadonlySet<Tensor> = new Set();

/**
 * `f` as users call it: what it computes on the way, operands made of numbers and arrays among it, is gone when it returns or throws.
 * A scope costs 25 ns, so elementwise functions, which make a result and nothing else of tensors, do without. In a trace nothing is
 * computed, and what was captured belongs to the graph.
 */
export function tidied<F extends (...args: never[]) => unknown>(name: string, f: F): F {
  const body = f as unknown as (...args: unknown[]) => unknown;
  const run = (...args: unknown[]): unknown => {
    if (isTracing()) return body(...args);
    const outer = enterScope();
    let result: unknown;
    try {
      result = body(...args);
    } catch (error) {
      leaveScope(outer, NOTHING);
      throw error;
    }
    if (isTensor(result)) leaveScopeWith(outer, result);
    else leaveScope(outer, tensorsIn(result));
    return result;
  };
  return named(name, run as unknown as F);
}

/** All functions of a namespace, tidied. */
export function allTidied<T extends Readonly<Record<string, (...args: never[]) => unknown>>>(functions: T): T {
  return Object.fromEntries(Object.entries(functions).map(([name, f]) => [name, tidied(name, f)])) as T;
}

/** Protects a tensor from the tidy() it was created in. */
export function keep<T extends Tensor>(t: T): T {
  t.kept = true;
  return t;
}

/** Disposes all tensors of a container. */
export function dispose(container: TensorContainer): void {
  for (const t of tensorsIn(container)) disposeTensor(t);
}
