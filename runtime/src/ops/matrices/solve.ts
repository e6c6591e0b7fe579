/** Systems of equations and determinants, by factors with row exchanges. */
import type { Tensor } from "../../core/tensor.ts";
import type { GradSite } from "../grad.ts";
import { FLOATING } from "../infer.ts";
import { defineOp } from "../op.ts";
import { checkRightSide, eachMatrix, matrix, matrixSamples, shapeErrors, singular, squareDim } from "./batches.ts";

/**
 * a becomes its factors; calls `exchanged` for each exchange of rows. Returns the first column without a pivot, or -1. Of equal
 * pivots the upper one is taken.
 */
function factor(a: Float64Array, n: number, exchanged: (i: number, j: number) => void): number {
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[best * n + k])) best = i;
    if (a[best * n + k] === 0) return k;
    if (best !== k) {
      for (let c = 0; c < n; c++) [a[k * n + c], a[best * n + c]] = [a[best * n + c], a[k * n + c]];
      exchanged(k, best);
    }
    for (let i = k + 1; i < n; i++) {
      const f = a[i * n + k] / a[k * n + k];
      a[i * n + k] = f;
      for (let c = k + 1; c < n; c++) a[i * n + c] -= f * a[k * n + c];
    }
  }
  return -1;
}

function transposeSquare(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) [a[i * n + j], a[j * n + i]] = [a[j * n + i], a[i * n + j]];
}

function solveGrads(s: GradSite, index: number): Tensor {
  const { f } = s;
  const adjoint = s.attrs.adjoint as boolean;
  const db = f.op("solve", [s.a, s.dy], { adjoint: !adjoint });
  if (index === 1) return db;
  return f.neg(adjoint ? f.matMul(s.out, db, false, true) : f.matMul(db, s.out, false, true));
}

export const solve = defineOp({
  name: "solve",
  arity: 2,
  dtypes: FLOATING,
  flags: ["pure", "checked"],
  attrs: { adjoint: "bool" },
  doc: "x in a · x = b, or aᵀ · x = b with adjoint, for square matrices a [...B, N, N] and b [...B, N, K] → [...B, N, K]. Computed in double precision with row exchanges. E_SINGULAR for a matrix without an inverse.",
  infer: ([a, b], _, name) => {
    checkRightSide(name, a, b);
    return [{ dtype: b.dtype, shape: b.shape }];
  },
  reference: ([a, b], [out], attrs) => {
    const [n, k] = b.shape.slice(-2);
    eachMatrix([a, b], [out], [2], ([lu, right], [x], m) => {
      x.set(right);
      if (attrs.adjoint === true) transposeSquare(lu, n);
      const bad = factor(lu, n, (i, j) => {
        for (let c = 0; c < k; c++) [x[i * k + c], x[j * k + c]] = [x[j * k + c], x[i * k + c]];
      });
      if (bad >= 0) throw singular("solve", m, bad);
      for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) for (let c = 0; c < k; c++) x[i * k + c] -= lu[i * n + j] * x[j * k + c];
      for (let i = n - 1; i >= 0; i--) {
        for (let j = n - 1; j > i; j--) for (let c = 0; c < k; c++) x[i * k + c] -= lu[i * n + j] * x[j * k + c];
        for (let c = 0; c < k; c++) x[i * k + c] /= lu[i * n + i];
      }
    });
  },
  grad: [(s) => solveGrads(s, 0), (s) => solveGrads(s, 1)],
  batch: "leading",
  samples: () =>
    matrixSamples([
      {
        name: "matrix",
        inputs: [matrix([3, 3], [0, 1, 2, 2, 5, -1, -2, 1, 6]), matrix([3, 2], [1, 2, 3, 4, 5, 6])],
        attrs: { adjoint: false },
      },
      {
        name: "adjoint",
        inputs: [matrix([3, 3], [4, 1, 2, 2, 0, -1, -2, 1, 6]), matrix([3, 1], [1, 2, 3])],
        attrs: { adjoint: true },
      },
      {
        name: "two",
        inputs: [matrix([2, 2, 2], [1, 2, 3, 4, 0, 1, 1, 0]), matrix([2, 2, 1], [1, 2, 3, 4])],
        attrs: { adjoint: false },
      },
      { name: "nothing", inputs: [matrix([0, 0], []), matrix([0, 2], [])], attrs: { adjoint: false } },
    ]),
  errors: [
    ...shapeErrors(
      {
        "not square": [
          [2, 3],
          [2, 1],
        ],
        heights: [
          [2, 2],
          [3, 1],
        ],
      },
      { adjoint: false },
    ),
    {
      name: "singular",
      code: "E_SINGULAR",
      inputs: [
        { dtype: "float32", shape: [2, 2], values: [1, 2, 2, 4] },
        { dtype: "float32", shape: [2, 1], values: [1, 1] },
      ],
      attrs: { adjoint: false },
    },
  ],
});

/** dy · det · a⁻ᵀ: of singular matrices it is refused, as their inverse is. */
function detGrad(s: GradSite): Tensor {
  const { f, a } = s;
  const shape = s.shape(0);
  const scaled = f.reshape(f.mul(s.dy, s.out), [...shape.slice(0, -2), 1, 1]);
  const unit = f.op("bandPart", [f.fill(1, a.dtype, shape)], { lower: 0, upper: 0 });
  return f.mul(f.op("solve", [a, unit], { adjoint: true }), scaled);
}

export const det = defineOp({
  name: "det",
  arity: 1,
  dtypes: FLOATING,
  flags: ["pure"],
  doc: "Determinants of square matrices [...B, N, N] → [...B]; 1 for N = 0. Computed in double precision. The gradient of a singular matrix is E_SINGULAR.",
  infer: ([x], _, name) => {
    squareDim(name, x);
    return [{ dtype: x.dtype, shape: x.shape.slice(0, -2) }];
  },
  reference: ([x], [out]) => {
    const n = x.shape.at(-1) as number;
    eachMatrix([x], [out], [0], ([a], [d]) => {
      let sign = 1;
      const bad = factor(a, n, () => {
        sign = -sign;
      });
      let product = sign;
      for (let i = 0; i < n; i++) product *= a[i * n + i];
      d[0] = bad >= 0 ? 0 : product;
    });
  },
  grad: [detGrad],
  batch: "leading",
  samples: () =>
    matrixSamples([
      { name: "matrix", inputs: [matrix([3, 3], [0, 1, 2, 2, 5, -1, -2, 1, 6])] },
      { name: "two", inputs: [matrix([2, 2, 2], [1, 2, 3, 4, 0, 1, 1, 0])] },
      { name: "singular", inputs: [matrix([2, 2], [1, 2, 2, 4])] },
      { name: "nothing", inputs: [matrix([0, 0], [])] },
    ]),
  errors: shapeErrors({ vector: [[3]], "not square": [[2, 3]] }),
});
