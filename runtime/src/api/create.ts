/** New tensors. Values are copied; shapes and dtypes are checked before memory is taken (E_SHAPE, E_DTYPE, E_MEMORY). */
import { DTYPES, type DType, type TypedArray } from "../core/dtype.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { isStatic, type Shape, showShape, sizeOf } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1, castTo, interpreter, isTracing } from "../dispatch/dispatch.ts";
import { dispose } from "../eager/memory.ts";
import { tidied, tidy } from "../eager/scope.ts";
import { castNumber } from "../ops/cast.ts";
import * as ops from "../ops/index.ts";
import {
  checkAnyDType,
  checkDType,
  checkInt,
  checkShape,
  describe,
  dtypeOfValue,
  elementOf,
  fromValues,
  type NestedValues,
  newTensor,
  refuseComplex,
  type TensorLike,
  toTensor,
} from "./convert.ts";
import { broadcastTo, dimsOf, shapeAttr } from "./shape.ts";
import { repeated, stringTensor } from "./text.ts";

/**
 * A tensor of copied values. Flat values take any shape of their count; nested ones bring theirs. Numbers are float32 and booleans
 * bool unless a dtype is given, text is string; typed arrays keep theirs. With dtype "string" a Uint8Array is the bytes of one text. E_RAGGED for nested arrays of different lengths.
 */
export function tensor(values: NestedValues, shape?: Shape, dtype?: DType): Tensor {
  return make("tensor", values, shape, dtype);
}

function make(fn: string, values: NestedValues, shape: Shape | undefined | null, dtype: DType | undefined, rank?: number): Tensor {
  const to = dtype === undefined ? undefined : checkAnyDType(dtype, fn);
  const dims = shape === undefined || shape === null ? undefined : checkShape(shape, fn);
  if (rank !== undefined && dims !== undefined && dims.length !== rank) {
    throw new ShapeError(`${fn}: shape ${showShape(dims)} has rank ${dims.length}, but must have rank ${rank}.`);
  }
  const result = fromValues(values, dims, to, fn);
  if (rank !== undefined && result.rank !== rank) {
    dispose(result);
    throw new ShapeError(`${fn}: the values have shape ${showShape(result.shape)} of rank ${result.rank}, but must have rank ${rank}.`, {
      hint: "Give a shape, or nest the values.",
    });
  }
  return result;
}

/** A tensor of rank 0: a number is float32, a bigint int64, a boolean bool, text string. The bytes of a text need the dtype. */
export function scalar(value: number | bigint | boolean | string | Uint8Array, dtype?: DType): Tensor {
  if (!isScalarValue(value) && typeof value !== "string" && dtype !== "string") {
    throw new ArgumentError(`scalar: the value must be a number, a bigint, a boolean or a string, but is ${describe(value)}.`);
  }
  return make("scalar", value, undefined, dtype);
}

export function tensor1d(values: NestedValues, dtype?: DType): Tensor {
  return make("tensor1d", values, undefined, dtype, 1);
}
export function tensor2d(values: NestedValues, shape?: Shape, dtype?: DType): Tensor {
  return make("tensor2d", values, shape, dtype, 2);
}
export function tensor3d(values: NestedValues, shape?: Shape, dtype?: DType): Tensor {
  return make("tensor3d", values, shape, dtype, 3);
}
export function tensor4d(values: NestedValues, shape?: Shape, dtype?: DType): Tensor {
  return make("tensor4d", values, shape, dtype, 4);
}
export function tensor5d(values: NestedValues, shape?: Shape, dtype?: DType): Tensor {
  return make("tensor5d", values, shape, dtype, 5);
}
export function tensor6d(values: NestedValues, shape?: Shape, dtype?: DType): Tensor {
  return make("tensor6d", values, shape, dtype, 6);
}

function isScalarValue(value: unknown): value is number | bigint | boolean {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}

/** A tensor full of one value: float32 for numbers, int64 for bigints, bool for booleans, string for text, unless a dtype is given. */
export function fill(shape: Shape, value: number | bigint | boolean | string, dtype?: DType): Tensor {
  if (typeof value === "string" && (dtype === undefined || dtype === "string")) {
    const dims = checkShape(shape, "fill");
    return stringTensor(repeated(value, sizeOf(dims), "fill"), dims);
  }
  if (!isScalarValue(value)) {
    throw new ArgumentError(`fill: the value must be a number, a bigint, a boolean or a string, but is ${describe(value)}.`);
  }
  return filled("fill", shape, value, dtype ?? dtypeOfValue(value));
}

function filled(fn: string, shape: Shape, value: number | bigint | boolean, dtype: DType): Tensor {
  const to = checkDType(dtype, fn);
  const element = elementOf(value, to, () => `${fn}: the value`);
  if (isTracing()) return broadcastTo(interpreter().constant(value, to, false), shape);
  const dims = checkShape(shape, fn);
  const size = dims.reduce((a, b) => a * b, 1);
  const result = newTensor(to, dims, size);
  fillElements(result, element);
  return result;
}

/** Writes one element to all places: of complex ones the real part. */
function fillElements(t: Tensor, value: number): void {
  const { parts } = DTYPES[t.dtype];
  const data = t.elements as TypedArray;
  data.fill(parts === 1 ? value : 0);
  if (parts === 2) for (let i = 0; i < data.length; i += 2) data[i] = value;
}

export function zeros(shape: Shape, dtype: DType = "float32"): Tensor {
  return filled("zeros", shape, 0, dtype);
}
export function ones(shape: Shape, dtype: DType = "float32"): Tensor {
  return filled("ones", shape, 1, dtype);
}

/** Zeros of the shape and dtype of x. */
export const zerosLike = tidied("zerosLike", (x: TensorLike): Tensor => filledLike(x, 0, "zerosLike"));
/** Ones of the shape and dtype of x. */
export const onesLike = tidied("onesLike", (x: TensorLike): Tensor => filledLike(x, 1, "onesLike"));

function filledLike(x: TensorLike, value: number, fn: string): Tensor {
  const like = toTensor(x, fn);
  if (!isStatic(dimsOf(like))) {
    // Lengths that only a run knows: the elements of x say how many, and nothing else.
    const odd = apply1(ops.notEqual, [like, like]);
    const truth = interpreter().constant(value !== 0, "bool", false);
    return castTo(apply1(value === 0 ? ops.logicalAnd : ops.logicalOr, [odd, truth]), like.dtype, false);
  }
  return filled(fn, shapeAttr(dimsOf(like), fn), value, like.dtype);
}

/** Ones on the diagonal of [...batchShape, numRows, numColumns], zeros elsewhere. */
export function eye(numRows: number, numColumns = numRows, batchShape?: Shape | null, dtype: DType = "float32"): Tensor {
  return tidy(() => {
    const [rows, columns] = [checkInt(numRows, "eye: numRows", 0), checkInt(numColumns, "eye: numColumns", 0)];
    const one = newTensor(checkDType(dtype, "eye"), [rows, columns], rows * columns);
    const data = one.elements as TypedArray;
    const { parts } = DTYPES[one.dtype];
    data.fill(castNumber(0, one.dtype));
    const element = castNumber(1, one.dtype);
    for (let i = 0; i < Math.min(rows, columns); i++) data[parts * (i * columns + i)] = element;
    return batchShape === undefined || batchShape === null || (Array.isArray(batchShape) && batchShape.length === 0)
      ? one
      : apply1(ops.broadcastTo, [one], { shape: [...checkShape(batchShape, "eye"), rows, columns] });
  });
}

/**
 * start, start + step, … before stop. When `step` is missing it is 1, or −1 where stop < start. E_ARGUMENT for a zero step or an
 * endless range; empty where the step leads away from stop.
 */
export function range(start: number, stop: number, step?: number, dtype: DType = "float32"): Tensor {
  for (const [value, name] of [
    [start, "start"],
    [stop, "stop"],
    [step ?? 1, "step"],
  ] as const) {
    if (typeof value !== "number" || !Number.isFinite(value))
      throw new ArgumentError(`range: ${name} must be a finite number, but is ${describe(value)}.`);
  }
  const by = step ?? (stop < start ? -1 : 1);
  if (by === 0) throw new ArgumentError("range: step is 0, so that the range has no end.");
  const to = checkDType(dtype, "range");
  refuseComplex(to, "range");
  const [from, end, delta] = to === "float32" ? [Math.fround(start), Math.fround(stop), Math.fround(by)] : [start, stop, by];
  const count = checkInt(Math.max(0, Math.ceil((end - from) / delta)), "range: the number of elements");
  const isLong = to === "int64" && Number.isInteger(from) && Number.isInteger(delta);
  const each = (i: number): number | bigint => (isLong ? BigInt(from) + BigInt(i) * BigInt(delta) : from + i * delta);
  const where = (): string => "range: an element";
  // One of the first two is a fraction, or the last one too large, if any is.
  for (const i of [0, 1, count - 1]) if (i >= 0 && i < count) elementOf(each(i), to, where);
  const result = newTensor(to, [count], count);
  const data = result.elements as Float32Array;
  for (let i = 0; i < count; i++) data[i] = elementOf(each(i), to, where);
  return result;
}

/** `num` evenly spaced float32 values from start to stop, both included. */
export function linspace(start: number, stop: number, num: number): Tensor {
  for (const [value, name] of [
    [start, "start"],
    [stop, "stop"],
  ] as const) {
    if (typeof value !== "number" || !Number.isFinite(value))
      throw new ArgumentError(`linspace: ${name} must be a finite number, but is ${describe(value)}.`);
  }
  const count = checkInt(num, "linspace: num", 1);
  const result = newTensor("float32", [count], count);
  const data = result.elements as Float32Array;
  for (let i = 0; i < count; i++) data[i] = i === count - 1 && count > 1 ? stop : start + (i * (stop - start)) / Math.max(1, count - 1);
  return result;
}
