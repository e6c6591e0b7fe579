/** Parts of tensors by position. Out of range is an error with the first bad index; nothing is clamped except in stridedSlice. */
import { type DType, isFloating, promoteWeak } from "../core/dtype.ts";
import { ArgumentError, DTypeError, IndexError, ShapeError } from "../core/errors.ts";
import { type Dim, MAX_RANK, normalizeAxis, showShape } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import { apply1, interpreter, settle } from "../dispatch/dispatch.ts";
import { discard } from "../eager/memory.ts";
import { tidied } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import { checkDType, checkInt, checkInts, describe, fromValues, type TensorLike, toTensor } from "./convert.ts";
import { narrowed } from "./indices.ts";
import { broadcastTo, dimsOf, reshape, shapeAttr } from "./shape.ts";

/**
 * `size` elements from `begin` on, per axis. A number, or a list shorter than the rank, is about the first axes; a missing size,
 * or −1, means all that is left. E_SHAPE where the part does not lie inside.
 */
export const slice = tidied("slice", (x: TensorLike, begin: number | readonly number[], size?: number | readonly number[]): Tensor => {
  const input = toTensor(x, "slice");
  const from = perAxis(begin, input.rank, "slice: begin", 0);
  const count = perAxis(size ?? [], input.rank, "slice: size", -1);
  if (input.symbol === null) for (const [i, n] of count.entries()) if (n === -1) count[i] = Math.max(input.shape[i] - from[i], -2);
  return apply1(ops.slice, [input], { begin: from, size: count });
});

function perAxis(value: number | readonly number[], rank: number, what: string, rest: number): number[] {
  const list = checkInts(typeof value === "number" ? [value] : value, what);
  if (list.length > rank) throw new ShapeError(`${what} has ${list.length} entries for a tensor of rank ${rank}.`);
  while (list.length < rank) list.push(rest);
  return list;
}

/**
 * x[begin:end:strides] with Python's rules: negative positions count from the end, ranges are cut to the tensor. The masks are
 * TensorFlow's, bit i for entry i: begin/end ignored, an ellipsis, a new axis of length 1, an axis taken at one index and dropped.
 */
export const stridedSlice = tidied(
  "stridedSlice",
  (
    x: TensorLike,
    begin: readonly number[],
    end: readonly number[],
    strides?: readonly number[],
    beginMask = 0,
    endMask = 0,
    ellipsisMask = 0,
    newAxisMask = 0,
    shrinkAxisMask = 0,
  ): Tensor => {
    const input = toTensor(x, "stridedSlice");
    const dims = dimsOf(input);
    const [starts, ends] = [checkInts(begin, "stridedSlice: begin"), checkInts(end, "stridedSlice: end")];
    const steps = checkInts(strides ?? starts.map(() => 1), "stridedSlice: strides");
    if (starts.length !== ends.length || starts.length !== steps.length) {
      throw new ShapeError(`stridedSlice: begin, end and strides have ${starts.length}, ${ends.length} and ${steps.length} entries.`);
    }
    for (const [name, mask] of Object.entries({ beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask })) {
      checkInt(mask, `stridedSlice: ${name}`, 0);
    }
    const bit = (mask: number, i: number) => (mask & (1 << i)) !== 0;
    const used = starts.filter((_, i) => !bit(newAxisMask, i) && !bit(ellipsisMask, i)).length;
    if (used > dims.length) throw new ShapeError(`stridedSlice: ${used} entries for shape ${showShape(dims)} of rank ${dims.length}.`);
    const out: { begin: number[]; size: number[]; strides: number[]; shape: number[] } = { begin: [], size: [], strides: [], shape: [] };
    const whole = (count: number) => {
      for (let k = 0; k < count; k++) {
        const length = knownLength(dims, out.begin.length);
        push(out, 0, length, 1);
        out.shape.push(length);
      }
    };
    for (let i = 0; i < starts.length; i++) {
      if (bit(ellipsisMask, i)) whole(dims.length - used);
      else if (bit(newAxisMask, i)) out.shape.push(1);
      else {
        const length = knownLength(dims, out.begin.length);
        const step = steps[i];
        if (step === 0) throw new ShapeError(`stridedSlice: strides[${i}] is 0.`);
        if (bit(shrinkAxisMask, i)) push(out, oneIndex(starts[i], length, out.begin.length), 1, 1);
        else {
          const range = cutRange(bit(beginMask, i) ? null : starts[i], bit(endMask, i) ? null : ends[i], step, length);
          push(out, range.from, range.count, step);
          out.shape.push(range.count);
        }
      }
    }
    whole(dims.length - out.begin.length);
    const part = apply1(ops.stridedSlice, [input], { begin: out.begin, size: out.size, strides: out.strides });
    return reshape(part, out.shape);
  },
);

function push(out: { begin: number[]; size: number[]; strides: number[] }, begin: number, size: number, stride: number): void {
  out.begin.push(begin);
  out.size.push(size);
  out.strides.push(stride);
}

function knownLength(dims: readonly Dim[], axis: number): number {
  const d = dims[axis];
  if (typeof d !== "number") throw new ShapeError(`stridedSlice: the length of axis ${axis} of ${showShape(dims)} is not known here.`);
  return d;
}

function oneIndex(i: number, length: number, axis: number): number {
  if (i < -length || i >= length) throw new IndexError(`stridedSlice: index ${i} is out of range for axis ${axis} of length ${length}.`);
  return i < 0 ? i + length : i;
}

function cutRange(begin: number | null, end: number | null, step: number, length: number): { from: number; count: number } {
  const clamp = (p: number) => (step > 0 ? Math.min(Math.max(p, 0), length) : Math.min(Math.max(p, -1), length - 1));
  const at = (p: number) => clamp(p < 0 ? p + length : p);
  const from = begin === null ? (step > 0 ? 0 : length - 1) : at(begin);
  const to = end === null ? (step > 0 ? length : -1) : at(end);
  const count = Math.max(0, Math.ceil((to - from) / step));
  return { from: count === 0 ? 0 : from, count };
}

/** An index operand: whole numbers become int32; those of floating and int64 tensors are checked when it runs. */
function indexTensor(i: TensorLike, fn: string): Tensor {
  if (typeof i === "number") {
    if (i !== (i | 0)) throw new IndexError(`${fn}: ${i} is not a valid index.`, { hint: "An index is a whole number." });
    return interpreter().constant(i, "int32", false);
  }
  if (Array.isArray(i)) return checkedIndices(i, fn);
  const t = toTensor(i, fn, "indices");
  return isFloating(t.dtype) ? apply1(ops.toIndex, [t]) : narrowed(t);
}

/** Slices of x along an axis, picked by int32 indices 0..N−1 (E_INDEX otherwise); the first `batchDims` axes of both run along (negative: counted from the rank of the indices). */
export const gather = tidied("gather", (x: TensorLike, indices: TensorLike, axis = 0, batchDims = 0): Tensor => {
  const input = toTensor(x, "gather");
  const at = Array.isArray(indices)
    ? checkedIndices(indices, "gather")
    : typeof indices === "number"
      ? indexTensor(indices, "gather")
      : narrowed(toTensor(indices, "gather", "indices"));
  const batch = checkInt(batchDims, "gather: batchDims");
  return apply1(ops.gather, [input, at], {
    axis: normalizeAxis(axis, input.rank, "gather: axis"),
    batchDims: batch < 0 ? batch + at.rank : batch,
  });
});

/**
 * Sums of the slices of x [N, ...S] with the same id: ids int32 [N] in any order → [numSegments, ...S], zeros where no id points.
 * Slices of negative ids are left out; E_INDEX for ids ≥ numSegments. Integers keep int32 and wrap around.
 */
export const unsortedSegmentSum = tidied("unsortedSegmentSum", (x: TensorLike, segmentIds: TensorLike, numSegments: number): Tensor => {
  const fn = "unsortedSegmentSum";
  const ids = Array.isArray(segmentIds) ? checkedIndices(segmentIds, fn) : narrowed(toTensor(segmentIds, fn, "segmentIds"));
  return apply1(ops.segmentSum, [toTensor(x, fn), ids], { count: checkInt(numSegments, `${fn}: numSegments`, 0) });
});

/** Nested number arrays as int32, refusing fractions that a cast would hide. */
function checkedIndices(indices: readonly unknown[], fn: string): Tensor {
  for (const i of (indices as unknown[]).flat(MAX_RANK)) {
    if (typeof i === "number" && i !== (i | 0))
      throw new IndexError(`${fn}: ${i} is not a valid index.`, { hint: "An index is a whole number." });
  }
  return fromValues(indices, undefined, "int32", fn);
}

const indexOf = tidied("index", (x: Tensor, i: TensorLike): Tensor => apply1(ops.index, [toTensor(x, "index"), indexTensor(i, "index")]));

/** x[i]: the i-th slice along axis 0. E_INDEX unless 0 ≤ i < N; a floating scalar with a whole value will do. */
export function index(x: Tensor, i: TensorLike): Tensor {
  if (!(x instanceof Tensor) || typeof i !== "number") return indexOf(x, i);
  const at = indexTensor(i, "index");
  try {
    return apply1(ops.index, [x, at]);
  } finally {
    discard(at);
  }
}

/**
 * x with its i-th slice along axis 0 replaced by `value`, which broadcasts to it and is cast to x's dtype where nothing is lost
 * (E_DTYPE otherwise: a fraction does not go into an int32 tensor).
 */
export const setIndex = tidied("setIndex", (x: Tensor, i: TensorLike, value: TensorLike): Tensor => {
  const target = toTensor(x, "setIndex");
  const v = toTensor(value, "setIndex", "value");
  const row = dimsOf(target).slice(1);
  const cast = storedAs(v, target.dtype);
  const fitted = target.rank === 0 || showShape(dimsOf(cast)) === showShape(row) ? cast : broadcastTo(cast, shapeAttr(row, "setIndex"));
  return apply1(ops.setIndex, [target, indexTensor(i, "setIndex"), fitted]);
});

function storedAs(value: Tensor, dtype: DType): Tensor {
  if (promoteWeak(dtype, false, value.dtype, value.weak) !== dtype) {
    throw new DTypeError(`setIndex: a ${value.dtype} value cannot be stored in a ${dtype} tensor.`, {
      hint: "Cast the value, or the tensor.",
    });
  }
  return settle(value, dtype, false);
}

/** indices [...S] → [...S, depth]: onValue at the index, offValue elsewhere. */
export const oneHot = tidied("oneHot", (indices: TensorLike, depth: number, onValue = 1, offValue = 0, dtype: DType = "int32"): Tensor => {
  if (typeof onValue !== "number" || typeof offValue !== "number") {
    throw new ArgumentError(`oneHot: onValue and offValue must be numbers, but are ${describe(onValue)} and ${describe(offValue)}.`);
  }
  const at = indices instanceof Tensor ? narrowed(indices) : fromValues(indices, undefined, "int32", "oneHot");
  return apply1(ops.oneHot, [at], { depth: checkInt(depth, "oneHot: depth", 0), onValue, offValue, dtype: checkDType(dtype, "oneHot") });
});
