/** Matrix ops. */

import type { DType } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { broadcastDims, type Dim, mayBeSameDim, type Shape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { BatchRule } from "./batch.ts";
import { castNumber } from "./cast.ts";
import { ADDED } from "./infer.ts";
import { broadcastStrides, eachStrided } from "./loops.ts";
import { type Attrs, defineOp, type OpSample } from "./op.ts";
import { spread } from "./samples.ts";

const PLAIN = { transposeA: false, transposeB: false };

function sample(dtype: DType, a: Shape, b: Shape, attrs = PLAIN): OpSample {
  const operand = (shape: Shape, lo: number) => {
    const n = shape.reduce((x, y) => x * y, 1);
    return { dtype, shape, values: spread(lo, lo + n - 1, n) };
  };
  return { name: `${dtype}${showShape(a)}·${showShape(b)} ${JSON.stringify(attrs)}`, inputs: [operand(a, -2), operand(b, -3)], attrs };
}

/**
 * Products for many examples. One matrix per example times one that all share is one product of more rows; otherwise axes between that of
 * examples and the matrices are filled up, so that it broadcasts as one more leading axis.
 */
const multiplied: BatchRule = (s) => {
  const [a, b] = [s.type(0).shape, s.type(1).shape];
  const [m, k] = a;
  if (s.isBatched(0) && !s.isBatched(1) && a.length === 2 && b.length === 2 && s.attrs.transposeA !== true) {
    if (typeof s.size === "number" && typeof m === "number") {
      const [y] = s.run([s.f.reshape(s.given(0), [s.size * m, k]), s.given(1)]);
      return [s.f.reshape(y, [s.size, ...s.result(0).shape])];
    }
  }
  const rank = Math.max(a.length, b.length);
  const filled = (i: number): Tensor => {
    const { shape } = s.type(i);
    if (!s.isBatched(i)) return s.given(i);
    return s.f.reshape(s.given(i), [s.size, ...new Array<number>(rank - shape.length).fill(1), ...shape]);
  };
  return s.run([filled(0), filled(1)]);
};

/**
 * Matrix product over the last two axes.
 * Shapes   a [...B, M, K], b [...B, K, N] → [...B, M, N]; B broadcasts; transposeA reads a as [...B, K, M], transposeB b as [...B, N, K].
 * Dtypes   numeric; whole numbers wrap around, uint8 counts as int32; K = 0 gives zeros.
 * Errors   E_SHAPE if K differs, B does not broadcast, or an operand has rank < 2.
 * Source   NumPy matmul, except that rank-1 operands are refused.
 */
export const matMul = defineOp({
  name: "matMul",
  arity: 2,
  dtypes: ADDED,
  flags: ["pure", "blocks"],
  attrs: { transposeA: "bool", transposeB: "bool" },
  doc: "Matrix product over the last two axes: a [...B, M, K], b [...B, K, N] → [...B, M, N]; B broadcasts; transposeA/B swap the last two axes first.",
  infer: ([a, b], attrs, name) => {
    const [x, y] = [a, b];
    if (x.shape.length < 2 || y.shape.length < 2) {
      throw new ShapeError(`${name}: operands of shapes ${showOperands(x.shape, y.shape, attrs)} must have rank 2 or more.`, {
        hint: "Use dot() for vectors, or reshape.",
      });
    }
    const [m, k] = lastTwo(x.shape, attrs.transposeA as boolean);
    const [k2, n] = lastTwo(y.shape, attrs.transposeB as boolean);
    if (!mayBeSameDim(k, k2))
      throw new ShapeError(
        `${name}: inner lengths of ${showOperands(x.shape, y.shape, attrs)} differ (${showShape([k])} against ${showShape([k2])}).`,
      );
    if (x.shape.length === 2 && y.shape.length === 2) return [{ dtype: x.dtype, shape: [m, n] }];
    const batch = broadcastDims(x.shape.slice(0, -2), y.shape.slice(0, -2));
    if (batch === null) throw new ShapeError(`${name}: leading axes of ${showOperands(x.shape, y.shape, attrs)} do not broadcast.`);
    return [{ dtype: x.dtype, shape: [...batch, m, n] }];
  },
  reference: ([a, b], [out], attrs) => {
    const [x, y, to] = [a, b, out];
    const [m, k] = lastTwo(x.shape, attrs.transposeA as boolean) as [number, number];
    const n = to.shape[to.shape.length - 1];
    const [stepM, stepKa] = attrs.transposeA ? [1, m] : [k, 1];
    const [stepKb, stepN] = attrs.transposeB ? [1, k] : [n, 1];
    const int = to.dtype === "int32";
    const zero = castNumber(0, to.dtype);
    const multiply = (matrix: number, fromA: number, fromB: number): void => {
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let acc = zero;
          for (let p = 0; p < k; p++) {
            const u = x.data[fromA + i * stepM + p * stepKa];
            const v = y.data[fromB + p * stepKb + j * stepN];
            acc = int ? (acc + Math.imul(u, v)) | 0 : acc + u * v;
          }
          to.data[(matrix * m + i) * n + j] = acc;
        }
      }
    };
    if (to.shape.length === 2) return multiply(0, 0, 0);
    const batch = to.shape.slice(0, -2);
    const strides = [x, y].map((t) => broadcastStrides(t.shape.slice(0, -2), batch));
    eachStrided(batch, strides, [0, 0], (matrix, at) => multiply(matrix, at[0] * m * k, at[1] * k * n));
  },
  grad: [
    (s) => {
      const { transposeA: ta, transposeB: tb } = s.attrs as { transposeA: boolean; transposeB: boolean };
      return s.f.sumTo(ta ? s.f.matMul(s.b, s.dy, tb, true) : s.f.matMul(s.dy, s.b, false, !tb), s.shape(0));
    },
    (s) => {
      const { transposeA: ta, transposeB: tb } = s.attrs as { transposeA: boolean; transposeB: boolean };
      return s.f.sumTo(tb ? s.f.matMul(s.dy, s.a, true, ta) : s.f.matMul(s.a, s.dy, !ta, false), s.shape(1));
    },
  ],
  batch: multiplied,
  samples: () =>
    ADDED.flatMap((dtype) => [
      sample(dtype, [2, 3], [3, 4]),
      sample(dtype, [3, 2], [3, 4], { transposeA: true, transposeB: false }),
      sample(dtype, [2, 3], [4, 3], { transposeA: false, transposeB: true }),
      sample(dtype, [3, 2], [4, 3], { transposeA: true, transposeB: true }),
      sample(dtype, [2, 2, 3], [3, 2]),
      sample(dtype, [3, 1, 2, 2], [2, 2, 1]),
      sample(dtype, [2, 0], [0, 3]),
      sample(dtype, [0, 2], [2, 3]),
    ]),
  errors: [
    { ...sample("float32", [2, 3], [2, 3]), code: "E_SHAPE" },
    { ...sample("float32", [3], [3, 2]), code: "E_SHAPE" },
    { ...sample("float32", [2, 2, 3], [3, 3, 1]), code: "E_SHAPE" },
  ],
});

function lastTwo(shape: readonly Dim[], transposed: boolean): [Dim, Dim] {
  const [r, c] = [shape[shape.length - 2], shape[shape.length - 1]];
  return transposed ? [c, r] : [r, c];
}

function showOperands(x: readonly Dim[], y: readonly Dim[], { transposeA, transposeB }: Attrs): string {
  return `${showShape(x)}${transposeA ? "ᵀ" : ""} and ${showShape(y)}${transposeB ? "ᵀ" : ""}`;
}
