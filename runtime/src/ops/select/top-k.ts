/** The largest elements of each row. */
import { ShapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { GradSite } from "../grad.ts";
import { NUMERIC } from "../infer.ts";
import { defineOp } from "../op.ts";
import { moveSamples } from "../samples.ts";
import { count } from "./nd.ts";

/** Each gradient goes back to the element that was taken; rows have numbers of their own in one long line. */
function taken(s: GradSite): Tensor {
  const { f, dy } = s;
  const shape = s.shape(0);
  const [k, n, rows] = [s.attrs.k as number, shape.at(-1) as number, count(shape.slice(0, -1))];
  if (rows * k === 0) return f.zeros(s.type(0));
  const starts = f.op("cumsum", [f.fill(n, "int32", [rows, 1])], { axis: 0, exclusive: true, reverse: false });
  const at = f.add(f.reshape(s.output(1), [rows, k]), starts);
  return f.reshape(f.op("segmentSum", [f.reshape(dy, [rows * k]), f.reshape(at, [rows * k])], { count: rows * n }), shape);
}

export const topk = defineOp({
  name: "topk",
  arity: 1,
  dtypes: NUMERIC,
  flags: ["pure"],
  attrs: { k: "int" },
  doc: "The k largest elements along the last axis, the largest first, and their int32 indices: x [...S, N] → [...S, k], [...S, k]. Of equal elements the one with the smaller index comes first; NaN is larger than all others.",
  infer: ([x], attrs, name) => {
    const { dtype, shape } = x;
    const k = attrs.k as number;
    const n = shape.at(-1);
    if (n === undefined) throw new ShapeError(`${name}: x is a scalar, but must have rank 1 or more.`);
    if (k < 0 || (typeof n === "number" && k > n)) {
      throw new ShapeError(
        `${name}: k is ${k}, but must be from 0 to ${typeof n === "number" ? n : "the last length"} for ${showShape(shape)}.`,
      );
    }
    const to = [...shape.slice(0, -1), k];
    return [
      { dtype, shape: to },
      { dtype: "int32", shape: to },
    ];
  },
  reference: ([x], [values, indices], attrs) => {
    const k = attrs.k as number;
    const n = x.shape.at(-1) as number;
    const larger = (a: number, b: number): number => {
      if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
      return a > b ? -1 : a < b ? 1 : 0;
    };
    if (k === 0) return;
    for (let row = 0; row * n < x.data.length; row++) {
      const line = x.data.subarray(row * n, (row + 1) * n);
      const order = Array.from(line.keys()).sort((i, j) => larger(line[i], line[j]) || i - j);
      for (let i = 0; i < k; i++) {
        indices.data[row * k + i] = order[i];
        values.data[row * k + i] = line[order[i]];
      }
    }
  },
  grad: [taken],
  batch: "leading",
  samples: () => [
    ...moveSamples(
      [
        { shape: [5], attrs: { k: 2 } },
        { shape: [2, 3], attrs: { k: 3 } },
        { shape: [2, 2, 3], attrs: { k: 1 } },
        { shape: [3], attrs: { k: 0 } },
        { shape: [0, 2], attrs: { k: 1 } },
      ],
      NUMERIC,
    ),
    { name: "ties", inputs: [{ dtype: "int32", shape: [6], values: [1, 3, 2, 3, -1, 3] }], attrs: { k: 4 } },
    {
      name: "NaN and infinities",
      inputs: [{ dtype: "float32", shape: [7], values: [5, NaN, -Infinity, 0, -0, Infinity, NaN] }],
      attrs: { k: 7 },
    },
    { name: "unordered", inputs: [{ dtype: "float64", shape: [2, 5], values: [3, 9, 1, 7, 5, -3, -9, -1, -7, -5] }], attrs: { k: 3 } },
  ],
  errors: [
    { name: "k over", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [3] }], attrs: { k: 4 } },
    { name: "k negative", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [3] }], attrs: { k: -1 } },
    { name: "scalar", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [] }], attrs: { k: 1 } },
  ],
});
