/** Functions that rearrange elements. Views (reshape and its kin) share memory; everything else copies. */
import { ShapeError } from "../core/errors.ts";
import { type Dims, isStatic, normalizeAxes, normalizeAxis, type Shape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import { tidied, tidy } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import { checkDims, checkInts, type TensorLike, toTensor } from "./convert.ts";

/** Lengths per axis, symbols included. */
export function dimsOf(t: Tensor): Dims {
  return t.symbol?.dims ?? t.shape;
}

/** A shape attribute for dims of which at most one is symbolic: that one is −1. */
export function shapeAttr(dims: Dims, what: string): Shape {
  const shape = dims.map((d) => (typeof d === "number" ? d : -1));
  if (shape.filter((d) => d === -1).length > 1) throw new ShapeError(`${what}: shape ${showShape(dims)} has more than one unknown length.`);
  return shape;
}

/**
 * The length of an axis as a scalar: for graph functions in which it depends on data, where `x.shape` cannot tell it. A whole number
 * without a dtype, as `x.shape[axis]` is.
 */
export const lengthOf = tidied("lengthOf", (x: TensorLike, axis = 0): Tensor => {
  const input = toTensor(x, "lengthOf");
  return apply1(ops.lengthOf, [input], { axis: normalizeAxis(axis, input.rank, "lengthOf: axis") });
});

/** The same elements under another shape; one length may be −1. Shares memory. */
export const reshape = tidied("reshape", (x: TensorLike, shape: Shape): Tensor => {
  return apply1(ops.reshape, [toTensor(x, "reshape")], { shape: checkDims(shape, "reshape", true) });
});

export const reshapeAs = tidied("reshapeAs", (x: TensorLike, other: Tensor): Tensor => {
  return reshape(x, shapeAttr(dimsOf(toTensor(other, "reshapeAs", "other")), "reshapeAs"));
});

/** Rank 1. */
export const flatten = tidied("flatten", (x: TensorLike): Tensor => {
  const input = toTensor(x, "flatten");
  return reshape(input, [input.symbol === null ? input.size : -1]);
});

/** A new axis of length 1 before `axis`. */
export const expandDims = tidied("expandDims", (x: TensorLike, axis = 0): Tensor => {
  const input = toTensor(x, "expandDims");
  const at = normalizeAxis(axis, input.rank + 1, "expandDims: axis");
  return reshape(input, shapeAttr(dimsOf(input).toSpliced(at, 0, 1), "expandDims"));
});

/** Drops axes of length 1: all of them, also with an empty list, or the given ones (E_SHAPE where one is longer). */
export const squeeze = tidied("squeeze", (x: TensorLike, axes?: readonly number[] | number): Tensor => {
  const axis = Array.isArray(axes) && axes.length === 0 ? undefined : axes;
  const input = toTensor(x, "squeeze");
  const dims = dimsOf(input);
  // Whether an axis goes depends on its length.
  if (axis === undefined && !isStatic(dims))
    return squeeze(
      input,
      [...input.shape.keys()].filter((i) => input.shape[i] === 1),
    );
  const given = axis === undefined ? undefined : normalizeAxes(axis, input.rank);
  const long = given?.find((a) => dims[a] !== 1);
  if (long !== undefined) throw new ShapeError(`squeeze: axis ${long} of ${showShape(dims)} is not of length 1.`);
  return reshape(
    input,
    shapeAttr(
      dims.filter((d, i) => (given === undefined ? d !== 1 : !given.includes(i))),
      "squeeze",
    ),
  );
});

/** Axes in another order; reversed when `perm` is missing. `conjugate`: with the conjugates of complex elements. */
export const transpose = tidied("transpose", (x: TensorLike, perm?: readonly number[] | null, conjugate = false): Tensor => {
  const input = toTensor(x, "transpose");
  if (conjugate && input.dtype === "complex64") return tidy(() => transpose(apply1(ops.conj, [input]), perm));
  const order = perm ?? Array.from({ length: input.rank }, (_, i) => input.rank - 1 - i);
  return apply1(ops.transpose, [input], {
    perm: checkInts(order, "transpose: perm").map((p) => normalizeAxis(p, input.rank, "transpose: perm")),
  });
});

/** Repeats axes of length 1, and adds leading ones, until the shape is reached. */
export const broadcastTo = tidied("broadcastTo", (x: TensorLike, shape: Shape): Tensor => {
  return apply1(ops.broadcastTo, [toTensor(x, "broadcastTo")], { shape: checkDims(shape, "broadcastTo") });
});

/** Repeats the tensor reps[i] times along axis i. */
export const tile = tidied("tile", (x: TensorLike, reps: readonly number[]): Tensor => {
  return apply1(ops.tile, [toTensor(x, "tile")], { reps: checkInts(reps, "tile: reps") });
});

/** Opposite order along the given axes, or along all. */
export const reverse = tidied("reverse", (x: TensorLike, axis?: number | readonly number[]): Tensor => {
  const input = toTensor(x, "reverse");
  return apply1(ops.reverse, [input], { axes: normalizeAxes(axis, input.rank) });
});

/** Adds [before, after] elements of `constantValue` around each axis. */
export const pad = tidied("pad", (x: TensorLike, paddings: readonly (readonly [number, number])[], constantValue = 0): Tensor => {
  const pairs = Array.isArray(paddings) ? paddings : [];
  const flat = pairs.flatMap((pair, i) => {
    const list = checkInts(pair, `pad: paddings[${i}]`);
    if (list.length !== 2) throw new ShapeError(`pad: paddings[${i}] has ${list.length} entries, but must be [before, after].`);
    return list;
  });
  return apply1(ops.pad, [toTensor(x, "pad")], { paddings: flat, value: constantValue });
});

/** Running sum along an axis; `exclusive` leaves out the element itself, `reverse` starts at the end. */
export const cumsum = tidied("cumsum", (x: TensorLike, axis = 0, exclusive = false, reversed = false): Tensor => {
  const input = toTensor(x, "cumsum");
  return apply1(ops.cumsum, [input], { axis: normalizeAxis(axis, input.rank, "cumsum: axis"), exclusive, reverse: reversed });
});

/** Running product along an axis. */
export const cumprod = tidied("cumprod", (x: TensorLike, axis = 0, exclusive = false, reversed = false): Tensor => {
  const input = toTensor(x, "cumprod");
  return apply1(ops.cumprod, [input], { axis: normalizeAxis(axis, input.rank, "cumprod: axis"), exclusive, reverse: reversed });
});
