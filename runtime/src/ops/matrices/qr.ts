/** Orthogonal and triangular factors, by Householder's reflections. */
import { UnsupportedError } from "../../core/errors.ts";
import type { Dim } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { Builder, GradSite } from "../grad.ts";
import { FLOATING } from "../infer.ts";
import { defineOp } from "../op.ts";
import { eachMatrix, lesser, matrix, matrixDims, matrixSamples, shapeErrors } from "./batches.ts";
import { transposed } from "./triangles.ts";

/** Rows times the reflection I − 2 v vᵀ / vᵀv, over columns first..width of x; v begins at row `from`. */
function reflect(x: Float64Array, width: number, first: number, v: Float64Array, from: number, scale: number): void {
  for (let c = first; c < width; c++) {
    let dot = 0;
    for (let i = 0; i < v.length; i++) dot += v[i] * x[(from + i) * width + c];
    dot *= scale;
    for (let i = 0; i < v.length; i++) x[(from + i) * width + c] -= dot * v[i];
  }
}

function factor(a: Float64Array, m: number, n: number, q: Float64Array, width: number): void {
  const reflections: { v: Float64Array; scale: number }[] = [];
  for (let j = 0; j < Math.min(m, n); j++) {
    const v = Float64Array.from({ length: m - j }, (_, i) => a[(j + i) * n + j]);
    let largest = 0;
    for (const x of v) largest = Math.max(largest, Math.abs(x));
    let sum = 0;
    for (const x of v) sum += (x / largest) * (x / largest);
    const norm = largest === 0 ? 0 : largest * Math.sqrt(sum);
    // Away from the element, so that nothing cancels.
    const to = v[0] > 0 ? -norm : norm;
    v[0] -= to;
    const scale = norm === 0 ? 0 : -1 / (to * v[0]);
    reflect(a, n, j, v, j, scale);
    a[j * n + j] = norm === 0 ? 0 : to;
    for (let i = j + 1; i < m; i++) a[i * n + j] = 0;
    reflections.push({ v, scale });
  }
  for (let i = 0; i < width; i++) q[i * width + i] = 1;
  for (let j = reflections.length - 1; j >= 0; j--) reflect(q, width, 0, reflections[j].v, j, reflections[j].scale);
}

/** x · r⁻ᵀ. */
function overTriangle(f: Builder, x: Tensor, r: Tensor): Tensor {
  return transposed(f, f.op("triangularSolve", [r, transposed(f, x)], { lower: false, adjoint: false }));
}

/** For r square: q · (dr + (skew parts, lower triangle) · r⁻ᵀ) + (dq − q qᵀ dq) · r⁻ᵀ. */
function squareGrad(f: Builder, q: Tensor, r: Tensor, dq: Tensor, dr: Tensor): Tensor {
  const skew = (x: Tensor): Tensor => f.sub(x, transposed(f, x));
  const qdq = f.matMul(q, dq, true);
  const lower = f.op("bandPart", [f.add(skew(qdq), skew(f.matMul(r, dr, false, true)))], { lower: -1, upper: 0 });
  const inside = f.matMul(q, f.add(dr, overTriangle(f, lower, r)));
  return f.add(inside, overTriangle(f, f.sub(dq, f.matMul(q, qdq)), r));
}

function qrGrad(s: GradSite): Tensor {
  const { f, a } = s;
  const [q, r, dq, dr] = [s.output(0), s.output(1), s.dyOf(0), s.dyOf(1)];
  const shape = s.shape(0);
  const [m, n] = shape.slice(-2);
  if (m > n && s.attrs.full === true) {
    throw new UnsupportedError("The gradient of qr with full matrices of more rows than columns is not supported.", {
      hint: "What qr adds to q there is not determined by x; use qr(x) without fullMatrices.",
    });
  }
  if (m >= n) return squareGrad(f, q, r, dq, dr);
  // x = [u, v], r = [ru, rv]: v = q · rv.
  const part = (x: Tensor, from: number, size: number): Tensor =>
    f.op("slice", [x], { begin: shape.map((_, i) => (i === shape.length - 1 ? from : 0)), size: [...x.shape.slice(0, -1), size] });
  const dv = part(dr, m, n - m);
  const du = squareGrad(f, q, part(r, 0, m), f.add(dq, f.matMul(part(a, m, n - m), dv, false, true)), part(dr, 0, m));
  return f.op("concat", [du, f.matMul(q, dv)], { axis: shape.length - 1 });
}

export const qr = defineOp({
  name: "qr",
  arity: 1,
  dtypes: FLOATING,
  flags: ["pure"],
  attrs: { full: "bool" },
  doc: "Factors x = q · r, q with orthonormal columns, r upper triangular: x [...B, M, N] → [...B, M, P], [...B, P, N] with P = min(M, N), or M with full. An element of r's diagonal has the sign opposite to what it replaces. Computed in double precision. No gradient with full where M > N, and infinite where a column depends on those before it.",
  infer: ([x], attrs, name) => {
    const { dtype, shape } = x;
    const [m, n] = matrixDims(name, x);
    const p: Dim = attrs.full === true ? m : lesser(name, m, n);
    const lead = shape.slice(0, -2);
    return [
      { dtype, shape: [...lead, m, p] },
      { dtype, shape: [...lead, p, n] },
    ];
  },
  reference: ([x], [q, r]) => {
    const [m, n] = x.shape.slice(-2);
    const p = q.shape.at(-1) as number;
    eachMatrix([x], [q, r], [2, 2], ([a], [left, right]) => {
      const whole = new Float64Array(m * m);
      factor(a, m, n, whole, m);
      for (let i = 0; i < m; i++) for (let j = 0; j < p; j++) left[i * p + j] = whole[i * m + j];
      right.set(a.subarray(0, p * n));
    });
  },
  grad: [qrGrad],
  batch: "leading",
  samples: () => [
    ...matrixSamples([
      { name: "square", inputs: [matrix([3, 3], [1, 3, 2, -2, 0, 7, 8, -9, 4])], attrs: { full: false } },
      { name: "high", inputs: [matrix([3, 2], [1, 2, 3, -3, -2, 1])], attrs: { full: false } },
      { name: "wide", inputs: [matrix([2, 3], [1, 2, 3, -3, -2, 1])], attrs: { full: false } },
      { name: "two", inputs: [matrix([2, 2, 2], [-1, -3, 2, 4, 1, 3, -2, -4])], attrs: { full: true } },
      { name: "nothing", inputs: [matrix([2, 0], [])], attrs: { full: false } },
    ]),
    { name: "full", inputs: [{ dtype: "float32", shape: [3, 2], values: [1, 2, 3, -3, -2, 1] }], attrs: { full: true } },
    { name: "zeros", inputs: [{ dtype: "float32", shape: [2, 2], values: [0, 1, 0, 2] }], attrs: { full: false } },
  ],
  errors: shapeErrors({ vector: [[3]] }, { full: false }),
});
