/** Conversion between dtypes. */
import { type DType, isFloating, numberOf, type TypedArray } from "../core/dtype.ts";
import { DTypeError, IndexError } from "../core/errors.ts";
import { beyondByte } from "./bytes.ts";
import { ANY, INT, INTEGER, NUMERIC } from "./infer.ts";
import { defineOp } from "./op.ts";
import { unarySamples } from "./samples.ts";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Elements of int64, under the type that elements of blocks have. */
function element(value: bigint): number {
  return value as unknown as number;
}

/**
 * One number as it is stored in a dtype: to whole numbers by truncation, saturating at the ends, NaN → 0; to bool by x ≠ 0 (NaN is
 * true); to floats by rounding to nearest. For int64 it is a bigint, under the type of elements.
 */
export function castNumber(value: number, dtype: DType): number {
  switch (dtype) {
    case "bool":
      return value === 0 ? 0 : 1;
    case "uint8":
      return saturated(value, 0, 255);
    case "int32":
      return saturated(value, -0x80000000, 0x7fffffff);
    case "int64":
      return element(longOf(value));
    case "float32":
    case "complex64":
      return Math.fround(value);
    case "float64":
      return value;
    case "string":
      throw noCast("a number", dtype);
  }
}

/** The int64 of a number: without its fraction, the nearest end where it is beyond, 0 for NaN. */
export function longOf(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  return value >= 2 ** 63 ? INT64_MAX : value <= -(2 ** 63) ? INT64_MIN : BigInt(Math.trunc(value));
}

function saturated(value: number, least: number, most: number): number {
  return Number.isNaN(value) ? 0 : Math.max(least, Math.min(most, Math.trunc(value))) + 0;
}

/** A whole number of int32 or less: into fewer bits it wraps around. */
function castWhole(value: number, dtype: DType): number {
  return dtype === "uint8" ? value & 255 : castNumber(value, dtype);
}

/** An int64 element: into fewer bits it wraps around, to floats it is rounded once. */
export function castLong(value: bigint, dtype: DType): number {
  switch (dtype) {
    case "bool":
      return value === 0n ? 0 : 1;
    case "uint8":
      return Number(BigInt.asUintN(8, value));
    case "int32":
      return Number(BigInt.asIntN(32, value));
    case "int64":
      return element(value);
    case "float32":
    case "complex64":
      return floatOf(value);
    case "float64":
      return Number(value);
    case "string":
      throw noCast("int64", dtype);
  }
}

/** The nearest float32, not of the nearest double: of the bits that a double has no room for only whether there are any counts. */
function floatOf(value: bigint): number {
  if (value === BigInt.asIntN(54, value)) return Math.fround(Number(value));
  const high = value >> 11n;
  const isExact = BigInt.asUintN(11, value) === 0n;
  return Math.fround(Number(isExact ? high : high | 1n) * 2048);
}

/** Text and numbers are not converted into each other. */
export function noCast(from: string, to: string): DTypeError {
  return new DTypeError(`cast: ${from} cannot become ${to}: text and numbers are not converted.`, {
    hint: "Read the elements with dataSync() and make a tensor of what they stand for.",
  });
}

/** `castNumber` as kernels that move cells store it (cells.ts). What stands for zero among strings is the empty one. */
export function cellOf(value: number, dtype: DType): number {
  if (dtype === "string") {
    if (value === 0) return "" as unknown as number;
    throw noCast(`the number ${value}`, dtype);
  }
  if (dtype !== "complex64") return castNumber(value, dtype);
  const words = new Float32Array([value, 0]);
  return new BigInt64Array(words.buffer)[0] as unknown as number;
}

/** Casts real numbers of the dtype `source` into `to`, which has the elements of `dtype`. */
export function castInto(from: ArrayLike<number>, source: DType, to: TypedArray, dtype: DType): void {
  const isFloat = dtype === "float32" || dtype === "float64";
  if (source === dtype || (isFloat && source !== "int64")) {
    to.set(from);
    return;
  }
  const one = (source === "int64" ? castLong : isFloating(source) ? castNumber : castWhole) as typeof castNumber;
  if (dtype === "complex64") for (let i = 0; i < to.length; i++) to[i] = i % 2 === 0 ? one(from[i / 2], dtype) : 0;
  else for (let i = 0; i < to.length; i++) to[i] = one(from[i], dtype);
}

export const cast = defineOp({
  name: "cast",
  arity: 1,
  dtypes: ANY,
  promote: "none",
  flags: ["pure", "elementwise"],
  attrs: { dtype: "dtype" },
  doc: "The same values as another dtype. Floats to whole numbers are truncated and saturate, NaN gives 0; whole numbers to fewer bits wrap around; to bool: x ≠ 0. Of complex64 the real part is taken; to complex64 the imaginary part is 0.",
  infer: ([x], attrs) => [{ dtype: attrs.dtype as DType, shape: x.shape }],
  reference: ([x], [out]) => {
    if (x.dtype !== "complex64") castInto(x.data, x.dtype, out.data, out.dtype);
    else if (out.dtype === "complex64") out.data.set(x.data);
    else for (let i = 0; i < out.data.length; i++) out.data[i] = castNumber(x.data[2 * i], out.dtype);
  },
  grad: [(s) => s.f.cast(s.dy, s.type(0).dtype)],
  samples: () =>
    ANY.flatMap((dtype) =>
      unarySamples({ dtypes: ANY, attrs: { dtype }, range: [-3e9, 3e9] }).map((s) => ({ ...s, name: `${s.name} to ${dtype}` })),
    ),
});

/** A whole number in another dtype as int32, checked: what `t[i]` does with a float index. */
export const toIndex = defineOp({
  name: "toIndex",
  arity: 1,
  dtypes: NUMERIC,
  promote: "none",
  flags: ["pure", "elementwise", "checked"],
  doc: "int32 of whole numbers; a fraction, NaN, or a number beyond int32 is E_INDEX.",
  infer: ([x]) => [{ dtype: "int32", shape: x.shape }],
  reference: ([x], [out]) => {
    const from = x.data;
    const to = out.data;
    for (let i = 0; i < to.length; i++) {
      // Of an int64 element no more than its distance from int32 is lost.
      const value = numberOf(from[i]);
      if (value !== (value | 0))
        throw new IndexError(`${value} is not a valid index.`, { hint: "An index is a whole number; use floor() or toInt()." });
      to[i] = value;
    }
  },
  samples: () => [
    { name: "whole floats", inputs: [{ dtype: "float32", shape: [3], values: [0, 7, -2] }] },
    { name: "scalar", inputs: [{ dtype: "float64", shape: [], values: [12] }] },
    ...INTEGER.map((dtype) => ({ name: `${dtype} whole`, inputs: [{ dtype, shape: [2], values: [1, 2] }] })),
  ],
  errors: [
    { name: "beyond", code: "E_INDEX", inputs: [{ dtype: "int64", shape: [2], values: [0, 2 ** 31] }] },
    { name: "far beyond", code: "E_INDEX", inputs: [{ dtype: "int64", shape: [], values: [-(2n ** 63n)] }] },
    { name: "fraction", code: "E_INDEX", inputs: [{ dtype: "float32", shape: [], values: [0.5] }] },
    { name: "NaN", code: "E_INDEX", inputs: [{ dtype: "float64", shape: [], values: [Number.NaN] }] },
    { name: "dtype", code: "E_DTYPE", inputs: [{ dtype: "bool", shape: [], values: [1] }] },
  ],
});

/** What a number without a dtype does where it meets uint8: refused where it does not fit, since it would be another number there. */
export const toByte = defineOp({
  name: "toByte",
  arity: 1,
  dtypes: INT,
  promote: "none",
  flags: ["pure", "elementwise", "checked"],
  doc: "uint8 of int32 numbers in 0..255; any other is E_OVERFLOW.",
  infer: ([x]) => [{ dtype: "uint8", shape: x.shape }],
  reference: ([x], [out]) => {
    for (const value of x.data) if (value !== (value & 255)) throw beyondByte(value);
    out.data.set(x.data);
  },
  samples: () => [
    { name: "ends", inputs: [{ dtype: "int32", shape: [3], values: [0, 7, 255] }] },
    { name: "scalar", inputs: [{ dtype: "int32", shape: [], values: [12] }] },
    { name: "empty", inputs: [{ dtype: "int32", shape: [0] }] },
  ],
  errors: [
    { name: "beyond", code: "E_OVERFLOW", inputs: [{ dtype: "int32", shape: [2], values: [0, 256] }] },
    { name: "negative", code: "E_OVERFLOW", inputs: [{ dtype: "int32", shape: [], values: [-1] }] },
    { name: "dtype", code: "E_DTYPE", inputs: [{ dtype: "float32", shape: [], values: [1] }] },
  ],
});
