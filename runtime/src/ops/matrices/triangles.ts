/** Bands and triangles of matrices: bandPart, cholesky, triangularSolve. */
import type { Tensor } from "../../core/tensor.ts";
import { cellOf } from "../cast.ts";
import type { Builder, GradSite } from "../grad.ts";
import { ANY, FLOATING } from "../infer.ts";
import { defineOp } from "../op.ts";
import { moveSamples } from "../samples.ts";
import {
  checkRightSide,
  eachMatrix,
  matrix,
  matrixDims,
  matrixSamples,
  notDefinite,
  shapeErrors,
  singular,
  squareDim,
  swapped,
} from "./batches.ts";

export const bandPart = defineOp({
  name: "bandPart",
  arity: 1,
  dtypes: ANY,
  promote: "none",
  flags: ["pure"],
  moves: true,
  attrs: { lower: "int", upper: "int" },
  doc: "Matrices with zeros outside of a band: lower diagonals below the main one, upper above it; a negative number stands for all.",
  infer: ([x], _, name) => {
    matrixDims(name, x);
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  reference: ([x], [out], attrs) => {
    const [rows, columns] = x.shape.slice(-2);
    const { lower, upper } = attrs as { lower: number; upper: number };
    out.data.fill(cellOf(0, out.dtype));
    for (let i = 0; i < x.data.length; i++) {
      const j = i % columns;
      const below = (Math.floor(i / columns) % rows) - j;
      if ((lower < 0 || below <= lower) && (upper < 0 || -below <= upper)) out.data[i] = x.data[i];
    }
  },
  grad: [(s) => s.f.op("bandPart", [s.dy], s.attrs)],
  batch: "leading",
  samples: () =>
    moveSamples([
      { shape: [3, 3], attrs: { lower: -1, upper: 0 } },
      { shape: [2, 3, 4], attrs: { lower: 1, upper: 1 } },
      { shape: [4, 2], attrs: { lower: 0, upper: -1 } },
      { shape: [0, 2], attrs: { lower: 0, upper: 0 } },
    ]),
  errors: shapeErrors({ vector: [[3]] }, { lower: 0, upper: 0 }),
});

export function transposed(f: Builder, x: Tensor): Tensor {
  return f.transpose(x, swapped(x.shape));
}

/** S + Sᵀ, below the diagonal, and half of it there: the gradient of what reads the lower triangle of a symmetric matrix. */
export function lowerOfSum(f: Builder, x: Tensor): Tensor {
  const sum = f.add(x, transposed(f, x));
  return f.sub(f.op("bandPart", [sum], { lower: -1, upper: 0 }), f.op("bandPart", [x], { lower: 0, upper: 0 }));
}

/**
 * L⁻ᵀ · Φ(Lᵀ · dL) · L⁻¹, where Φ keeps the lower triangle and half of the diagonal, spread over both triangles: the operand is
 * symmetric, and a step along its gradient leaves it so.
 */
function choleskyGrad(s: GradSite): Tensor {
  const { f, out: l } = s;
  const inner = f.matMul(l, s.dy, true);
  const half = f.sub(f.op("bandPart", [inner], { lower: -1, upper: 0 }), f.mul(f.op("bandPart", [inner], { lower: 0, upper: 0 }), 0.5));
  const solve = (b: Tensor): Tensor => f.op("triangularSolve", [l, b], { lower: true, adjoint: true });
  const found = solve(transposed(f, solve(transposed(f, half))));
  return f.mul(f.add(found, transposed(f, found)), 0.5);
}

export const cholesky = defineOp({
  name: "cholesky",
  arity: 1,
  dtypes: FLOATING,
  flags: ["pure", "checked"],
  doc: "The lower triangle L with L · Lᵀ = x of symmetric positive definite matrices x [...B, N, N]. Reads the lower triangle of x alone; the gradient is that of symmetric matrices, in both triangles. Computed in double precision. E_NOT_POSITIVE_DEFINITE otherwise.",
  infer: ([x], _, name) => {
    squareDim(name, x);
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  reference: ([x], [out]) => {
    const n = x.shape.at(-1) as number;
    eachMatrix([x], [out], [2], ([a], [l], m) => {
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) {
          let sum = a[i * n + j];
          for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
          if (i === j && !(sum > 0)) throw notDefinite(m, i);
          l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j];
        }
      }
    });
  },
  grad: [choleskyGrad],
  batch: "leading",
  samples: () =>
    matrixSamples([
      { name: "matrix", inputs: [matrix([3, 3], [4, 9, 9, 2, 5, 9, -2, 1, 6])] },
      { name: "two", inputs: [matrix([2, 2, 2], [2, 1, 1, 2, 9, 3, 3, 2])] },
      { name: "number", inputs: [matrix([1, 1], [9])] },
      { name: "nothing", inputs: [matrix([0, 0], [])] },
    ]),
  errors: [
    ...shapeErrors({ vector: [[3]], "not square": [[2, 3]] }),
    { name: "indefinite", code: "E_NOT_POSITIVE_DEFINITE", inputs: [{ dtype: "float32", shape: [2, 2], values: [1, 2, 2, 1] }] },
    { name: "NaN", code: "E_NOT_POSITIVE_DEFINITE", inputs: [{ dtype: "float32", shape: [1, 1], values: [NaN] }] },
  ],
});

/** db solves with the other side of the matrix; da is the product of db and x where a has its triangle. */
function triangularGrads(s: GradSite, index: number): Tensor {
  const { f } = s;
  const { lower, adjoint } = s.attrs as { lower: boolean; adjoint: boolean };
  const db = f.op("triangularSolve", [s.a, s.dy], { lower, adjoint: !adjoint });
  if (index === 1) return db;
  const da = f.neg(adjoint ? f.matMul(s.out, db, false, true) : f.matMul(db, s.out, false, true));
  return f.op("bandPart", [da], lower ? { lower: -1, upper: 0 } : { lower: 0, upper: -1 });
}

const BOTH = [
  { lower: true, adjoint: false },
  { lower: true, adjoint: true },
  { lower: false, adjoint: false },
  { lower: false, adjoint: true },
];

export const triangularSolve = defineOp({
  name: "triangularSolve",
  arity: 2,
  dtypes: FLOATING,
  flags: ["pure", "checked"],
  attrs: { lower: "bool", adjoint: "bool" },
  doc: "x in a · x = b, or aᵀ · x = b with adjoint, for triangular matrices a [...B, N, N] and b [...B, N, K] → [...B, N, K]. Reads the lower, or the upper, triangle alone. Computed in double precision. E_SINGULAR for a 0 on the diagonal.",
  infer: ([a, b], _, name) => {
    checkRightSide(name, a, b);
    return [{ dtype: b.dtype, shape: b.shape }];
  },
  reference: ([a, b], [out], attrs) => {
    const [n, k] = b.shape.slice(-2);
    const { lower, adjoint } = attrs as { lower: boolean; adjoint: boolean };
    eachMatrix([a, b], [out], [2], ([t, right], [x], m) => {
      x.set(right);
      for (let step = 0; step < n; step++) {
        const i = lower === adjoint ? n - 1 - step : step;
        const pivot = t[i * n + i];
        if (pivot === 0) throw singular("triangularSolve", m, i);
        for (let done = 0; done < step; done++) {
          const j = lower === adjoint ? n - 1 - done : done;
          const factor = adjoint ? t[j * n + i] : t[i * n + j];
          for (let c = 0; c < k; c++) x[i * k + c] -= factor * x[j * k + c];
        }
        for (let c = 0; c < k; c++) x[i * k + c] /= pivot;
      }
    });
  },
  grad: [(s) => triangularGrads(s, 0), (s) => triangularGrads(s, 1)],
  batch: "leading",
  samples: () =>
    matrixSamples([
      ...BOTH.map((attrs) => ({
        name: JSON.stringify(attrs),
        inputs: [matrix([3, 3], [4, 1, 2, 2, 5, -1, -2, 1, 6]), matrix([3, 2], [1, 2, 3, 4, 5, 6])],
        attrs,
      })),
      { name: "two", inputs: [matrix([2, 1, 1], [4, 2]), matrix([2, 1, 2], [1, 2, 3, 4])], attrs: BOTH[0] },
      { name: "nothing", inputs: [matrix([0, 0], []), matrix([0, 2], [])], attrs: BOTH[0] },
    ]),
  errors: [
    ...shapeErrors(
      {
        "not square": [
          [2, 3],
          [2, 1],
        ],
        "a vector": [[2, 2], [2]],
        heights: [
          [2, 2],
          [3, 1],
        ],
      },
      BOTH[0],
    ),
    {
      name: "zero on the diagonal",
      code: "E_SINGULAR",
      inputs: [
        { dtype: "float32", shape: [2, 2], values: [1, 0, 3, 0] },
        { dtype: "float32", shape: [2, 1], values: [1, 1] },
      ],
      attrs: BOTH[0],
    },
  ],
});
