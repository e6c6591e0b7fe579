/** Blocks of elements moved between axes, mirrored margins, diagonals: reshapes and transposes under the names of TensorFlow. */
import { ArgumentError, DTypeError, ShapeError } from "../core/errors.ts";
import { broadcastDims, type Dim, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import { tidied, tidy } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import { checkInt, checkInts, describe, fromValues, type TensorLike, toTensor } from "./convert.ts";
import { add, clone } from "./elementwise.ts";
import { checkRank, elementsOf } from "./indices.ts";
import { dimsOf, pad, reshape, transpose } from "./shape.ts";
import { slice } from "./slice.ts";

type Pairs = readonly (readonly [number, number] | readonly number[])[];

function pairsOf(pairs: unknown, count: number, what: string): [number, number][] {
  if (!Array.isArray(pairs)) throw new ArgumentError(`${what} must be an array of pairs, but is ${describe(pairs)}.`);
  if (pairs.length !== count) throw new ShapeError(`${what} has ${pairs.length} pairs, but there are ${count} axes.`);
  return Array.from(pairs, (pair: unknown, i) => {
    const list = checkInts(pair, `${what}[${i}]`);
    if (list.length !== 2 || list.some((n) => n < 0)) throw new ShapeError(`${what}[${i}] must be two numbers of 0 or more.`);
    return list as [number, number];
  });
}

/** Block lengths, and the lengths of x, which must be known, with the axes that blocks are about. */
function blocksOf(x: Tensor, blockShape: readonly number[], fn: string): { blocks: number[]; dims: number[]; rest: number[] } {
  const blocks = checkInts(blockShape, `${fn}: blockShape`);
  for (const [i, b] of blocks.entries()) if (b < 1) throw new ShapeError(`${fn}: blockShape[${i}] is ${b}, but must be 1 or more.`);
  if (x.rank <= blocks.length) {
    throw new ShapeError(`${fn}: x has shape ${showShape(dimsOf(x))}, but must have more axes than the ${blocks.length} of blockShape.`);
  }
  return { blocks, dims: [...x.shape], rest: [...x.shape.slice(1 + blocks.length)] };
}

const product = (list: readonly number[]): number => list.reduce((a, b) => a * b, 1);

/**
 * Puts blocks that lie in the batch back next to each other: x [B · ∏ blockShape, ...S, ...R] → [B, ...S · blockShape − crops, ...R]; crops
 * are [first, last] elements to cut off per axis. E_SHAPE where the batch is no multiple.
 */
export const batchToSpaceND = tidied("batchToSpaceND", (x: TensorLike, blockShape: readonly number[], crops: Pairs): Tensor => {
  const fn = "batchToSpaceND";
  const input = toTensor(x, fn);
  const { blocks, dims, rest } = blocksOf(input, blockShape, fn);
  const cut = pairsOf(crops, blocks.length, `${fn}: crops`);
  const n = product(blocks);
  if (dims[0] % n !== 0) throw new ShapeError(`${fn}: the batch of ${showShape(dims)} is no multiple of ${n}, the elements of a block.`);
  return tidy(() => {
    const batch = dims[0] / n;
    const spaces = dims.slice(1, 1 + blocks.length);
    const m = blocks.length;
    const apart = reshape(input, [...blocks, batch, ...spaces, ...rest]);
    const order = [m, ...blocks.flatMap((_, i) => [m + 1 + i, i]), ...rest.map((_, i) => 2 * m + 1 + i)];
    const whole = reshape(transpose(apart, order), [batch, ...spaces.map((d, i) => d * blocks[i]), ...rest]);
    const begin = [0, ...cut.map(([first]) => first), ...rest.map(() => 0)];
    const size = [batch, ...spaces.map((d, i) => d * blocks[i] - cut[i][0] - cut[i][1]), ...rest];
    const short = size.findIndex((d) => d < 0);
    if (short >= 0)
      throw new ShapeError(`${fn}: crops [${cut[short - 1].join()}] are more than axis ${short} of ${showShape(whole.shape)} has.`);
    return slice(whole, begin, size);
  });
});

/**
 * Puts the elements of blocks into the batch: x [B, ...S, ...R], padded by paddings [before, after] per axis, → [B · ∏ blockShape,
 * ...S / blockShape, ...R]. E_SHAPE where a padded length is no multiple of the block's.
 */
export const spaceToBatchND = tidied("spaceToBatchND", (x: TensorLike, blockShape: readonly number[], paddings: Pairs): Tensor => {
  const fn = "spaceToBatchND";
  const input = toTensor(x, fn);
  const { blocks, dims, rest } = blocksOf(input, blockShape, fn);
  const margins = pairsOf(paddings, blocks.length, `${fn}: paddings`);
  const m = blocks.length;
  const spaces = dims.slice(1, 1 + m).map((d, i) => d + margins[i][0] + margins[i][1]);
  for (const [i, d] of spaces.entries()) {
    if (d % blocks[i] !== 0) throw new ShapeError(`${fn}: the padded length ${d} of axis ${i + 1} is no multiple of ${blocks[i]}.`);
  }
  return tidy(() => {
    const padded = pad(input, [[0, 0], ...margins, ...rest.map((): [number, number] => [0, 0])]);
    const apart = reshape(padded, [dims[0], ...spaces.flatMap((d, i) => [d / blocks[i], blocks[i]]), ...rest]);
    const order = [...blocks.map((_, i) => 2 + 2 * i), 0, ...blocks.map((_, i) => 1 + 2 * i), ...rest.map((_, i) => 2 * m + 1 + i)];
    return reshape(transpose(apart, order), [dims[0] * product(blocks), ...spaces.map((d, i) => d / blocks[i]), ...rest]);
  });
});

/**
 * Moves blocks of depth into height and width: [B, H, W, C] → [B, H · n, W · n, C / n²], or with "NCHW" [B, C, H, W] → [B, C / n², H · n,
 * W · n]. E_SHAPE where C is no multiple of n².
 */
export const depthToSpace = tidied("depthToSpace", (x: TensorLike, blockSize: number, dataFormat: "NHWC" | "NCHW" = "NHWC"): Tensor => {
  const fn = "depthToSpace";
  const input = toTensor(x, fn);
  checkRank(input, 4, fn);
  if (dataFormat !== "NHWC" && dataFormat !== "NCHW") {
    throw new ArgumentError(`${fn}: dataFormat must be "NHWC" or "NCHW", but is ${describe(dataFormat)}.`);
  }
  const n = checkInt(blockSize, `${fn}: blockSize`, 2);
  const isLast = dataFormat === "NHWC";
  const [batch, h, w, depth] = isLast ? input.shape : ([0, 2, 3, 1].map((i) => input.shape[i]) as [number, number, number, number]);
  if (depth % (n * n) !== 0) {
    throw new ShapeError(`${fn}: the depth ${depth} of ${showShape(input.shape)} is no multiple of ${n * n}, the square of blockSize.`);
  }
  return tidy(() => {
    const left = depth / (n * n);
    if (isLast) return reshape(transpose(reshape(input, [batch, h, w, n, n, left]), [0, 1, 3, 2, 4, 5]), [batch, h * n, w * n, left]);
    return reshape(transpose(reshape(input, [batch, n, n, left, h, w]), [0, 3, 4, 1, 5, 2]), [batch, left, h * n, w * n]);
  });
});

/**
 * Adds [before, after] elements around each axis that mirror what is inside: "reflect" leaves the outermost element out, "symmetric"
 * repeats it. E_SHAPE where a margin is longer than what it mirrors.
 */
export const mirrorPad = tidied("mirrorPad", (x: TensorLike, paddings: Pairs, mode: "reflect" | "symmetric"): Tensor => {
  if (mode !== "reflect" && mode !== "symmetric") {
    throw new ArgumentError(`mirrorPad: mode must be "reflect" or "symmetric", but is ${describe(mode)}.`);
  }
  const input = toTensor(x, "mirrorPad");
  return apply1(ops.mirrorPad, [input], {
    paddings: pairsOf(paddings, input.rank, "mirrorPad: paddings").flat(),
    edge: mode === "symmetric",
  });
});

/** x [...S] as the diagonal of a tensor [...S, ...S] of zeros. */
export const diag = tidied("diag", (x: TensorLike): Tensor => {
  const input = toTensor(x, "diag");
  const dims = [...input.shape];
  const n = product(dims);
  // Each element with n zeros behind it; those of the last one go.
  return tidy(() => {
    const rows = pad(reshape(input, [n, 1]), [
      [0, 0],
      [0, n],
    ]);
    return reshape(slice(reshape(rows, [n * (n + 1)]), [0], [n * n]), [...dims, ...dims]);
  });
});

/** The sum of tensors of one shape and dtype, in their order. E_SHAPE, E_DTYPE where those differ. */
export const addN = tidied("addN", (tensors: readonly TensorLike[]): Tensor => {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new ArgumentError(
      `addN: tensors must be an array of at least one tensor, but is ${Array.isArray(tensors) ? "empty" : describe(tensors)}.`,
    );
  }
  return tidy(() => {
    const list = Array.from(tensors, (t, i) => toTensor(t, "addN", `tensors[${i}]`));
    const [first, ...others] = list;
    const other = list.find((t) => showShape(dimsOf(t)) !== showShape(dimsOf(first)));
    if (other !== undefined) throw new ShapeError(`addN: shapes ${showShape(dimsOf(first))} and ${showShape(dimsOf(other))} differ.`);
    const strong = list.filter((t) => !t.weak);
    const clash = strong.find((t) => t.dtype !== strong[0].dtype);
    if (clash !== undefined)
      throw new DTypeError(`addN: dtypes ${strong[0].dtype} and ${clash.dtype} differ.`, { hint: "Cast them first." });
    return others.length === 0 ? clone(first) : others.reduce((sum, t) => add(sum, t), first);
  });
});

/** The shape, an int32 vector, to which tensors of two shapes broadcast. E_SHAPE where they do not; eager only (E_SYMBOLIC). */
export const broadcastArgs = tidied("broadcastArgs", (s0: TensorLike, s1: TensorLike): Tensor => {
  const fn = "broadcastArgs";
  const [a, b] = [s0, s1].map((s, i): Dim[] => {
    const shape = toTensor(s, fn, `s${i}`);
    checkRank(shape, 1, fn, `s${i}`);
    return Array.from(elementsOf(shape, fn, "In a graph function broadcastTo takes shapes of tensors."), Number);
  });
  const joined = broadcastDims(a, b);
  if (joined === null) throw new ShapeError(`${fn}: shapes ${showShape(a)} and ${showShape(b)} do not broadcast.`);
  return fromValues(joined, [joined.length], "int32", fn);
});

/** x, if it has this shape, in which null stands for any length. E_SHAPE otherwise. */
export const ensureShape = tidied("ensureShape", (x: TensorLike, shape: readonly (number | null)[]): Tensor => {
  const input = toTensor(x, "ensureShape");
  if (!Array.isArray(shape))
    throw new DTypeError(`ensureShape: shape must be an array, but is ${describe(shape)}.`, { code: "E_ARGUMENT" });
  const dims = dimsOf(input);
  if (dims.length !== shape.length || dims.some((d, i) => shape[i] !== null && d !== shape[i])) {
    throw new ShapeError(`ensureShape: x has shape ${showShape(dims)}, but must have [${shape.map(String).join(",")}].`);
  }
  return input;
});
