/**
 * JavaScript's operators on whatever comes: plain values as JavaScript does, tensors as ops. One function per operator of
 * the contract; all of them work eagerly and while tracing, since ops go through dispatch.
 *
 *   `%` is the truncated remainder, `/` true division (also of integers), `**` a power, `===` elementwise equality.
 */
import { DTYPES, isFloating, isInteger } from "../core/dtype.ts";
import { ArgumentError, DTypeError, IndexError } from "../core/errors.ts";
import { showDim } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import { apply1, castTo, settle } from "../dispatch/dispatch.ts";
import * as fast from "../eager/fast.ts";
import * as ops from "../ops/index.ts";
import type { OpRecord } from "../ops/op.ts";
import { constantOf, type Liftable, lift } from "../trace/lift.ts";
import { combine, inputOf, isLifted, negate } from "../trace/number.ts";
import { elementAt, setElement } from "./element.ts";

function isTensor(x: unknown): x is Tensor {
  return x instanceof Tensor;
}

function operand(given: unknown, operator: string): Liftable {
  const x = inputOf(given);
  if (isTensor(x) || typeof x === "number" || typeof x === "boolean") return x;
  const what = x === null ? "null" : Array.isArray(x) ? "an array" : typeof x;
  throw new ArgumentError(`The operator ${operator} got a tensor and ${what}.`, {
    hint: "Both sides must be tensors, numbers or booleans.",
  });
}

/** Literal, or lifted number, where a tensor is meant: a weak scalar. */
export function lit(value: unknown): unknown {
  return tensorOf(operand(value, "of a literal"));
}

/** Numbers become weak constants; an op promotes them. */
function tensorOf(x: Liftable): Tensor {
  return isTensor(x) ? x : constantOf(x);
}

/** Eager operands of one strong dtype, or a tensor and a number, take the short way of eager ops. */
function binary(op: OpRecord, operator: string, a: unknown, b: unknown): Tensor {
  if (isTensor(a)) {
    if (isTensor(b)) return fast.binary(op, a, b);
    if (typeof b === "number") return fast.binaryNumber(op, a, b);
  } else if (typeof a === "number" && isTensor(b) && op.flags.has("commutative")) return fast.binaryNumber(op, b, a);
  return apply1(op, [tensorOf(operand(a, operator)), tensorOf(operand(b, operator))]);
}

/** `x | 0` and the like are the common way to cut a fraction off. */
function bits(op: OpRecord, operator: string, a: unknown, b: unknown): Tensor {
  const x = toInt32(operand(a, operator));
  return b === 0 && op !== ops.bitwiseAnd ? x : apply1(op, [x, toInt32(operand(b, operator))]);
}

/** Of floats and bool, as JavaScript makes an integer of 32 bits: without the fraction, modulo 2^32, 0 for NaN and infinities. */
function toInt32(x: Liftable): Tensor {
  const t = tensorOf(x);
  // Tensors of whole numbers keep their bits.
  if (!isFloating(t.dtype)) return isInteger(t.dtype) ? t : castTo(t, "int32", t.weak);
  const wide = (n: number): Tensor => lift(n, { dtype: "float64", shape: [] });
  const rest = apply1(ops.truncMod, [apply1(ops.trunc, [castTo(t, "float64", false)]), wide(2 ** 32)]);
  const below = apply1(ops.where, [apply1(ops.less, [rest, wide(-(2 ** 31))]), apply1(ops.add, [rest, wide(2 ** 32)]), rest]);
  const within = apply1(ops.where, [apply1(ops.greaterEqual, [rest, wide(2 ** 31)]), apply1(ops.sub, [rest, wide(2 ** 32)]), below]);
  return castTo(within, "int32", true);
}

// biome-ignore-start lint/suspicious/noExplicitAny: plain values keep JavaScript's own meaning
type Plain = any;

export function add(a: unknown, b: unknown): unknown {
  if (isTensor(a) || isTensor(b)) return binary(ops.add, "+", a, b);
  if (isLifted(a) || isLifted(b)) return combine("+", a, b);
  // eslint-disable-next-line @typescript-eslint/restrict-plus-operands -- strings, numbers, whatever JavaScript adds
  return (a as Plain) + (b as Plain);
}
export function sub(a: unknown, b: unknown): unknown {
  if (isTensor(a) || isTensor(b)) return binary(ops.sub, "-", a, b);
  if (isLifted(a) || isLifted(b)) return combine("-", a, b);
  return (a as Plain) - (b as Plain);
}
export function mul(a: unknown, b: unknown): unknown {
  if (isTensor(a) || isTensor(b)) return binary(ops.mul, "*", a, b);
  if (isLifted(a) || isLifted(b)) return combine("*", a, b);
  return (a as Plain) * (b as Plain);
}
export function div(a: unknown, b: unknown): unknown {
  if (isTensor(a) || isTensor(b)) return binary(ops.realDiv, "/", a, b);
  if (isLifted(a) || isLifted(b)) return combine("/", a, b);
  return (a as Plain) / (b as Plain);
}
export function mod(a: unknown, b: unknown): unknown {
  if (isTensor(a) || isTensor(b)) return binary(ops.truncMod, "%", a, b);
  if (isLifted(a) || isLifted(b)) return combine("%", a, b);
  return (a as Plain) % (b as Plain);
}
/** Integers become floats, since a negative power of one is a fraction; weak ones keep double precision. */
function floating(x: Tensor): Tensor {
  return isFloating(x.dtype) ? x : castTo(x, x.weak || x.dtype === "int64" ? "float64" : "float32", x.weak);
}
export function pow(a: unknown, b: unknown): unknown {
  if (!isTensor(a) && !isTensor(b)) return isLifted(a) || isLifted(b) ? combine("**", a, b) : (a as Plain) ** (b as Plain);
  const base = operand(a, "**");
  // Whole tensors stay whole under some exponents and not under others: a number's value decides.
  const exponent = operand(isLifted(b) && isTensor(a) && !isFloating(a.dtype) ? Number(b) : b, "**");
  const wholePower = typeof exponent === "number" && Number.isInteger(exponent) && exponent >= 0;
  const x = tensorOf(base);
  const y = tensorOf(exponent);
  return apply1(ops.jsPow, wholePower ? [x, y] : [floating(x), floating(y)]);
}
export function bitAnd(a: unknown, b: unknown): unknown {
  return isTensor(a) || isTensor(b) ? bits(ops.bitwiseAnd, "&", a, b) : (a as Plain) & (b as Plain);
}
export function bitOr(a: unknown, b: unknown): unknown {
  return isTensor(a) || isTensor(b) ? bits(ops.bitwiseOr, "|", a, b) : (a as Plain) | (b as Plain);
}
export function bitXor(a: unknown, b: unknown): unknown {
  return isTensor(a) || isTensor(b) ? bits(ops.bitwiseXor, "^", a, b) : (a as Plain) ^ (b as Plain);
}
export function shl(a: unknown, b: unknown): unknown {
  return isTensor(a) || isTensor(b) ? bits(ops.leftShift, "<<", a, b) : (a as Plain) << (b as Plain);
}
export function shr(a: unknown, b: unknown): unknown {
  return isTensor(a) || isTensor(b) ? bits(ops.rightShift, ">>", a, b) : (a as Plain) >> (b as Plain);
}
export function bitNot(a: unknown): unknown {
  return isTensor(a) ? apply1(ops.bitwiseXor, [toInt32(a), constantOf(a.dtype === "uint8" ? 255 : -1)]) : ~(a as Plain);
}
export function lt(a: unknown, b: unknown): unknown {
  return isTensor(a) || isTensor(b) ? binary(ops.less, "<", a, b) : (a as Plain) < (b as Plain);
}
export function le(a: unknown, b: unknown): unknown {
  return isTensor(a) || isTensor(b) ? binary(ops.lessEqual, "<=", a, b) : (a as Plain) <= (b as Plain);
}
export function gt(a: unknown, b: unknown): unknown {
  return isTensor(a) || isTensor(b) ? binary(ops.greater, ">", a, b) : (a as Plain) > (b as Plain);
}
export function ge(a: unknown, b: unknown): unknown {
  return isTensor(a) || isTensor(b) ? binary(ops.greaterEqual, ">=", a, b) : (a as Plain) >= (b as Plain);
}
export function neg(a: unknown): unknown {
  if (isTensor(a)) return apply1(ops.neg, [a]);
  return isLifted(a) ? negate(a) : -(a as Plain);
}
export function pos(a: unknown): unknown {
  return isTensor(a) || isLifted(a) ? a : +(a as Plain);
}
// biome-ignore-end lint/suspicious/noExplicitAny: end

/** A tensor against null, undefined or a string is never equal; against numbers and tensors it is elementwise. */
function comparable(a: unknown, b: unknown): boolean {
  const value = (x: unknown): boolean => isTensor(x) || typeof x === "number" || typeof x === "boolean" || isLifted(x);
  return (isTensor(a) || isTensor(b)) && value(a) && value(b);
}
export function eq(a: unknown, b: unknown): unknown {
  return comparable(a, b) ? binary(ops.equal, "===", a, b) : a === b;
}
export function ne(a: unknown, b: unknown): unknown {
  return comparable(a, b) ? binary(ops.notEqual, "!==", a, b) : a !== b;
}
export function not(a: unknown): unknown {
  if (!isTensor(a)) return !a;
  if (a.dtype !== "bool") throw new DTypeError(`The operator ! got a ${a.dtype} tensor, it takes bool.`, { hint: "Write x === 0." });
  return apply1(ops.logicalNot, [a]);
}

/** An index as an int32 scalar. Fractions and NaN are refused when the graph runs, as they are eagerly. */
function indexTensor(key: Liftable, target: Tensor): Tensor {
  if (typeof key === "number") {
    const length = target.symbol?.dims[0] ?? target.shape[0] ?? 0;
    // Beyond a length that is not known yet: found out when the graph runs.
    if (!Number.isInteger(key) || key < 0 || (typeof length === "number" && key >= length)) {
      throw new IndexError(`Index ${key} is out of range for an axis of length ${showDim(length)}.`, {
        hint: `Use an integer from 0 to ${typeof length === "number" ? length - 1 : "its end"}.`,
      });
    }
    return constantOf(key);
  }
  const t = tensorOf(key);
  if (t.size !== 1)
    throw new IndexError(`An index in brackets must be a scalar, this tensor has shape [${t.shape.join(",")}].`, {
      hint: "Use gf.gather for several indices.",
    });
  const scalar = t.shape.length === 0 ? t : apply1(ops.reshape, [t], { shape: [] });
  if (DTYPES[scalar.dtype].kind === "float") return apply1(ops.toIndex, [scalar]);
  if (scalar.dtype === "int64") return apply1(ops.toIndex, [scalar]);
  return scalar.dtype === "int32" ? scalar : castTo(scalar, "int32", false);
}

export function index(target: unknown, key: unknown): unknown {
  if (!isTensor(target)) {
    if (isTensor(key)) return elementAt(target, key);
    return (target as Record<PropertyKey, unknown>)[key as PropertyKey];
  }
  // eslint-disable-next-line @typescript-eslint/unbound-method -- the user's own property access, as JavaScript has it
  if (!isTensor(key) && typeof key !== "number") return target[key as keyof Tensor];
  needsAxis(target);
  return apply1(ops.index, [target, indexTensor(key, target)]);
}

export function setIndex(target: unknown, key: unknown, value: unknown): unknown {
  if (!isTensor(target)) {
    if (isTensor(key)) setElement(target, key, value);
    else (target as Record<PropertyKey, unknown>)[key as PropertyKey] = value;
    return target;
  }
  needsAxis(target);
  const element = tensorOf(operand(value, "[]="));
  if (!element.weak && element.dtype !== target.dtype) {
    throw new DTypeError(`A ${element.dtype} value was assigned to an element of a ${target.dtype} tensor.`, {
      hint: `Cast it: .cast("${target.dtype}").`,
    });
  }
  return apply1(ops.setIndex, [target, indexTensor(operand(key, "[]"), target), settle(element, target.dtype, false)]);
}

export function first(value: unknown): unknown {
  return value;
}

function needsAxis(t: Tensor): void {
  if (t.shape.length === 0) throw new IndexError("A scalar tensor has no elements to index.", { hint: "Use it directly." });
}
