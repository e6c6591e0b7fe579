/** Putting tensors together and taking them apart. */
import { ArgumentError, MemoryError, ShapeError } from "../core/errors.ts";
import { normalizeAxis, showShape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import { tidied } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import { listIn } from "../trace/elements.ts";
import { join, stack as stackList } from "../trace/list.ts";
import { checkInt, checkInts, describe, type TensorLike, toTensor } from "./convert.ts";
import { clone } from "./elementwise.ts";
import { broadcastTo, dimsOf, expandDims, reshape, shapeAttr, squeeze } from "./shape.ts";
import { slice } from "./slice.ts";

function tensorList(tensors: unknown, fn: string): Tensor[] {
  if (!Array.isArray(tensors)) throw new ArgumentError(`${fn}: tensors must be an array, but is ${describe(tensors)}.`);
  if (tensors.length === 0) throw new ArgumentError(`${fn}: needs at least one tensor.`);
  const given: readonly unknown[] = tensors;
  const list = new Array<Tensor>(given.length);
  for (let i = 0; i < list.length; i++) {
    const t = given[i];
    list[i] = isTensor(t) ? t : toTensor(t, fn, `tensors[${i}]`);
  }
  return list;
}

/** Tensors one after the other along an axis. Dtypes are promoted; all other axes must agree (E_SHAPE). */
export const concat = tidied("concat", (tensors: readonly TensorLike[], axis = 0): Tensor => {
  const held = listIn(tensors);
  if (held !== undefined) return join(held, normalizeAxis(axis, dimsOf(held).length, "concat: axis"));
  const list = tensorList(tensors, "concat");
  const at = normalizeAxis(axis, list[0].rank, "concat: axis");
  return list.length === 1 ? clone(list[0]) : apply1(ops.concat, list, { axis: at });
});

/** Tensors of one shape along a new axis. */
export const stack = tidied("stack", (tensors: readonly TensorLike[], axis = 0): Tensor => {
  const held = listIn(tensors);
  if (held !== undefined) return stackList(held, normalizeAxis(axis, dimsOf(held).length + 1, "stack: axis"));
  const list = tensorList(tensors, "stack");
  const rank = list[0].rank;
  for (const t of list) {
    const [a, b] = [showShape(dimsOf(list[0])), showShape(dimsOf(t))];
    if (a !== b) throw new ShapeError(`stack: shapes ${a} and ${b} differ.`);
  }
  const at = normalizeAxis(axis, rank + 1, "stack: axis");
  return concat(
    list.map((t) => expandDims(t, at)),
    at,
  );
});

/** The slices along an axis, without it. The length of the axis must be known. */
export const unstack = tidied("unstack", (x: TensorLike, axis = 0): Tensor[] => {
  const input = toTensor(x, "unstack");
  const at = normalizeAxis(axis, input.rank, "unstack: axis");
  const n = dimsOf(input)[at];
  if (typeof n !== "number") throw new ShapeError(`unstack: the length of axis ${at} of ${showShape(dimsOf(input))} is not known here.`);
  checkParts(n, "unstack");
  return split(
    input,
    Array.from({ length: n }, () => 1),
    at,
  ).map((part) => squeeze(part, [at]));
});

/** Parts along an axis: a number of equal ones, or the given sizes, one of which may be −1. */
export const split = tidied("split", (x: TensorLike, numOrSizeSplits: number | readonly number[], axis = 0): Tensor[] => {
  const input = toTensor(x, "split");
  const at = normalizeAxis(axis, input.rank, "split: axis");
  const n = dimsOf(input)[at];
  if (typeof n !== "number") throw new ShapeError(`split: the length of axis ${at} of ${showShape(dimsOf(input))} is not known here.`);
  const sizes = splitSizes(numOrSizeSplits, n);
  let from = 0;
  return sizes.map((size) => {
    const begin = dimsOf(input).map((_, i) => (i === at ? from : 0));
    from += size;
    return slice(
      input,
      begin,
      dimsOf(input).map((_, i) => (i === at ? size : -1)),
    );
  });
});

/** Each part is a tensor, also where it is empty: beyond this many V8's heap is full. */
const MOST_PARTS = 2 ** 22;

function checkParts(count: number, fn: string): void {
  if (count > MOST_PARTS) throw new MemoryError(`${fn}: ${count} parts are over the limit of 2^22.`, { hint: "Use slice() or gather()." });
}

function splitSizes(numOrSizes: number | readonly number[], n: number): number[] {
  if (!Array.isArray(numOrSizes)) {
    const count = checkInt(numOrSizes, "split: the number of parts", 1);
    if (n % count !== 0) throw new ShapeError(`split: length ${n} cannot be split into ${count} equal parts.`);
    checkParts(count, "split");
    return Array.from({ length: count }, () => n / count);
  }
  const sizes = checkInts(numOrSizes, "split: sizes");
  const known = sizes.reduce((sum, s) => (s === -1 ? sum : sum + s), 0);
  const full = sizes.filter((s) => s === -1).length === 1 ? sizes.map((s) => (s === -1 ? n - known : s)) : sizes;
  if (full.some((s) => s < 0) || full.reduce((a, b) => a + b, 0) !== n) {
    throw new ShapeError(`split: sizes ${showShape(sizes)} do not add up to length ${n}.`);
  }
  return full;
}

/** Coordinate matrices of two vectors: "xy" gives [y, x] shapes, "ij" gives [x, y]. One argument gives one vector. */
export const meshgrid = tidied("meshgrid", (x?: TensorLike, y?: TensorLike, options: { indexing?: "xy" | "ij" } = {}): Tensor[] => {
  const indexing = (options as typeof options | null)?.indexing ?? "xy";
  if (indexing !== "xy" && indexing !== "ij")
    throw new ArgumentError(`meshgrid: indexing must be "xy" or "ij", but is ${describe(indexing)}.`);
  if (x === undefined) return [];
  const a = toTensor(x, "meshgrid");
  if (y === undefined) return [a];
  const b = toTensor(y, "meshgrid", "y");
  const [w, h] = [shapeAttr(dimsOf(a), "meshgrid"), shapeAttr(dimsOf(b), "meshgrid")].map((s) => s.reduce((n, d) => n * d, 1)) as [
    number,
    number,
  ];
  return indexing === "xy"
    ? [broadcastTo(reshape(a, [1, -1]), [h, w]), broadcastTo(reshape(b, [-1, 1]), [h, w])]
    : [broadcastTo(reshape(a, [-1, 1]), [w, h]), broadcastTo(reshape(b, [1, -1]), [w, h])];
});
