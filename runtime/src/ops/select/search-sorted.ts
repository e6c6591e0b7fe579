/** Places of values in sorted rows. */
import { ShapeError } from "../../core/errors.ts";
import { mayBeSameDim, showShape } from "../../core/shape.ts";
import { NUMERIC } from "../infer.ts";
import { defineOp, type OpSample } from "../op.ts";

type DTypeName = OpSample["inputs"][number]["dtype"];

function sample(name: string, dtype: DTypeName, rows: readonly number[], sorted: readonly number[], values: readonly number[]): OpSample[] {
  const n = rows.reduce((a, b) => a * b, 1);
  return [false, true].map((right) => ({
    name: `${dtype} ${name} ${right ? "right" : "left"}`,
    inputs: [
      { dtype, shape: [...rows, sorted.length / n], values: sorted },
      { dtype, shape: [...rows, values.length / n], values },
    ],
    attrs: { right },
  }));
}

/** NaN stands behind all numbers, where sorting puts it. */
function isLess(a: number, b: number): boolean {
  return a < b || (Number.isNaN(b) && !Number.isNaN(a));
}

export const searchSorted = defineOp({
  name: "searchSorted",
  arity: 2,
  dtypes: NUMERIC,
  flags: ["pure"],
  attrs: { right: "bool" },
  doc: "How many elements of a sorted row come before each value, as int32: sorted [...B, N], values [...B, M] → [...B, M]; right counts equal ones too. NaN stands behind all numbers. Rows that are not sorted give meaningless places.",
  infer: ([sorted, values], _, name) => {
    const [a, b] = [sorted.shape, values.shape];
    if (a.length === 0 || a.length !== b.length || a.slice(0, -1).some((d, i) => !mayBeSameDim(d, b[i]))) {
      throw new ShapeError(`${name}: sorted ${showShape(a)} and values ${showShape(b)} must have the same lengths but for the last axis.`);
    }
    return [{ dtype: "int32", shape: b }];
  },
  reference: ([sorted, values], [out], attrs) => {
    const n = sorted.shape.at(-1) as number;
    const m = values.shape.at(-1) as number;
    for (let i = 0; i < out.data.length; i++) {
      const start = Math.floor(i / m) * n;
      const v = values.data[i];
      let [low, high] = [0, n];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const s = sorted.data[start + middle];
        if (attrs.right === true ? !isLess(v, s) : isLess(s, v)) low = middle + 1;
        else high = middle;
      }
      out.data[i] = low;
    }
  },
  batch: "leading",
  samples: () => [
    ...NUMERIC.flatMap((dtype) => [
      ...sample("row", dtype, [], [1, 2, 2, 2, 5, 9], [2, 0, 9, 10, 5, 3]),
      ...sample("rows", dtype, [2], [0, 3, 9, 9, 10, 1, 2, 3, 4, 5], [2, 4, 9, 0, 2, 6]),
      ...sample("one", dtype, [], [4], [4]),
    ]),
    {
      name: "nothing sorted",
      inputs: [
        { dtype: "float32", shape: [0] },
        { dtype: "float32", shape: [2], values: [1, 2] },
      ],
      attrs: { right: false },
    },
    {
      name: "no values",
      inputs: [
        { dtype: "float32", shape: [2, 3] },
        { dtype: "float32", shape: [2, 0] },
      ],
      attrs: { right: false },
    },
    ...sample("infinities and NaN", "float32", [], [-Infinity, -1, 0, 7, Infinity, NaN, NaN], [NaN, Infinity, -Infinity, -0, 8]),
  ],
  errors: [
    {
      name: "rank",
      code: "E_SHAPE",
      inputs: [
        { dtype: "float32", shape: [3] },
        { dtype: "float32", shape: [1, 2] },
      ],
      attrs: { right: false },
    },
    {
      name: "rows",
      code: "E_SHAPE",
      inputs: [
        { dtype: "float32", shape: [2, 3] },
        { dtype: "float32", shape: [3, 2] },
      ],
      attrs: { right: false },
    },
    {
      name: "scalars",
      code: "E_SHAPE",
      inputs: [
        { dtype: "float32", shape: [] },
        { dtype: "float32", shape: [] },
      ],
      attrs: { right: false },
    },
  ],
});
