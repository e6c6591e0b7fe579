/**
 * Grey-scale dilation of images x [N, H, W, C] by a filter [KH, KW, C]:
 *
 *   dilation2d         y[place, c] = max over the window's cells of x[cell's pixel, c] + filter[cell, c]
 *   dilation2dArgMax   y[place, c] = index, in x or in the filter, of the first cell where that is largest
 *
 * Cells outside of the image take no part; NaN is the largest. Gradients go to what decided: sums of dy by these indices.
 * Source: TensorFlow's dilation2d.
 */

import { ShapeError } from "../core/errors.ts";
import { type Dims, isStatic, mayBeSameDim, type Shape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { foldedImages } from "./batch.ts";
import type { GradSite } from "./grad.ts";
import { FLOATING, USUAL } from "./infer.ts";
import { type Attrs, type Block, defineOp, type OpErrorSample, type OpSample } from "./op.ts";
import { spread } from "./samples.ts";
import { checkHeld, checkImage, checkPads, eachTap, placesOf, windowOf } from "./window.ts";

const PLACING = { strides: "ints", pads: "ints", dilations: "ints" } as const;

/** Indices are int32. */
const MOST_INDICES = 2 ** 31 - 1;

function dilated(x: Dims, filter: Dims, attrs: Attrs, name: string): Dims {
  checkImage(x, name);
  if (filter.length !== 3 || !mayBeSameDim(x[3], filter[2])) {
    throw new ShapeError(`${name}: x of shape ${showShape(x)} and the filter of shape ${showShape(filter)} do not fit.`, {
      hint: "x is [batch, height, width, channels], the filter [height, width, channels].",
    });
  }
  const size = filter.slice(0, 2);
  if (!isStatic(size)) throw new ShapeError(`${name}: height and width of the filter ${showShape(filter)} must be known.`);
  if (size.includes(0) || x[1] === 0 || x[2] === 0) {
    throw new ShapeError(`${name}: x of shape ${showShape(x)} or the filter of shape ${showShape(filter)} has no cells.`);
  }
  const window = windowOf(attrs, size, name);
  checkPads(window, attrs, name);
  const places = placesOf(x, window, name);
  checkHeld(x, places, window, name);
  return [x[0], ...places, x[3]];
}

/** Calls `found(element of the result, element of x, element of the filter)` with the first largest sum. */
function eachLargest(
  [x, filter]: readonly Block[],
  y: Shape,
  attrs: Attrs,
  found: (at: number, pixel: number, cell: number) => void,
): void {
  const channels = x.shape[3];
  const best = new Float64Array(y.reduce((n, d) => n * d, 1));
  const pixels = new Float64Array(best.length).fill(-1);
  const cells = new Float64Array(best.length);
  eachTap(x.shape, y, windowOf(attrs, filter.shape.slice(0, 2), "dilation2d"), (pixel, cell, place) => {
    if (pixel < 0) return;
    for (let c = 0; c < channels; c++) {
      const at = place * channels + c;
      const value = summed(x, pixel * channels + c, filter, cell * channels + c);
      const better = pixels[at] < 0 || (!Number.isNaN(best[at]) && (Number.isNaN(value) || value > best[at]));
      if (!better) continue;
      best[at] = value;
      pixels[at] = pixel * channels + c;
      cells[at] = cell * channels + c;
    }
  });
  for (let at = 0; at < best.length; at++) found(at, pixels[at], cells[at]);
}

/** x + filter in the dtype of both. */
function summed(x: Block, i: number, filter: Block, k: number): number {
  const sum = x.data[i] + filter.data[k];
  return x.dtype === "int32" ? sum | 0 : x.dtype === "float32" ? Math.fround(sum) : sum;
}

/** dy added up at the elements of x, or of the filter, that decided. */
function toDeciding(s: GradSite, ofFilter: boolean): Tensor {
  const { f } = s;
  const { strides, pads, dilations } = s.attrs;
  const shape = s.shape(ofFilter ? 1 : 0);
  if (!isStatic(shape)) throw new ShapeError(`The gradient of dilation2d needs to know the shape ${showShape(shape)}.`);
  const indices = f.op("dilation2dArgMax", [s.a, s.b], { ofFilter, strides, pads, dilations });
  const count = shape.reduce((n, d) => n * d, 1);
  const flat = f.op("segmentSum", [f.reshape(s.dy, [lengthOf(s.dy)]), f.reshape(indices, [lengthOf(indices)])], { count });
  return f.reshape(flat, shape);
}

function lengthOf({ shape }: { readonly shape: Shape }): number {
  if (!isStatic(shape)) throw new ShapeError(`The gradient of dilation2d needs to know the shape ${showShape(shape)}.`);
  return shape.reduce((n, d) => n * d, 1);
}

const ONE = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] };

const CASES: readonly (readonly [x: Shape, filter: Shape, attrs: Attrs])[] = [
  [[1, 3, 3, 1], [2, 2, 1], ONE],
  [[2, 4, 3, 2], [1, 1, 2], ONE],
  [[1, 5, 4, 3], [3, 2, 3], { ...ONE, pads: [1, 1, 0, 1] }],
  [[1, 6, 5, 9], [2, 3, 9], { strides: [2, 3], pads: [0, 1, 1, 0], dilations: [1, 1] }],
  [[1, 6, 6, 2], [2, 2, 2], { strides: [1, 2], pads: [1, 2, 3, 0], dilations: [3, 4] }],
  [[0, 3, 3, 1], [2, 2, 1], ONE],
  [[2, 3, 3, 0], [2, 2, 0], ONE],
];

function samples(own: Attrs = {}): OpSample[] {
  const values = (shape: Shape, step: number): number[] => {
    const n = shape.reduce((a, b) => a * b, 1);
    return spread(0, n - 1, n).map((i) => ((i * step) % 11) - 4);
  };
  const wild = [NaN, 1, -Infinity, 2, 5, 5, -0, 0, Infinity, 3, -Infinity, -1];
  return [
    ...USUAL.flatMap((dtype) =>
      CASES.map(([x, filter, attrs]) => ({
        name: `${dtype} ${showShape(x)} ${showShape(filter)} ${JSON.stringify({ ...own, ...attrs })}`,
        inputs: [
          { dtype, shape: x, values: values(x, 7) },
          { dtype, shape: filter, values: values(filter, 5) },
        ],
        attrs: { ...own, ...attrs },
      })),
    ),
    ...FLOATING.map((dtype) => ({
      name: `${dtype} NaN, infinities ${JSON.stringify(own)}`,
      inputs: [
        { dtype, shape: [1, 3, 4, 1], values: wild },
        { dtype, shape: [2, 2, 1], values: [0, 1, -1, 0] },
      ],
      attrs: { ...own, ...ONE },
    })),
  ];
}

function errors(own: Attrs = {}): OpErrorSample[] {
  const bad = (name: string, code: string, attrs: Attrs, x: Shape = [1, 4, 4, 1], filter: Shape = [2, 2, 1]): OpErrorSample => ({
    name,
    code,
    inputs: [
      { dtype: "float32", shape: x },
      { dtype: "float32", shape: filter },
    ],
    attrs: { ...own, ...ONE, ...attrs },
  });
  return [
    bad("rank", "E_SHAPE", {}, [4, 4, 1]),
    bad("rank of the filter", "E_SHAPE", {}, [1, 4, 4, 1], [2, 2]),
    bad("channels", "E_SHAPE", {}, [1, 4, 4, 2]),
    bad("window", "E_SHAPE", {}, [1, 4, 4, 1], [5, 2, 1]),
    bad("no cells", "E_SHAPE", {}, [1, 0, 4, 1]),
    bad("an empty filter", "E_SHAPE", {}, [1, 4, 4, 1], [0, 2, 1]),
    bad("stride", "E_ARGUMENT", { strides: [0, 1] }),
    bad("pads", "E_ARGUMENT", { pads: [2, 0, 0, 0] }),
    bad("cells that miss the image", "E_SHAPE", { dilations: [5, 1], pads: [5, 5, 0, 0] }),
  ];
}

/**
 * The largest sum of a pixel and its cell of the filter.
 * Shapes   x [N, H, W, C], filter [KH, KW, C] → [N, OH, OW, C], lengths as conv2d.
 * Dtypes   numeric; int32 wraps around.
 * Attrs    as conv2d; pads smaller than the window.
 */
export const dilation2d = defineOp({
  name: "dilation2d",
  arity: 2,
  dtypes: USUAL,
  flags: ["pure"],
  attrs: PLACING,
  doc: "Largest sum of a pixel of x [N, H, W, C] and its cell of the filter [KH, KW, C] in each window; NaN wins, cells outside take no part; pads are [top, bottom, left, right].",
  infer: ([x, filter], attrs, name) => [{ dtype: x.dtype, shape: dilated(x.shape, filter.shape, attrs, name) }],
  reference: (inputs, [out], attrs) => {
    eachLargest(inputs, out.shape, attrs, (at, pixel, cell) => {
      out.data[at] = summed(inputs[0], pixel, inputs[1], cell);
    });
  },
  grad: [(s) => toDeciding(s, false), (s) => toDeciding(s, true)],
  batch: foldedImages,
  samples: () => samples(),
  errors: errors(),
});

/** The index of the element of x, or of the filter, that decides: what gradients of dilation2d are added up by. */
export const dilation2dArgMax = defineOp({
  name: "dilation2dArgMax",
  arity: 2,
  dtypes: USUAL,
  flags: ["pure"],
  attrs: { ofFilter: "bool", ...PLACING },
  doc: "Index in x, or with ofFilter in the filter, of the first cell that decides dilation2d's result, as int32.",
  infer: ([x, filter], attrs, name) => {
    const shape = dilated(x.shape, filter.shape, attrs, name);
    const counted = attrs.ofFilter === true ? filter.shape : x.shape;
    if (isStatic(counted) && counted.reduce((n, d) => n * d, 1) > MOST_INDICES) {
      throw new ShapeError(`${name}: shape ${showShape(counted)} has more elements than int32 can count.`);
    }
    return [{ dtype: "int32", shape }];
  },
  reference: (inputs, [out], attrs) => {
    eachLargest(inputs, out.shape, attrs, (at, pixel, cell) => {
      out.data[at] = attrs.ofFilter === true ? cell : pixel;
    });
  },
  samples: () => [...samples({ ofFilter: false }), ...samples({ ofFilter: true })],
  errors: errors({ ofFilter: false }),
});
