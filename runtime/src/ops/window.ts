/**
 * Windows that slide over the two inner axes of x [N, H, W, C]: what convolutions and pools have in common.
 *
 * Per axis: the window's places stand `stride` cells apart, its cells `dilation` cells apart, and `pads` = [top, bottom, left,
 * right] cells lie around the image. Cell k of place o is the image's cell o·stride + k·dilation − pad; there are
 * ⌊(length + pads − (size − 1)·dilation − 1) / stride⌋ + 1 places.
 */
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { type Dim, type Dims, isStatic, mayBeSameShape, showShape } from "../core/shape.ts";
import { plusDim } from "./infer.ts";
import type { Attrs } from "./op.ts";

const MAX_LENGTH = 2 ** 31 - 1;

/** One axis of a window. */
export interface Slide {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}
/** Rows, columns. */
export type Window = readonly [Slide, Slide];

/** Reads the attributes and checks each; `size` comes from an attribute or from a filter's shape. */
export function windowOf(attrs: Attrs, size: readonly number[], name: string): Window {
  const strides = list(attrs, "strides", 2, 1, name);
  const pads = list(attrs, "pads", 4, 0, name);
  const dilations = attrs.dilations === undefined ? [1, 1] : list(attrs, "dilations", 2, 1, name);
  const axis = (i: number): Slide => ({
    size: size[i],
    stride: strides[i],
    dilation: dilations[i],
    before: pads[2 * i],
    after: pads[2 * i + 1],
  });
  return [axis(0), axis(1)];
}

/** An attribute of `count` whole numbers of at least `least`; E_ARGUMENT. */
export function list(attrs: Attrs, key: string, count: number, least: number, name: string): readonly number[] {
  const values = attrs[key] as readonly number[];
  if (values.length !== count || values.some((v) => v < least)) {
    throw new ArgumentError(`${name}: ${key} must be ${count} whole numbers of at least ${least}, but are ${showShape(values)}.`);
  }
  return values;
}

/** Cells from the first to the last of a window. */
export function spanOf({ size, dilation }: Slide): number {
  return (size - 1) * dilation + 1;
}

/** Number of places over an axis of known length; 0 or less where the window does not fit. */
export function countPlaces(length: number, slide: Slide): number {
  return Math.floor((length + slide.before + slide.after - spanOf(slide)) / slide.stride) + 1;
}

/** Places over the rows and columns of x; E_SHAPE where the window does not fit, or a length must be known and is not. */
export function placesOf(shape: Dims, window: Window, name: string): [Dim, Dim] {
  const along = (length: Dim, slide: Slide, what: string): Dim => {
    if (typeof length !== "number") {
      if (slide.stride === 1) return plusDim(length, slide.before + slide.after - spanOf(slide) + 1);
      throw new ShapeError(`${name}: the ${what} of ${showShape(shape)} must be known, since the stride is ${slide.stride}.`);
    }
    const places = countPlaces(length, slide);
    if (places < 1) {
      throw new ShapeError(
        `${name}: a window of ${spanOf(slide)} ${what} is larger than the ${length + slide.before + slide.after} ${what} of the padded input ${showShape(shape)}.`,
        { hint: 'Use a smaller window, or pad "same".' },
      );
    }
    if (places > MAX_LENGTH) throw new ShapeError(`${name}: a result of ${places} ${what} is over the limit of 2^31 − 1.`);
    return places;
  };
  return [along(shape[1], window[0], "rows"), along(shape[2], window[1], "columns")];
}

/** Refuses ranks other than 4. */
export function checkImage(shape: Dims, name: string, what = "x"): void {
  if (shape.length !== 4) {
    throw new ShapeError(`${name}: ${what} of shape ${showShape(shape)} must have rank 4: [batch, height, width, channels].`);
  }
}

/** Height and width as an attribute of a gradient op: they must be known. */
export function sizeOfImage(shape: Dims, name: string): number[] {
  const size = shape.slice(1, 3);
  if (!isStatic(size)) throw new ShapeError(`The gradient of ${name} needs to know height and width of ${showShape(shape)}.`);
  return [...size];
}

/** Refuses a gradient of a shape other than the result's. */
export function checkGradient(dy: Dims, result: Dims, name: string, given: string): void {
  if (!mayBeSameShape(dy, result)) {
    throw new ShapeError(`${name}: dy of shape ${showShape(dy)} is not of the result's shape ${showShape(result)} (${given}).`);
  }
}

/** Calls `visit(place, cell of the window, cell of the image)` for each pair; the image's cell may lie outside of 0..length-1. */
export function eachCell(places: number, slide: Slide, visit: (o: number, k: number, i: number) => void): void {
  for (let o = 0; o < places; o++) {
    for (let k = 0; k < slide.size; k++) visit(o, k, o * slide.stride + k * slide.dilation - slide.before);
  }
}
