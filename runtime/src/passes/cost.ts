/**
 * What it costs to keep a value on a stack, and to compute it once more: one scale, a quarter of a byte.
 *
 *   kept       its bytes, written and read again, and a push and a pop
 *   computed   arithmetic, comparisons, selections, casts, movements: half a byte per element. Views nothing
 *
 * So a float32 is worth seven ops, a bool one. All else (functions of the C library, division, sums, products of matrices) is never
 * computed again. A length that only a run knows counts as large.
 */
import { DTYPES } from "../core/dtype.ts";
import type { Node, Value } from "../ir/graph.ts";
import { getOp } from "../ops/index.ts";
import { isRepeatable } from "./facts.ts";

const BYTE = 4;
const PUSH_AND_POP = 8 * BYTE;
const STEP = 2 * BYTE;
const ELEMENT = BYTE / 2;
const VIEW = 1;
const OPEN_LENGTH = 1024;

export function costOfKeeping(value: Value): number {
  return PUSH_AND_POP + elements(value) * DTYPES[value.type.dtype].bytes * BYTE;
}

/** To carry a value from one round to the next. */
export function costOfMoving(value: Value): number {
  return STEP + elements(value) * ELEMENT;
}

/** Infinity for what must not be computed again. */
export function costOfComputing(node: Node): number {
  if (node.kind !== "op" || node.results.length !== 1 || !isRepeatable(node)) return Number.POSITIVE_INFINITY;
  const { flags, dtypes } = getOp(node.op);
  if (flags.has("view")) return VIEW;
  // Ops on reals only (exp, sqrt, division) take more than a handful of cycles, and so do powers and remainders, which are checked.
  const isArithmetic = flags.has("elementwise") && !flags.has("checked") && (dtypes.includes("int32") || dtypes.includes("bool"));
  return isArithmetic || flags.has("movement") ? costOfMoving(node.results[0] as Value) : Number.POSITIVE_INFINITY;
}

function elements({ type }: Value): number {
  return type.shape.reduce<number>((product, length) => product * (typeof length === "number" ? length : OPEN_LENGTH), 1);
}
