/**
 * Pools over the rows and columns of x [N, H, W, C], and their gradients. Padding never decides: the largest and the average are
 * taken over the cells of a window that lie in the image, of which there is one at least, since pads are smaller than windows.
 *
 *   maxPool          y[place] = largest cell; NaN wins
 *   maxPoolGrad      dx[cell] = Σ dy[place] over the windows whose first largest cell (in row-major order) it is
 *   maxPoolGradGrad  y[place] = v[first largest cell of the window in x]: the transpose of maxPoolGrad, linear in v
 *   avgPool          y[place] = Σ cells / number of cells in the image
 *   avgPoolGrad      dx[cell] = Σ dy[place] / number of cells, over the windows that hold it
 *
 * Source: TensorFlow's pools; its "SAME" averages leave out padding too.
 */
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { type Dim, type Dims, mayBeSameShape, type Shape, showShape } from "../core/shape.ts";
import { FLOATING, NUMERIC } from "./infer.ts";
import { type Attrs, type Block, defineOp, type OpErrorSample, type OpSample } from "./op.ts";
import { spread } from "./samples.ts";
import { checkGradient, checkImage, list, placesOf, type Slide, sizeOfImage, type Window, windowOf } from "./window.ts";

const PLACING = { window: "ints", strides: "ints", pads: "ints" } as const;

function poolWindow(attrs: Attrs, name: string): Window {
  const window = windowOf(attrs, list(attrs, "window", 2, 1, name), name);
  for (const { size, before, after } of window) {
    if (before >= size || after >= size) {
      throw new ArgumentError(
        `${name}: pads ${showShape(attrs.pads as Shape)} must be smaller than the window ${showShape(attrs.window as Shape)}.`,
        {
          hint: "Otherwise some windows would hold no cell of the image.",
        },
      );
    }
  }
  return window;
}

function pooled(x: Dims, attrs: Attrs, name: string): [Dim, Dim, Dim, Dim] {
  checkImage(x, name);
  const window = poolWindow(attrs, name);
  if (x[1] === 0 || x[2] === 0) throw new ShapeError(`${name}: an image of x ${showShape(x)} has no cells.`);
  const [rows, columns] = placesOf(x, window, name);
  return [x[0], rows, columns, x[3]];
}

/** The cells [from, to) of the image that the window at a place holds, along one axis. */
function held(place: number, { size, stride, before }: Slide, length: number): [from: number, to: number] {
  const start = place * stride - before;
  return [Math.max(0, start), Math.min(length, start + size)];
}

/** Visits each element of the result y with its window's elements of x, in row-major order. */
function eachWindow(x: Shape, y: Shape, window: Window, visit: (at: number, cells: readonly number[]) => void): void {
  const [, height, width, channels] = x;
  let at = 0;
  for (let n = 0; n < y[0]; n++) {
    for (let oy = 0; oy < y[1]; oy++) {
      const [top, bottom] = held(oy, window[0], height);
      for (let ox = 0; ox < y[2]; ox++) {
        const [left, right] = held(ox, window[1], width);
        for (let c = 0; c < channels; c++) {
          const cells: number[] = [];
          for (let iy = top; iy < bottom; iy++) {
            for (let ix = left; ix < right; ix++) cells.push(((n * height + iy) * width + ix) * channels + c);
          }
          visit(at++, cells);
        }
      }
    }
  }
}

/** The first of the largest elements; NaN is the largest. */
function firstLargest({ data }: Block, cells: readonly number[]): number {
  let best = cells[0];
  for (const cell of cells) {
    if (!Number.isNaN(data[best]) && (Number.isNaN(data[cell]) || data[cell] > data[best])) best = cell;
  }
  return best;
}

function placing({ window, strides, pads }: Attrs): Attrs {
  return { window, strides, pads };
}

const TWO = { window: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] };

const CASES: readonly (readonly [x: Shape, attrs: Attrs])[] = [
  [[1, 4, 4, 2], TWO],
  [[2, 5, 5, 1], { window: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }],
  [[1, 5, 4, 9], { window: [2, 3], strides: [1, 2], pads: [0, 1, 0, 1] }],
  [[1, 7, 7, 3], { window: [2, 2], strides: [3, 3], pads: [0, 0, 0, 0] }],
  [[1, 3, 6, 17], { window: [3, 2], strides: [1, 1], pads: [2, 2, 1, 0] }],
  [[1, 2, 2, 1], { window: [4, 3], strides: [1, 1], pads: [1, 3, 2, 1] }],
  [[0, 4, 4, 2], TWO],
  [[2, 4, 4, 0], TWO],
];

function size(shape: Shape): number {
  return shape.reduce((n, d) => n * d, 1);
}

/** Whole numbers with many ties, in no order. */
function tied(shape: Shape): number[] {
  return spread(0, size(shape) - 1, size(shape)).map((i) => ((i * 7 + 3) % 5) - 2);
}

/** Samples of every dtype; `operands` gives the shapes of a case, the first of which is x where `ties` are of interest. */
function samples(dtypes: typeof FLOATING, operands: (x: Shape, y: Shape) => readonly Shape[], own = (_: Shape): Attrs => ({})): OpSample[] {
  return dtypes.flatMap((dtype) =>
    CASES.map(([x, attrs]) => {
      const shapes = operands(x, pooled(x, attrs, "sample") as Shape);
      const all = { ...own(x), ...attrs };
      return {
        name: `${dtype} ${shapes.map(showShape).join(" ")} ${JSON.stringify(all)}`,
        inputs: shapes.map((shape, i) => ({ dtype, shape, ...(i === 0 ? { values: tied(shape) } : {}) })),
        attrs: all,
      };
    }),
  );
}

const AWKWARD = [NaN, 1, -Infinity, -Infinity, 2, NaN, -Infinity, -Infinity, -0, 0, 3, 3, 0, -0, 3, Infinity];
const wild = (dtype: "float32" | "float64", more: OpSample["inputs"] = []): OpSample => ({
  name: `${dtype} NaN, infinities, ties`,
  inputs: [{ dtype, shape: [1, 4, 4, 1], values: AWKWARD }, ...more],
  attrs: TWO,
});

/** Bad attributes of an op whose operands are of these shapes. */
function errors(shapes: readonly Shape[], own: Attrs = {}): OpErrorSample[] {
  const inputs = shapes.map((shape) => ({ dtype: "float32" as const, shape }));
  const bad = (name: string, code: string, attrs: Attrs, given = inputs): OpErrorSample => ({
    name,
    code,
    inputs: given,
    attrs: { ...own, ...TWO, ...attrs },
  });
  return [
    bad("rank", "E_SHAPE", {}, [{ dtype: "float32", shape: [4, 4] }, ...inputs.slice(1)]),
    bad("window", "E_ARGUMENT", { window: [0, 2] }),
    bad("stride", "E_ARGUMENT", { strides: [1, 0] }),
    bad("pads", "E_ARGUMENT", { pads: [2, 0, 0, 0] }),
    bad("window too large", "E_SHAPE", { window: [9, 2] }),
  ];
}

/**
 * The largest cell of each window.
 * Shapes   x [N, H, W, C] → [N, OH, OW, C], OH = ⌊(H + top + bottom − window) / stride⌋ + 1.
 * Dtypes   numeric.
 * Attrs    window, strides [rows, columns] ≥ 1; pads [top, bottom, left, right] in cells, smaller than the window.
 * Errors   E_SHAPE for ranks and a window larger than the padded input; E_ARGUMENT for attributes out of range.
 */
export const maxPool = defineOp({
  name: "maxPool",
  arity: 1,
  dtypes: NUMERIC,
  flags: ["pure"],
  attrs: PLACING,
  doc: "Largest cell of each window of x [N, H, W, C]; NaN wins, padding never does; pads are [top, bottom, left, right].",
  infer: ([x], attrs, name) => [{ dtype: x.dtype, shape: pooled(x.shape, attrs, name) }],
  reference: ([x], [out], attrs) => {
    eachWindow(x.shape, out.shape, poolWindow(attrs, "maxPool"), (at, cells) => {
      out.data[at] = cells.reduce((best, cell) => Math.max(best, x.data[cell]), -Infinity);
    });
  },
  grad: [(s) => s.f.op("maxPoolGrad", [s.a, s.dy], s.attrs)],
  samples: [...samples(NUMERIC, (x) => [x]), wild("float32"), wild("float64")],
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
  samples: [
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
  samples: [
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
  doc: "Average over the cells of each window of x [N, H, W, C] that lie in the image; pads are [top, bottom, left, right].",
  infer: ([x], attrs, name) => [{ dtype: x.dtype, shape: pooled(x.shape, attrs, name) }],
  reference: ([x], [out], attrs) => {
    eachWindow(x.shape, out.shape, poolWindow(attrs, "avgPool"), (at, cells) => {
      out.data[at] = cells.reduce((total, cell) => total + x.data[cell], 0) / cells.length;
    });
  },
  grad: [(s) => s.f.op("avgPoolGrad", [s.dy], { inputSize: sizeOfImage(s.shape(0), "avgPool"), ...s.attrs })],
  samples: [...samples(FLOATING, (x) => [x]), wild("float32"), wild("float64")],
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
  doc: "Gradient of avgPool: dy [N, OH, OW, C] → [N, H, W, C] with inputSize [H, W]; each element is spread evenly over its window's cells.",
  infer: ([dy], attrs, name) => {
    checkImage(dy.shape, name, "dy");
    const [rows, columns] = list(attrs, "inputSize", 2, 0, name);
    const shape = [dy.shape[0], rows, columns, dy.shape[3]];
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
  samples: samples(
    FLOATING,
    (_, y) => [y],
    (x) => ({ inputSize: x.slice(1, 3) }),
  ),
  errors: [
    ...errors([[1, 2, 2, 1]], { inputSize: [4, 4] }).filter(({ name }) => name !== "window too large"),
    { name: "shape of dy", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [1, 2, 3, 1] }], attrs: { inputSize: [4, 4], ...TWO } },
    { name: "input size", code: "E_ARGUMENT", inputs: [{ dtype: "float32", shape: [1, 2, 2, 1] }], attrs: { inputSize: [4, -4], ...TWO } },
  ],
});
