/**
 * Pools over the inner axes of x [N, H, W, C] or [N, D, H, W, C], and their gradients. Padding never decides: the largest and the
 * average are taken over the cells of a window that lie in x, of which there is one at least: pads are smaller than windows.
 *
 *   maxPool          y[place] = largest cell; NaN wins
 *   maxPoolGrad      dx[cell] = Σ dy[place] over the windows whose first largest cell (in row-major order) it is
 *   maxPoolGradGrad  y[place] = v[first largest cell of the window in x]: the transpose of maxPoolGrad, linear in v
 *   maxPoolArgMax    y[place] = index of the first largest cell
 *   avgPool          y[place] = Σ cells / number of cells in the image
 *   avgPoolGrad      dx[cell] = Σ dy[place] / number of cells, over the windows that hold it
 *
 * Source: TensorFlow's pools; its "SAME" averages leave out padding too.
 */

import { ShapeError } from "../core/errors.ts";
import { isStatic, mayBeSameShape, showShape } from "../core/shape.ts";
import { folded, foldedImages } from "./batch.ts";
import { FLOATING, USUAL } from "./infer.ts";
import { type Attrs, defineOp } from "./op.ts";
import { errors, samples, TWO, wild } from "./pooling/samples.ts";
import { eachWindow, firstLargest, PLACING, pooled, poolWindow } from "./pooling/windows.ts";
import { checkGradient, checkImage, list, sizeOfImage } from "./window.ts";

/** Indices are int32. */
const MOST_INDICES = 2 ** 31 - 1;

function placing({ window, strides, pads, dilations }: Attrs): Attrs {
  return { window, strides, pads, dilations };
}

/**
 * The largest cell of each window.
 * Shapes   x [N, H, W, C] → [N, OH, OW, C], OH = ⌊(H + top + bottom − (window − 1)·dilation − 1) / stride⌋ + 1; with a window of
 *          three lengths [N, D, H, W, C] alike.
 * Dtypes   numeric.
 * Attrs    window, strides, dilations ≥ 1 per inner axis; pads two per axis, in cells, smaller than what the window spans.
 * Errors   E_SHAPE for ranks and a window larger than the padded input; E_ARGUMENT for attributes out of range.
 */
export const maxPool = defineOp({
  name: "maxPool",
  arity: 1,
  dtypes: USUAL,
  flags: ["pure"],
  attrs: PLACING,
  doc: "Largest cell of each window of x [N, H, W, C] or [N, D, H, W, C]; NaN wins, padding never does; pads are [top, bottom, left, right], before them those of planes.",
  infer: ([x], attrs, name) => [{ dtype: x.dtype, shape: pooled(x.shape, attrs, name) }],
  reference: ([x], [out], attrs) => {
    eachWindow(x.shape, out.shape, poolWindow(attrs, "maxPool"), (at, cells) => {
      out.data[at] = cells.reduce((best, cell) => Math.max(best, x.data[cell]), -Infinity);
    });
  },
  grad: [(s) => s.f.op("maxPoolGrad", [s.a, s.dy], s.attrs)],
  batch: foldedImages,
  samples: () => [...samples(USUAL, (x) => [x]), wild("float32"), wild("float64")],
  errors: [
    ...errors([[1, 4, 4, 1]]),
    { name: "no cells", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [1, 0, 4, 1] }], attrs: { ...TWO, pads: [1, 1, 0, 0] } },
  ],
});

/**
 * Gradient of maxPool: each window's dy goes to the first of its largest cells (NaN is the largest).
 * Shapes   x [N, H, W, C], dy [N, OH, OW, C] → [N, H, W, C].
 */
export const maxPoolGrad = defineOp({
  name: "maxPoolGrad",
  arity: 2,
  dtypes: FLOATING,
  flags: ["pure"],
  attrs: PLACING,
  doc: "Gradient of maxPool(x): each element of dy is added at the first largest cell of its window.",
  infer: ([x, dy], attrs, name) => {
    checkGradient(dy.shape, pooled(x.shape, attrs, name), name, `an input ${showShape(x.shape)}`);
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  reference: ([x, dy], [out], attrs) => {
    out.data.fill(0);
    eachWindow(x.shape, dy.shape, poolWindow(attrs, "maxPoolGrad"), (at, cells) => {
      out.data[firstLargest(x, cells)] += dy.data[at];
    });
  },
  grad: [null, (s) => s.f.op("maxPoolGradGrad", [s.a, s.dy], s.attrs)],
  batch: folded([0, 1]),
  samples: () => [
    ...samples(FLOATING, (x, y) => [x, y]),
    wild("float32", [{ dtype: "float32", shape: [1, 2, 2, 1] }]),
    wild("float64", [{ dtype: "float64", shape: [1, 2, 2, 1] }]),
  ],
  errors: [
    ...errors([
      [1, 4, 4, 1],
      [1, 2, 2, 1],
    ]),
    {
      name: "shape of dy",
      code: "E_SHAPE",
      inputs: [
        { dtype: "float32", shape: [1, 4, 4, 1] },
        { dtype: "float32", shape: [1, 2, 3, 1] },
      ],
      attrs: TWO,
    },
  ],
});

/**
 * What maxPoolGrad's own gradient with respect to dy needs: the element of v at each window's first largest cell of x.
 * Shapes   x, v [N, H, W, C] → [N, OH, OW, C].
 */
export const maxPoolGradGrad = defineOp({
  name: "maxPoolGradGrad",
  arity: 2,
  dtypes: FLOATING,
  flags: ["pure"],
  attrs: PLACING,
  doc: "The element of v at the first largest cell of each window of x: the transpose of maxPoolGrad.",
  infer: ([x, v], attrs, name) => {
    if (!mayBeSameShape(x.shape, v.shape)) {
      throw new ShapeError(`${name}: x of shape ${showShape(x.shape)} and v of shape ${showShape(v.shape)} differ.`);
    }
    return [{ dtype: x.dtype, shape: pooled(x.shape, attrs, name) }];
  },
  reference: ([x, v], [out], attrs) => {
    eachWindow(x.shape, out.shape, poolWindow(attrs, "maxPoolGradGrad"), (at, cells) => {
      out.data[at] = v.data[firstLargest(x, cells)];
    });
  },
  grad: [null, (s) => s.f.op("maxPoolGrad", [s.a, s.dy], s.attrs)],
  batch: folded([0, 1]),
  samples: () => [
    ...samples(FLOATING, (x) => [x, x]),
    wild("float32", [{ dtype: "float32", shape: [1, 4, 4, 1] }]),
    wild("float64", [{ dtype: "float64", shape: [1, 4, 4, 1] }]),
  ],
  errors: [
    {
      name: "shapes",
      code: "E_SHAPE",
      inputs: [
        { dtype: "float32", shape: [1, 4, 4, 1] },
        { dtype: "float32", shape: [1, 4, 3, 1] },
      ],
      attrs: TWO,
    },
  ],
});

/**
 * The average over the cells of each window that lie in the image, added in double precision in row-major order.
 * Shapes, attributes and errors as maxPool; dtypes floating.
 */
export const avgPool = defineOp({
  name: "avgPool",
  arity: 1,
  dtypes: FLOATING,
  flags: ["pure"],
  attrs: PLACING,
  doc: "Average over the cells of each window of x [N, H, W, C] or [N, D, H, W, C] that lie in x; pads are [top, bottom, left, right], before them those of planes.",
  infer: ([x], attrs, name) => [{ dtype: x.dtype, shape: pooled(x.shape, attrs, name) }],
  reference: ([x], [out], attrs) => {
    eachWindow(x.shape, out.shape, poolWindow(attrs, "avgPool"), (at, cells) => {
      out.data[at] = cells.reduce((total, cell) => total + x.data[cell], 0) / cells.length;
    });
  },
  grad: [(s) => s.f.op("avgPoolGrad", [s.dy], { inputSize: sizeOfImage(s.shape(0), "avgPool"), ...s.attrs })],
  batch: foldedImages,
  samples: () => [...samples(FLOATING, (x) => [x]), wild("float32"), wild("float64")],
  errors: errors([[1, 4, 4, 1]]),
});

/**
 * Gradient of avgPool: each window's dy, divided by the number of its cells in the image, is added to each of them.
 * Shapes   dy [N, OH, OW, C] → [N, H, W, C] with inputSize [H, W].
 */
export const avgPoolGrad = defineOp({
  name: "avgPoolGrad",
  arity: 1,
  dtypes: FLOATING,
  flags: ["pure"],
  attrs: { inputSize: "ints", ...PLACING },
  doc: "Gradient of avgPool: dy [N, OH, OW, C] → [N, H, W, C] with inputSize [H, W] (or planes too); each element is spread evenly over its window's cells.",
  infer: ([dy], attrs, name) => {
    const { length } = poolWindow(attrs, name);
    checkImage(dy.shape, name, "dy", length);
    const shape = [dy.shape[0], ...list(attrs, "inputSize", length, 0, name), dy.shape[length + 1]];
    checkGradient(dy.shape, pooled(shape, attrs, name), name, `an input ${showShape(shape)}`);
    return [{ dtype: dy.dtype, shape }];
  },
  reference: ([dy], [out], attrs) => {
    const sums = new Float64Array(out.data.length);
    eachWindow(out.shape, dy.shape, poolWindow(attrs, "avgPoolGrad"), (at, cells) => {
      for (const cell of cells) sums[cell] += dy.data[at] * (1 / cells.length);
    });
    out.data.set(sums);
  },
  grad: [(s) => s.f.op("avgPool", [s.dy], placing(s.attrs))],
  batch: foldedImages,
  samples: () =>
    samples(
      FLOATING,
      (_, y) => [y],
      (x) => ({ inputSize: x.slice(1, -1) }),
    ),
  errors: [
    ...errors([[1, 2, 2, 1]], { inputSize: [4, 4] }).filter(({ name }) => name !== "window too large"),
    { name: "shape of dy", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [1, 2, 3, 1] }], attrs: { inputSize: [4, 4], ...TWO } },
    { name: "input size", code: "E_ARGUMENT", inputs: [{ dtype: "float32", shape: [1, 2, 2, 1] }], attrs: { inputSize: [4, -4], ...TWO } },
  ],
});

/**
 * The index in x of the first largest cell of each window: in its image as [...lengths, C], or with includeBatch in all of x.
 * Shapes   x [N, H, W, C] → int32 [N, OH, OW, C].
 */
export const maxPoolArgMax = defineOp({
  name: "maxPoolArgMax",
  arity: 1,
  dtypes: USUAL,
  flags: ["pure"],
  attrs: { includeBatch: "bool", ...PLACING },
  doc: "Index in x of the first largest cell of each window (NaN is the largest), as int32; counted from the start of each image, or of x with includeBatch.",
  infer: ([x], attrs, name) => {
    const shape = pooled(x.shape, attrs, name);
    if (isStatic(x.shape) && x.shape.reduce((n, d) => n * d, 1) > MOST_INDICES) {
      throw new ShapeError(`${name}: x of shape ${showShape(x.shape)} has more elements than int32 can count.`);
    }
    return [{ dtype: "int32", shape }];
  },
  reference: ([x], [out], attrs) => {
    const image = x.data.length / Math.max(1, x.shape[0]);
    eachWindow(x.shape, out.shape, poolWindow(attrs, "maxPoolArgMax"), (at, cells) => {
      const index = firstLargest(x, cells);
      out.data[at] = attrs.includeBatch === true ? index : index % image;
    });
  },
  batch: (s) => (s.attrs.includeBatch === true ? null : foldedImages(s)),
  samples: () => [
    ...samples(
      USUAL,
      (x) => [x],
      () => ({ includeBatch: true }),
    ),
    ...samples(
      ["float32"],
      (x) => [x],
      () => ({ includeBatch: false }),
    ),
    ...[wild("float32"), wild("float64")].map((sample) => ({ ...sample, attrs: { includeBatch: false, ...sample.attrs } })),
  ],
  errors: errors([[1, 4, 4, 1]], { includeBatch: false }),
});
