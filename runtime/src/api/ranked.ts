/** TensorFlow.js's functions for tensors of a certain rank: E_SHAPE for any other. */
import { ArgumentError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { tidied } from "../eager/scope.ts";
import { describe, type TensorLike, toTensor } from "./convert.ts";
import { checkRank } from "./indices.ts";
import { concat } from "./join.ts";
import { pad, reverse } from "./shape.ts";
import { slice } from "./slice.ts";

function ranked(x: TensorLike, rank: number, fn: string, arg?: string): Tensor {
  const input = toTensor(x, fn, arg);
  checkRank(input, rank, fn, arg);
  return input;
}

type Concat = (tensors: readonly TensorLike[], axis: number) => Tensor;
type Slice = (x: TensorLike, begin: readonly number[], size: readonly number[]) => Tensor;
type Pad = (x: TensorLike, paddings: readonly (readonly [number, number])[], constantValue?: number) => Tensor;
type Reverse = (x: TensorLike, axis?: number | readonly number[]) => Tensor;

function concatOf(rank: number): Concat {
  const fn = `concat${rank}d`;
  return tidied<Concat>(fn, (tensors, axis) => {
    if (!Array.isArray(tensors)) throw new ArgumentError(`${fn}: tensors must be an array, but is ${describe(tensors)}.`);
    return concat(
      (tensors as readonly TensorLike[]).map((t, i) => ranked(t, rank, fn, `tensors[${i}]`)),
      axis,
    );
  });
}

function sliceOf(rank: number): Slice {
  return tidied<Slice>(`slice${rank}d`, (x, begin, size) => slice(ranked(x, rank, `slice${rank}d`), begin, size));
}

function padOf(rank: number): Pad {
  return tidied<Pad>(`pad${rank}d`, (x, paddings, constantValue = 0) => pad(ranked(x, rank, `pad${rank}d`), paddings, constantValue));
}

function reverseOf(rank: number): Reverse {
  return tidied<Reverse>(`reverse${rank}d`, (x, axis) => reverse(ranked(x, rank, `reverse${rank}d`), axis));
}

/** concat of vectors. */
export const concat1d = (tensors: readonly TensorLike[]): Tensor => concatOf(1)(tensors, 0);
/** concat of matrices. */
export const concat2d: Concat = concatOf(2);
/** concat of tensors of rank 3. */
export const concat3d: Concat = concatOf(3);
/** concat of tensors of rank 4. */
export const concat4d: Concat = concatOf(4);

/** slice of a vector. */
export const slice1d = (x: TensorLike, begin: number, size: number): Tensor => sliceOf(1)(x, [begin], [size]);
/** slice of a matrix. */
export const slice2d: Slice = sliceOf(2);
/** slice of a tensor of rank 3. */
export const slice3d: Slice = sliceOf(3);
/** slice of a tensor of rank 4. */
export const slice4d: Slice = sliceOf(4);

/** pad of a vector by [before, after]. */
export const pad1d = (x: TensorLike, paddings: readonly [number, number], constantValue = 0): Tensor =>
  padOf(1)(x, [paddings], constantValue);
/** pad of a matrix. */
export const pad2d: Pad = padOf(2);
/** pad of a tensor of rank 3. */
export const pad3d: Pad = padOf(3);
/** pad of a tensor of rank 4. */
export const pad4d: Pad = padOf(4);

/** reverse of a vector. */
export const reverse1d = (x: TensorLike): Tensor => reverseOf(1)(x, 0);
/** reverse of a matrix. */
export const reverse2d: Reverse = reverseOf(2);
/** reverse of a tensor of rank 3. */
export const reverse3d: Reverse = reverseOf(3);
/** reverse of a tensor of rank 4. */
export const reverse4d: Reverse = reverseOf(4);
