/**
 * TensorFlow.js's ways to say where windows stand, as numbers: strides, dilations and `pad` of convolutions and pools become
 * [rows, columns] and [top, bottom, left, right]. All checks of these arguments are here (E_ARGUMENT, names of the function first).
 */
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { type Dim, type Dims, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { countPlaces, type Slide, spanOf } from "../ops/window.ts";
import { checkInt, describe, type TensorLike, toTensor } from "./convert.ts";
import { dimsOf, expandDims, squeeze, transpose } from "./shape.ts";

/** [before, after] per axis; those of batch and channels are [0, 0]. */
export type ExplicitPadding = readonly [
  readonly [number, number],
  readonly [number, number],
  readonly [number, number],
  readonly [number, number],
];
/** No padding; as much as lets ⌈length / stride⌉ windows fit (the odd cell goes after); cells on every side; cells per side. */
export type Padding = "valid" | "same" | number | ExplicitPadding;
/** How to round the number of windows where they do not fit evenly; only with a `pad` of numbers. Default: down. */
export type RoundingMode = "floor" | "round" | "ceil";
export type Pair = readonly [number, number] | number;
export type DataFormat2D = "NHWC" | "NCHW";

/** Two whole numbers of at least 1 from one or two. */
export function pairOf(value: unknown, what: string): [number, number] {
  if (!Array.isArray(value)) {
    const both = checkInt(value, what, 1);
    return [both, both];
  }
  if (value.length !== 2) throw new ArgumentError(`${what} must be one number or [rows, columns], but has ${value.length} entries.`);
  return [checkInt(value[0], `${what}[0]`, 1), checkInt(value[1], `${what}[1]`, 1)];
}

/** What decides the padding. Shapes are [N, H, W, C] whatever the data format is. */
export interface Placing {
  readonly fn: string;
  readonly x: Dims;
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly pad: Padding;
  readonly format?: DataFormat2D;
  readonly rounding?: RoundingMode | undefined;
}

/** [top, bottom, left, right]. */
export function padsOf(placing: Placing): number[] {
  const { fn, x, size, strides, dilations, rounding } = placing;
  return [0, 1].flatMap((i) => {
    const [before, after] = ownPads(placing, i);
    const slide: Slide = { size: size[i], stride: strides[i], dilation: dilations[i], before, after };
    return [before, after + extraFor(x[1 + i], slide, rounding, fn)];
  });
}

function ownPads({ fn, x, size, strides, dilations, pad, format, rounding }: Placing, i: number): readonly [number, number] {
  if (typeof pad === "string" && rounding !== undefined && rounding !== null) {
    throw new ArgumentError(`${fn}: dimRoundingMode ${describe(rounding)} needs a pad of numbers, but pad is ${describe(pad)}.`);
  }
  if (pad === "valid") return [0, 0];
  if (pad === "same") return sameFor(x[1 + i], { size: size[i], stride: strides[i], dilation: dilations[i], before: 0, after: 0 }, x, fn);
  if (typeof pad === "number") {
    const cells = checkInt(pad, `${fn}: pad`, 0);
    return [cells, cells];
  }
  if (!Array.isArray(pad)) {
    throw new ArgumentError(`${fn}: pad is ${describe(pad)}, but must be "valid", "same", a number, or [before, after] for each axis.`);
  }
  const list = explicitPads(pad, fn);
  const first = format === "NCHW" ? 2 : 1;
  const others = list.filter((_, axis) => axis !== first && axis !== first + 1);
  if (others.some(([before, after]) => before !== 0 || after !== 0)) {
    throw new ArgumentError(`${fn}: pad ${JSON.stringify(pad)} pads batch or channels; these two entries must be [0, 0].`);
  }
  return list[first + i];
}

function explicitPads(pad: readonly unknown[], fn: string): (readonly [number, number])[] {
  const list = pad.map((pair, axis) => {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new ArgumentError(`${fn}: pad[${axis}] must be [before, after], but is ${JSON.stringify(pair)}.`);
    }
    return [checkInt(pair[0], `${fn}: pad[${axis}][0]`, 0), checkInt(pair[1], `${fn}: pad[${axis}][1]`, 0)] as const;
  });
  if (list.length !== 4) throw new ArgumentError(`${fn}: pad has ${list.length} entries, but must have one for each of 4 axes.`);
  return list;
}

/** Padding for ⌈length / stride⌉ places. */
function sameFor(length: Dim, slide: Slide, x: Dims, fn: string): readonly [number, number] {
  const { stride } = slide;
  if (typeof length !== "number" && stride !== 1) {
    throw new ShapeError(`${fn}: pad "same" with a stride of ${stride} needs to know the size of x, which is ${showShape(x)}.`);
  }
  const total =
    typeof length === "number" ? Math.max(0, (Math.ceil(length / stride) - 1) * stride + spanOf(slide) - length) : spanOf(slide) - 1;
  const before = Math.floor(total / 2);
  return [before, total - before];
}

/** Cells behind the padding, so that as many places fit as the rounding mode asks for. */
function extraFor(length: Dim, slide: Slide, rounding: RoundingMode | undefined, fn: string): number {
  if (rounding === undefined || rounding === null || rounding === "floor") return 0;
  if (rounding !== "round" && rounding !== "ceil") {
    throw new ArgumentError(`${fn}: dimRoundingMode is ${describe(rounding)}, but must be "floor", "round" or "ceil".`);
  }
  if (slide.stride === 1) return 0;
  if (typeof length !== "number") throw new ShapeError(`${fn}: dimRoundingMode ${describe(rounding)} needs to know the size of x.`);
  const padded = length + slide.before + slide.after;
  const exact = (padded - spanOf(slide)) / slide.stride + 1;
  const places = rounding === "ceil" ? Math.ceil(exact) : Math.round(exact);
  return places <= countPlaces(length, slide) ? 0 : (places - 1) * slide.stride + spanOf(slide) - padded;
}

/** Runs `compute` on x as [N, H, W, C] and gives its result the form that x had: no batch axis, or channels before rows. */
export function onImages(
  given: TensorLike,
  fn: string,
  compute: (x: Tensor) => Tensor,
  format: DataFormat2D = "NHWC",
  ranks: readonly [single: number, batch: number] = [3, 4],
): Tensor {
  if (format !== "NHWC" && format !== "NCHW")
    throw new ArgumentError(`${fn}: dataFormat is ${describe(format)}, but must be "NHWC" or "NCHW".`);
  const x = toTensor(given, fn);
  if (!ranks.includes(x.rank)) {
    throw new ShapeError(`${fn}: x of shape ${showShape(dimsOf(x))} must have rank ${ranks[1]}, or ${ranks[0]} for a single example.`);
  }
  const batch = x.rank === ranks[0] ? expandDims(x, 0) : x;
  const result = format === "NCHW" ? transpose(compute(transpose(batch, [0, 2, 3, 1])), [0, 3, 1, 2]) : compute(batch);
  return x.rank === ranks[0] ? squeeze(result, 0) : result;
}
