/** Products of vectors and matrices. */

import { promoteWeak } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1, castTo } from "../dispatch/dispatch.ts";
import { tidied } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import { type TensorLike, toTensor } from "./convert.ts";
import { dimsOf, reshape, shapeAttr } from "./shape.ts";

/** Matrix product over the last two axes; leading axes broadcast. E_SHAPE where lengths differ or a rank is below 2. */
export const matMul = tidied("matMul", (a: TensorLike, b: TensorLike, transposeA = false, transposeB = false): Tensor => {
  const [x, y] = [toTensor(a, "matMul", "a"), toTensor(b, "matMul", "b")];
  const product = (u: Tensor, v: Tensor): Tensor => apply1(ops.matMul, [u, v], { transposeA, transposeB });
  if (x.dtype !== "complex64" && y.dtype !== "complex64") return product(x, y);
  const common = promoteWeak(x.dtype, x.weak, y.dtype, y.weak);
  const [u, v] = [castTo(x, common, false), castTo(y, common, false)];
  const parts = (t: Tensor): [Tensor, Tensor] => [apply1(ops.real, [t]), apply1(ops.imag, [t])];
  const [[ur, ui], [vr, vi]] = [parts(u), parts(v)];
  const re = apply1(ops.sub, [product(ur, vr), product(ui, vi)]);
  return apply1(ops.complex, [re, apply1(ops.add, [product(ur, vi), product(ui, vr)])]);
});

/** Product of vectors and matrices: vector·vector is a scalar, matrix·vector and vector·matrix are vectors. */
export const dot = tidied("dot", (t1: TensorLike, t2: TensorLike): Tensor => {
  const [a, b] = [toTensor(t1, "dot", "t1"), toTensor(t2, "dot", "t2")];
  if (a.rank < 1 || a.rank > 2 || b.rank < 1 || b.rank > 2) {
    throw new ShapeError(`dot: operands of shapes ${showShape(dimsOf(a))} and ${showShape(dimsOf(b))} must have rank 1 or 2.`);
  }
  const product = matMul(a.rank === 1 ? reshape(a, [1, -1]) : a, b.rank === 1 ? reshape(b, [-1, 1]) : b);
  const dims = dimsOf(product);
  return reshape(product, shapeAttr([...(a.rank === 1 ? [] : dims.slice(0, 1)), ...(b.rank === 1 ? [] : dims.slice(1))], "dot"));
});

/** All products of the elements of two vectors: [M], [N] → [M, N]. */
export const outerProduct = tidied("outerProduct", (v1: TensorLike, v2: TensorLike): Tensor => {
  const [a, b] = [toTensor(v1, "outerProduct", "v1"), toTensor(v2, "outerProduct", "v2")];
  if (a.rank !== 1 || b.rank !== 1) {
    throw new ShapeError(`outerProduct: operands of shapes ${showShape(dimsOf(a))} and ${showShape(dimsOf(b))} must have rank 1.`);
  }
  return matMul(reshape(a, [-1, 1]), reshape(b, [1, -1]));
});
