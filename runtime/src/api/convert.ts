/**
 * From what users pass to tensors. Everything is checked here, before any memory is taken or native code runs:
 * shapes, ragged arrays, holes, wrong types, detached buffers. Elements are always copied.
 */
import { describe } from "../core/describe.ts";
import { DTYPES, type DType, isDType, NUMERIC_DTYPES, type TypedArray } from "../core/dtype.ts";
import { ArgumentError, DTypeError, MemoryError, ShapeError, UnsupportedError } from "../core/errors.ts";
import { type Dims, dimsBehind, MAX_RANK, type Shape, showShape } from "../core/shape.ts";
import { isTensor, Tensor } from "../core/tensor.ts";
import { weakConstant } from "../dispatch/dispatch.ts";
import { SCALAR } from "../eager/compute.ts";
import { allocate, dispose } from "../eager/memory.ts";
import { castInto, castLong, castNumber } from "../ops/cast.ts";
import { fromStrings } from "./text.ts";

export type NumericArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;
export type NestedValues = number | bigint | boolean | string | NumericArray | readonly NestedValues[];
/** What stands for a tensor: a tensor, a number or boolean (weak), a bigint (int64), a string, a typed array, nested arrays. */
export type TensorLike = Tensor | NestedValues;

const MAX_LENGTH = 2 ** 31 - 1;

export { describe };

/** A copy of `shape` when it is an array of lengths; throws E_SHAPE. `hole`: one −1 is allowed. */
export function checkShape(shape: unknown, what: string, hole = false): Shape {
  if (!Array.isArray(shape)) throw new ArgumentError(`${what}: shape must be an array of whole numbers, but is ${describe(shape)}.`);
  if (shape.length > MAX_RANK) throw new ShapeError(`${what}: rank ${shape.length} is over the limit of ${MAX_RANK}.`);
  let size = 1;
  for (let i = 0; i < shape.length; i++) {
    const d: unknown = shape[i];
    if (hole && d === -1) continue;
    if (typeof d !== "number" || !Number.isInteger(d) || d < 0) {
      throw new ShapeError(`${what}: length ${i} of the shape is ${describe(d)}, but must be a whole number, 0 or more.`);
    }
    if (d > MAX_LENGTH) throw new ShapeError(`${what}: length ${i} of the shape is ${d}, over the limit of 2^31 − 1.`);
    size *= Math.max(d, 1);
  }
  if (size > Number.MAX_SAFE_INTEGER)
    throw new ShapeError(`${what}: shape ${showShape(shape as Shape)} has more elements than can be counted.`);
  return shape.map((d: number) => d + 0);
}

/** `checkShape` for attributes that may name lengths of arguments: the shape of a tensor, handed on as it is. */
export function checkDims(shape: unknown, what: string, hole = false): Dims {
  const dims = Array.isArray(shape) ? dimsBehind(shape as Shape) : undefined;
  return dims === undefined || dims === shape ? checkShape(shape, what, hole) : dims;
}

/** Checks one whole-number argument; throws E_ARGUMENT. */
export function checkInt(value: unknown, what: string, least = -Infinity): number {
  if (!isWhole(value) || value < least) {
    throw new ArgumentError(
      `${what} must be a whole number${least === -Infinity ? "" : ` of at least ${least}`}, but is ${describe(value)}.`,
    );
  }
  return value + 0;
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && Math.abs(value) <= MAX_LENGTH;
}

export function checkInts(values: unknown, what: string): number[] {
  if (!Array.isArray(values)) throw new ArgumentError(`${what} must be an array of whole numbers, but is ${describe(values)}.`);
  const given: readonly unknown[] = values;
  const ints = new Array<number>(given.length);
  for (let i = 0; i < ints.length; i++) {
    const value = given[i];
    // Names are made for messages only.
    ints[i] = isWhole(value) ? value + 0 : checkInt(value, `${what}[${i}]`);
  }
  return ints;
}

/** A dtype of numbers by name. Those of 16 bits are known but not there yet. */
export function checkDType(dtype: unknown, what: string): DType {
  if (dtype === "string") {
    throw new DTypeError(`${what}: dtype string is not one of numbers.`, { hint: `Use ${NUMERIC_DTYPES.join(", ")}.` });
  }
  return checkAnyDType(dtype, what);
}

/** A dtype by name, string among them. */
export function checkAnyDType(dtype: unknown, what: string): DType {
  if (isDType(dtype)) return dtype;
  if (dtype === "float16" || dtype === "bfloat16") {
    throw new UnsupportedError(`${what}: dtype ${dtype} is not supported yet.`, { hint: `Use ${Object.keys(DTYPES).join(", ")}.` });
  }
  throw new DTypeError(`${what}: ${describe(dtype)} is not a dtype.`, { hint: `Use ${Object.keys(DTYPES).join(", ")}.` });
}

/** The tensor for an operand. Numbers and booleans become weak scalars. `arg` and `fn` are for messages. */
export function toTensor(value: unknown, fn: string, arg = "x"): Tensor {
  if (isTensor(value)) return value;
  if (typeof value === "number" || typeof value === "boolean") return weakConstant(value);
  if (Array.isArray(value) || ArrayBuffer.isView(value) || typeof value === "string" || typeof value === "bigint")
    return fromValues(value, undefined, undefined, fn);
  throw notATensor(value, fn, arg);
}

/** As toTensor where bool is asked for: numbers and arrays of them become it, as in TensorFlow.js; tensors stay what they are. */
export function toBools(value: unknown, fn: string, arg = "x"): Tensor {
  if (typeof value === "number") return weakConstant(value !== 0);
  return Array.isArray(value) ? fromValues(value, undefined, "bool", fn) : toTensor(value, fn, arg);
}

function className(value: object): unknown {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null;
  return prototype?.constructor?.name;
}

function notATensor(value: unknown, fn: string, arg: string): Error {
  const foreign = typeof value === "object" && value !== null && className(value) === "Tensor";
  return new ArgumentError(
    `${fn}: ${arg} must be a tensor, a number, a bigint, a boolean, a string, a typed array or nested arrays, but is ${describe(value)}.`,
    {
      hint: foreign ? "It is a tensor of another copy of graphfn, or of another library: pass its values." : undefined,
    },
  );
}

function dtypeOfArray(array: ArrayBufferView, fn: string): DType {
  if (array instanceof Float32Array) return "float32";
  if (array instanceof Float64Array) return "float64";
  if (array instanceof Int32Array || array instanceof Uint8Array || array instanceof Int8Array) return "int32";
  if (array instanceof Uint8ClampedArray || array instanceof Int16Array || array instanceof Uint16Array) return "int32";
  if (array instanceof BigInt64Array) return "int64";
  throw new UnsupportedError(`${fn}: elements of a ${Object.prototype.toString.call(array).slice(8, -1)} are not supported yet.`, {
    hint: "Use Float32Array, Float64Array, Int32Array, BigInt64Array or Uint8Array.",
  });
}

/** Throws E_ARGUMENT where the memory under a view was taken away (transferred to a worker). */
function checkAttached(array: ArrayBufferView, fn: string): void {
  if (array.byteLength > 0) return;
  try {
    new Uint8Array(array.buffer as ArrayBuffer, 0, 0);
  } catch {
    throw new ArgumentError(`${fn}: the typed array's buffer is detached.`, { hint: "It was transferred elsewhere; copy it before." });
  }
  try {
    // Throws where the buffer has become too short for the view.
    if (!(array instanceof DataView)) (array as unknown as TypedArray).at(0);
  } catch {
    throw new ArgumentError(`${fn}: the typed array lies beyond the end of its buffer, which was resized.`, { hint: "Make another view." });
  }
}

/**
 * A tensor of copied values. Without `dtype`: typed arrays keep theirs (8- and 16-bit become int32), numbers are float32, bigints
 * int64, booleans bool. With one, values are cast as cast() does, except that uint8 and int64 take only whole numbers that they hold.
 * Without `shape` it follows the nesting; flat values take any shape of their count.
 */
export function fromValues(values: unknown, shape: Shape | undefined, dtype: DType | undefined, fn: string): Tensor {
  refuseComplex(dtype, fn);
  if (dtype === "string" || (dtype === undefined && typeof firstLeaf(values) === "string")) return fromStrings(values, shape, fn);
  if (ArrayBuffer.isView(values)) return fromTyped(values, shape, dtype, fn);
  if (!Array.isArray(values)) return fromNumber(values, shape, dtype, fn);
  const nested = nestedShape(values, fn);
  const to = dtype ?? leafDType(values, fn);
  if (shape !== undefined && nested.length > 1 && (nested.length !== shape.length || nested.some((d, i) => d !== shape[i]))) {
    throw new ShapeError(`${fn}: the values have shape ${showShape(nested)}, but shape ${showShape(shape)} was given.`);
  }
  const size = nested.reduce((a, b) => a * b, 1);
  const result = resultOf(to, shape ?? nested, size, fn);
  try {
    const filler: Filler = { to: result.elements as TypedArray, dtype: to, inferred: dtype === undefined, at: 0, fn };
    fillNested(values, nested, 0, filler, []);
  } catch (error) {
    dispose(result);
    throw error;
  }
  return result;
}

/** Values are real numbers: complex ones have two parts. */
export function refuseComplex(dtype: DType | undefined, fn: string): void {
  if (dtype !== "complex64") return;
  throw new DTypeError(`${fn}: a complex64 tensor cannot be made of numbers directly.`, { hint: "Please use complex(real, imag)." });
}

function resultOf(dtype: DType, shape: Shape, size: number, fn: string): Tensor {
  const wanted = shape.reduce((a, b) => a * b, 1);
  if (wanted !== size) throw new ShapeError(`${fn}: shape ${showShape(shape)} needs ${wanted} values, but ${size} were given.`);
  return newTensor(dtype, shape, size);
}

/** A strong tensor with undefined elements, for the caller to fill. */
export function newTensor(dtype: DType, shape: Shape, size: number): Tensor {
  if (size * DTYPES[dtype].bytes > Number.MAX_SAFE_INTEGER) throw new MemoryError(`A tensor of shape ${showShape(shape)} is too large.`);
  return allocate(dtype, shape.length === 0 ? SCALAR : Object.freeze(shape), size, false);
}

function fromTyped(values: ArrayBufferView, shape: Shape | undefined, dtype: DType | undefined, fn: string): Tensor {
  checkAttached(values, fn);
  const from = values as unknown as TypedArray;
  const own = dtypeOfArray(values, fn);
  const result = resultOf(dtype ?? own, shape ?? [from.length], from.length, fn);
  const to = result.elements as TypedArray;
  if (result.dtype === own || (result.dtype === "uint8" && values instanceof Uint8Array)) to.set(from);
  else if (!isStrict(result.dtype)) castInto(from, own, to, result.dtype);
  else {
    try {
      for (let i = 0; i < to.length; i++) to[i] = wholeElement(from[i], result.dtype, () => `${fn}: element [${i}]`);
    } catch (error) {
      dispose(result);
      throw error;
    }
  }
  return result;
}

function fromNumber(value: unknown, shape: Shape | undefined, dtype: DType | undefined, fn: string): Tensor {
  if (typeof value !== "number" && typeof value !== "boolean" && typeof value !== "bigint") {
    if (value instanceof Tensor)
      throw new ArgumentError(`${fn}: the values are a tensor already.`, { hint: "Use clone(), or cast() and reshape()." });
    throw notATensor(value, fn, "values");
  }
  const to = dtype ?? dtypeOfValue(value);
  const element = elementOf(value, to, () => `${fn}: the value`);
  const result = resultOf(to, shape ?? SCALAR, 1, fn);
  (result.elements as TypedArray)[0] = element;
  return result;
}

/** What the first elements of nested arrays lead to. An array may be its own element: what is too deep is refused by nestedShape. */
function firstLeaf(values: unknown): unknown {
  let level: unknown = values;
  for (let depth = 0; depth <= MAX_RANK && Array.isArray(level); depth++) level = level[0];
  return level;
}

/** Shape of nested arrays by their first elements; raggedness is found while filling. */
function nestedShape(values: readonly unknown[], fn: string): number[] {
  const shape: number[] = [];
  let level: unknown = values;
  while (Array.isArray(level) || ArrayBuffer.isView(level)) {
    if (shape.length === MAX_RANK) throw new ShapeError(`${fn}: arrays are nested deeper than ${MAX_RANK} levels.`);
    // A DataView has no length, and other views elements of no dtype.
    if (!Array.isArray(level)) dtypeOfArray(level as ArrayBufferView, fn);
    shape.push((level as ArrayLike<unknown>).length);
    if (!Array.isArray(level)) break;
    level = level[0];
  }
  return shape;
}

function leafDType(values: readonly unknown[], fn: string): DType {
  const level = firstLeaf(values);
  if (ArrayBuffer.isView(level)) return dtypeOfArray(level, fn);
  return dtypeOfValue(level);
}

/** Of a number, a bigint or a boolean without a dtype. */
export function dtypeOfValue(value: unknown): DType {
  return typeof value === "boolean" ? "bool" : typeof value === "bigint" ? "int64" : "float32";
}

/** Dtypes that take no fractions and wrap nothing around: what was given is there, or refused. */
function isStrict(dtype: DType): boolean {
  return dtype === "uint8" || dtype === "int64";
}

function isOfKind(value: number | bigint | boolean, dtype: DType): boolean {
  if (typeof value === "number") return dtype !== "bool" && dtype !== "int64";
  return dtype === dtypeOfValue(value);
}

/** A value as it is stored; `where` starts the message. */
export function elementOf(value: number | bigint | boolean, dtype: DType, where: () => string): number {
  if (typeof value === "bigint" || isStrict(dtype)) return wholeElement(typeof value === "boolean" ? Number(value) : value, dtype, where);
  return castNumber(Number(value), dtype);
}

const LIMITS: Readonly<Record<string, readonly [least: number | bigint, most: number | bigint]>> = {
  uint8: [0, 255],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};
const LIMITS_OF_LONG = [-(2n ** 63n), 2n ** 63n - 1n] as const;

/** A whole number as an element of a dtype that holds it; E_ARGUMENT for fractions, E_OVERFLOW for others. */
function wholeElement(value: number | bigint, dtype: DType, where: () => string): number {
  if (typeof value === "number" && !Number.isInteger(value)) {
    throw new ArgumentError(`${where()} is ${value}, but ${dtype} holds whole numbers.`, {
      hint: `Make a float tensor of it, and use .cast("${dtype}").`,
    });
  }
  const [least, most] = LIMITS[dtype] ?? LIMITS_OF_LONG;
  if (value < least || value > most) {
    throw new ArgumentError(`${where()} is ${value}, but ${LIMITS[dtype] === undefined ? "int64" : dtype} holds ${least} to ${most}.`, {
      code: "E_OVERFLOW",
    });
  }
  return castLong(BigInt(value), dtype);
}

interface Filler {
  readonly to: TypedArray;
  readonly dtype: DType;
  /** The dtype was not given: booleans, numbers and bigints may not be mixed. */
  readonly inferred: boolean;
  at: number;
  readonly fn: string;
}

function fillNested(values: ArrayLike<unknown>, shape: Shape, axis: number, filler: Filler, path: readonly number[]): void {
  const length = shape[axis];
  if (values.length !== length) {
    throw new ShapeError(`${filler.fn}: ragged values: ${place(path)} has ${values.length} elements, but ${length} before it.`, {
      code: "E_RAGGED",
    });
  }
  const inner = axis === shape.length - 1;
  for (let i = 0; i < length; i++) {
    const value = values[i];
    if (inner) filler.to[filler.at++] = leaf(value, filler, path, i);
    else if (Array.isArray(value) || ArrayBuffer.isView(value))
      fillNested(value as unknown as ArrayLike<unknown>, shape, axis + 1, filler, [...path, i]);
    else
      throw new ShapeError(`${filler.fn}: ragged values: ${place([...path, i])} is ${describe(value)}, but an array before it.`, {
        code: "E_RAGGED",
      });
  }
}

function place(path: readonly number[]): string {
  return path.length === 0 ? "the array" : `element [${path.join("][")}]`;
}

function leaf(value: unknown, filler: Filler, path: readonly number[], i: number): number {
  const { dtype, inferred, fn } = filler;
  if (typeof value === "number" && (dtype === "float32" || dtype === "float64")) return value;
  const at = (): string => `${fn}: ${place([...path, i])}`;
  const isScalar = typeof value === "number" || typeof value === "boolean" || typeof value === "bigint";
  if (isScalar && (!inferred || isOfKind(value, dtype))) return elementOf(value, dtype, at);
  const where = at();
  if (isScalar) throw new ArgumentError(`${where} is ${value}: numbers, bigints and booleans cannot be mixed.`, { hint: "Give a dtype." });
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    throw new ShapeError(`${where} is an array, but a number before it: ragged values.`, { code: "E_RAGGED" });
  if (value instanceof Tensor) throw new ArgumentError(`${where} is a tensor.`, { hint: "Use stack() to put tensors together." });
  if (typeof value === "string") throw new ArgumentError(`${where} is a string, but a number was expected.`);
  throw new ArgumentError(`${where} is ${describe(value)}, but must be a number or a boolean.`);
}
