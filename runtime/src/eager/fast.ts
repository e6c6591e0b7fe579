/**
 * The doors of elementwise ops for the API: the shortcut while ops run at once, dispatch otherwise.
 * Why: scalar a.add(b) costs 36 ns here and 150 ns through dispatch (node test/perf/eager.bench.mjs scalar).
 */
import type { Tensor } from "../core/tensor.ts";
import { apply1, direct, weakConstant } from "../dispatch/dispatch.ts";
import type { OpRecord } from "../ops/op.ts";
// Installs the interpreter that dispatch needs.
import "./interpreter.ts";
import { discard } from "./memory.ts";
import { tryBinary, tryNumber, tryUnary } from "./tiny.ts";

/** a ∘ b. Two weak operands go through dispatch: it takes the op's exact form. */
export function binary(op: OpRecord, a: Tensor, b: Tensor): Tensor {
  return (direct && !(a.weak && b.weak) ? tryBinary(op, a, b) : null) ?? apply1(op, [a, b]);
}

/** a ∘ number; the number is weak. */
export function binaryNumber(op: OpRecord, a: Tensor, value: number): Tensor {
  return (direct ? tryNumber(op, a, value) : null) ?? withOperand(op, a, weakConstant(value));
}

/** a ∘ b for an operand made for this op alone. */
export function withOperand(op: OpRecord, a: Tensor, b: Tensor): Tensor {
  try {
    return binary(op, a, b);
  } finally {
    discard(b);
  }
}

/** f(a). */
export function unary(op: OpRecord, a: Tensor): Tensor {
  return (direct ? tryUnary(op, a) : null) ?? apply1(op, [a]);
}
