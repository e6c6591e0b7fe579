/** Slices picked by positions of several axes. */

import { ShapeError } from "../../core/errors.ts";
import { positions } from "../batch.ts";
import { ANY } from "../infer.ts";
import { defineOp, type OpErrorSample, type OpSample } from "../op.ts";
import { moveSamples } from "../samples.ts";
import { count, depthOf, sliceNumbers, slicesAt } from "./nd.ts";

type Input = OpSample["inputs"][number];

/** Elements 1, 2, 3, … */
export function counted(dtype: Input["dtype"], shape: readonly number[]): Input {
  return moveSamples([{ shape, attrs: {} }], [dtype])[0].inputs[0];
}

export function ints(shape: readonly number[], values: readonly number[]): Input {
  return { dtype: "int32", shape, values };
}

const X = counted("float32", [2, 3]);

function bad(name: string, code: string, inputs: OpErrorSample["inputs"]): OpErrorSample {
  return { name, code, inputs };
}

export const gatherND = defineOp({
  name: "gatherND",
  arity: 2,
  dtypes: ANY,
  promote: "none",
  flags: ["pure", "movement", "checked"],
  doc: "Slices of x [...P, ...S] at int32 indices [...B, K], K positions for the K axes P → [...B, ...S]. Positions outside are E_INDEX.",
  infer: ([x, at], _, name) => {
    if (x.shape.length === 0) throw new ShapeError(`${name}: a scalar cannot be indexed.`);
    return [{ dtype: x.dtype, shape: slicesAt(at, x.shape, depthOf(name, at, x.shape)) }];
  },
  reference: ([x, at], [out]) => {
    const inner = count(x.shape.slice(at.shape.at(-1)));
    const [from, to] = [x.data, out.data];
    sliceNumbers("gatherND", at, x.shape).forEach((n, i) => {
      for (let k = 0; k < inner; k++) to[i * inner + k] = from[n * inner + k];
    });
  },
  grad: [(s) => s.f.op("scatterND", [s.b, s.dy], { shape: s.shape(0) }), null],
  batch: (s) => s.run([s.given(0), s.isBatched(0) ? positions(s, 1) : s.given(1)]),
  samples: () =>
    ANY.flatMap((dtype) => [
      { name: `${dtype} elements`, inputs: [counted(dtype, [2, 3]), ints([3, 2], [1, 2, 0, 0, 1, 2])] },
      { name: `${dtype} rows`, inputs: [counted(dtype, [4, 2]), ints([3, 1], [3, 0, 3])] },
      { name: `${dtype} rows of blocks`, inputs: [counted(dtype, [2, 2, 3]), ints([2, 1, 2], [1, 0, 0, 1])] },
      { name: `${dtype} one element`, inputs: [counted(dtype, [2, 3]), ints([2], [1, 1])] },
      { name: `${dtype} all`, inputs: [counted(dtype, [2, 2]), ints([2, 0], [])] },
      { name: `${dtype} none`, inputs: [counted(dtype, [2, 2]), ints([0, 2], [])] },
      { name: `${dtype} empty rows`, inputs: [counted(dtype, [2, 0]), ints([3, 1], [1, 0, 1])] },
    ]),
  errors: [
    bad("over", "E_INDEX", [X, ints([2, 2], [0, 0, 1, 3])]),
    bad("negative", "E_INDEX", [X, ints([1, 2], [-1, 0])]),
    bad("empty x", "E_INDEX", [counted("float32", [0, 3]), ints([1, 1], [0])]),
    bad("dtype", "E_DTYPE", [X, { dtype: "float32", shape: [1, 2] }]),
    bad("scalar", "E_SHAPE", [counted("float32", []), ints([1, 0], [])]),
    bad("scalar indices", "E_SHAPE", [X, ints([], [0])]),
    bad("too many axes", "E_SHAPE", [X, ints([1, 3], [0, 0, 0])]),
  ],
});
