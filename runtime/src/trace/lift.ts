/**
 * Lifting: plain numbers and booleans become tensors. A number is weak: int32 when whole and in range, otherwise float64,
 * so that nothing is lost before it meets the dtype that decides.
 */
import { weakDType } from "../core/dtype.ts";
import { Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import { interpreter, settle } from "../dispatch/dispatch.ts";
import { beyondByte } from "../ops/bytes.ts";
import { symbolOf } from "./tracer.ts";

export type Liftable = Tensor | number | boolean;

export function isLiftable(x: unknown): x is Liftable {
  return x instanceof Tensor || typeof x === "number" || typeof x === "boolean";
}

export function weakType(value: number | boolean): TensorType {
  if (typeof value === "boolean") return { dtype: "bool", shape: [] };
  return { dtype: weakDType(value), shape: [], weak: true };
}

export function typeOf(x: Liftable): TensorType {
  if (!(x instanceof Tensor)) return weakType(x);
  const symbol = symbolOf(x);
  if (symbol !== null) return symbol.value.type;
  return x.weak ? { dtype: x.dtype, shape: x.shape, weak: true } : { dtype: x.dtype, shape: x.shape };
}

/** A weak scalar tensor of a number. */
export function constantOf(value: number | boolean): Tensor {
  const type = weakType(value);
  return interpreter().constant(value, type.dtype, type.weak ?? false);
}

/** A tensor of a given type from a value that was joined to it. */
export function lift(x: Liftable, type: TensorType): Tensor {
  if (x instanceof Tensor) return settle(x, type.dtype, type.weak ?? false);
  if (type.dtype === "uint8" && Number(x) !== (Number(x) & 255)) throw beyondByte(Number(x));
  return interpreter().constant(x, type.dtype, type.weak ?? false);
}
