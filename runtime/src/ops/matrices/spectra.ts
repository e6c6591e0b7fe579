/** Eigenvalues of symmetric matrices and singular values, by Jacobi's rotations: slower than other ways on large matrices, and exact. */
import type { Tensor } from "../../core/tensor.ts";
import type { Builder, GradSite } from "../grad.ts";
import { FLOATING } from "../infer.ts";
import { defineOp } from "../op.ts";
import { eachMatrix, lesser, matrix, matrixDims, matrixSamples, shapeErrors, squareDim } from "./batches.ts";
import { lowerOfSum, transposed } from "./triangles.ts";

/** Rounds of rotations; a handful is enough. */
const ROUNDS = 60;

/** Cosine and sine of the rotation that makes the element between two zero: `theta` is half the cotangent of twice the angle. */
function rotation(theta: number): [cosine: number, sine: number] {
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  return [c, t * c];
}

/** Rows p and q of x, which are contiguous, turned. */
function turn(x: Float64Array, n: number, p: number, q: number, c: number, s: number): void {
  for (let k = 0; k < n; k++) {
    const [a, b] = [x[p * n + k], x[q * n + k]];
    x[p * n + k] = c * a - s * b;
    x[q * n + k] = s * a + c * b;
  }
}

/** The power of two below the largest element, so that squares stay in range; NaN where an element is NaN or infinite, 1 for zeros. */
function scaleOf(x: Float64Array): number {
  let largest = 0;
  for (const value of x) largest = Math.max(largest, Math.abs(value));
  return largest === 0 ? 1 : largest < Infinity ? 2 ** Math.floor(Math.log2(largest)) : NaN;
}

/** Makes a diagonal; rows of v become the eigenvectors. */
function diagonalize(a: Float64Array, n: number, v: Float64Array): void {
  let sum = 0;
  for (const x of a) sum += x * x;
  const least = 1e-18 * Math.sqrt(sum);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let round = 0, turned = true; turned && round < ROUNDS; round++) {
    turned = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const off = a[p * n + q];
        if (!(Math.abs(off) > least)) continue;
        turned = true;
        const [c, s] = rotation((a[q * n + q] - a[p * n + p]) / (2 * off));
        turn(a, n, p, q, c, s);
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[k * n + p], a[k * n + q]];
          a[k * n + p] = c * x - s * y;
          a[k * n + q] = s * x + c * y;
        }
        a[p * n + q] = 0;
        a[q * n + p] = 0;
        turn(v, n, p, q, c, s);
      }
    }
  }
}

/** Whether the largest element of a row is negative: of equal ones the first decides. */
function pointsDown(x: Float64Array, n: number, row: number): boolean {
  let best = 0;
  for (let k = 1; k < n; k++) if (Math.abs(x[row * n + k]) > Math.abs(x[row * n + best])) best = k;
  return x[row * n + best] < 0;
}

/** 1 / (x_j − x_i) for row i, column j; 0 where they are equal. */
function inverseGaps(f: Builder, x: Tensor): Tensor {
  const shape = x.shape;
  const gaps = f.sub(f.reshape(x, [...shape.slice(0, -1), 1, shape[shape.length - 1]]), f.reshape(x, [...shape, 1]));
  const isZero = f.equal(gaps, 0);
  return f.where(isZero, 0, f.div(1, f.where(isZero, 1, gaps)));
}

/** A vector as a diagonal matrix. */
function diagonal(f: Builder, x: Tensor): Tensor {
  const n = x.shape[x.shape.length - 1];
  return f.op("bandPart", [f.broadcastTo(f.reshape(x, [...x.shape, 1]), [...x.shape, n])], { lower: 0, upper: 0 });
}

function eighGrad(s: GradSite): Tensor {
  const { f } = s;
  const [e, v, de, dv] = [s.output(0), s.output(1), s.dyOf(0), s.dyOf(1)];
  if (s.shape(0).includes(0)) return f.zeros(s.type(0));
  const inner = f.add(diagonal(f, de), f.mul(inverseGaps(f, e), f.matMul(v, dv, true)));
  const da = f.matMul(f.matMul(v, inner), v, false, true);
  return lowerOfSum(f, da);
}

export const eigh = defineOp({
  name: "eigh",
  arity: 1,
  dtypes: FLOATING,
  flags: ["pure"],
  doc: "Eigenvalues of symmetric matrices in ascending order, and eigenvectors as columns: x [...B, N, N] → [...B, N], [...B, N, N]. Reads the lower triangle of x alone, and the gradient is there. The largest element of an eigenvector is positive. Computed in double precision. Equal eigenvalues count as independent in the gradient of eigenvectors, which has no value there.",
  infer: ([x], _, name) => {
    squareDim(name, x);
    return [
      { dtype: x.dtype, shape: x.shape.slice(0, -1) },
      { dtype: x.dtype, shape: x.shape },
    ];
  },
  reference: ([x], [values, vectors]) => {
    const n = x.shape.at(-1) as number;
    eachMatrix([x], [values, vectors], [1, 2], ([a], [e, out]) => {
      for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[j * n + i] = a[i * n + j];
      const v = new Float64Array(n * n);
      const scale = scaleOf(a);
      for (let i = 0; i < a.length; i++) a[i] /= scale;
      diagonalize(a, n, v);
      if (Number.isNaN(scale)) v.fill(NaN);
      const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[i * n + i] - a[j * n + j] || i - j);
      for (const [k, i] of order.entries()) {
        e[k] = a[i * n + i] * scale;
        const sign = pointsDown(v, n, i) ? -1 : 1;
        for (let r = 0; r < n; r++) out[r * n + k] = sign * v[i * n + r];
      }
    });
  },
  grad: [eighGrad],
  batch: "leading",
  samples: () =>
    matrixSamples([
      { name: "matrix", inputs: [matrix([3, 3], [4, 9, 9, 2, 5, 9, -2, 1, 6])] },
      { name: "two", inputs: [matrix([2, 2, 2], [2, 1, 1, 2, 0, 3, 3, 2])] },
      { name: "diagonal", inputs: [matrix([2, 2], [3, 0, 0, -1])] },
      { name: "nothing", inputs: [matrix([0, 0], [])] },
    ]),
  errors: shapeErrors({ vector: [[3]], "not square": [[2, 3]] }),
});

/** Turns rows of u (n of length m, contiguous) until each two are orthogonal, and rows of v with them. */
function orthogonalize(u: Float64Array, n: number, m: number, v: Float64Array): void {
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let round = 0, turned = true; turned && round < ROUNDS; round++) {
    turned = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        let [alpha, beta, gamma] = [0, 0, 0];
        for (let k = 0; k < m; k++) {
          const [x, y] = [u[p * m + k], u[q * m + k]];
          alpha += x * x;
          beta += y * y;
          gamma += x * y;
        }
        if (!(Math.abs(gamma) > 1e-15 * Math.sqrt(alpha) * Math.sqrt(beta))) continue;
        turned = true;
        const [c, s] = rotation((beta - alpha) / (2 * gamma));
        turn(u, m, p, q, c, s);
        turn(v, n, p, q, c, s);
      }
    }
  }
}

/** A row of length 1 that is orthogonal to `done` others: what is left of the unit vector that keeps most. */
function completed(rows: readonly Float64Array[], m: number): Float64Array {
  let best = new Float64Array(m);
  let most = -1;
  for (let axis = 0; axis < m; axis++) {
    const x = new Float64Array(m);
    x[axis] = 1;
    for (let twice = 0; twice < 2; twice++) {
      for (const row of rows) {
        let dot = 0;
        for (let k = 0; k < m; k++) dot += row[k] * x[k];
        for (let k = 0; k < m; k++) x[k] -= dot * row[k];
      }
    }
    let sum = 0;
    for (const value of x) sum += value * value;
    if (sum <= most * (1 + 1e-9)) continue;
    most = sum;
    best = x.map((value) => value / Math.sqrt(sum));
  }
  return best;
}

/** Singular values in descending order, with rows of `left` (k of length m) and `right` (k of length n), k = n ≤ m. */
function singularValues(u: Float64Array, n: number, m: number): { s: number[]; left: Float64Array[]; right: Float64Array[] } {
  const scale = scaleOf(u);
  const scaled = u.map((x) => x / scale);
  const v = new Float64Array(n * n);
  orthogonalize(scaled, n, m, v);
  if (Number.isNaN(scale)) v.fill(NaN);
  const norms = Array.from({ length: n }, (_, i) => Math.sqrt(scaled.subarray(i * m, (i + 1) * m).reduce((sum, x) => sum + x * x, 0)));
  const order = norms.map((_, i) => i).sort((i, j) => norms[j] - norms[i] || i - j);
  const [left, right]: [Float64Array[], Float64Array[]] = [[], []];
  for (const i of order) {
    const sign = pointsDown(v, n, i) ? -1 : 1;
    right.push(v.slice(i * n, (i + 1) * n).map((x) => sign * x));
    left.push(norms[i] === 0 ? completed(left, m) : scaled.slice(i * m, (i + 1) * m).map((x) => (sign * x) / norms[i]));
  }
  return { s: order.map((i) => norms[i] * scale), left, right };
}

/** The parts of du and dv inside of the factors' spaces, and those outside. */
function svdGrad(site: GradSite): Tensor {
  const { f } = site;
  const [s, u, v] = [site.output(0), site.output(1), site.output(2)];
  const [ds, du, dv] = [site.dyOf(0), site.dyOf(1), site.dyOf(2)];
  if (site.shape(0).includes(0)) return f.zeros(site.type(0));
  const shape = s.shape;
  const gaps = inverseGaps(f, f.square(s));
  const symmetric = (x: Tensor): Tensor => f.add(x, transposed(f, x));
  const [udu, vdv] = [f.matMul(u, du, true), f.matMul(v, dv, true)];
  const asRow = f.reshape(s, [...shape.slice(0, -1), 1, shape[shape.length - 1]]);
  const asColumn = f.reshape(s, [...shape, 1]);
  const turned = f.add(f.mul(symmetric(f.mul(gaps, udu)), asRow), f.mul(asColumn, symmetric(f.mul(gaps, vdv))));
  const isZero = f.equal(s, 0);
  const inverse = f.where(isZero, 0, f.div(1, f.where(isZero, 1, s)));
  const over = f.reshape(inverse, [...shape.slice(0, -1), 1, shape[shape.length - 1]]);
  const outside = (x: Tensor, dx: Tensor, inner: Tensor): Tensor => f.mul(f.sub(dx, f.matMul(x, inner)), over);
  const inside = f.matMul(f.matMul(u, f.add(turned, diagonal(f, ds))), v, false, true);
  const [left, right] = [f.matMul(outside(u, du, udu), v, false, true), f.matMul(u, outside(v, dv, vdv), false, true)];
  return f.add(inside, f.add(left, right));
}

export const svd = defineOp({
  name: "svd",
  arity: 1,
  dtypes: FLOATING,
  flags: ["pure"],
  doc: "Singular values in descending order with x = u · diag(s) · vᵀ: x [...B, M, N] → s [...B, P], u [...B, M, P], v [...B, N, P], P = min(M, N). The largest element of each column of v (of u, where M < N) is positive. Computed in double precision. Equal singular values count as independent in the gradients of u and v, which have no value there.",
  infer: ([x], _, name) => {
    const { dtype, shape } = x;
    const [m, n] = matrixDims(name, x);
    const [p, lead] = [lesser(name, m, n), shape.slice(0, -2)];
    return [
      { dtype, shape: [...lead, p] },
      { dtype, shape: [...lead, m, p] },
      { dtype, shape: [...lead, n, p] },
    ];
  },
  reference: ([x], [values, left, right]) => {
    const [m, n] = x.shape.slice(-2);
    const [high, low] = [Math.max(m, n), Math.min(m, n)];
    eachMatrix([x], [values, left, right], [1, 2, 2], ([a], [s, u, v]) => {
      // Rows of length `high`: columns of x, or its rows where it is wide.
      const rows = new Float64Array(low * high);
      for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) rows[m >= n ? j * high + i : i * high + j] = a[i * n + j];
      const found = singularValues(rows, low, high);
      const [long, short] = m >= n ? [u, v] : [v, u];
      s.set(found.s);
      for (let k = 0; k < low; k++) {
        for (let i = 0; i < high; i++) long[i * low + k] = found.left[k][i];
        for (let i = 0; i < low; i++) short[i * low + k] = found.right[k][i];
      }
    });
  },
  grad: [svdGrad],
  batch: "leading",
  samples: () =>
    matrixSamples([
      { name: "square", inputs: [matrix([3, 3], [1, 3, 2, -2, 0, 7, 8, -9, 4])] },
      { name: "high", inputs: [matrix([3, 2], [1, 2, 3, -3, -2, 1])] },
      { name: "wide", inputs: [matrix([2, 3], [1, 2, 3, -3, -2, 1])] },
      { name: "two", inputs: [matrix([2, 2, 2], [-1, -3, 2, 4, 1, 3, -2, -3])] },
      { name: "of rank 1", inputs: [matrix([3, 2], [1, 0, 0, 0, 0, 0])] },
      { name: "nothing", inputs: [matrix([2, 0], [])] },
    ]),
  errors: shapeErrors({ vector: [[3]] }),
});
