/**
 * Elementwise functions: arithmetic, mathematics, comparison, logic, selection, dtype conversion.
 *
 * Shapes broadcast as in NumPy. Operands are promoted (bool < int32 < float32 < float64, complex64); JavaScript numbers are weak: they take
 * the dtype of the tensor they meet, unless they are fractions and it is an integer tensor (then the result is float32).
 * Names, arguments and meaning are TensorFlow.js's. Errors: E_SHAPE where shapes do not broadcast, E_DTYPE, E_DISPOSED.
 */

import { type DType, isInteger } from "../core/dtype.ts";
import { ArgumentError } from "../core/errors.ts";
import { named } from "../core/named.ts";
import { Tensor } from "../core/tensor.ts";
import { isVariable } from "../core/variable.ts";
import { apply1, castTo, isTracing, recordOp } from "../dispatch/dispatch.ts";
import { blockOf } from "../eager/compute.ts";
import { binary, binaryNumber, unary, withOperand } from "../eager/fast.ts";
import { share } from "../eager/memory.ts";
import { tidied } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import type { OpRecord } from "../ops/op.ts";
import { checkDType, describe, type TensorLike, toBools, toTensor } from "./convert.ts";

type Unary = (x: TensorLike) => Tensor;
type Binary = (a: TensorLike, b: TensorLike) => Tensor;

/** `f` of a tensor; operands of other kinds become one for the time of the call. */
function unaryBy(f: (x: Tensor) => Tensor, what: string, convert = toTensor): Unary {
  const others = tidied(what, (x: TensorLike) => f(convert(x, what)));
  return named(what, (x) => (x instanceof Tensor ? f(x) : others(x)));
}

function unaryOf(op: OpRecord): Unary {
  return unaryBy((x) => unary(op, x), op.name);
}

/** Operand on the left is a tensor: the door of methods. */
export function binaryWith(op: OpRecord, a: Tensor, b: TensorLike): Tensor {
  if (b instanceof Tensor) return binary(op, a, b);
  if (typeof b === "number") return binaryNumber(op, a, b);
  return withOperand(op, a, toTensor(b, op.name, "b"));
}

/** `f` of a tensor and an operand of any kind, for two of any kind. */
function byLeft(f: (a: Tensor, b: TensorLike) => Tensor, what: string): Binary {
  const others = tidied(what, (a: TensorLike, b: TensorLike) => f(toTensor(a, what, "a"), b));
  return named(what, (a, b) => (a instanceof Tensor ? f(a, b) : others(a, b)));
}

function binaryOf(op: OpRecord): Binary {
  return byLeft((a, b) => binaryWith(op, a, b), op.name);
}

/** Of bool operands. */
function ofBools(op: OpRecord): Binary {
  const others = tidied(op.name, (a: TensorLike, b: TensorLike) => binary(op, toBools(a, op.name, "a"), toBools(b, op.name, "b")));
  return named(op.name, (a, b) => (a instanceof Tensor && b instanceof Tensor ? binary(op, a, b) : others(a, b)));
}

/** a + b. */
export const add: Binary = binaryOf(ops.add);
/** a − b. */
export const sub: Binary = binaryOf(ops.sub);
/** a · b. */
export const mul: Binary = binaryOf(ops.mul);
/** a / b as real numbers: integers give float32. */
export const realDiv: Binary = binaryOf(ops.realDiv);
/** ⌊a / b⌋. E_DIVIDE for an int32 divided by zero. */
export const floorDiv: Binary = binaryOf(ops.floorDiv);
/** Remainder with the sign of b. E_DIVIDE for int32 and b = 0. */
export const mod: Binary = binaryOf(ops.mod);
/** Remainder with the sign of a: what `%` means in marked functions. E_DIVIDE for int32 and b = 0. */
export const truncMod: Binary = binaryOf(ops.truncMod);
/** a to the power b. E_POWER for an int32 to a negative power. */
export const pow: Binary = binaryOf(ops.pow);
/** a ** b with JavaScript's meaning: like pow, but 1 ** NaN and (±1) ** ±Infinity are NaN. */
export const jsPow: Binary = binaryOf(ops.jsPow);
/** The larger of a and b; NaN wins. */
export const maximum: Binary = binaryOf(ops.maximum);
/** The smaller of a and b; NaN wins. */
export const minimum: Binary = binaryOf(ops.minimum);
/** (a − b)². */
export const squaredDifference: Binary = binaryOf(ops.squaredDifference);
/** Angle of the point (b, a). */
export const atan2: Binary = binaryOf(ops.atan2);

/** a / b; for two tensors of whole numbers, or one of them bool, ⌊a / b⌋, as in TensorFlow.js. In marked functions `/` is realDiv. */
export const div: Binary = byLeft(divWith, "div");

export function divWith(a: Tensor, b: TensorLike): Tensor {
  const isWhole = (t: Tensor): boolean => !t.weak && (t.dtype === "bool" || isInteger(t.dtype));
  const strongInt = b instanceof Tensor && isWhole(a) && isWhole(b) && !(a.dtype === "bool" && b.dtype === "bool");
  return binaryWith(strongInt ? ops.floorDiv : ops.realDiv, a, b);
}

/** a / b, and 0 where b = 0. */
export const divNoNan = tidied("divNoNan", (a: TensorLike, b: TensorLike): Tensor => {
  const divisor = toTensor(b, "divNoNan", "b");
  const zero = equal(divisor, 0);
  return where(zero, 0, realDiv(a, where(zero, 1, divisor)));
});

/** a = b, as bool. NaN equals nothing. */
export const equal: Binary = binaryOf(ops.equal);
/** a ≠ b, as bool. */
export const notEqual: Binary = binaryOf(ops.notEqual);
/** a < b, as bool. */
export const less: Binary = binaryOf(ops.less);
/** a ≤ b, as bool. */
export const lessEqual: Binary = binaryOf(ops.lessEqual);
/** a > b, as bool. */
export const greater: Binary = binaryOf(ops.greater);
/** a ≥ b, as bool. */
export const greaterEqual: Binary = binaryOf(ops.greaterEqual);
/** a and b; both bool. */
export const logicalAnd: Binary = ofBools(ops.logicalAnd);
/** a or b; both bool. */
export const logicalOr: Binary = ofBools(ops.logicalOr);
/** Exactly one of a and b; both bool. */
export const logicalXor: Binary = ofBools(ops.logicalXor);
/** Bits that are set in both; whole numbers. */
export const bitwiseAnd: Binary = binaryOf(ops.bitwiseAnd);
/** Bits that are set in either; whole numbers. */
export const bitwiseOr: Binary = binaryOf(ops.bitwiseOr);
/** Bits that are set in one of the two; whole numbers. */
export const bitwiseXor: Binary = binaryOf(ops.bitwiseXor);
/** a moved left by b places, modulo its bits; whole numbers. */
export const leftShift: Binary = binaryOf(ops.leftShift);
/** a moved right by b places, modulo its bits, with its sign; whole numbers. */
export const rightShift: Binary = binaryOf(ops.rightShift);
/** not x; x is bool. */
export const logicalNot: Unary = unaryBy((x) => unary(ops.logicalNot, x), "logicalNot", toBools);

/** −x. */
export const neg: Unary = unaryOf(ops.neg);
/** |x|; of complex numbers their distances from 0, as float32. */
export const abs: Unary = unaryBy(absOf, "abs");
export function absOf(x: Tensor): Tensor {
  return x.dtype === "complex64" ? apply1(ops.complexAbs, [x]) : unary(ops.abs, x);
}
/** −1, 0 or 1. */
export const sign: Unary = unaryOf(ops.sign);
/** x². */
export const square: Unary = unaryOf(ops.square);
/** √x; NaN for negative x. */
export const sqrt: Unary = unaryOf(ops.sqrt);
/** 1 / √x. */
export const rsqrt: Unary = unaryOf(ops.rsqrt);
/** 1 / x. */
export const reciprocal: Unary = unaryOf(ops.reciprocal);
/** eˣ. */
export const exp: Unary = unaryOf(ops.exp);
/** eˣ − 1. */
export const expm1: Unary = unaryOf(ops.expm1);
/** Natural logarithm. */
export const log: Unary = unaryOf(ops.log);
/** ln(1 + x). */
export const log1p: Unary = unaryOf(ops.log1p);
/** Sine of radians. */
export const sin: Unary = unaryOf(ops.sin);
/** Cosine of radians. */
export const cos: Unary = unaryOf(ops.cos);
/** Tangent of radians. */
export const tan: Unary = unaryOf(ops.tan);
/** Inverse sine. */
export const asin: Unary = unaryOf(ops.asin);
/** Inverse cosine. */
export const acos: Unary = unaryOf(ops.acos);
/** Inverse tangent. */
export const atan: Unary = unaryOf(ops.atan);
/** Hyperbolic sine. */
export const sinh: Unary = unaryOf(ops.sinh);
/** Hyperbolic cosine. */
export const cosh: Unary = unaryOf(ops.cosh);
/** Hyperbolic tangent. */
export const tanh: Unary = unaryOf(ops.tanh);
/** Inverse hyperbolic sine. */
export const asinh: Unary = unaryOf(ops.asinh);
/** Inverse hyperbolic cosine. */
export const acosh: Unary = unaryOf(ops.acosh);
/** Inverse hyperbolic tangent. */
export const atanh: Unary = unaryOf(ops.atanh);
/** 1 / (1 + e⁻ˣ). */
export const sigmoid: Unary = unaryOf(ops.sigmoid);
/** ln(1 + eˣ). */
export const softplus: Unary = unaryOf(ops.softplus);
/** Error function. */
export const erf: Unary = unaryOf(ops.erf);
/** 1 − erf(x), exact where erf(x) is near 1. */
export const erfc: Unary = unaryOf(ops.erfc);
/** ln |Γ(x)|; Infinity at 0, −1, −2, …. */
export const lgamma: Unary = unaryOf(ops.lgamma);
/** Derivative of ln Γ(x); ∓Infinity at ±0, NaN at −1, −2, …. */
export const digamma: Unary = unaryOf(ops.digamma);
/** max(x, 0). */
export const relu: Unary = unaryOf(ops.relu);
/** min(max(x, 0), 6). */
export const relu6: Unary = unaryOf(ops.relu6);
/** x for x ≥ 0, else eˣ − 1. */
export const elu: Unary = unaryOf(ops.elu);
/** Scaled exponential linear unit. */
export const selu: Unary = unaryOf(ops.selu);
/** Rounds up. */
export const ceil: Unary = unaryOf(ops.ceil);
/** Rounds down. */
export const floor: Unary = unaryOf(ops.floor);
/** Rounds to the nearest whole number, halves to the even one. */
export const round: Unary = unaryOf(ops.round);
/** Drops the fraction. */
export const trunc: Unary = unaryOf(ops.trunc);
const nanTest: Unary = unaryOf(ops.isNaN);
const finiteTest: Unary = unaryOf(ops.isFinite);
/** Where x is ±Infinity. */
export const isInf: Unary = unaryOf(ops.isInf);
export { finiteTest as isFinite, nanTest as isNaN };

/** −softplus(−x) = ln(sigmoid(x)). */
export const logSigmoid = tidied("logSigmoid", (x: TensorLike): Tensor => {
  return neg(softplus(neg(x)));
});

function numberAttr(value: unknown, what: string): number {
  if (typeof value !== "number") throw new ArgumentError(`${what} must be a number, but is ${describe(value)}.`);
  return value;
}

/** min(max(x, min), max). E_ARGUMENT where min > max. */
export const clipByValue = tidied("clipByValue", (x: TensorLike, min: number, max: number): Tensor => {
  const [low, high] = [numberAttr(min, "clipByValue: min"), numberAttr(max, "clipByValue: max")];
  if (low > high) throw new ArgumentError(`clipByValue: min ${low} is greater than max ${high}.`);
  return apply1(ops.clipByValue, [toTensor(x, "clipByValue")], { min: low, max: high });
});

/** The derivative of digamma of an order, whole, from 0 (digamma itself) to 100 (E_ARGUMENT). Floating; its gradient is that of the next order. */
export const polygamma = tidied("polygamma", (order: number, x: TensorLike): Tensor => {
  const input = toTensor(x, "polygamma");
  return order === 0 ? unary(ops.digamma, input) : apply1(ops.polygamma, [input], { order: numberAttr(order, "polygamma: order") });
});

/** 1 for x > 0, alpha elsewhere. */
export const step = tidied("step", (x: TensorLike, alpha = 0): Tensor => {
  return apply1(ops.step, [toTensor(x, "step")], { alpha: numberAttr(alpha, "step: alpha") });
});

/**
 * 0 where |x| < below, else x; NaN stays. For averages that fade without end: in subnormal numbers (float32 below 1.2e-38) the processor
 * takes some hundred times longer.
 */
export const flushToZero = tidied("flushToZero", (x: TensorLike, below: number): Tensor => {
  return apply1(ops.flushToZero, [toTensor(x, "flushToZero")], { below: numberAttr(below, "flushToZero: below") });
});

/** x for x ≥ 0, else alpha · x. */
export const leakyRelu = tidied("leakyRelu", (x: TensorLike, alpha = 0.2): Tensor => {
  return apply1(ops.leakyRelu, [toTensor(x, "leakyRelu")], { alpha: numberAttr(alpha, "leakyRelu: alpha") });
});

/** x for x ≥ 0, else alpha · x, with a tensor alpha that broadcasts. */
export const prelu = tidied("prelu", (x: TensorLike, alpha: TensorLike): Tensor => {
  const input = toTensor(x, "prelu");
  return where(less(input, 0), mul(alpha, input), input);
});

/** a where the condition (bool) is true, b elsewhere; all three broadcast. */
export const where = tidied("where", (condition: TensorLike, a: TensorLike, b: TensorLike): Tensor => {
  return apply1(ops.where, [toBools(condition, "where", "condition"), toTensor(a, "where", "a"), toTensor(b, "where", "b")]);
});

/** The same elements as another dtype: to int32 by truncation (saturating, NaN → 0), to bool by x ≠ 0. Of complex64 the real part. */
export const cast = tidied("cast", (x: TensorLike, dtype: DType): Tensor => {
  const input = toTensor(x, "cast");
  const result = castTo(input, dtype === input.dtype ? dtype : checkDType(dtype, "cast"), false);
  return result === input ? clone(input) : result;
});

/** Another handle on the same elements: disposing one leaves the other. */
export const clone: Unary = unaryBy(cloneOf, "clone");

function cloneOf(t: Tensor): Tensor {
  if (isVariable(t)) return apply1(ops.identity, [t]);
  if (t.symbol !== null || isTracing()) return t;
  const result = share(t, blockOf(t, "clone").data, t.shape, t.weak);
  recordOp(ops.identity, [t], [result], {});
  return result;
}
