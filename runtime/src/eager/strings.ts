/**
 * Ops on string tensors: the reference of an op that takes them, apart from all other ops, so that these see typed arrays and nothing
 * else (a fifth kind of elements in one place makes V8 give up its shortcuts there).
 */
import { newElements } from "../core/dtype.ts";
import { checkMemory } from "../core/pool.ts";
import { sizeOf } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Attrs, Block, OpRecord } from "../ops/op.ts";
import { blockOf, staticShape } from "./compute.ts";
import { adopt, adoptStrings, share } from "./memory.ts";

/** All results of an op of which an operand is of strings. E_DTYPE where it takes none. */
export function runOnStrings(op: OpRecord, inputs: readonly Tensor[], attrs: Attrs): Tensor[] {
  const blocks = inputs.map((t) => blockOf(t, op.name));
  const types = op.infer(inputs, attrs);
  if (op.flags.has("view")) return [share(inputs[0], blocks[0].data, staticShape(types[0].shape), false)];
  const outputs = types.map(({ dtype, shape }): Block => {
    const fixed = staticShape(shape);
    checkMemory(sizeOf(fixed) * 8);
    return { dtype, shape: fixed, data: newElements(dtype, sizeOf(fixed)) };
  });
  if (outputs.some((b) => b.data.length > 0) || op.flags.has("checked")) op.reference(blocks, outputs, attrs);
  return outputs.map(({ dtype, shape, data }) =>
    dtype === "string" ? adoptStrings(shape, data.length, data) : adopt(dtype, shape, sizeOf(shape), false, data, null),
  );
}
