/**
 * `gf.util`: the helpers on plain JavaScript values that programs for TensorFlow.js use. No tensors and no ops here.
 * Names and results are those of TensorFlow.js's `util`; shuffling changes the array in place and draws from `Math.random`.
 */
import { DTYPES, type DType } from "../core/dtype.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { type Shape, showShape } from "../core/shape.ts";
import { checkDType, checkInt, describe } from "./convert.ts";
import { room } from "./indices.ts";

interface Shuffled {
  readonly length: number;
  [index: number]: unknown;
}

/** Throws an Error with the message unless `condition` is true. */
export function assert(condition: boolean, message: string | (() => string)): asserts condition {
  if (typeof condition !== "boolean") throw new ArgumentError(`util.assert: the condition is of type ${typeof condition}, not a boolean.`);
  if (!condition) throw new Error(typeof message === "string" ? message : message());
}

/** Throws E_SHAPE where the shapes differ; `prefix` starts the message. */
export function assertShapesMatch(a: Shape, b: Shape, prefix = ""): void {
  if (!arraysEqual(a, b)) throw new ShapeError(`${prefix}shapes ${showShape(a)} and ${showShape(b)} must match.`);
}

export function assertNonNull(value: unknown): void {
  assert(value !== null && value !== undefined, "The value must not be null or undefined.");
}

/** Milliseconds since some start, with fractions. */
export function now(): number {
  return performance.now();
}

/** Puts the elements into a random order, in place (Fisher and Yates). */
export function shuffle(array: Shuffled): void {
  shuffled(array.length, [array]);
}

/** The same random order for both arrays, in place. E_ARGUMENT where their lengths differ. */
export function shuffleCombo(a: Shuffled, b: Shuffled): void {
  if (a.length !== b.length) {
    throw new ArgumentError(`util.shuffleCombo: the arrays have ${a.length} and ${b.length} elements, but must have the same number.`);
  }
  shuffled(a.length, [a, b]);
}

function shuffled(n: number, arrays: readonly Shuffled[]): void {
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    for (const array of arrays) swap(array, i, j);
  }
}

/** 0 … n−1 in random order. */
export function createShuffledIndices(n: number): Uint32Array {
  const indices = room(Uint32Array, checkInt(n, "createShuffledIndices: n", 0), "createShuffledIndices");
  for (let i = 0; i < n; i++) indices[i] = i;
  shuffle(indices);
  return indices;
}

export function swap(array: Shuffled, i: number, j: number): void {
  const held = array[i];
  array[i] = array[j];
  array[j] = held;
}

/** Number of elements of a shape: 1 for []. */
export function sizeFromShape(shape: Shape): number {
  return shape.reduce((a, b) => a * b, 1);
}

export function isScalarShape(shape: Shape): boolean {
  return shape.length === 0;
}

/** Elements to step over per axis, row-major, without the last axis (which is 1). */
export function computeStrides(shape: Shape): number[] {
  if (shape.length < 2) return [];
  const strides = [shape[shape.length - 1]];
  for (let axis = shape.length - 2; axis > 0; axis--) strides.unshift(strides[0] * shape[axis]);
  return strides;
}

export function arraysEqual(a: ArrayLike<unknown> | null | undefined, b: ArrayLike<unknown> | null | undefined): boolean {
  if (a === b) return true;
  if (a === null || b === null || a === undefined || b === undefined || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** All that is in nested arrays, in order. */
export function flatten<T>(nested: NestedArray<T>): T[] {
  return Array.isArray(nested) ? nested.flatMap((inner: NestedArray<T>) => flatten(inner)) : [nested as T];
}
export type NestedArray<T> = T | readonly NestedArray<T>[];

export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

/** `x` where it lies between, else the nearer bound. */
export function clamp(min: number, x: number, max: number): number {
  return Math.max(min, Math.min(x, max));
}

/** A random number of [a, b). */
export function randUniform(a: number, b: number): number {
  const r = Math.random();
  return b * r + (1 - r) * a;
}

/** Squared distance of two points. */
export function distSquared(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i] - b[i]) ** 2;
  return total;
}

/** The smallest divisor of `size` that is at least `start`. */
export function nearestDivisor(size: number, start: number): number {
  for (let i = start; i < size; i++) if (size % i === 0) return i;
  return size;
}

export function nearestLargerEven(value: number): number {
  return value % 2 === 0 ? value : value + 1;
}

export function bytesPerElement(dtype: DType): number {
  return DTYPES[checkDType(dtype, "util.bytesPerElement")].bytes;
}

/** The bytes of a text, as UTF-8. */
export function encodeString(text: string, encoding = "utf-8"): Uint8Array {
  checkEncoding(encoding, "util.encodeString");
  return new TextEncoder().encode(text);
}

/** The text of UTF-8 bytes; what is none becomes U+FFFD. */
export function decodeString(bytes: Uint8Array, encoding = "utf-8"): string {
  checkEncoding(encoding, "util.decodeString");
  return new TextDecoder().decode(bytes);
}

function checkEncoding(encoding: string, fn: string): void {
  if (!/^utf-?8$/i.test(encoding)) throw new ArgumentError(`${fn}: the encoding is ${describe(encoding)}, but only utf-8 is known.`);
}

export function isInt(value: number): boolean {
  return value % 1 === 0;
}
export function isNumber(value: unknown): value is number {
  return typeof value === "number";
}
export function isString(value: unknown): value is string {
  return typeof value === "string" || value instanceof String;
}
export function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}
export function isFunction(value: unknown): boolean {
  return typeof value === "function";
}
export function isTypedArray(value: unknown): value is Float32Array | Int32Array | Uint8Array | Uint8ClampedArray {
  return value instanceof Float32Array || value instanceof Int32Array || value instanceof Uint8Array || value instanceof Uint8ClampedArray;
}
