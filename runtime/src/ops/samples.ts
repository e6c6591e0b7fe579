/** Sample inputs of op records: small, deterministic, with the awkward values in. */
import { DTYPES, type DType, isInteger } from "../core/dtype.ts";
import { type Shape, showShape } from "../core/shape.ts";
import { ANY } from "./infer.ts";
import type { Attrs, OpErrorSample, OpSample } from "./op.ts";

/** `n` values spread evenly over [lo, hi]. */
export function spread(lo: number, hi: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) => lo + ((hi - lo) * i) / Math.max(1, n - 1));
}

const WHOLE: Readonly<Record<string, readonly (number | bigint)[]>> = {
  uint8: [0, 1, 2, 7, 100, 127, 128, 255],
  int32: [0, 1, -1, 7, -7, 100, 2147483647, -2147483648],
  int64: [0, 1, -1, 7, -7, 4294967296, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)],
};
const AWKWARD = [0, -0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, Infinity, -Infinity, NaN];

/** Real and imaginary parts. */
const AWKWARD_PAIRS = [
  0,
  0,
  -0,
  0,
  1,
  0,
  0,
  -1,
  -1,
  -1,
  0.5,
  -2.5,
  1e30,
  1e30,
  3e-40,
  0,
  Infinity,
  0,
  0,
  -Infinity,
  1,
  NaN,
  NaN,
  0,
  Infinity,
  Infinity,
];

function awkwardValues(dtype: DType): readonly (number | bigint)[] {
  return dtype === "complex64" ? AWKWARD_PAIRS : (WHOLE[dtype] ?? AWKWARD);
}

function valuesFor(dtype: DType, range: readonly [number, number], n: number): number[] {
  if (dtype === "bool") return Array.from({ length: n }, (_, i) => i % 2);
  if (dtype === "complex64") return spread(range[0], range[1], 2 * n).map((v, i) => (i % 2 === 0 ? v : range[0] + range[1] - v / 2));
  const list = spread(range[0], range[1], n);
  return dtype === "uint8" ? list.map((v) => v & 255) : isInteger(dtype) ? list.map(Math.trunc) : list;
}

export interface UnarySamples {
  readonly dtypes: readonly DType[];
  readonly range?: readonly [number, number];
  readonly attrs?: Attrs;
}

/** Per dtype: a matrix over the range, awkward values, a scalar, an empty tensor. */
export function unarySamples({ dtypes, range = [-4, 4], attrs }: UnarySamples): OpSample[] {
  const more = attrs ? { attrs } : {};
  return dtypes.flatMap((dtype) => [
    { name: `${dtype} range`, inputs: [{ dtype, shape: [3, 5], values: valuesFor(dtype, range, 15) }], ...more },
    ...(dtype === "bool" ? [] : [awkward(dtype, more)]),
    { name: `${dtype} scalar`, inputs: [{ dtype, shape: [], values: valuesFor(dtype, range, 3).slice(2 * DTYPES[dtype].parts) }], ...more },
    { name: `${dtype} empty`, inputs: [{ dtype, shape: [2, 0] }], ...more },
  ]);
}

function awkward(dtype: DType, more: { attrs?: Attrs }): OpSample {
  const values = awkwardValues(dtype);
  return { name: `${dtype} awkward`, inputs: [{ dtype, shape: [values.length / DTYPES[dtype].parts], values }], ...more };
}

export interface BinarySamples {
  readonly dtypes: readonly DType[];
  /** Second operand without zeros and signs (divisors, exponents of integers). */
  readonly positive?: boolean;
}

/** Per dtype: same shape, scalar on either side, both broadcast, awkward pairs, empty. */
export function binarySamples({ dtypes, positive = false }: BinarySamples): OpSample[] {
  const second: readonly [number, number] = positive ? [1, 5] : [-3, 5];
  return dtypes.flatMap((dtype) => {
    const left = (shape: number[], n: number) => ({ dtype, shape, values: valuesFor(dtype, [-6, 7], n) });
    const right = (shape: number[], n: number) => ({ dtype, shape, values: valuesFor(dtype, second, n) });
    const pairs = awkwardValues(dtype);
    const count = pairs.length / DTYPES[dtype].parts;
    const wild = dtype === "bool" || (positive && isInteger(dtype));
    return [
      { name: `${dtype} same shape`, inputs: [left([2, 3], 6), right([2, 3], 6)] },
      { name: `${dtype} scalar right`, inputs: [left([4], 4), right([], 1)] },
      { name: `${dtype} scalar left`, inputs: [left([], 1), right([2, 2], 4)] },
      { name: `${dtype} outer`, inputs: [left([3, 1], 3), right([1, 4], 4)] },
      { name: `${dtype} rank`, inputs: [left([2, 1, 3], 6), right([5, 1], 5)] },
      ...(wild
        ? []
        : [
            {
              name: `${dtype} awkward`,
              inputs: [
                { dtype, shape: [count, 1], values: pairs },
                { dtype, shape: [count], values: pairs },
              ],
            },
          ]),
      { name: `${dtype} empty`, inputs: [left([0, 3], 0), right([3], 3)] },
    ];
  });
}

export function shapeError(dtype: DType): OpErrorSample {
  return {
    name: "shapes do not broadcast",
    code: "E_SHAPE",
    inputs: [
      { dtype, shape: [2, 3], values: spread(1, 6, 6) },
      { dtype, shape: [2], values: [1, 2] },
    ],
  };
}

/** 1, 2, 3… for n elements; 0, 1, 0… for bool. */
export function counted(dtype: DType, n: number): number[] {
  const count = n * DTYPES[dtype].parts;
  return dtype === "bool" ? spread(0, n - 1, n).map((v) => v % 2) : spread(1, count, count);
}

/** One sample per dtype and shape, with values 1, 2, 3… */
export function moveSamples(cases: readonly { shape: Shape; attrs: Attrs }[], dtypes: readonly DType[] = ANY): OpSample[] {
  return dtypes.flatMap((dtype) =>
    cases.map(({ shape, attrs }) => {
      const n = shape.reduce((a, b) => a * b, 1);
      return {
        name: `${dtype}${showShape(shape)} ${JSON.stringify(attrs)}`,
        inputs: [{ dtype, shape, values: counted(dtype, n) }],
        attrs,
      };
    }),
  );
}
