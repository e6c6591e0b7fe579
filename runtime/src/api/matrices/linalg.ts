/** `gf.linalg`: factors of matrices and systems of equations. Leading axes are batches. Everything is computed in double precision. */
import { ArgumentError, ShapeError } from "../../core/errors.ts";
import { broadcastDims, type Dims, type Shape, showShape } from "../../core/shape.ts";
import { Tensor } from "../../core/tensor.ts";
import { apply, apply1 } from "../../dispatch/dispatch.ts";
import { allTidied, tidy } from "../../eager/scope.ts";
import * as ops from "../../ops/index.ts";
import { checkInt, type TensorLike, toTensor } from "../convert.ts";
import { div, mul, sub } from "../elementwise.ts";
import { elementsOf, indicesOf } from "../indices.ts";
import { stack, unstack } from "../join.ts";
import { norm, sum } from "../reduce.ts";
import { broadcastTo, dimsOf, transpose } from "../shape.ts";

/** How many diagonals: -1 for all. More than the matrix has are refused, as in TensorFlow.js. */
function diagonals(value: number | TensorLike, most: Dims[number], arg: string): number {
  const n = typeof value === "number" ? value : elementsOf(indicesOf(value, "bandPart", arg), "bandPart")[0];
  checkInt(n, `bandPart: ${arg}`);
  if (typeof most === "number" && n > most)
    throw new ArgumentError(`bandPart: ${arg} is ${n}, but the matrices have ${most} diagonals there.`);
  return Math.max(n, -1);
}

/**
 * Matrices with zeros outside of a band: `numLower` diagonals below the main one and `numUpper` above it, negative for all.
 * Gradient: inside of the band. E_SHAPE below rank 2, E_ARGUMENT for more diagonals than there are.
 */
function bandPart(a: TensorLike, numLower: number | TensorLike, numUpper: number | TensorLike): Tensor {
  const x = toTensor(a, "bandPart", "a");
  const [rows, columns] = dimsOf(x).slice(-2);
  if (x.rank < 2) throw new ShapeError(`bandPart: a has shape ${showShape(dimsOf(x))}, but must have rank 2 or more.`);
  return apply1(ops.bandPart, [x], { lower: diagonals(numLower, rows, "numLower"), upper: diagonals(numUpper, columns, "numUpper") });
}

/**
 * Orthonormal vectors that span what the given ones span, the first in its direction: an array of vectors, or the rows of a matrix. E_SHAPE
 * where lengths differ or there are more vectors than dimensions; vectors that depend on others become NaN.
 */
function gramSchmidt(xs: readonly Tensor[]): Tensor[];
function gramSchmidt(xs: Tensor): Tensor;
function gramSchmidt(xs: readonly Tensor[] | Tensor): Tensor[] | Tensor {
  const fn = "gramSchmidt";
  const isMatrix = xs instanceof Tensor;
  if (!isMatrix && (!Array.isArray(xs) || xs.length === 0)) throw new ArgumentError(`${fn}: xs is empty, but must hold vectors.`);
  return tidy(() => {
    const vectors = isMatrix ? unstack(xs) : Array.from(xs, (x, i) => toTensor(x, fn, `xs[${i}]`));
    const [first] = vectors;
    const dims = first === undefined ? [0] : dimsOf(first);
    const odd = vectors.find((x) => x.rank !== 1 || dimsOf(x)[0] !== dims[0]);
    if (odd !== undefined)
      throw new ShapeError(`${fn}: vectors of shapes ${showShape(dims)} and ${showShape(dimsOf(odd))} are not of one length.`);
    if (typeof dims[0] === "number" && vectors.length > dims[0]) {
      throw new ShapeError(`${fn}: ${vectors.length} vectors of length ${dims[0]} cannot all be orthogonal.`);
    }
    const done: Tensor[] = [];
    for (const x of vectors) {
      // Each step leaves out what the one before left over: more exact than projecting x itself.
      const rest = done.reduce((left, y) => sub(left, mul(sum(mul(y, left)), y)), x);
      done.push(div(rest, norm(rest)));
    }
    return isMatrix ? stack(done) : done;
  });
}

/**
 * Factors x [...B, M, N] = q · r, q with orthonormal columns and r upper triangular: [q, r] of [...B, M, P] and [...B, P, N] with P = min(M, N),
 * or M with `fullMatrices`. Signs are TensorFlow.js's. Gradient: none with fullMatrices where M > N.
 */
function qr(x: TensorLike, fullMatrices = false): [Tensor, Tensor] {
  const [q, r] = apply(ops.qr, [toTensor(x, "qr")], { full: fullMatrices });
  return [q, r];
}

/** The lower triangle L with L · Lᵀ = x, of which the lower triangle is read. E_NOT_POSITIVE_DEFINITE where there is none. */
function cholesky(x: TensorLike): Tensor {
  return apply1(ops.cholesky, [toTensor(x, "cholesky")]);
}

/** Both with the batch axes to which those of the two broadcast. */
function sameBatch(a: Tensor, b: Tensor, fn: string): [Tensor, Tensor] {
  const [x, y] = [dimsOf(a), dimsOf(b)];
  if (x.length < 2 || y.length < 2) {
    throw new ShapeError(`${fn}: matrix ${showShape(x)} and rhs ${showShape(y)} must have rank 2 or more.`, {
      hint: "Use expandDims for one column.",
    });
  }
  const lead = broadcastDims(x.slice(0, -2), y.slice(0, -2));
  if (lead === null) throw new ShapeError(`${fn}: leading axes of ${showShape(x)} and ${showShape(y)} do not broadcast.`);
  const to = (t: Tensor, dims: Dims): Tensor => {
    const want = [...lead, ...dims.slice(-2)];
    return showShape(want) === showShape(dims) ? t : broadcastTo(t, want as Shape);
  };
  return [to(a, x), to(b, y)];
}

/** x in matrix · x = rhs, or matrixᵀ · x = rhs with `adjoint`: [...B, N, N], [...B, N, K] → [...B, N, K]. E_SINGULAR for one without an inverse. */
function solve(matrix: TensorLike, rhs: TensorLike, adjoint = false): Tensor {
  return tidy(() => apply1(ops.solve, sameBatch(toTensor(matrix, "solve", "matrix"), toTensor(rhs, "solve", "rhs"), "solve"), { adjoint }));
}

/** solve for triangular matrices, of which one triangle is read: the lower one, or the upper one. E_SINGULAR for a 0 on the diagonal. */
function triangularSolve(matrix: TensorLike, rhs: TensorLike, lower = true, adjoint = false): Tensor {
  const fn = "triangularSolve";
  return tidy(() =>
    apply1(ops.triangularSolve, sameBatch(toTensor(matrix, fn, "matrix"), toTensor(rhs, fn, "rhs"), fn), { lower, adjoint }),
  );
}

/** The inverse of square matrices, or of their transposes with `adjoint`. E_SINGULAR where there is none. */
function inv(x: TensorLike, adjoint = false): Tensor {
  return tidy(() => {
    const a = toTensor(x, "inv");
    const dims = dimsOf(a);
    if (dims.length < 2) throw new ShapeError(`inv: x has shape ${showShape(dims)}, but must have rank 2 or more.`);
    const dtype = a.dtype === "float64" ? "float64" : "float32";
    const ones = broadcastTo(toTensor([1], "inv").cast(dtype), dims as Shape);
    return apply1(ops.solve, [a, apply1(ops.bandPart, [ones], { lower: 0, upper: 0 })], { adjoint });
  });
}

/** Determinants of square matrices: [...B, N, N] → [...B]. The gradient of a singular one is E_SINGULAR. */
function det(x: TensorLike): Tensor {
  return apply1(ops.det, [toTensor(x, "det")]);
}

/** Eigenvalues of symmetric matrices in ascending order, and eigenvectors as columns; the lower triangle is read. */
function eigh(x: TensorLike): [values: Tensor, vectors: Tensor] {
  const [values, vectors] = apply(ops.eigh, [toTensor(x, "eigh")]);
  return [values, vectors];
}

/** Singular values in descending order and their vectors as columns, [s, u, v] with x = u · diag(s) · vᵀ: P = min(M, N) of each. */
function svd(x: TensorLike): [s: Tensor, u: Tensor, v: Tensor] {
  const [s, u, v] = apply(ops.svd, [toTensor(x, "svd")]);
  return [s, u, v];
}

/** The transpose of the last two axes. */
function matrixTranspose(x: TensorLike): Tensor {
  const a = toTensor(x, "matrixTranspose");
  if (a.rank < 2) throw new ShapeError(`matrixTranspose: x has shape ${showShape(dimsOf(a))}, but must have rank 2 or more.`);
  return transpose(a, [...Array(a.rank - 2).keys(), a.rank - 1, a.rank - 2]);
}

export const linalg = allTidied({ bandPart, gramSchmidt, qr, cholesky, solve, triangularSolve, inv, det, eigh, svd, matrixTranspose });
