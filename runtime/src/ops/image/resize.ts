/**
 * Images of another size, and the transposes of that, which are their gradients. All four are linear: each is the gradient of another.
 *
 *   resizeBilinear       y = weighted mean of the four pixels around a place, by rows and by columns
 *   resizeNearest        y = one pixel
 *   …Back                adds each pixel up where it came from, with the same weights
 */

import { dimsBehind, type Shape, showShape } from "../../core/shape.ts";
import type { TensorType } from "../../core/type.ts";
import { foldedImages } from "../batch.ts";
import type { GradRules } from "../grad.ts";
import { FLOATING, REAL } from "../infer.ts";
import { type Attrs, type Block, defineOp, type OpErrorSample, type OpSample } from "../op.ts";
import { counted, spread } from "../samples.ts";
import { type Grid, gridOf, RESIZING, resized } from "./grid.ts";

function gridsOf(from: Shape, to: Shape, attrs: Attrs, nearest: boolean): [rows: Grid, columns: Grid] {
  return [gridOf(from[1], to[1], attrs, nearest), gridOf(from[2], to[2], attrs, nearest)];
}

/** Of equal neighbours one: their mean would make NaN of infinities. */
function mean(a: number, b: number, same: boolean, weight: number): number {
  return same ? a : a * (1 - weight) + b * weight;
}

function forward(nearest: boolean) {
  return ([x]: readonly Block[], [y]: readonly Block[], attrs: Attrs): void => {
    const [rows, columns] = gridsOf(x.shape, y.shape, attrs, nearest);
    const [batch, height, width, channels] = y.shape;
    const [, ownHeight, ownWidth] = x.shape;
    let to = 0;
    for (let n = 0; n < batch; n++) {
      for (let r = 0; r < height; r++) {
        const [top, bottom] = [n * ownHeight + rows.low[r], n * ownHeight + rows.high[r]].map((row) => row * ownWidth);
        for (let c = 0; c < width; c++) {
          const [left, right, weight] = [columns.low[c], columns.high[c], columns.weight[c]];
          const part = (line: number, d: number): number =>
            mean(x.data[(line + left) * channels + d], x.data[(line + right) * channels + d], left === right, weight);
          for (let d = 0; d < channels; d++) {
            const above = part(top, d);
            y.data[to++] = top === bottom ? above : mean(above, part(bottom, d), false, rows.weight[r]);
          }
        }
      }
    }
  };
}

/** Weight with which a place takes pixel p. */
function weightOf({ low, high, weight }: Grid, place: number, p: number): number {
  if (low[place] === high[place]) return 1;
  return low[place] === p ? 1 - weight[place] : weight[place];
}

function back(nearest: boolean) {
  return ([dy]: readonly Block[], [dx]: readonly Block[], attrs: Attrs): void => {
    const [rows, columns] = gridsOf(dx.shape, dy.shape, attrs, nearest);
    const [batch, height, width, channels] = dx.shape;
    const [, dyHeight, dyWidth] = dy.shape;
    for (let n = 0; n < batch; n++) {
      for (let p = 0; p < height; p++) {
        // First the rows of dy that take row p, then their columns.
        const line = new Float64Array(dyWidth * channels);
        for (let r = 0; r < dyHeight; r++) {
          if (rows.low[r] !== p && rows.high[r] !== p) continue;
          const weight = weightOf(rows, r, p);
          const from = (n * dyHeight + r) * line.length;
          for (let i = 0; i < line.length; i++) line[i] += dy.data[from + i] * weight;
        }
        const sums = new Float64Array(width * channels);
        for (let c = 0; c < dyWidth; c++) {
          const [left, right] = [columns.low[c], columns.high[c]];
          for (let d = 0; d < channels; d++) {
            const value = line[c * channels + d];
            sums[left * channels + d] += value * weightOf(columns, c, left);
            if (left !== right) sums[right * channels + d] += value * columns.weight[c];
          }
        }
        dx.data.set(sums, (n * height + p) * sums.length);
      }
    }
  };
}

const infer = ([x]: readonly TensorType[], attrs: Attrs, name: string): TensorType[] => [
  { dtype: x.dtype, shape: resized(x.shape, attrs, name) },
];

/** The transposed op, back to the size that the operand had. */
const transposed = (op: string): GradRules => [(s) => s.f.op(op, [s.dy], { ...s.attrs, size: dimsBehind(s.shape(0)).slice(1, 3) })];

const CASES: readonly (readonly [shape: Shape, size: readonly number[]])[] = [
  [
    [1, 2, 2, 1],
    [3, 3],
  ],
  [
    [1, 3, 4, 2],
    [6, 7],
  ],
  [
    [2, 5, 6, 3],
    [2, 4],
  ],
  [
    [1, 4, 3, 5],
    [1, 1],
  ],
  [
    [1, 1, 1, 2],
    [3, 2],
  ],
  [
    [1, 7, 8, 17],
    [5, 11],
  ],
  [
    [2, 3, 3, 1],
    [3, 3],
  ],
  [
    [0, 2, 2, 1],
    [3, 3],
  ],
  [
    [1, 2, 2, 0],
    [3, 3],
  ],
];
const KINDS = [
  { alignCorners: false, halfPixel: false },
  { alignCorners: true, halfPixel: false },
  { alignCorners: false, halfPixel: true },
];
const WILD = [NaN, 1, -Infinity, 2, 5, Infinity, -0, 0, 3];

function samples(dtypes: typeof REAL): OpSample[] {
  return dtypes.flatMap((dtype) => [
    ...KINDS.flatMap((kind) =>
      CASES.map(([shape, size]) => {
        const n = shape.reduce((a, b) => a * b, 1);
        const values = dtype === "bool" ? counted(dtype, n) : spread(0, n - 1, n).map((i) => ((i * 7) % 23) - 9);
        const attrs = { size, ...kind };
        return { name: `${dtype}${showShape(shape)} ${JSON.stringify(attrs)}`, inputs: [{ dtype, shape, values }], attrs };
      }),
    ),
    ...(dtype === "float32" || dtype === "float64"
      ? [{ name: `${dtype} NaN`, inputs: [{ dtype, shape: [1, 3, 3, 1], values: WILD }], attrs: { size: [5, 4], ...KINDS[0] } }]
      : []),
  ]);
}

const bad = (name: string, code: string, attrs: Attrs, shape: Shape = [1, 2, 2, 1]): OpErrorSample => ({
  name,
  code,
  inputs: [{ dtype: "float32", shape }],
  attrs: { size: [3, 3], ...KINDS[0], ...attrs },
});
const errors = [
  bad("rank", "E_SHAPE", {}, [2, 2, 1]),
  bad("no pixels", "E_SHAPE", {}, [1, 0, 2, 1]),
  bad("size", "E_ARGUMENT", { size: [3] }),
  bad("empty size", "E_ARGUMENT", { size: [3, 0] }),
  bad("both", "E_ARGUMENT", { alignCorners: true, halfPixel: true }),
];

/**
 * Shapes   x [N, H, W, C] → [N, size[0], size[1], C].
 * Dtypes   floating; whole numbers become float32.
 * Errors   E_SHAPE for other ranks and images without pixels; E_ARGUMENT.
 * Gradient resizeBilinearBack.
 */
export const resizeBilinear = defineOp({
  name: "resizeBilinear",
  arity: 1,
  dtypes: FLOATING,
  flags: ["pure"],
  attrs: RESIZING,
  doc: "Images [N, H, W, C] of size [rows, columns]: weighted means of the four pixels around each place.",
  infer,
  reference: forward(false),
  grad: transposed("resizeBilinearBack"),
  batch: foldedImages,
  samples: () => samples(FLOATING),
  errors,
});

export const resizeBilinearBack = defineOp({
  name: "resizeBilinearBack",
  arity: 1,
  dtypes: FLOATING,
  flags: ["pure"],
  attrs: RESIZING,
  doc: "Gradient of resizeBilinear to images of size [rows, columns]: adds each pixel up where it came from.",
  infer,
  reference: back(false),
  grad: transposed("resizeBilinear"),
  batch: foldedImages,
  samples: () => samples(FLOATING),
  errors,
});

/** As resizeBilinear; real dtypes stay. */
export const resizeNearest = defineOp({
  name: "resizeNearest",
  arity: 1,
  dtypes: REAL,
  promote: "none",
  flags: ["pure", "movement"],
  attrs: RESIZING,
  doc: "Images [N, H, W, C] of size [rows, columns]: the nearest pixel of each place.",
  infer,
  reference: forward(true),
  grad: transposed("resizeNearestBack"),
  batch: foldedImages,
  samples: () => samples(REAL),
  errors,
});

export const resizeNearestBack = defineOp({
  name: "resizeNearestBack",
  arity: 1,
  dtypes: FLOATING,
  flags: ["pure"],
  attrs: RESIZING,
  doc: "Gradient of resizeNearest to images of size [rows, columns]: adds each pixel up where it came from.",
  infer,
  reference: back(true),
  grad: transposed("resizeNearest"),
  batch: foldedImages,
  samples: () => samples(FLOATING),
  errors,
});
