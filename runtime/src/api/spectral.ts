/**
 * `gf.spectral`: discrete Fourier transforms over the last axis, of any length. Results are complex64 (float32 for irfft), computed in
 * double precision; gradients flow through all of them.
 */
import { DTypeError, ShapeError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1, castTo } from "../dispatch/dispatch.ts";
import { tidied } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import { conj, real } from "./complex.ts";
import { checkInt, type TensorLike, toTensor } from "./convert.ts";
import { concat } from "./join.ts";
import { dimsOf, pad, reverse } from "./shape.ts";
import { slice } from "./slice.ts";

/** y[k] = Σ x[j] · e^(−2πi·jk/n) over the last axis, n long. Real tensors count as complex; E_DTYPE for float64, E_SHAPE for a scalar. */
export const fft = tidied("fft", (input: TensorLike): Tensor => {
  return apply1(ops.fft, [toTensor(input, "fft", "input")]);
});

/** The inverse of fft. */
export const ifft = tidied("ifft", (input: TensorLike): Tensor => {
  return apply1(ops.ifft, [toTensor(input, "ifft", "input")]);
});

/** Length of the last axis; E_SHAPE for a scalar and for a length that only a run knows. */
function lastLength(x: Tensor, fn: string): number {
  const n = dimsOf(x).at(-1);
  if (typeof n === "number") return n;
  throw new ShapeError(`${fn}: the last axis of ${showShape(dimsOf(x))} must have a known length.`);
}

/** Elements from `from` on of the last axis, `count` of them. */
function columns(x: Tensor, from: number, count: number): Tensor {
  const axes = dimsOf(x).length;
  const along = (last: number, others: number): number[] => Array.from({ length: axes }, (_, i) => (i === axes - 1 ? last : others));
  return slice(x, along(from, 0), along(count, -1));
}

/**
 * The first ⌊n / 2⌋ + 1 elements of the transform of a real float32 tensor; the others are their conjugates. `fftLength`: elements of the
 * last axis that take part; missing ones are zeros. E_DTYPE, E_SHAPE, E_ARGUMENT.
 */
export const rfft = tidied("rfft", (input: TensorLike, fftLength?: number | null): Tensor => {
  const given = toTensor(input, "rfft", "input");
  if (given.dtype === "complex64") throw new DTypeError("rfft: the input must be real, but is complex64.", { hint: "Use fft()." });
  const own = lastLength(given, "rfft");
  const n = fftLength === undefined || fftLength === null ? own : checkInt(fftLength, "rfft: fftLength", 1);
  const axes = dimsOf(given).length;
  const missing = Array.from({ length: axes }, (_, i): [number, number] => [0, i === axes - 1 ? n - own : 0]);
  const x = n < own ? columns(given, 0, n) : n > own ? pad(given, missing) : given;
  return columns(fft(x), 0, Math.floor(n / 2) + 1);
});

/**
 * The inverse of rfft for an even length: [...S, m] → float32 [...S, 2·(m − 1)]; a last axis of length 1 stays as long, as in
 * TensorFlow.js. E_DTYPE, E_SHAPE.
 */
export const irfft = tidied("irfft", (input: TensorLike): Tensor => {
  const given = toTensor(input, "irfft", "input");
  const x = given.dtype === "float64" ? given : castTo(given, "complex64", false);
  const m = lastLength(x, "irfft");
  if (m <= 2) return real(ifft(x));
  const axis = dimsOf(x).length - 1;
  return real(ifft(concat([x, conj(reverse(columns(x, 1, m - 2), axis))], axis)));
});
