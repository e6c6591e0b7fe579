/** Samples of pools: cases of x and attributes, from which each record takes its operands. */
import type { DType } from "../../core/dtype.ts";
import { type Shape, showShape } from "../../core/shape.ts";
import type { Attrs, OpErrorSample, OpSample } from "../op.ts";
import { spread } from "../samples.ts";
import { pooled } from "./windows.ts";

const ONE = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] };
export const TWO = { window: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1] };
const VOLUME = { window: [2, 2, 2], strides: [2, 2, 2], pads: [0, 0, 0, 0, 0, 0], dilations: [1, 1, 1] };

const CASES: readonly (readonly [x: Shape, attrs: Attrs])[] = [
  [[1, 4, 4, 2], TWO],
  [[2, 5, 5, 1], { ...TWO, window: [3, 3], pads: [1, 1, 1, 1] }],
  [[1, 5, 4, 9], { ...TWO, window: [2, 3], strides: [1, 2], pads: [0, 1, 0, 1] }],
  [[1, 7, 7, 3], { ...TWO, strides: [3, 3] }],
  [[1, 3, 6, 17], { ...ONE, window: [3, 2], pads: [2, 2, 1, 0] }],
  [[1, 2, 2, 1], { ...ONE, window: [4, 3], pads: [1, 3, 2, 1] }],
  [[1, 6, 7, 3], { ...ONE, window: [2, 3], dilations: [3, 2] }],
  [[2, 5, 4, 8], { window: [3, 2], strides: [2, 1], pads: [2, 3, 1, 2], dilations: [2, 3] }],
  [[1, 3, 4, 4, 2], { ...VOLUME, strides: [1, 2, 2] }],
  [[1, 3, 5, 4, 9], { ...VOLUME, window: [3, 2, 3], pads: [1, 2, 0, 1, 1, 0] }],
  [[1, 4, 3, 5, 1], { window: [2, 2, 2], strides: [1, 1, 2], pads: [1, 0, 0, 0, 2, 1], dilations: [2, 1, 3] }],
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
export function samples(
  dtypes: readonly DType[],
  operands: (x: Shape, y: Shape) => readonly Shape[],
  own = (_: Shape): Attrs => ({}),
): OpSample[] {
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
export const wild = (dtype: "float32" | "float64", more: OpSample["inputs"] = []): OpSample => ({
  name: `${dtype} NaN, infinities, ties`,
  inputs: [{ dtype, shape: [1, 4, 4, 1], values: AWKWARD }, ...more],
  attrs: TWO,
});

/** Bad attributes of an op whose operands are of these shapes. */
export function errors(shapes: readonly Shape[], own: Attrs = {}): OpErrorSample[] {
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
    bad("window of four", "E_ARGUMENT", { window: [2, 2, 2, 2] }),
    bad("rank of the window", "E_SHAPE", VOLUME),
    bad("dilation", "E_ARGUMENT", { dilations: [1, 0] }),
    bad("a window without cells", "E_SHAPE", { dilations: [5, 1], pads: [5, 5, 0, 0] }),
  ];
}
