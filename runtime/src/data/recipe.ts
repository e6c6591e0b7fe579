/**
 * What a dataset is made of: a description that any number of iterations open anew. Stages are functions from recipe to recipe.
 */
import type { Flow, Use } from "./flow.ts";
import { type Body, StageFlow } from "./flow.ts";

export interface Recipe<T> {
  /** Number of elements, Infinity, or null where it is not known before they are pulled. */
  readonly size: number | null;
  /** Starts an iteration. Nothing is read before the first pull. */
  readonly open: () => Flow<T>;
  /** The stage that has to be awaited (`mapAsync`), or null where none is known to: then `for…of` may be tried. */
  readonly awaits: string | null;
  /**
   * Where the elements are rows of a table: the table, and the stream of row numbers that gives them. Stages that only choose and
   * order elements work on the numbers, and a batch is gathered from the table at once.
   */
  readonly rows?: Rows<T> | undefined;
}

export interface Rows<T> {
  readonly table: Table<T>;
  readonly numbers: Recipe<number>;
}

/** Elements that can be had by number. */
export interface Table<T> {
  readonly size: number;
  row(i: number): T;
  /** What `collate` would make of these rows. `batch` is the number of the batch, for messages. */
  batch(numbers: Int32Array, batch: number): unknown;
}

/** A stage over one source. */
export function staged<S, T>(source: Recipe<S>, size: number | null, body: (flow: Flow<S>) => Body<T>): Recipe<T> {
  return { size, awaits: source.awaits, open: () => new StageFlow((use: Use) => body(use(source))) };
}
