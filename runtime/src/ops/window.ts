/**
 * Windows that slide over the inner axes of x [N, ...lengths, C]: what convolutions and pools have in common. Images have two such
 * axes (rows, columns), volumes three (planes before them).
 *
 * Per axis: the window's places stand `stride` cells apart, its cells `dilation` cells apart, and of `pads`, two numbers per axis,
 * so many cells lie before and after x. Cell k of place o is x's cell o·stride + k·dilation − before; there are
 * ⌊(length + before + after − (size − 1)·dilation − 1) / stride⌋ + 1 places.
 */
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { type Dim, type Dims, isStatic, mayBeSameShape, type Shape, showShape } from "../core/shape.ts";
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
/** One per inner axis. */
export type Window = readonly Slide[];

/** Reads the attributes and checks each; `size` comes from an attribute or from a filter's shape. */
export function windowOf(attrs: Attrs, size: readonly number[], name: string): Window {
  const axes = size.length;
  const strides = list(attrs, "strides", axes, 1, name);
  const pads = list(attrs, "pads", 2 * axes, 0, name);
  const dilations = list(attrs, "dilations", axes, 1, name);
  return size.map((length, i) => ({
    size: length,
    stride: strides[i],
    dilation: dilations[i],
    before: pads[2 * i],
    after: pads[2 * i + 1],
  }));
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

const AXES = ["planes", "rows", "columns"];

/** Places over the inner axes of x; E_SHAPE where the window does not fit, or a length must be known and is not. */
export function placesOf(shape: Dims, window: Window, name: string): Dim[] {
  return window.map((slide, i) => {
    const length = shape[1 + i];
    const what = AXES[i + AXES.length - window.length];
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
  });
}

/** Names of the axes of x, for messages. */
export function layoutOf(axes: number): string {
  return `[batch, ${["depth", "height", "width"].slice(3 - axes).join(", ")}, channels]`;
}

/** Refuses ranks other than that of x with so many inner axes. */
export function checkImage(shape: Dims, name: string, what = "x", axes = 2): void {
  if (shape.length !== axes + 2) {
    throw new ShapeError(`${name}: ${what} of shape ${showShape(shape)} must have rank ${axes + 2}: ${layoutOf(axes)}.`);
  }
}

/** The inner lengths as an attribute of a gradient op: they must be known. */
export function sizeOfImage(shape: Dims, name: string): number[] {
  const size = shape.slice(1, -1);
  if (!isStatic(size)) throw new ShapeError(`The gradient of ${name} needs to know all lengths but the batch of ${showShape(shape)}.`);
  return [...size];
}

/** Refuses a gradient of a shape other than the result's. */
export function checkGradient(dy: Dims, result: Dims, name: string, given: string): void {
  if (!mayBeSameShape(dy, result)) {
    throw new ShapeError(`${name}: dy of shape ${showShape(dy)} is not of the result's shape ${showShape(result)} (${given}).`);
  }
}

/**
 * Visits each cell of the window at each place, in row-major order of places and cells axis by axis. Numbers count whole pixels,
 * cells and places; `pixel` is −1 outside of x.
 */
export function eachTap(x: Shape, y: Shape, window: Window, visit: (pixel: number, cell: number, place: number) => void): void {
  const along = (axis: number, pixel: number, cell: number, place: number): void => {
    if (axis === window.length) return visit(pixel, cell, place);
    const { size, stride, dilation, before } = window[axis];
    const length = x[1 + axis];
    for (let o = 0; o < y[1 + axis]; o++) {
      for (let k = 0; k < size; k++) {
        const i = o * stride + k * dilation - before;
        const at = pixel < 0 || i < 0 || i >= length ? -1 : pixel * length + i;
        along(axis + 1, at, cell * size + k, place * y[1 + axis] + o);
      }
    }
  };
  for (let n = 0; n < y[0]; n++) along(0, n, 0, n);
}

/**
 * The other way around: visits, for each pixel of x, the cells of the window through which places see it. `place` is −1 where
 * there is no such place although the distance is a multiple of the stride.
 */
export function eachSight(x: Shape, y: Shape, window: Window, visit: (pixel: number, cell: number, place: number) => void): void {
  const along = (axis: number, pixel: number, cell: number, place: number): void => {
    if (axis === window.length) return visit(pixel, cell, place);
    const { size, stride, dilation, before } = window[axis];
    for (let i = 0; i < x[1 + axis]; i++) {
      for (let k = 0; k < size; k++) {
        const o = (i + before - k * dilation) / stride;
        if (!Number.isInteger(o)) continue;
        const at = place < 0 || o < 0 || o >= y[1 + axis] ? -1 : place * y[1 + axis] + o;
        along(axis + 1, pixel * x[1 + axis] + i, cell * size + k, at);
      }
    }
  };
  for (let n = 0; n < x[0]; n++) along(0, n, 0, n);
}

/** Refuses pads as large as the window, for ops whose windows must hold a cell of x. */
export function checkPads(window: Window, attrs: Attrs, name: string): void {
  for (const slide of window) {
    if (slide.before < spanOf(slide) && slide.after < spanOf(slide)) continue;
    throw new ArgumentError(
      `${name}: pads ${showShape(attrs.pads as Shape)} must be smaller than the window ${showShape(window.map(spanOf))}.`,
      { hint: "Otherwise some windows would hold no cell of the image." },
    );
  }
}

/** Refuses windows that hold no cell of x, for pads that are smaller than windows. */
export function checkHeld(x: Dims, places: Dims, window: Window, name: string): void {
  for (const [i, slide] of window.entries()) {
    const [length, count] = [x[1 + i], places[i]];
    if (typeof length === "number" && typeof count === "number" && anyEmpty(length, count, slide)) {
      throw new ShapeError(`${name}: a window of ${slide.size} cells, ${slide.dilation} apart, holds no cell of x ${showShape(x)}.`, {
        hint: "Use a smaller dilation, or less padding.",
      });
    }
  }
}

/**
 * Whether the cells of some window all lie outside: they may where they are further apart than x is long. One cell at most lies
 * inside then, and its place repeats with a period: if that is longer than x, one of the first windows is empty already.
 */
function anyEmpty(length: number, places: number, slide: Slide): boolean {
  if (slide.dilation <= length) return false;
  for (let place = 0; place < Math.min(places, length + 1); place++) {
    const [from, to] = held(place, slide, length);
    if (from >= to) return true;
  }
  return false;
}

/** The cells [from, to) of the window at a place that lie in x, along one axis. */
export function held(place: number, { size, stride, dilation, before }: Slide, length: number): [from: number, to: number] {
  const start = place * stride - before;
  return [Math.max(0, Math.ceil(-start / dilation)), Math.min(size, Math.ceil((length - start) / dilation))];
}
