/**
 * Feeds: tensors that a graph function takes from an iterable (a dataset) at each of its calls. Inside a trace `for…of` over such an
 * iterable is a loop over rows: all elements are read when the function is called, put together, and passed to the graph.
 */
import type { Tensor } from "../core/tensor.ts";
import type { Skeleton } from "./structure.ts";

/** All elements of an iteration, read at once. */
export interface Gathered {
  /** Structure of one element; its leaves are tensors. */
  readonly skeleton: Skeleton;
  /** Per leaf the elements along a new first axis. */
  readonly rows: readonly Tensor[];
  /** Leaves of a last element of other shapes (a smaller batch), or null. */
  readonly last: readonly Tensor[] | null;
}

export const GATHER = Symbol("graphfn.gather");

/** What a loop in a graph function can take from outside: null where the elements are not tensors. */
export interface Gatherable {
  [GATHER](): Gathered | null;
}

export function isGatherable(x: unknown): x is Gatherable {
  return typeof x === "object" && x !== null && GATHER in x;
}

/** Tensors for the parameters of one feed, at each call. */
export type Provide = () => readonly Tensor[];
