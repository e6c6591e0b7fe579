/**
 * Complex numbers: from real and imaginary parts, and back. Arithmetic, sums, matMul, comparison for equality and everything that moves
 * elements take complex64 as well; what does not says E_DTYPE.
 *
 * Gradients follow TensorFlow: of a real loss L, the gradient with respect to z = x + iy is ∂L/∂x + i·∂L/∂y.
 */

import { ShapeError } from "../core/errors.ts";
import { mayBeSameShape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1, castTo } from "../dispatch/dispatch.ts";
import { tidied } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import { type TensorLike, toTensor } from "./convert.ts";
import { zerosLike } from "./create.ts";
import { clone } from "./elementwise.ts";
import { dimsOf } from "./shape.ts";

/**
 * real + imag · i as complex64. Both have one shape; integers count as float32, float64 is refused (E_DTYPE), since it would lose
 * precision. Errors: E_SHAPE, E_DTYPE.
 */
export const complex = tidied("complex", (real: TensorLike, imag: TensorLike): Tensor => {
  const [re, im] = [part(real, "real"), part(imag, "imag")];
  if (!mayBeSameShape(dimsOf(re), dimsOf(im))) {
    throw new ShapeError(
      `complex: real and imag shapes, ${showShape(dimsOf(re))} and ${showShape(dimsOf(im))}, must match in call to complex().`,
      { hint: "Use broadcastTo() or zerosLike()." },
    );
  }
  return apply1(ops.complex, [re, im]);
});

/** Numbers without a dtype are as precise as the result. */
function part(x: TensorLike, name: string): Tensor {
  const t = toTensor(x, "complex", name);
  return t.weak ? castTo(t, "float32", false) : t;
}

/** Real parts: float32 of complex64; a real tensor is its own real part. */
export const real = tidied("real", (input: TensorLike): Tensor => {
  const x = toTensor(input, "real", "input");
  return x.dtype === "complex64" || x.dtype === "string" ? apply1(ops.real, [x]) : clone(x);
});

/** Imaginary parts: float32 of complex64; zeros of a real tensor. */
export const imag = tidied("imag", (input: TensorLike): Tensor => {
  const x = toTensor(input, "imag", "input");
  return x.dtype === "complex64" ? apply1(ops.imag, [x]) : zerosLike(x);
});

/** Conjugates: the imaginary parts change sign; a real tensor stays as it is. */
export const conj = tidied("conj", (input: TensorLike): Tensor => {
  const x = toTensor(input, "conj", "input");
  return x.dtype === "complex64" || x.dtype === "string" ? apply1(ops.conj, [x]) : clone(x);
});
