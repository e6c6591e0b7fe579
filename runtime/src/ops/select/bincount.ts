/** Counts, or sums of weights, of equal whole numbers. */
import { ShapeError } from "../../core/errors.ts";
import { mayBeSameShape, showShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { GradSite } from "../grad.ts";
import { USUAL } from "../infer.ts";
import { defineOp, type OpErrorSample, type OpSample } from "../op.ts";
import { counted, ints } from "./gather-nd.ts";
import { checkIndices, count, outOfRange } from "./nd.ts";

/** Each weight has the gradient of its bin. */
function weighed(s: GradSite): Tensor {
  const { f, a: x, dy } = s;
  const shape = s.shape(0);
  const size = s.attrs.size as number;
  if (s.attrs.binary === true || size === 0 || count(s.shape(1)) === 0) return f.zeros(s.type(1));
  const isIn = f.less(x, size);
  const inside = f.where(isIn, x, 0);
  const bins = f.op("gather", [dy, inside], { axis: shape.length - 1, batchDims: shape.length - 1 });
  return f.where(isIn, bins, 0);
}

function sample(name: string, x: OpSample["inputs"][number], weights: OpSample["inputs"][number], size: number, binary = false): OpSample {
  return { name, inputs: [x, weights], attrs: { size, binary } };
}

function bad(name: string, code: string, inputs: OpErrorSample["inputs"], size = 3): OpErrorSample {
  return { name, code, inputs, attrs: { size, binary: false } };
}

const NONE = counted("float32", [0]);

export const bincount = defineOp({
  name: "bincount",
  arity: 2,
  dtypes: USUAL,
  promote: [1],
  flags: ["pure", "checked"],
  attrs: { size: "int", binary: "bool" },
  doc: "How often each of 0..size-1 is among int32 x [N] or in each row of x [B, N] → [size] or [B, size], or the sums of weights of x's shape; weights [0] stand for ones and give the dtype. binary: 1 where a number is there at all. Numbers ≥ size are left out, negative ones are E_INDEX; added in order, int32 wraps around.",
  infer: ([x, weights], attrs, name) => {
    checkIndices(name, x);
    const size = attrs.size as number;
    if (size < 0) throw new ShapeError(`${name}: size is ${size}, but must be 0 or more.`);
    if (x.shape.length < 1 || x.shape.length > 2)
      throw new ShapeError(`${name}: x has shape ${showShape(x.shape)}, but must have rank 1 or 2.`);
    const isNone = weights.shape.length === 1 && weights.shape[0] === 0;
    if (!isNone && !mayBeSameShape(weights.shape, x.shape)) {
      throw new ShapeError(`${name}: weights ${showShape(weights.shape)} and x ${showShape(x.shape)} differ.`, {
        hint: "Weights are of x's shape, or empty.",
      });
    }
    return [{ dtype: weights.dtype, shape: [...x.shape.slice(0, -1), size] }];
  },
  reference: ([x, weights], [out], attrs) => {
    const { size, binary } = attrs as { size: number; binary: boolean };
    const n = x.shape.at(-1) as number;
    const negative = x.data.find((v) => (v as number) < 0);
    if (negative !== undefined) throw outOfRange("bincount", negative, size);
    out.data.fill(0);
    for (let i = 0; i < x.data.length; i++) {
      if (x.data[i] >= size) continue;
      const at = Math.floor(i / n) * size + x.data[i];
      if (binary) out.data[at] = 1;
      else out.data[at] += weights.data.length === 0 ? 1 : weights.data[i];
    }
  },
  grad: [null, weighed],
  batch: (s) => {
    if (s.type(0).shape.length !== 1) return null;
    const isNone = s.type(1).shape[0] === 0;
    if (isNone && s.isBatched(1)) return null;
    return s.run([s.input(0), isNone ? s.given(1) : s.input(1)]);
  },
  samples: () =>
    USUAL.flatMap((dtype) => [
      sample(`${dtype} counts`, ints([6], [1, 0, 2, 1, 7, 1]), counted(dtype, [0]), 4),
      sample(`${dtype} weights`, ints([5], [1, 0, 2, 1, 7]), counted(dtype, [5]), 4),
      sample(`${dtype} rows`, ints([2, 3], [1, 0, 1, 2, 2, 9]), counted(dtype, [2, 3]), 3),
      sample(`${dtype} binary`, ints([2, 3], [1, 0, 1, 2, 2, 9]), counted(dtype, [0]), 3, true),
      sample(`${dtype} no bins`, ints([2], [1, 0]), counted(dtype, [2]), 0),
      sample(`${dtype} nothing`, ints([0], []), counted(dtype, [0]), 2),
      sample(`${dtype} empty rows`, ints([2, 0], []), counted(dtype, [2, 0]), 2),
    ]),
  errors: [
    bad("negative", "E_INDEX", [ints([2], [1, -2]), NONE]),
    bad("size", "E_SHAPE", [ints([2], [1, 0]), NONE], -1),
    bad("weights", "E_SHAPE", [ints([2], [1, 0]), counted("float32", [3])]),
    bad("rank", "E_SHAPE", [ints([], [1]), NONE]),
    bad("dtype", "E_DTYPE", [counted("float32", [2]), NONE]),
  ],
});
