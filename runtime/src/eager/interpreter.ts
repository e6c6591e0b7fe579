/**
 * The eager interpreter: each op computes its result at once. Tiny elementwise work takes a shortcut (tiny.ts); for all else
 * inference gives the result types, the pool the memory, a kernel the elements.
 */
import { type DType, newElements } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { type Interpreter, installEager } from "../dispatch/dispatch.ts";
import { castLong, castNumber, cast as castOp, noCast } from "../ops/cast.ts";
import { index as indexOp } from "../ops/indexing.ts";
import type { Attrs, OpRecord } from "../ops/op.ts";
import { blockOf, computeAll, computeOne, SCALAR } from "./compute.ts";
import { adopt, discard, share } from "./memory.ts";
import { runOnStrings } from "./strings.ts";
import { tryBinary, tryElement, tryUnary } from "./tiny.ts";
import { assignEager, readEager } from "./variables.ts";

function run(op: OpRecord, inputs: readonly Tensor[], attrs: Attrs): Tensor[] {
  if (op.scalar !== undefined) {
    const quick = inputs.length === 2 ? tryBinary(op, inputs[0], inputs[1]) : inputs.length === 1 ? tryUnary(op, inputs[0]) : null;
    if (quick !== null) return [quick];
  } else if (op === indexOp && inputs.length === 2) {
    const quick = tryElement(inputs[0], inputs[1]);
    if (quick !== null) return [quick];
  }
  for (let i = 0; i < inputs.length; i++) if (inputs[i].dtype === "string") return runOnStrings(op, inputs, attrs);
  const blocks = inputs.map((t) => blockOf(t, op.name));
  const types = op.infer(inputs, attrs);
  if (!op.flags.has("view")) return computeAll(op, blocks, types, attrs);
  const { shape, weak } = types[0];
  return [share(inputs[0], blocks[0].data, Object.freeze([...shape]) as Shape, weak === true)];
}

export const eagerInterpreter: Interpreter = {
  kind: "eager",
  run,
  constant(value: number | bigint | boolean, dtype: DType, weak: boolean): Tensor {
    const data = newElements(dtype, 1);
    data[0] = typeof value === "bigint" ? castLong(value, dtype) : castNumber(Number(value), dtype);
    return adopt(dtype, SCALAR, 1, weak, data, null);
  },
  cast(x: Tensor, dtype: DType, weak: boolean): Tensor {
    if (x.dtype === dtype && x.weak === weak) return x;
    if (x.dtype === "string" || dtype === "string") throw noCast(x.dtype, dtype);
    const block = blockOf(x, "cast");
    if (x.dtype === dtype) return share(x, block.data, x.shape, weak);
    return computeOne(castOp, [block], dtype, x.shape, weak, { dtype });
  },
  discard,
  assign: assignEager,
  read: readEager,
};

installEager(eagerInterpreter);
