/**
 * softmax, its logarithm, and ln Σ eˣ over the last axis: x [...S, N]. Other axes come here by transposition (api/softmax.ts).
 * The largest element of each row is subtracted first, so that nothing overflows. NaN in a row makes the whole row NaN; so does
 * an infinite largest element (∞ − ∞, and the 0 / 0 of a row of −∞), as in TensorFlow. logSumExp has a limit there and gives it.
 */
import { ShapeError } from "../core/errors.ts";
import type { Dims } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import type { Builder, GradRule } from "./grad.ts";
import { FLOATING } from "./infer.ts";
import { type Attrs, type Block, defineOp, type OpRecord, type OpSample } from "./op.ts";
import { moveSamples } from "./samples.ts";

/** All axes but the last. */
function outerDims(name: string, { shape }: TensorType): Dims {
  if (shape.length === 0) throw new ShapeError(`${name}: a scalar has no axis to run over.`);
  return shape.slice(0, -1);
}

/** Calls `visit` with the index of each row and its elements. */
function eachRow({ data, shape }: Block, visit: (row: number, x: ArrayLike<number>, start: number) => void): void {
  const n = shape[shape.length - 1];
  for (let row = 0; row * n < data.length; row++) visit(row, data.subarray(row * n, (row + 1) * n), row * n);
}

function largestOf(x: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, x[i]);
  return largest;
}

function sumOfExp(x: ArrayLike<number>, shift: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += Math.exp(x[i] - shift);
  return sum;
}

/** ln Σ eˣ; −∞ for no elements. */
function logSumExpOf(x: ArrayLike<number>): number {
  const shift = largestOf(x);
  return Number.isFinite(shift) ? shift + Math.log(sumOfExp(x, shift)) : shift;
}

const ROWS: readonly (readonly number[])[] = [[4], [3, 5], [2, 2, 3], [3, 1], [0, 3], [2, 40]];
const WILD = [1, 1000, 999, -1000, 88, 1, NaN, 2, 1, Infinity, 3, 1, -Infinity, 0, 1, -Infinity, -Infinity, -Infinity];

function rowSamples(attrs?: Attrs): OpSample[] {
  const wild = FLOATING.map((dtype): OpSample => ({ name: `${dtype} wild`, inputs: [{ dtype, shape: [6, 3], values: WILD }] }));
  const large = FLOATING.map((dtype): OpSample => ({ name: `${dtype} long`, inputs: [{ dtype, shape: [2, 1030] }] }));
  const cases = ROWS.map((shape) => ({ shape, attrs: attrs ?? {} }));
  return [...moveSamples(cases, FLOATING), ...[...wild, ...large].map((s) => (attrs ? { ...s, attrs } : s))];
}

/** The sum over the last axis, which stays as length 1. */
function rowSum(f: Builder, x: Tensor): Tensor {
  return f.sum(x, [x.shape.length - 1], true);
}

type Row = (x: ArrayLike<number>, to: (i: number, y: number) => void) => void;

function rowOp(name: string, doc: string, row: Row, grad: GradRule): OpRecord {
  return defineOp({
    name,
    arity: 1,
    dtypes: FLOATING,
    flags: ["pure", "inplace", "rows"],
    doc,
    infer: ([x]) => {
      outerDims(name, x);
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    reference: ([x], [out]) => {
      eachRow(x, (_, values, start) =>
        row(values, (i, y) => {
          out.data[start + i] = y;
        }),
      );
    },
    grad: [grad],
    batch: "leading",
    samples: () => rowSamples(),
    errors: [{ name: "scalar", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [] }] }],
  });
}

export const softmax = rowOp(
  "softmax",
  "eˣ / Σ eˣ over the last axis, without overflow.",
  (x, to) => {
    const shift = largestOf(x);
    const sum = sumOfExp(x, shift);
    for (let i = 0; i < x.length; i++) to(i, Math.exp(x[i] - shift) / sum);
  },
  ({ f, dy, out }) => f.mul(out, f.sub(dy, rowSum(f, f.mul(dy, out)))),
);

export const logSoftmax = rowOp(
  "logSoftmax",
  "x − ln Σ eˣ over the last axis, without overflow.",
  (x, to) => {
    const shift = largestOf(x);
    const total = shift + Math.log(sumOfExp(x, shift));
    for (let i = 0; i < x.length; i++) to(i, x[i] - total);
  },
  ({ f, dy, out }) => f.sub(dy, f.mul(f.op("exp", [out]), rowSum(f, dy))),
);

export const logSumExp = defineOp({
  name: "logSumExp",
  arity: 1,
  dtypes: FLOATING,
  flags: ["pure", "reduction", "rows"],
  attrs: { keepDims: "bool" },
  doc: "ln Σ eˣ over the last axis, without overflow; −Infinity for no elements, the largest element where that is infinite.",
  infer: ([x], attrs, name) => {
    const outer = outerDims(name, x);
    return [{ dtype: x.dtype, shape: attrs.keepDims === true ? [...outer, 1] : outer }];
  },
  reference: ([x], [out]) => {
    out.data.fill(-Infinity);
    eachRow(x, (row, values) => {
      out.data[row] = logSumExpOf(values);
    });
  },
  grad: [(s) => s.f.mul(s.f.unreduced(s.dy, s.shape(0), [s.shape(0).length - 1]), s.f.op("softmax", [s.a]))],
  batch: "leading",
  samples: () => [
    ...rowSamples({ keepDims: false }),
    ...moveSamples(
      [
        { shape: [2, 0], attrs: { keepDims: true } },
        { shape: [2, 3], attrs: { keepDims: true } },
      ],
      FLOATING,
    ),
  ],
  errors: [{ name: "scalar", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [] }], attrs: { keepDims: false } }],
});
