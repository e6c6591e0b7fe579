/**
 * Slices put at positions of several axes: added up among zeros (scatterND), or in the place of others (scatterUpdate). Where two
 * updates name one place scatterND adds them in their order, and of scatterUpdate the last one stays.
 */

import { DTypeError, ShapeError } from "../../core/errors.ts";
import { type Dims, mayBeSameShape, showShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import type { TensorType } from "../../core/type.ts";
import { positions } from "../batch.ts";
import { castNumber } from "../cast.ts";
import { asParts } from "../cells.ts";
import type { GradSite } from "../grad.ts";
import { ANY, lengths, SUMMED } from "../infer.ts";
import { type Attrs, defineOp, type OpErrorSample } from "../op.ts";
import { counted, ints } from "./gather-nd.ts";
import { count, depthOf, sliceNumbers, slicesAt } from "./nd.ts";

function checkUpdates(name: string, at: TensorType, updates: TensorType, shape: Dims): void {
  const want = slicesAt(at, shape, depthOf(name, at, shape));
  if (mayBeSameShape(updates.shape, want)) return;
  throw new ShapeError(
    `${name}: updates of shape ${showShape(updates.shape)} do not fit indices ${showShape(at.shape)} into shape ${showShape(shape)}.`,
    { hint: `They must have shape ${showShape(want)}.` },
  );
}

function bad(name: string, code: string, inputs: OpErrorSample["inputs"], attrs?: Attrs): OpErrorSample {
  return attrs === undefined ? { name, code, inputs } : { name, code, inputs, attrs };
}

const TWO = counted("float32", [2]);

export const scatterND = defineOp({
  name: "scatterND",
  arity: 2,
  dtypes: SUMMED,
  promote: [1],
  flags: ["pure", "checked"],
  attrs: { shape: "dims" },
  doc: "Zeros of a shape [...P, ...S] with updates [...B, ...S] added at int32 indices [...B, K], K positions for the K axes P. Updates of one place are added in their order; whole numbers wrap around. Positions outside are E_INDEX.",
  infer: ([at, updates], attrs, name) => {
    const shape = attrs.shape as Dims;
    lengths(name, "shape", shape);
    checkUpdates(name, at, updates, shape);
    return [{ dtype: updates.dtype, shape }];
  },
  reference: ([at, updates], [out]) => {
    const inner = count(asParts(out).shape.slice(at.shape.at(-1)));
    const numbers = sliceNumbers("scatterND", at, out.shape);
    const to = out.data;
    to.fill(castNumber(0, out.dtype));
    numbers.forEach((n, i) => {
      // The store rounds floats and wraps integers.
      for (let k = 0; k < inner; k++) to[n * inner + k] += updates.data[i * inner + k];
    });
  },
  grad: [null, (s) => s.f.op("gatherND", [s.dy, s.a])],
  batch: (s) => s.run([positions(s, 0), s.input(1)], { shape: [s.size, ...(s.attrs.shape as Dims)] }),
  samples: () =>
    SUMMED.flatMap((dtype) => [
      { name: `${dtype} elements`, inputs: [ints([4, 1], [4, 3, 1, 3]), counted(dtype, [4])], attrs: { shape: [6] } },
      { name: `${dtype} rows`, inputs: [ints([2, 1], [0, 2]), counted(dtype, [2, 3])], attrs: { shape: [4, 3] } },
      { name: `${dtype} two axes`, inputs: [ints([1, 2, 2], [0, 1, 0, 1]), counted(dtype, [1, 2, 2])], attrs: { shape: [2, 2, 2] } },
      { name: `${dtype} nothing`, inputs: [ints([0, 1], []), counted(dtype, [0])], attrs: { shape: [3] } },
      { name: `${dtype} empty slices`, inputs: [ints([2, 1], [0, 1]), counted(dtype, [2, 0])], attrs: { shape: [2, 0] } },
      { name: `${dtype} whole`, inputs: [ints([2, 0], []), counted(dtype, [2, 3])], attrs: { shape: [3] } },
    ]),
  errors: [
    bad("over", "E_INDEX", [ints([2, 1], [0, 4]), TWO], { shape: [4] }),
    bad("negative", "E_INDEX", [ints([1, 2], [0, -1]), counted("float32", [1])], { shape: [2, 2] }),
    bad("nothing to index", "E_INDEX", [ints([2, 1], [0, 0]), TWO], { shape: [0] }),
    bad("count", "E_SHAPE", [ints([3, 1], [0, 1, 2]), TWO], { shape: [4] }),
    bad("too many axes", "E_SHAPE", [ints([2, 2], [0, 0, 0, 0]), TWO], { shape: [4] }),
    bad("negative length", "E_SHAPE", [ints([2, 1], [0, 0]), TWO], { shape: [-4] }),
    bad("dtype of indices", "E_DTYPE", [{ dtype: "float32", shape: [2, 1] }, TWO], { shape: [4] }),
  ],
});

/** Of several updates of one place the last one has the gradient: the one whose number is found there. */
function written(s: GradSite): Tensor {
  const { f, b: at, dy } = s;
  const [shape, own] = [s.shape(1), s.shape(2)];
  const depth = shape.at(-1) as number;
  const n = count(shape.slice(0, -1));
  const slices = f.op("gatherND", [dy, at]);
  if (count(own) === 0) return slices;
  const rows = f.op("cumsum", [f.fill(1, "int32", [n])], { axis: 0, exclusive: true, reverse: false });
  const numbers = f.reshape(rows, shape.slice(0, -1));
  const places = f.fill(0, "int32", s.shape(0).slice(0, depth));
  const last = f.op("gatherND", [depth === 0 ? f.reshape(places, [1]) : f.op("scatterUpdate", [places, at, numbers]), at]);
  const isLast = f.equal(last, numbers);
  const wide = f.reshape(isLast, [...shape.slice(0, -1), ...own.slice(shape.length - 1).map(() => 1)]);
  return f.where(wide, slices, 0);
}

export const scatterUpdate = defineOp({
  name: "scatterUpdate",
  arity: 3,
  dtypes: ANY,
  promote: "none",
  flags: ["pure", "movement", "inplace", "checked"],
  doc: "x [...P, ...S] with updates [...B, ...S] of its dtype in the place of what was at int32 indices [...B, K], K ≥ 1 positions for the K axes P; of several updates of one place the last one stays. Positions outside are E_INDEX.",
  infer: ([x, at, updates], _, name) => {
    checkUpdates(name, at, updates, x.shape);
    if (at.shape.at(-1) === 0) throw new ShapeError(`${name}: the indices ${showShape(at.shape)} have no entries.`);
    if (updates.dtype !== x.dtype) {
      throw new DTypeError(`${name}: ${updates.dtype} updates cannot be stored in a ${x.dtype} tensor.`, {
        hint: "Cast the updates, or the tensor.",
      });
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  reference: ([x, at, updates], [out]) => {
    const inner = count(x.shape.slice(at.shape.at(-1)));
    const numbers = sliceNumbers("scatterUpdate", at, x.shape);
    const to = out.data;
    for (let i = 0; i < to.length; i++) to[i] = x.data[i];
    numbers.forEach((n, i) => {
      for (let k = 0; k < inner; k++) to[n * inner + k] = updates.data[i * inner + k];
    });
  },
  grad: [(s) => s.f.op("scatterUpdate", [s.dy, s.b, s.f.zeros({ dtype: s.dy.dtype, shape: s.shape(2) })]), null, written],
  batch: (s) => s.run([s.input(0), positions(s, 1), s.input(2)]),
  samples: () =>
    ANY.flatMap((dtype) => [
      { name: `${dtype} elements`, inputs: [counted(dtype, [6]), ints([3, 1], [4, 1, 4]), counted(dtype, [3])] },
      { name: `${dtype} rows`, inputs: [counted(dtype, [3, 2]), ints([2, 1], [2, 0]), counted(dtype, [2, 2])] },
      { name: `${dtype} two axes`, inputs: [counted(dtype, [2, 2, 2]), ints([1, 2, 2], [0, 1, 0, 1]), counted(dtype, [1, 2, 2])] },
      { name: `${dtype} nothing`, inputs: [counted(dtype, [3]), ints([0, 1], []), counted(dtype, [0])] },
    ]),
  errors: [
    bad("over", "E_INDEX", [counted("float32", [4]), ints([2, 1], [0, 4]), TWO]),
    bad("negative", "E_INDEX", [counted("float32", [2, 2]), ints([1, 2], [0, -1]), counted("float32", [1])]),
    bad("count", "E_SHAPE", [counted("float32", [4]), ints([3, 1], [0, 1, 2]), TWO]),
    bad("no entries", "E_SHAPE", [counted("float32", [2]), ints([1, 0], []), counted("float32", [1, 2])]),
    bad("dtype", "E_DTYPE", [counted("int32", [4]), ints([2, 1], [0, 1]), TWO]),
  ],
});
