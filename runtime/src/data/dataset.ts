/**
 * Dataset: a description of elements and of what is done to them, with the API of TensorFlow.js. Nothing is read before an iteration
 * pulls; every iteration starts anew; methods return another dataset and leave this one as it is.
 *
 *   for await (const { xs, ys } of ds) …      always
 *   for (const { xs, ys } of ds) …            where nothing in the dataset has to be awaited
 *
 * Tensors that the pipeline made and that a stage drops are disposed by it; elements that come out are yours. See owned.ts.
 */

import { describe } from "../api/convert.ts";
import { ArgumentError } from "../core/errors.ts";
import { opaque } from "../core/opaque.ts";
import { GATHER, type Gatherable, type Gathered } from "../trace/feed.ts";
import * as batches from "./batch.ts";
import type { Batched } from "./collate.ts";
import { gather } from "./gather.ts";
import { AsyncIteration, SyncIteration } from "./iterate.ts";
import * as order from "./order.ts";
import { discard } from "./owned.ts";
import * as ahead from "./prefetch.ts";
import { seedOf } from "./random.ts";
import type { Recipe } from "./recipe.ts";
import { fromRows } from "./table.ts";
import * as transform from "./transform.ts";

export class Dataset<T> implements AsyncIterable<T>, Iterable<T>, Gatherable {
  /** For stages of this package. */
  readonly recipe: Recipe<T>;

  /** Datasets come from data.array, data.fromTensorSlices and the like. */
  constructor(recipe: Recipe<T>) {
    this.recipe = recipe;
  }

  /** Number of elements: Infinity where there is no end, null where it is not known before they are read. */
  get size(): number | null {
    return this.recipe.size;
  }

  /**
   * `f` of each element. It runs as in tidy(): tensors that it makes live on only in its result, and the element's own are disposed
   * when the pipeline made them. Use keep() for tensors that something else holds on to.
   */
  map<O>(f: (value: T) => O): Dataset<O> {
    return new Dataset(transform.map(this.recipe, checked(f, "map")));
  }

  /** As `map`, for a function that returns a promise; one element at a time. Iterate with `for await`. */
  mapAsync<O>(f: (value: T) => Promise<O>): Dataset<O> {
    return new Dataset(transform.mapAsync(this.recipe, checked(f, "mapAsync")));
  }

  /** The elements for which `predicate` is true. It may return a boolean, a boolean tensor of one element, or a promise of these. */
  filter(predicate: (value: T) => unknown): Dataset<T> {
    return new Dataset(transform.filter(this.recipe, checked(predicate, "filter")));
  }

  /**
   * Groups of `batchSize` elements, each put together to tensors with a new first axis: numbers and booleans, arrays of numbers, typed
   * arrays and tensors, in arrays and plain objects. Without `smallLastBatch` an incomplete last group is dropped.
   * Errors   E_RAGGED where shapes or kinds differ, E_DTYPE where dtypes do; they name batch, element and place.
   */
  batch(batchSize: number, smallLastBatch = true): Dataset<Batched<T>> {
    const size = count(batchSize, "batch: batchSize", 1);
    return new Dataset(batches.batch(this.recipe, size, smallLastBatch)) as Dataset<Batched<T>>;
  }

  /**
   * Random order, drawn from a buffer of `bufferSize` elements; with at least `size` of them every order is equally likely. One seed
   * (number or text) gives the same orders on every machine; without one each dataset has its own. Every iteration has another
   * order, unless `reshuffleEachIteration` is false: then take() and skip() can split it.
   */
  shuffle(bufferSize: number, seed?: number | string, reshuffleEachIteration = true): Dataset<T> {
    const buffer = count(bufferSize, "shuffle: bufferSize", 1);
    if (seed !== undefined && typeof seed !== "string" && !Number.isFinite(seed))
      throw new ArgumentError(`shuffle: seed must be a number or a text, but is ${describe(seed)}.`);
    const base = seedOf(seed ?? Math.random());
    let iterations = 0;
    const stream = () => (reshuffleEachIteration ? iterations++ : 0);
    return this.#ordered((recipe) => order.shuffle(recipe, buffer, base, stream));
  }

  /** This dataset `count` times, each time anew; without end where count is missing or negative. */
  repeat(count?: number): Dataset<T> {
    const times = whole(count ?? -1, "repeat: count");
    return this.#ordered((recipe) => order.repeat(recipe, times));
  }

  /** The first `count` elements; all where count is missing or negative. */
  take(count?: number): Dataset<T> {
    const first = whole(count ?? -1, "take: count");
    return this.#ordered((recipe) => order.take(recipe, first));
  }

  /** Without the first `count` elements; without any where count is missing or negative, as in TensorFlow.js. */
  skip(count?: number): Dataset<T> {
    const first = whole(count ?? -1, "skip: count");
    return this.#ordered((recipe) => order.skip(recipe, first));
  }

  /** Keeps up to `bufferSize` elements ready while the consumer works, where the source has to be awaited. */
  prefetch(bufferSize: number): Dataset<T> {
    return new Dataset(ahead.prefetch(this.recipe, count(bufferSize, "prefetch: bufferSize", 1)));
  }

  /** The elements of this dataset, then those of the other. */
  concatenate(dataset: Dataset<T>): Dataset<T> {
    if (!((dataset as unknown) instanceof Dataset)) throw new ArgumentError(`concatenate: needs a dataset, but got ${describe(dataset)}.`);
    return new Dataset(order.concatenate(this.recipe, dataset.recipe));
  }

  /**
   * Calls `f` with each element, one after the other; waits where it returns a promise. Afterwards the element's tensors are
   * disposed where the pipeline made them.
   */
  async forEachAsync(f: (value: T) => unknown): Promise<void> {
    const each = checked(f, "forEachAsync");
    for await (const element of new AsyncIteration(this.recipe, discard)) await each(element);
  }

  /** All elements. E_ARGUMENT for a dataset without end. */
  async toArray(): Promise<T[]> {
    if (this.size === Infinity) throw new ArgumentError("toArray: the dataset has no end.", { hint: "Use take() first." });
    const elements: T[] = [];
    for await (const element of this) elements.push(element);
    return elements;
  }

  /** A new iteration, as in TensorFlow.js: `await it.next()`. Call `return()` when stopping before the end. */
  iterator(): Promise<AsyncIterableIterator<T>> {
    return Promise.resolve(this[Symbol.asyncIterator]());
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return new AsyncIteration(this.recipe);
  }

  /** Throws E_ASYNC where a stage has to be awaited: at once where that is known, else when a promise turns up. */
  [Symbol.iterator](): IterableIterator<T> {
    return new SyncIteration(this.recipe);
  }

  /** For loops in graph functions: see trace/feed.ts. */
  [GATHER](): Gathered | null {
    return gather(this, this.size);
  }

  /** A stage that does not look at elements: on rows of a table it works on their numbers. */
  #ordered(stage: <E>(recipe: Recipe<E>) => Recipe<E>): Dataset<T> {
    const { rows } = this.recipe;
    return new Dataset(rows === undefined ? stage(this.recipe) : fromRows(rows.table, stage(rows.numbers)));
  }
}
opaque(Dataset);

function checked<F>(f: F, method: string): F {
  if (typeof f !== "function") throw new ArgumentError(`${method}: needs a function, but got ${describe(f)}.`);
  return f;
}

function whole(value: unknown, what: string): number {
  if (value !== Infinity && !Number.isSafeInteger(value))
    throw new ArgumentError(`${what} must be a whole number, but is ${describe(value)}.`);
  return value as number;
}

function count(value: unknown, what: string, least: number): number {
  const n = whole(value, what);
  if (n < least || n === Infinity) throw new ArgumentError(`${what} must be a whole number of at least ${least}, but is ${n}.`);
  return n;
}
