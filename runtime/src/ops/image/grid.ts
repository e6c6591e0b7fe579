/**
 * Where the pixels of a resized axis come from. Place i of `to` lies at place `at` of `from`:
 *
 *   i · from/to                     by default: left edges meet
 *   i · (from − 1)/(to − 1)         alignCorners: first and last pixels meet (as the default where there is one pixel)
 *   (i + ½) · from/to − ½           halfPixel: centres of pixels meet
 *
 * Source: TensorFlow's resize_bilinear and resize_nearest_neighbor, in double precision as TensorFlow.js computes them.
 */
import { ArgumentError, ShapeError } from "../../core/errors.ts";
import { type Dim, type Dims, showShape } from "../../core/shape.ts";
import type { Attrs } from "../op.ts";

/** Two neighbours of each place, and the weight of the second one. */
export interface Grid {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly weight: Float64Array;
}

export const RESIZING = { size: "dims", alignCorners: "bool", halfPixel: "bool" } as const;

export function gridOf(from: number, to: number, { alignCorners, halfPixel }: Attrs, nearest: boolean): Grid {
  const ratio = alignCorners === true && to > 1 ? (from - 1) / (to - 1) : from / to;
  const grid = { low: new Int32Array(to), high: new Int32Array(to), weight: new Float64Array(to) };
  const last = from - 1;
  for (let i = 0; i < to; i++) {
    if (nearest) {
      const at = halfPixel === true ? ratio * (i + 0.5) : ratio * i;
      grid.low[i] = Math.min(last, Math.floor(alignCorners === true ? at + 0.5 : at));
      grid.high[i] = grid.low[i];
      continue;
    }
    const at = halfPixel === true ? ratio * (i + 0.5) - 0.5 : ratio * i;
    grid.low[i] = Math.min(last, Math.max(0, Math.floor(at)));
    grid.high[i] = Math.max(0, Math.min(last, Math.ceil(at)));
    grid.weight[i] = at - grid.low[i];
  }
  return grid;
}

/** Shape of images [N, H, W, C] after resizing: `size` is [rows, columns]. */
export function resized(x: Dims, attrs: Attrs, name: string): Dims {
  const size = attrs.size as readonly Dim[];
  if (x.length !== 4) {
    throw new ShapeError(`${name}: images of shape ${showShape(x)} must have rank 4, [batch, rows, columns, channels].`);
  }
  if (size.length !== 2 || size.some((d) => typeof d === "number" && d < 1)) {
    throw new ArgumentError(`${name}: size must be [rows, columns], both 1 or more, but is ${showShape(size)}.`);
  }
  if (attrs.alignCorners === true && attrs.halfPixel === true) {
    throw new ArgumentError(`${name}: alignCorners and halfPixelCenters are both true, but at most one may be.`);
  }
  if (x[1] === 0 || x[2] === 0) throw new ShapeError(`${name}: images of shape ${showShape(x)} have no pixels.`);
  return [x[0], size[0], size[1], x[3]];
}
