/** Where elements come from: arrays, ranges, tensors, generators; and zip, which joins datasets. */
import { describe, fromValues, type TensorLike } from "../api/convert.ts";
import { clone } from "../api/elementwise.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { MAX_RANK, showShape } from "../core/shape.ts";
import { isTensor, Tensor } from "../core/tensor.ts";
import { isVariable } from "../core/variable.ts";
import { blockOf } from "../eager/compute.ts";
import { apart } from "../eager/memory.ts";
import { Dataset } from "./dataset.ts";
import { type Body, END, Flow, isThenable, StageFlow, type Step } from "./flow.ts";
import { discard } from "./owned.ts";
import { takeApart } from "./structure.ts";
import { ItemTable, rowsOf, TensorTable, wholeTable, ZippedTable } from "./table.ts";

/**
 * A dataset of the items of an array, which is copied (the items are not). Tensors in it stay yours: the dataset never disposes
 * them. Size: the array's length.
 */
export function array<T>(items: readonly T[]): Dataset<T> {
  if (!Array.isArray(items)) throw new ArgumentError(`data.array: items must be an array, but is ${describe(items)}.`);
  const copy: readonly T[] = items.slice();
  return new Dataset<T>(rowsOf(new ItemTable(copy.length, (i) => copy[i])));
}

/** What a `generator` function may return. */
export type Generated<T> = Iterator<T> | AsyncIterator<T> | Iterable<T> | AsyncIterable<T>;

/**
 * A dataset of what an iterator gives; `make` is called once for each iteration. It may be a generator function, an async one, or
 * return an iterator, something iterable, or a promise of one. When an iteration stops early, the iterator's `return()` is called,
 * so `finally` blocks of generators run. Tensors in its elements stay the generator's. Size: not known (null).
 */
export function generator<T>(make: () => Generated<T> | Promise<Generated<T>>): Dataset<T> {
  if (typeof make !== "function") {
    throw new ArgumentError(`data.generator: needs a function that returns an iterator, but got ${describe(make)}.`, {
      hint: "Pass the generator function itself, not what it returns: every iteration calls it anew.",
    });
  }
  return new Dataset<T>({ size: null, awaits: null, open: () => new IteratorFlow(make) });
}

/** Pulls from a JavaScript iterator, synchronous or not. */
export class IteratorFlow<T> extends Flow<T> {
  #make: () => Generated<T> | Promise<Generated<T>>;
  #iterator: Iterator<T> | AsyncIterator<T> | null = null;
  #done = false;

  constructor(make: () => Generated<T> | Promise<Generated<T>>) {
    super();
    this.#make = make;
  }

  next(): Step<T> | Promise<Step<T>> {
    if (this.#done) return END;
    if (this.#iterator !== null) return this.#pull(this.#iterator);
    const made = this.#make();
    return isThenable(made) ? Promise.resolve(made).then((ready) => this.#start(ready)) : this.#start(made);
  }

  #start(made: Generated<T>): Step<T> | Promise<Step<T>> {
    this.#iterator = iteratorOf(made);
    if (!this.#done) return this.#pull(this.#iterator);
    const closing = this.#return(); // closed while it was being made
    return closing instanceof Promise ? closing.then(() => END) : END;
  }

  #pull(iterator: Iterator<T> | AsyncIterator<T>): Step<T> | Promise<Step<T>> {
    const result = iterator.next();
    return isThenable(result) ? Promise.resolve(result).then((r) => this.#step(r)) : this.#step(result);
  }

  #step(result: IteratorResult<T>): Step<T> {
    if (typeof result !== "object" || result === null) {
      this.#done = true;
      throw new ArgumentError(`data.generator: next() returned ${describe(result)}, but must return { value, done }.`);
    }
    if (result.done !== true) return result.value;
    this.#done = true;
    return END;
  }

  close(): void | Promise<void> {
    if (this.#done) return undefined;
    this.#done = true;
    return this.#return();
  }

  #return(): void | Promise<void> {
    const result: unknown = this.#iterator?.return?.();
    return isThenable(result) ? Promise.resolve(result).then(() => undefined) : undefined;
  }
}

function iteratorOf<T>(made: Generated<T>): Iterator<T> | AsyncIterator<T> {
  if (typeof made === "object" && made !== null) {
    if ("next" in made && typeof made.next === "function") return made;
    if (Symbol.asyncIterator in made) return made[Symbol.asyncIterator]();
    if (Symbol.iterator in made) return made[Symbol.iterator]();
  }
  throw new ArgumentError(`data.generator: the function returned ${describe(made)}, but must return an iterator.`, {
    hint: "Write it as a generator: function* () { yield … }.",
  });
}

/**
 * The numbers start, start + step, … before stop; `range(stop)` starts at 0. Elements are JavaScript numbers.
 * Errors   E_ARGUMENT for fractions, and for a step of 0.
 */
export function range(stop: number): Dataset<number>;
export function range(start: number, stop: number, step?: number): Dataset<number>;
export function range(first: number, second?: number, step = 1): Dataset<number> {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  for (const [value, name] of [
    [start, "start"],
    [stop, "stop"],
    [step, "step"],
  ] as const) {
    if (!Number.isSafeInteger(value)) throw new ArgumentError(`data.range: ${name} must be a whole number, but is ${describe(value)}.`);
  }
  if (step === 0) throw new ArgumentError("data.range: step is 0, so that the range has no end.");
  const size = Math.max(0, Math.ceil((stop - start) / step));
  if (size > 2 ** 31 - 1) throw new ArgumentError(`data.range: ${size} numbers are over the limit of 2^31 − 1.`);
  return new Dataset<number>(rowsOf(new ItemTable(size, (i) => start + i * step)));
}

/** The rows of a structure of tensors. */
export type Slices<S> = S extends Tensor
  ? Tensor
  : S extends TensorLike
    ? Tensor
    : S extends readonly unknown[] | object
      ? { [K in keyof S]: Slices<S[K]> }
      : never;

/**
 * The rows of tensors: of one, or of several in arrays and plain objects, whose elements then have that structure.
 * Shapes   [N, ...S] → N elements [...S]; N must be the same everywhere.
 * Memory   rows are copies, made when they are pulled; `shuffle`, `take`, `skip`, `repeat` and `batch` behind it copy each row once,
 *          straight into its batch. The tensors stay yours and must not be disposed before the dataset is done; of a variable the
 *          value at this moment is taken.
 * Errors   E_SHAPE for scalars and where N differs; E_SYMBOLIC for tensors of a graph under construction.
 * Source   tf.data.Dataset.from_tensor_slices.
 * Example  data.fromTensorSlices({ xs, ys }).shuffle(1000, 7).batch(32)
 */
export function fromTensorSlices<S>(tensors: S): Dataset<Slices<S>> {
  const fn = "data.fromTensorSlices";
  const taken = takeApart(tensors, (value, name) => slicedTensor(value, name === "" ? fn : `${fn}: ${name}`), fn);
  const sizes = taken.leaves.map((x, i) => {
    const called = taken.names[i] === "" ? "the tensor" : taken.names[i];
    blockOf(x, fn);
    if (x.rank === 0) throw new ShapeError(`${fn}: ${called} is a scalar, which has no rows.`);
    return x.shape[0];
  });
  const odd = sizes.findIndex((size) => size !== sizes[0]);
  if (odd >= 0) {
    const show = (i: number) => `${taken.names[i]} of shape ${showShape(taken.leaves[i].shape)}`;
    throw new ShapeError(`${fn}: ${show(0)} has ${sizes[0]} rows, but ${show(odd)} has ${sizes[odd]}.`);
  }
  return new Dataset<Slices<S>>(rowsOf(new TensorTable(sizes[0], taken.leaves, taken.rebuild)) as never);
}

/** A tensor, or values that make one; null for structure. Tensors made here belong to the dataset, not to an open tidy(). */
function slicedTensor(value: unknown, fn: string): Tensor | null {
  if (isVariable(value)) return apart(() => clone(value), null); // its value now: an assignment must not change rows under way
  if (isTensor(value)) return value;
  if (ArrayBuffer.isView(value) || (Array.isArray(value) && !holdsStructure(value)))
    return apart(() => fromValues(value, undefined, undefined, fn), null);
  return null;
}

/** Arrays are values unless a tensor or an object stands in them; what is nested too deeply is refused when it is read. */
function holdsStructure(values: readonly unknown[], depth = 1): boolean {
  if (depth > MAX_RANK) return false;
  return values.some((v) =>
    Array.isArray(v) ? holdsStructure(v, depth + 1) : typeof v === "object" && v !== null && !ArrayBuffer.isView(v),
  );
}

/** Elements of the datasets in a structure. */
export type Zipped<S> = S extends Dataset<infer T> ? T : S extends readonly unknown[] | object ? { [K in keyof S]: Zipped<S[K]> } : never;

/**
 * Datasets side by side: each element has the structure of the argument, with an element of each dataset in its place. Ends with the
 * shortest. Leaves other than datasets are E_ARGUMENT.
 * Example  data.zip({ xs: images, ys: labels })
 */
export function zip<S extends readonly unknown[] | object>(datasets: S): Dataset<Zipped<S>> {
  const fn = "data.zip";
  if (typeof datasets !== "object" || datasets === null || (datasets as object) instanceof Dataset)
    throw new ArgumentError("data.zip: the argument must be an array or an object of datasets.");
  const { leaves, rebuild } = takeApart(datasets, asDataset, fn);
  const recipes = leaves.map((dataset) => dataset.recipe);
  const tables = recipes.map(wholeTable);
  if (tables.every((table) => table !== null)) return new Dataset<Zipped<S>>(rowsOf(new ZippedTable(tables, rebuild)) as never);
  const sizes = recipes.map((recipe) => recipe.size);
  return new Dataset<Zipped<S>>({
    size: sizes.includes(0) ? 0 : sizes.includes(null) ? null : Math.min(...(sizes as number[])),
    awaits: recipes.find((recipe) => recipe.awaits !== null)?.awaits ?? null,
    open: () => new StageFlow((use) => zipped(recipes.map(use), rebuild)) as never,
  });
}

function asDataset(value: unknown, name: string): Dataset<unknown> | null {
  if (value instanceof Dataset) return value;
  const structure =
    Array.isArray(value) || (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype);
  if (structure) return null;
  const is = value instanceof Tensor ? "a tensor" : describe(value);
  throw new ArgumentError(`data.zip: ${name} is ${is}, but must be a dataset.`, {
    hint: "Make one with data.array() or fromTensorSlices().",
  });
}

function* zipped(flows: readonly Flow<unknown>[], rebuild: (parts: readonly unknown[]) => unknown): Body<unknown> {
  for (;;) {
    const parts: unknown[] = [];
    for (const flow of flows) {
      const part = (yield flow) as Step<unknown>;
      if (part === END) {
        discard(parts);
        return;
      }
      parts.push(part);
    }
    yield rebuild(parts);
  }
}
