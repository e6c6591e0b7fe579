/** What native code reports about a failed run, as the error that the reference kernel throws for the same values. */
import { ArgumentError, type GraphFnError, IndexError, InternalError, MemoryError, UnsupportedError } from "../core/errors.ts";
import { beyondByte } from "../ops/bytes.ts";
import { notDefinite, singular } from "../ops/matrices/batches.ts";
import type { Attrs } from "../ops/op.ts";

/** Status codes of native/src/core/kernel.h. */
export const STATUS = {
  ok: 0,
  index: 1,
  divide: 2,
  shape: 3,
  memory: 4,
  unsupported: 5,
  internal: 6,
  power: 7,
  overflow: 8,
  singular: 9,
} as const;

/** The first words of the memory shared with native code, as float64. */
export interface Failure {
  readonly status: number;
  readonly step: number;
  readonly index: number;
  readonly bound: number;
  readonly value: number;
}

export function readFailure(report: Float64Array): Failure {
  const [status = STATUS.internal, step = -1, index = 0, bound = 0, value = 0] = report;
  return { status, step, index, bound, value };
}

/** `op`: name of the op that failed; undefined where no op did. */
export function errorOf(failure: Failure, op: string | undefined, attrs: Attrs): GraphFnError {
  const { index, bound, value } = failure;
  switch (failure.status) {
    case STATUS.index: {
      if (op === "toIndex") {
        return new IndexError(`${value} is not a valid index.`, { hint: "An index is a whole number; use floor() or toInt()." });
      }
      // Kernels over several axes say which one.
      const axis = typeof attrs["axis"] === "number" ? attrs["axis"] : value;
      return new IndexError(`${op}: index ${index} is out of range for axis ${axis} of length ${bound}.`, {
        hint: bound === 0 ? "The axis is empty." : `Use 0 to ${bound - 1}.`,
      });
    }
    case STATUS.divide:
      return new ArgumentError(`${op === "floorDiv" ? "Division" : "Remainder"} of whole numbers by zero.`, {
        code: "E_DIVIDE",
        hint: "Mask the divisor with where(), or cast to float32 to get Infinity or NaN.",
      });
    case STATUS.power:
      return new ArgumentError(`A whole number to the power ${value} is none.`, {
        code: "E_POWER",
        hint: "Cast the base to float32 first.",
      });
    case STATUS.overflow:
      if (op === "toByte") return beyondByte(value);
      return new ArgumentError(`A whole number without a dtype became ${value}, beyond int32.`, {
        code: "E_OVERFLOW",
        hint: 'Start from a tensor with a dtype, for example gf.scalar(0, "float64").',
      });
    case STATUS.singular:
      return op === "cholesky" ? notDefinite(index, bound) : singular(op ?? "The plan", index, bound);
    case STATUS.memory:
      return new MemoryError(`${op ?? "The plan"} needs ${bound} bytes of memory, more than there are.`);
    case STATUS.unsupported:
      return new UnsupportedError(`${op}: the native backend has no kernel for these dtypes.`, {
        hint: 'Use setBackend("reference").',
      });
    default:
      return new InternalError(`The native kernel of ${op} refused its operands (status ${failure.status}).`);
  }
}
