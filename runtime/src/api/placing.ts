/**
 * TensorFlow.js's ways to say where windows stand, as numbers: strides, dilations and `pad` of convolutions and pools become
 * [rows, columns] and [top, bottom, left, right], with planes before them for volumes. All checks of these arguments are here (E_ARGUMENT, names of the function first).
 */
import { describeDeep } from "../core/describe.ts";
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
/** Padding of volumes, which have one more axis. */
export type Padding3D = "valid" | "same" | number | readonly (readonly [number, number])[];
/** How to round the number of windows where they do not fit evenly; only with a `pad` of numbers. Default: down. */
export type RoundingMode = "floor" | "round" | "ceil";
export type Pair = readonly [number, number] | number;
export type Triple = readonly [number, number, number] | number;
export type DataFormat2D = "NHWC" | "NCHW";
export type DataFormat3D = "NDHWC" | "NCDHW";

/** Two whole numbers of at least 1 from one or two. */
export function pairOf(value: unknown, what: string): [number, number] {
  return lengthsOf(value, what, ["rows", "columns"]) as [number, number];
}

/** Three whole numbers of at least 1 from one or three. */
export function tripleOf(value: unknown, what: string): [number, number, number] {
  return lengthsOf(value, what, ["planes", "rows", "columns"]) as [number, number, number];
}

function lengthsOf(value: unknown, what: string, axes: readonly string[]): number[] {
  if (!Array.isArray(value)) {
    const all = checkInt(value, what, 1);
    return axes.map(() => all);
  }
  if (value.length !== axes.length) {
    throw new ArgumentError(`${what} must be one number or [${axes.join(", ")}], but has ${value.length} entries.`);
  }
  // map would leave holes as they are.
  return Array.from(value, (entry, i) => checkInt(entry, `${what}[${i}]`, 1));
}

/** What decides the padding. Shapes are [N, ...lengths, C] whatever the data format is. */
export interface Placing {
  readonly fn: string;
  readonly x: Dims;
  /** Of the window, one length per inner axis, as strides and dilations. */
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pad: Padding | Padding3D;
  readonly format?: DataFormat2D | DataFormat3D;
  readonly rounding?: RoundingMode | undefined;
}

/** Two per inner axis: [top, bottom, left, right]. */
export function padsOf(placing: Placing): number[] {
  const { fn, x, size, strides, dilations, rounding } = placing;
  return size.flatMap((length, i) => {
    const [before, after] = ownPads(placing, i);
    const slide: Slide = { size: length, stride: strides[i], dilation: dilations[i], before, after };
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
  const list = explicitPads(pad, size.length + 2, fn);
  const first = format?.[1] === "C" ? 2 : 1;
  const others = list.filter((_, axis) => axis < first || axis >= first + size.length);
  if (others.some(([before, after]) => before !== 0 || after !== 0)) {
    throw new ArgumentError(`${fn}: pad ${describeDeep(pad)} pads batch or channels; these two entries must be [0, 0].`);
  }
  return list[first + i];
}

function explicitPads(pad: readonly unknown[], axes: number, fn: string): (readonly [number, number])[] {
  const list = Array.from(pad, (pair, axis) => {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new ArgumentError(`${fn}: pad[${axis}] must be [before, after], but is ${describeDeep(pair)}.`);
    }
    return [checkInt(pair[0], `${fn}: pad[${axis}][0]`, 0), checkInt(pair[1], `${fn}: pad[${axis}][1]`, 0)] as const;
  });
  if (list.length !== axes) throw new ArgumentError(`${fn}: pad has ${list.length} entries, but must have one for each of ${axes} axes.`);
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

/** Inner axes of images, if not 2, and where the channels stand. */
export interface Form {
  readonly axes?: 1 | 2 | 3;
  readonly format?: DataFormat2D | DataFormat3D | undefined;
}

const FORMATS: readonly (readonly string[])[] = [[], [], ["NHWC", "NCHW"], ["NDHWC", "NCDHW"]];

/** Whether the channels stand before the inner axes; E_ARGUMENT for a format that images of so many axes do not have. */
function channelsFirst(fn: string, axes: number, format: unknown): boolean {
  const known = FORMATS[axes];
  if (format !== undefined && !known.includes(format as string)) {
    throw new ArgumentError(`${fn}: dataFormat is ${describe(format)}, but must be ${known.map((f) => `"${f}"`).join(" or ")}.`);
  }
  return format !== undefined && (format as string)[1] === "C";
}

/** Runs `compute` on x as [N, ...lengths, C] and gives its result the form that x had: no batch axis, or channels first. */
export function onImages(given: TensorLike, fn: string, compute: (x: Tensor) => Tensor, { axes = 2, format }: Form = {}): Tensor {
  const first = channelsFirst(fn, axes, format);
  const x = toTensor(given, fn);
  const rank = axes + 2;
  if (x.rank !== rank && x.rank !== rank - 1) {
    throw new ShapeError(`${fn}: x of shape ${showShape(dimsOf(x))} must have rank ${rank}, or ${rank - 1} for a single example.`);
  }
  const batch = x.rank === rank ? x : expandDims(x, 0);
  const result = first ? toFirst(compute(toLast(batch))) : compute(batch);
  return x.rank === rank ? result : squeeze(result, 0);
}

/** [N, C, ...lengths] → [N, ...lengths, C]. */
function toLast(x: Tensor): Tensor {
  const order = Array.from({ length: x.rank }, (_, i) => i);
  return transpose(x, [0, ...order.slice(2), 1]);
}

/** [N, ...lengths, C] → [N, C, ...lengths]. */
function toFirst(x: Tensor): Tensor {
  const order = Array.from({ length: x.rank }, (_, i) => i);
  return transpose(x, [0, x.rank - 1, ...order.slice(1, -1)]);
}
