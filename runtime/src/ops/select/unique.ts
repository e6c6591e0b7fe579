/** Which slices are equal. How many different ones there are depends on data, so the results have room for all. */
import { ShapeError } from "../../core/errors.ts";
import { asParts } from "../cells.ts";
import { ANY } from "../infer.ts";
import { defineOp } from "../op.ts";
import { moveSamples } from "../samples.ts";
import { count } from "./nd.ts";

export const uniqueSlices = defineOp({
  name: "uniqueSlices",
  arity: 1,
  dtypes: ANY,
  promote: "none",
  flags: ["pure"],
  doc: "Numbers the different slices of x [N, ...S] in the order in which they first come up. int32: the number of each slice [N]; where each number first came up [N], -1 beyond the last; how many there are []. NaN equals NaN here, and 0 equals -0.",
  infer: ([x], _, name) => {
    if (x.shape.length === 0) throw new ShapeError(`${name}: x is a scalar, but must have rank 1 or more.`);
    const shape = x.shape.slice(0, 1);
    return [
      { dtype: "int32", shape },
      { dtype: "int32", shape },
      { dtype: "int32", shape: [] },
    ];
  },
  reference: ([given], [ids, firsts, total]) => {
    const x = asParts(given);
    const inner = count(x.shape.slice(1));
    const known = new Map<string, number>();
    firsts.data.fill(-1);
    for (let i = 0; i < ids.data.length; i++) {
      // Text does not tell −0 from 0, nor one NaN from another.
      const key = inner === 1 ? String(x.data[i]) : JSON.stringify(Array.from({ length: inner }, (_, k) => String(x.data[i * inner + k])));
      const id = known.get(key) ?? known.size;
      if (id === known.size) {
        known.set(key, id);
        firsts.data[id] = i;
      }
      ids.data[i] = id;
    }
    total.data[0] = known.size;
  },
  samples: () => [
    ...moveSamples(
      [
        { shape: [5], attrs: {} },
        { shape: [3, 2], attrs: {} },
        { shape: [2, 2, 2], attrs: {} },
        { shape: [0], attrs: {} },
        { shape: [3, 0], attrs: {} },
      ],
      ANY,
    ),
    { name: "repeated", inputs: [{ dtype: "int32", shape: [7], values: [4, 2, 4, 4, -2147483648, 2, 0] }] },
    { name: "NaN and zeros", inputs: [{ dtype: "float32", shape: [7], values: [NaN, 0, 1, -0, NaN, Infinity, 1] }] },
    { name: "equal rows", inputs: [{ dtype: "float64", shape: [4, 2], values: [1, NaN, 0, 2, 1, NaN, -0, 2] }] },
  ],
  errors: [{ name: "scalar", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [] }] }],
});
