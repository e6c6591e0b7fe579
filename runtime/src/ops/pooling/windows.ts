/** Windows of pools: which cells of x each holds, and the shape of the result. */
import { ArgumentError, ShapeError } from "../../core/errors.ts";
import { type Dims, type Shape, showShape } from "../../core/shape.ts";
import type { Attrs, Block } from "../op.ts";
import { checkHeld, checkImage, checkPads, held, list, placesOf, type Window, windowOf } from "../window.ts";

export const PLACING = { window: "ints", strides: "ints", pads: "ints", dilations: "ints" } as const;

export function poolWindow(attrs: Attrs, name: string): Window {
  const lengths = (attrs.window as Shape).length;
  if (lengths !== 2 && lengths !== 3) {
    throw new ArgumentError(`${name}: window must be 2 or 3 whole numbers, but is ${showShape(attrs.window as Shape)}.`);
  }
  const window = windowOf(attrs, list(attrs, "window", lengths, 1, name), name);
  checkPads(window, attrs, name);
  return window;
}

export function pooled(x: Dims, attrs: Attrs, name: string): Dims {
  const window = poolWindow(attrs, name);
  checkImage(x, name, "x", window.length);
  if (x.slice(1, -1).includes(0)) throw new ShapeError(`${name}: an image of x ${showShape(x)} has no cells.`);
  const places = placesOf(x, window, name);
  checkHeld(x, places, window, name);
  return [x[0], ...places, x[x.length - 1]];
}

/** Visits each element of the result y with its window's elements of x, in row-major order. */
export function eachWindow(x: Shape, y: Shape, window: Window, visit: (at: number, cells: readonly number[]) => void): void {
  const channels = x[x.length - 1];
  // Pixels of the window's cells, axis by axis.
  const along = (axis: number, pixels: readonly number[], place: number): void => {
    if (axis === window.length) {
      for (let c = 0; c < channels; c++) {
        visit(
          place * channels + c,
          pixels.map((pixel) => pixel * channels + c),
        );
      }
      return;
    }
    const { stride, dilation, before } = window[axis];
    for (let o = 0; o < y[1 + axis]; o++) {
      const [from, to] = held(o, window[axis], x[1 + axis]);
      const cells = Array.from({ length: to - from }, (_, k) => o * stride - before + (from + k) * dilation);
      along(
        axis + 1,
        pixels.flatMap((pixel) => cells.map((cell) => pixel * x[1 + axis] + cell)),
        place * y[1 + axis] + o,
      );
    }
  };
  for (let n = 0; n < y[0]; n++) along(0, [n], n);
}

/** The first of the largest elements; NaN is the largest. */
export function firstLargest({ data }: Block, cells: readonly number[]): number {
  let best = cells[0];
  for (const cell of cells) {
    if (!Number.isNaN(data[best]) && (Number.isNaN(data[cell]) || data[cell] > data[best])) best = cell;
  }
  return best;
}
