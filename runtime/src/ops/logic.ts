/** Logic on bool tensors, and selection. Numbers are refused: compare them first. */
import { DTypeError } from "../core/errors.ts";
import type { TensorType } from "../core/type.ts";
import { logicOp } from "./elementwise.ts";
import { ANY, BOOL, broadcastAll, predicate } from "./infer.ts";
import { eachBroadcast, unaryLoop } from "./loops.ts";
import { defineOp, type OpSample } from "./op.ts";
import { unarySamples } from "./samples.ts";

export const logicalAnd = logicOp("logicalAnd", "Both are true.", (x, y) => x & y);
export const logicalOr = logicOp("logicalOr", "At least one is true.", (x, y) => x | y);
export const logicalXor = logicOp("logicalXor", "Exactly one is true.", (x, y) => x ^ y);

const not = { bool: (x: number) => 1 - x, predicate: true };
export const logicalNot = defineOp({
  name: "logicalNot",
  arity: 1,
  dtypes: BOOL,
  flags: ["pure", "elementwise"],
  doc: "True where x is false.",
  scalar: not,
  infer: predicate,
  reference: unaryLoop(not),
  samples: () => unarySamples({ dtypes: BOOL }),
  errors: [{ name: "dtype", code: "E_DTYPE", inputs: [{ dtype: "int32", shape: [2], values: [0, 1] }] }],
});

function whereSample(name: string, dtype: OpSample["inputs"][number]["dtype"], condition: number[], a: number[], b: number[]): OpSample {
  return {
    name,
    inputs: [
      { dtype: "bool", shape: condition },
      { dtype, shape: a },
      { dtype, shape: b },
    ],
  };
}

export const where = defineOp({
  name: "where",
  arity: 3,
  dtypes: ANY,
  promote: [1, 2],
  flags: ["pure", "elementwise"],
  moves: true,
  doc: "a where the condition is true, b elsewhere. All three broadcast; a and b are promoted.",
  infer: (inputs, _, name) => {
    const [condition, a] = inputs as [TensorType, TensorType, TensorType];
    if (condition.dtype !== "bool") {
      throw new DTypeError(`${name}: the condition is ${condition.dtype}, but must be bool.`, {
        hint: "Compare first, for example x.notEqual(0).",
      });
    }
    return [{ dtype: a.dtype, shape: broadcastAll(inputs, name) }];
  },
  reference: ([condition, a, b], [out]) => {
    const [c, x, y, to] = [condition, a, b, out].map((block) => block.data) as [Uint8Array, Float64Array, Float64Array, Float64Array];
    eachBroadcast([condition, a, b], out.shape, (i, at) => {
      to[i] = c[at[0]] === 0 ? y[at[2]] : x[at[1]];
    });
  },
  grad: [null, (s) => s.f.where(s.a, s.dy, 0), (s) => s.f.where(s.a, 0, s.dy)],
  samples: () =>
    ANY.flatMap((dtype) => [
      whereSample(`${dtype} same shape`, dtype, [2, 3], [2, 3], [2, 3]),
      whereSample(`${dtype} scalar condition`, dtype, [], [2], [2]),
      whereSample(`${dtype} broadcast`, dtype, [3, 1], [4], []),
      whereSample(`${dtype} empty`, dtype, [0], [0], []),
    ]),
  errors: [
    { ...whereSample("shapes", "float32", [2], [3], [3]), code: "E_SHAPE" },
    { name: "condition", code: "E_DTYPE", inputs: [1, 2, 3].map(() => ({ dtype: "float32", shape: [2], values: [0, 1] })) },
  ],
});
