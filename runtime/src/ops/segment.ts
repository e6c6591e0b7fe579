/** Sums of slices with the same id: what gather does, backwards. */

import { DTypeError, IndexError, ShapeError } from "../core/errors.ts";
import { mayBeSameDim, type Shape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { type BatchSite, fold } from "./batch.ts";
import { castNumber } from "./cast.ts";
import { asParts } from "./cells.ts";
import type { GradSite } from "./grad.ts";
import { SUMMED } from "./infer.ts";
import { type Attrs, defineOp, type OpErrorSample, type OpSample } from "./op.ts";
import { moveSamples } from "./samples.ts";

function sample(name: string, dtype: OpSample["inputs"][number]["dtype"], shape: Shape, ids: readonly number[], count: number): OpSample {
  const x = moveSamples([{ shape, attrs: {} }], [dtype])[0].inputs;
  return { name, inputs: [...x, { dtype: "int32", shape: [ids.length], values: ids }], attrs: { count } };
}

function errorSample(name: string, code: string, inputs: OpErrorSample["inputs"], attrs: Attrs): OpErrorSample {
  return { name, code, inputs, attrs };
}

const VECTOR: OpSample["inputs"][number] = { dtype: "float32", shape: [2], values: [1, 2] };

/** Each slice has the gradient of the sum that it went into; of those left out it is zero. */
function summed(s: GradSite): Tensor {
  const { f, dy, b: ids } = s;
  const shape = s.shape(0);
  if (s.attrs.count === 0) return f.zeros(s.type(0));
  const all = f.op("gather", [dy, f.op("maximum", [ids, 0])], { axis: 0, batchDims: 0 });
  const used = f.reshape(
    f.greaterEqual(ids, 0),
    shape.map((d, i) => (i === 0 ? d : 1)),
  );
  return f.where(used, all, 0);
}

/**
 * Sums of each example apart. The same ids for all: examples are an axis of the slices. Otherwise each example has ids of its own, of
 * which those below 0 and beyond the end stay what they are.
 */
function summedApart(s: BatchSite): Tensor[] {
  const { f } = s;
  const count = s.attrs.count as number;
  const order = s
    .type(0)
    .shape.slice(1)
    .map((_, i) => i + 2);
  if (!s.isBatched(1)) {
    const [y] = s.run([f.transpose(s.given(0), [1, 0, ...order]), s.given(1)]);
    return [f.transpose(y, [1, 0, ...order])];
  }
  const x = fold(s, 0);
  const ids = s.given(1);
  const int = (n: number): Tensor => f.scalar(n, "int32");
  const all = ids.shape[0] * count;
  const own = f.add(ids, f.reshape(f.mul(s.examples(), int(count)), [s.size, 1]));
  const inside = f.where(f.greaterEqual(ids, int(count)), int(all), f.where(f.less(ids, int(0)), ids, own));
  const [y] = s.run([x, f.reshape(inside, [x.shape[0]])], { count: all });
  return [f.reshape(y, [s.size, ...s.result(0).shape])];
}

export const segmentSum = defineOp({
  name: "segmentSum",
  arity: 2,
  dtypes: SUMMED,
  promote: [0],
  flags: ["pure", "checked"],
  attrs: { count: "int" },
  doc: "Sums of the slices of x [N, ...S] with the same id in int32 ids [N], 0..count-1 in any order → [count, ...S]; slices of negative ids are left out; added in order, whole numbers wrap around.",
  infer: ([x, ids], attrs, name) => {
    const count = attrs.count as number;
    if (ids.dtype !== "int32") throw new DTypeError(`${name}: the ids are ${ids.dtype}, but must be int32.`, { hint: "Use toInt()." });
    if (count < 0) throw new ShapeError(`${name}: the number of segments is ${count}, but must be 0 or more.`);
    if (x.shape.length === 0 || ids.shape.length !== 1 || !mayBeSameDim(x.shape[0], ids.shape[0])) {
      throw new ShapeError(`${name}: x ${showShape(x.shape)} and ids ${showShape(ids.shape)} do not fit.`, {
        hint: "There is one id for each slice along axis 0.",
      });
    }
    return [{ dtype: x.dtype, shape: [count, ...x.shape.slice(1)] }];
  },
  reference: ([given, ids], [out], attrs) => {
    const x = asParts(given);
    const count = attrs.count as number;
    for (const id of ids.data) {
      if (id < count) continue;
      throw new IndexError(`segmentSum: index ${id} is out of range for axis 0 of length ${count}.`, {
        hint: count === 0 ? "The axis is empty." : `Use 0 to ${count - 1}.`,
      });
    }
    const to = out.data;
    const inner = x.shape.slice(1).reduce((a, b) => a * b, 1);
    to.fill(castNumber(0, out.dtype));
    for (let i = 0; i < ids.data.length; i++) {
      if (ids.data[i] < 0) continue;
      const at = ids.data[i] * inner;
      // The store rounds floats and wraps integers.
      for (let k = 0; k < inner; k++) to[at + k] += x.data[i * inner + k];
    }
  },
  grad: [summed, null],
  batch: summedApart,
  samples: () =>
    SUMMED.flatMap((dtype) => [
      sample(`${dtype} scalars`, dtype, [5], [1, 0, 1, 3, 1], 4),
      sample(`${dtype} rows`, dtype, [4, 3], [2, 0, 2, 0], 3),
      sample(`${dtype} blocks`, dtype, [3, 2, 2], [0, 0, 0], 1),
      sample(`${dtype} left out`, dtype, [4, 2], [1, -1, 0, -7], 2),
      sample(`${dtype} nothing`, dtype, [0, 2], [], 2),
      sample(`${dtype} empty slices`, dtype, [2, 0], [0, 1], 2),
    ]),
  errors: [
    errorSample("over", "E_INDEX", [VECTOR, { dtype: "int32", shape: [2], values: [0, 2] }], { count: 2 }),
    errorSample("no segments", "E_INDEX", [VECTOR, { dtype: "int32", shape: [2], values: [0, 0] }], { count: 0 }),
    errorSample("lengths", "E_SHAPE", [VECTOR, { dtype: "int32", shape: [3] }], { count: 2 }),
    errorSample(
      "scalar",
      "E_SHAPE",
      [
        { dtype: "float32", shape: [] },
        { dtype: "int32", shape: [1] },
      ],
      { count: 2 },
    ),
    errorSample("rank of ids", "E_SHAPE", [VECTOR, { dtype: "int32", shape: [2, 1] }], { count: 2 }),
    errorSample("count", "E_SHAPE", [VECTOR, { dtype: "int32", shape: [2] }], { count: -1 }),
    errorSample("dtype of ids", "E_DTYPE", [VECTOR, VECTOR], { count: 2 }),
  ],
});
