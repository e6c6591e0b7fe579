/**
 * Convolution of images x [N, H, W, C] with filters [KH, KW, C, M], and its two gradients, each linear in each operand:
 *
 *   conv2d            y[n, oy, ox, m]   = Σ x[n, iy, ix, c] · f[ky, kx, c, m]     over ky, kx, c
 *   conv2dInputGrad   dx[n, iy, ix, c]  = Σ dy[n, oy, ox, m] · f[ky, kx, c, m]    over ky, kx, m
 *   conv2dFilterGrad  df[ky, kx, c, m]  = Σ x[n, iy, ix, c] · dy[n, oy, ox, m]    over n, oy, ox
 *   with iy = oy·stride + ky·dilation − pad, and ix alike (window.ts)
 *
 * Cells outside of an image count as zeros that take part: zero times an infinite weight is NaN. As everywhere in machine
 * learning the filter is not turned (a correlation). Source: TensorFlow's conv2d and its gradients.
 */
import type { DType } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { type Dims, mayBeSameDim, type Shape, showDim, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { GradSite } from "./grad.ts";
import { FLOATING } from "./infer.ts";
import { type Attrs, type Block, defineOp, type OpSample } from "./op.ts";
import { checkGradient, checkImage, eachCell, list, placesOf, sizeOfImage, type Window, windowOf } from "./window.ts";

const PLACING = { strides: "ints", pads: "ints", dilations: "ints" } as const;

/** The filter's shape, with known positive lengths of the window and channels. */
function checkFilter(filter: Dims, name: string): void {
  if (filter.length !== 4) {
    throw new ShapeError(`${name}: the filter of shape ${showShape(filter)} must have rank 4: [height, width, channels in, channels out].`);
  }
  if (filter.slice(0, 2).some((d) => typeof d !== "number")) {
    throw new ShapeError(`${name}: height and width of the filter ${showShape(filter)} must be known.`);
  }
  if (filter.slice(0, 3).some((d) => d === 0)) throw new ShapeError(`${name}: the filter of shape ${showShape(filter)} has no elements.`);
}

function convolved(x: Dims, filter: Dims, attrs: Attrs, name: string): Dims {
  checkImage(x, name);
  checkFilter(filter, name);
  if (!mayBeSameDim(x[3], filter[2])) {
    throw new ShapeError(
      `${name}: x of shape ${showShape(x)} has ${showDim(x[3])} channels, but the filter of shape ${showShape(filter)} takes ${showDim(filter[2])}.`,
      { hint: "x is [batch, height, width, channels in], the filter [height, width, channels in, channels out]." },
    );
  }
  const [rows, columns] = placesOf(x, windowOf(attrs, filter as Shape, name), name);
  return [x[0], rows, columns, filter[3]];
}

/** The parts of one convolution that all three loops run over. */
interface Parts {
  readonly x: Shape;
  readonly filter: Shape;
  readonly y: Shape;
  readonly window: Window;
}

/** Visits each pair of an image's pixel and a filter's tap; `pixel` is −1 outside of the image. Numbers count whole pixels. */
function eachTap({ x, y, window }: Parts, visit: (pixel: number, tap: number, place: number) => void): void {
  const [rows, columns] = window;
  for (let n = 0; n < y[0]; n++) {
    eachCell(y[1], rows, (oy, ky, iy) => {
      eachCell(y[2], columns, (ox, kx, ix) => {
        const inside = iy >= 0 && iy < x[1] && ix >= 0 && ix < x[2];
        const pixel = inside ? (n * x[1] + iy) * x[2] + ix : -1;
        visit(pixel, ky * columns.size + kx, (n * y[1] + oy) * y[2] + ox);
      });
    });
  }
}

/** Sums in double precision, rounded once. */
function summed(out: Block, add: (sums: Float64Array) => void): void {
  const sums = new Float64Array(out.data.length);
  add(sums);
  out.data.set(sums);
}

/** The attributes that all three ops have. */
function placing({ strides, pads, dilations }: Attrs): Attrs {
  return { strides, pads, dilations };
}

/** The three sums as builder ops: each is bilinear, so that the rules of all need no others. */
const convolve = (s: GradSite, x: Tensor, filter: Tensor): Tensor => s.f.op("conv2d", [x, filter], placing(s.attrs));
const toInput = (s: GradSite, dy: Tensor, filter: Tensor, x: Dims): Tensor =>
  s.f.op("conv2dInputGrad", [dy, filter], { inputSize: sizeOfImage(x, "conv2d"), ...placing(s.attrs) });
const toFilter = (s: GradSite, x: Tensor, dy: Tensor, filter: Shape): Tensor =>
  s.f.op("conv2dFilterGrad", [x, dy], { filterSize: filter.slice(0, 2), ...placing(s.attrs) });

const ONE = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] };

/** x, filter, attributes of one convolution. */
type Case = readonly [x: Shape, filter: Shape, attrs: Attrs];

const CASES: readonly Case[] = [
  [[1, 3, 3, 1], [2, 2, 1, 1], ONE],
  [[2, 4, 5, 3], [1, 1, 3, 2], ONE],
  [[2, 5, 4, 2], [3, 3, 2, 3], { ...ONE, pads: [1, 1, 1, 1] }],
  [[1, 7, 6, 2], [3, 2, 2, 2], { strides: [2, 3], pads: [0, 1, 1, 0], dilations: [1, 1] }],
  [[1, 8, 7, 1], [3, 3, 1, 2], { strides: [1, 1], pads: [2, 2, 2, 2], dilations: [2, 3] }],
  [[1, 5, 5, 2], [1, 1, 2, 3], { ...ONE, strides: [3, 3] }],
  [[2, 6, 6, 4], [3, 3, 4, 5], { ...ONE, strides: [2, 2], dilations: [2, 2] }],
  [[1, 2, 2, 1], [2, 2, 1, 2], { ...ONE, pads: [3, 2, 0, 4] }],
  [[1, 9, 1, 20], [4, 1, 20, 33], { ...ONE, pads: [3, 0, 0, 0] }],
  [[0, 3, 3, 1], [2, 2, 1, 2], ONE],
  [[2, 3, 3, 2], [2, 2, 2, 0], ONE],
];

/** Samples of every dtype; `operands` says what a case's operands and attributes are. */
function samples(operands: (given: Case, y: Shape) => { shapes: readonly Shape[]; attrs: Attrs }): OpSample[] {
  return FLOATING.flatMap((dtype) =>
    CASES.map((given) => {
      const [x, filter, attrs] = given;
      const y = convolved(x, filter, attrs, "sample") as Shape;
      const { shapes, attrs: own } = operands(given, y);
      return { name: `${dtype} ${shapes.map(showShape).join(" ")} ${JSON.stringify(own)}`, inputs: inputs(dtype, ...shapes), attrs: own };
    }),
  );
}

function inputs(dtype: DType, ...shapes: readonly Shape[]): OpSample["inputs"] {
  return shapes.map((shape) => ({ dtype, shape }));
}

/**
 * Convolution of images with filters.
 * Shapes   x [N, H, W, C], filter [KH, KW, C, M] → [N, OH, OW, M], OH = ⌊(H + top + bottom − (KH−1)·dilation − 1) / stride⌋ + 1.
 * Dtypes   floating.
 * Attrs    strides [rows, columns] ≥ 1, pads [top, bottom, left, right] ≥ 0 in cells, dilations [rows, columns] ≥ 1.
 * Errors   E_SHAPE for ranks, channels that differ, a window larger than the padded input; E_ARGUMENT for attributes out of range.
 */
export const conv2d = defineOp({
  name: "conv2d",
  arity: 2,
  dtypes: FLOATING,
  flags: ["pure"],
  attrs: PLACING,
  doc: "Convolution of x [N, H, W, C] with a filter [KH, KW, C, M] → [N, OH, OW, M]; pads are [top, bottom, left, right], cells outside count as zeros.",
  infer: ([x, filter], attrs, name) => [{ dtype: x.dtype, shape: convolved(x.shape, filter.shape, attrs, name) }],
  reference: ([x, filter], [out], attrs) => {
    const [, , channels, outputs] = filter.shape;
    const parts = { x: x.shape, filter: filter.shape, y: out.shape, window: windowOf(attrs, filter.shape, "conv2d") };
    summed(out, (sums) => {
      eachTap(parts, (pixel, tap, place) => {
        for (let c = 0; c < channels; c++) {
          const value = pixel < 0 ? 0 : x.data[pixel * channels + c];
          for (let m = 0; m < outputs; m++) sums[place * outputs + m] += value * filter.data[(tap * channels + c) * outputs + m];
        }
      });
    });
  },
  grad: [(s) => toInput(s, s.dy, s.b, s.shape(0)), (s) => toFilter(s, s.a, s.dy, s.shape(1))],
  samples: samples(([x, filter, attrs]) => ({ shapes: [x, filter], attrs })),
  errors: [
    { name: "rank", code: "E_SHAPE", inputs: inputs("float32", [3, 3, 1], [2, 2, 1, 1]), attrs: ONE },
    { name: "rank of the filter", code: "E_SHAPE", inputs: inputs("float32", [1, 3, 3, 1], [2, 2, 1]), attrs: ONE },
    { name: "channels", code: "E_SHAPE", inputs: inputs("float32", [1, 3, 3, 2], [2, 2, 3, 1]), attrs: ONE },
    { name: "window", code: "E_SHAPE", inputs: inputs("float32", [1, 3, 3, 1], [2, 4, 1, 1]), attrs: ONE },
    { name: "no channels", code: "E_SHAPE", inputs: inputs("float32", [1, 3, 3, 0], [2, 2, 0, 1]), attrs: ONE },
    { name: "stride", code: "E_ARGUMENT", inputs: inputs("float32", [1, 3, 3, 1], [2, 2, 1, 1]), attrs: { ...ONE, strides: [0, 1] } },
    { name: "pads", code: "E_ARGUMENT", inputs: inputs("float32", [1, 3, 3, 1], [2, 2, 1, 1]), attrs: { ...ONE, pads: [0, -1, 0, 0] } },
    { name: "dilations", code: "E_ARGUMENT", inputs: inputs("float32", [1, 3, 3, 1], [2, 2, 1, 1]), attrs: { ...ONE, dilations: [1] } },
  ],
});

/**
 * Gradient of conv2d with respect to its input, and the transposed convolution.
 * Shapes   dy [N, OH, OW, M], filter [KH, KW, C, M] → [N, H, W, C] with inputSize [H, W].
 */
export const conv2dInputGrad = defineOp({
  name: "conv2dInputGrad",
  arity: 2,
  dtypes: FLOATING,
  flags: ["pure"],
  attrs: { inputSize: "ints", ...PLACING },
  doc: "Gradient of conv2d with respect to its input: dy [N, OH, OW, M], filter [KH, KW, C, M] → [N, H, W, C] with inputSize [H, W].",
  infer: ([dy, filter], attrs, name) => {
    checkImage(dy.shape, name, "dy");
    checkFilter(filter.shape, name);
    const [rows, columns] = list(attrs, "inputSize", 2, 0, name);
    const shape = [dy.shape[0], rows, columns, filter.shape[2]];
    const y = convolved(shape, filter.shape, attrs, name);
    checkGradient(dy.shape, y, name, `an input ${showShape(shape)} with a filter ${showShape(filter.shape)}`);
    return [{ dtype: dy.dtype, shape }];
  },
  reference: ([dy, filter], [out], attrs) => {
    const [, , channels, outputs] = filter.shape;
    const [rows, columns] = windowOf(attrs, filter.shape, "conv2dInputGrad");
    const [, height, width] = dy.shape;
    // Per cell of the input, so that places outside of dy count as zeros that take part, as cells outside of x do in conv2d.
    summed(out, (sums) => {
      for (let pixel = 0; pixel * channels < sums.length; pixel++) {
        const [n, iy, ix] = [
          Math.floor(pixel / (out.shape[1] * out.shape[2])),
          Math.floor(pixel / out.shape[2]) % out.shape[1],
          pixel % out.shape[2],
        ];
        for (let ky = 0; ky < rows.size; ky++) {
          for (let kx = 0; kx < columns.size; kx++) {
            const [oy, ox] = [
              (iy + rows.before - ky * rows.dilation) / rows.stride,
              (ix + columns.before - kx * columns.dilation) / columns.stride,
            ];
            if (!Number.isInteger(oy) || !Number.isInteger(ox)) continue;
            const inside = oy >= 0 && oy < height && ox >= 0 && ox < width;
            const place = (n * height + oy) * width + ox;
            for (let c = 0; c < channels; c++) {
              for (let m = 0; m < outputs; m++) {
                const value = inside ? dy.data[place * outputs + m] : 0;
                sums[pixel * channels + c] += value * filter.data[((ky * columns.size + kx) * channels + c) * outputs + m];
              }
            }
          }
        }
      }
    });
  },
  grad: [(s) => convolve(s, s.dy, s.b), (s) => toFilter(s, s.dy, s.a, s.shape(1))],
  samples: samples(([x, filter, attrs], y) => ({ shapes: [y, filter], attrs: { inputSize: x.slice(1, 3), ...attrs } })),
  errors: [
    { name: "rank", code: "E_SHAPE", inputs: inputs("float32", [2, 2, 1], [2, 2, 1, 1]), attrs: { inputSize: [3, 3], ...ONE } },
    { name: "size", code: "E_SHAPE", inputs: inputs("float32", [1, 2, 2, 1], [2, 2, 1, 1]), attrs: { inputSize: [4, 3], ...ONE } },
    { name: "channels", code: "E_SHAPE", inputs: inputs("float32", [1, 2, 2, 2], [2, 2, 1, 1]), attrs: { inputSize: [3, 3], ...ONE } },
    { name: "input size", code: "E_ARGUMENT", inputs: inputs("float32", [1, 2, 2, 1], [2, 2, 1, 1]), attrs: { inputSize: [3], ...ONE } },
  ],
});

/**
 * Gradient of conv2d with respect to its filter.
 * Shapes   x [N, H, W, C], dy [N, OH, OW, M] → [KH, KW, C, M] with filterSize [KH, KW].
 */
export const conv2dFilterGrad = defineOp({
  name: "conv2dFilterGrad",
  arity: 2,
  dtypes: FLOATING,
  flags: ["pure"],
  attrs: { filterSize: "ints", ...PLACING },
  doc: "Gradient of conv2d with respect to its filter: x [N, H, W, C], dy [N, OH, OW, M] → [KH, KW, C, M] with filterSize [KH, KW].",
  infer: ([x, dy], attrs, name) => {
    checkImage(x.shape, name);
    checkImage(dy.shape, name, "dy");
    const [rows, columns] = list(attrs, "filterSize", 2, 1, name);
    const shape = [rows, columns, x.shape[3], dy.shape[3]];
    const y = convolved(x.shape, shape, attrs, name);
    checkGradient(dy.shape, y, name, `an input ${showShape(x.shape)} with a filter ${showShape(shape)}`);
    return [{ dtype: x.dtype, shape }];
  },
  reference: ([x, dy], [out], attrs) => {
    const [, , channels, outputs] = out.shape;
    const parts = { x: x.shape, filter: out.shape, y: dy.shape, window: windowOf(attrs, out.shape, "conv2dFilterGrad") };
    summed(out, (sums) => {
      eachTap(parts, (pixel, tap, place) => {
        for (let c = 0; c < channels; c++) {
          const value = pixel < 0 ? 0 : x.data[pixel * channels + c];
          for (let m = 0; m < outputs; m++) sums[(tap * channels + c) * outputs + m] += value * dy.data[place * outputs + m];
        }
      });
    });
  },
  grad: [(s) => toInput(s, s.b, s.dy, s.shape(0)), (s) => convolve(s, s.a, s.dy)],
  samples: samples(([x, filter, attrs], y) => ({ shapes: [x, y], attrs: { filterSize: filter.slice(0, 2), ...attrs } })),
  errors: [
    { name: "rank", code: "E_SHAPE", inputs: inputs("float32", [1, 3, 3, 1], [2, 2, 1]), attrs: { filterSize: [2, 2], ...ONE } },
    { name: "batch", code: "E_SHAPE", inputs: inputs("float32", [2, 3, 3, 1], [1, 2, 2, 1]), attrs: { filterSize: [2, 2], ...ONE } },
    { name: "size", code: "E_SHAPE", inputs: inputs("float32", [1, 3, 3, 1], [1, 2, 2, 1]), attrs: { filterSize: [3, 2], ...ONE } },
    {
      name: "filter size",
      code: "E_ARGUMENT",
      inputs: inputs("float32", [1, 3, 3, 1], [1, 2, 2, 1]),
      attrs: { filterSize: [0, 2], ...ONE },
    },
  ],
});
