/** Conversion between dtypes. */
import type { DType, TypedArray } from "../core/dtype.ts";
import { DTypeError, IndexError } from "../core/errors.ts";
import { ANY, NUMERIC } from "./infer.ts";
import { defineOp } from "./op.ts";
import { unarySamples } from "./samples.ts";

/**
 * One number as it is stored in a dtype: to int32 by truncation, saturating at the ends, NaN → 0; to bool by x ≠ 0 (NaN is
 * true); to floats by rounding to nearest.
 */
export function castNumber(value: number, dtype: DType): number {
  switch (dtype) {
    case "bool":
      return value === 0 ? 0 : 1;
    case "int32":
      return Number.isNaN(value) ? 0 : Math.max(-0x80000000, Math.min(0x7fffffff, Math.trunc(value))) + 0;
    case "float32":
      return Math.fround(value);
    case "float64":
      return value;
    case "complex64":
      return Math.fround(value);
    case "string":
      throw noCast("a number", dtype);
  }
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

/** Casts real numbers into `to`, which has the elements of `dtype`. */
export function castInto(from: ArrayLike<number>, to: TypedArray, dtype: DType): void {
  if (dtype === "complex64") for (let i = 0; i < to.length; i++) to[i] = i % 2 === 0 ? from[i / 2] : 0;
  else if (dtype === "float32" || dtype === "float64") to.set(from);
  else for (let i = 0; i < to.length; i++) to[i] = castNumber(from[i], dtype);
}

export const cast = defineOp({
  name: "cast",
  arity: 1,
  dtypes: ANY,
  promote: "none",
  flags: ["pure", "elementwise"],
  attrs: { dtype: "dtype" },
  doc: "The same values as another dtype. Float to int32 truncates, saturates, and gives 0 for NaN; to bool: x ≠ 0. Of complex64 the real part is taken; to complex64 the imaginary part is 0.",
  infer: ([x], attrs) => [{ dtype: attrs.dtype as DType, shape: x.shape }],
  reference: ([x], [out]) => {
    if (x.dtype !== "complex64") castInto(x.data, out.data, out.dtype);
    else if (out.dtype === "complex64") out.data.set(x.data);
    else for (let i = 0; i < out.data.length; i++) out.data[i] = castNumber(x.data[2 * i], out.dtype);
  },
  grad: [(s) => s.f.cast(s.dy, s.type(0).dtype)],
  samples: ANY.flatMap((dtype) =>
    unarySamples({ dtypes: ANY, attrs: { dtype }, range: [-3e9, 3e9] }).map((s) => ({ ...s, name: `${s.name} to ${dtype}` })),
  ),
});

/** A whole number in a floating dtype as int32, checked: what `t[i]` does with a float index. */
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
      const value = from[i];
      if (value !== (value | 0))
        throw new IndexError(`${value} is not a valid index.`, { hint: "An index is a whole number; use floor() or toInt()." });
      to[i] = value;
    }
  },
  samples: [
    { name: "whole floats", inputs: [{ dtype: "float32", shape: [3], values: [0, 7, -2] }] },
    { name: "scalar", inputs: [{ dtype: "float64", shape: [], values: [12] }] },
    { name: "ints", inputs: [{ dtype: "int32", shape: [2], values: [1, 2] }] },
  ],
  errors: [
    { name: "fraction", code: "E_INDEX", inputs: [{ dtype: "float32", shape: [], values: [0.5] }] },
    { name: "NaN", code: "E_INDEX", inputs: [{ dtype: "float64", shape: [], values: [Number.NaN] }] },
    { name: "dtype", code: "E_DTYPE", inputs: [{ dtype: "bool", shape: [], values: [1] }] },
  ],
});
