/**
 * Arithmetic on two operands. Numeric dtypes; bool counts as int32; whole numbers wrap around: the store does it.
 * Integer division and remainder by zero, and integers to negative powers, are errors (E_DIVIDE, E_POWER).
 */
import { ArgumentError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { complexDiv, complexMul } from "./complex-rules.ts";
import { binaryOp } from "./elementwise.ts";
import type { GradRule, GradSite } from "./grad.ts";
import * as longs from "./longs.ts";
import type { OpErrorSample, OpFlag, OpRecord } from "./op.ts";

/**
 * Integer arithmetic that never wraps: a result beyond int32 is E_OVERFLOW. It stands in for the op of the same name where all
 * operands are whole numbers without a dtype (see dispatch), whose JavaScript value would be larger.
 */
function exactOp(name: string, doc: string, f: (x: number, y: number) => number, flags: readonly OpFlag[] = []): OpRecord {
  const large = { dtype: "int32", shape: [2], values: [3, 0x7fffffff] } as const;
  const beyond: OpErrorSample = {
    name: "beyond int32",
    code: "E_OVERFLOW",
    inputs: [large, name === "subExact" ? { ...large, values: [1, -2] } : large],
  };
  const int = (x: number, y: number): number => {
    const exact = f(x, y);
    if (exact !== (exact | 0)) {
      throw new ArgumentError(`A whole number without a dtype became ${exact}, beyond int32.`, {
        code: "E_OVERFLOW",
        hint: 'Start from a tensor with a dtype, for example gf.scalar(0, "float64").',
      });
    }
    return exact;
  };
  return binaryOp(
    name,
    `${doc} int32 only; a result beyond int32 is E_OVERFLOW.`,
    { int },
    { flags: ["checked", ...flags], positive: true, errors: [beyond] },
  );
}

export const addExact = exactOp("addExact", "Sum a + b.", (x, y) => x + y, ["commutative"]);
export const subExact = exactOp("subExact", "Difference a − b.", (x, y) => x - y);
export const mulExact = exactOp("mulExact", "Product a · b.", (x, y) => x * y, ["commutative"]);

export const add = binaryOp(
  "add",
  "Sum a + b.",
  { float: (x, y) => x + y, int: (x, y) => (x + y) | 0, long: (x, y) => x + y, complex: (a, b, c, d) => [a + c, b + d] },
  { flags: ["commutative"], exact: addExact, grad: [(s) => s.dy, (s) => s.dy] },
);

export const sub = binaryOp(
  "sub",
  "Difference a − b.",
  { float: (x, y) => x - y, int: (x, y) => (x - y) | 0, long: (x, y) => x - y, complex: (a, b, c, d) => [a - c, b - d] },
  { exact: subExact, grad: [(s) => s.dy, (s) => s.f.neg(s.dy)] },
);

export const mul = binaryOp(
  "mul",
  "Product a · b.",
  { float: (x, y) => x * y, int: Math.imul, long: (x, y) => x * y, complex: complexMul },
  {
    flags: ["commutative"],
    exact: mulExact,
    grad: [(s) => s.f.mul(s.dy, s.f.conj(s.b)), (s) => s.f.mul(s.dy, s.f.conj(s.a))],
  },
);

export const realDiv = binaryOp(
  "realDiv",
  "Quotient a / b. Integers are lifted to float32; x / 0 is ±Infinity or NaN.",
  {
    float: (x, y) => x / y,
    complex: complexDiv,
  },
  { grad: [(s) => s.f.div(s.dy, s.f.conj(s.b)), (s) => s.f.neg(s.f.mul(s.dy, s.f.conj(s.f.div(s.out, s.b))))] },
);

function nonZero(y: number | bigint, what: string): void {
  if (y === 0 || y === 0n) {
    throw new ArgumentError(`${what} of whole numbers by zero.`, {
      code: "E_DIVIDE",
      hint: "Mask the divisor with where(), or cast to float32 to get Infinity or NaN.",
    });
  }
}

const byZero: OpErrorSample = {
  name: "int32 by zero",
  code: "E_DIVIDE",
  inputs: [
    { dtype: "int32", shape: [2], values: [1, 2] },
    { dtype: "int32", shape: [2], values: [1, 0] },
  ],
};
const checkedDivision = { flags: ["checked"], positive: true, errors: [byZero] } as const;

/** Remainder with the sign of the divisor. */
function floorRemainder(x: number, y: number): number {
  const r = x % y;
  return r !== 0 && r < 0 !== y < 0 ? r + y : r;
}

export const floorDiv = binaryOp(
  "floorDiv",
  "Quotient rounded down: floor(a / b).",
  {
    float: (x, y) => Math.floor(x / y),
    int: (x, y) => {
      nonZero(y, "Division");
      return Math.floor(x / y) | 0;
    },
    long: (x, y) => {
      nonZero(y, "Division");
      return (x - longs.floorRemainder(x, y)) / y;
    },
  },
  { ...checkedDivision, grad: "zero" },
);

/** The quotient in `a − quotient · b` does not change where the remainder has a derivative. */
const remainderGrad = (quotient: GradRule): readonly GradRule[] => [(s) => s.dy, (s, i) => s.f.neg(s.f.mul(s.dy, quotient(s, i)))];

export const mod = binaryOp(
  "mod",
  "Remainder with the sign of the divisor, as Python's %: a − floor(a / b) · b.",
  {
    float: floorRemainder,
    int: (x, y) => {
      nonZero(y, "Remainder");
      return floorRemainder(x, y) | 0;
    },
    long: (x, y) => {
      nonZero(y, "Remainder");
      return longs.floorRemainder(x, y);
    },
  },
  { ...checkedDivision, grad: remainderGrad((s) => s.f.op("floorDiv", [s.a, s.b])) },
);

export const truncMod = binaryOp(
  "truncMod",
  "Remainder with the sign of the dividend, as JavaScript's %.",
  {
    float: (x, y) => x % y,
    int: (x, y) => {
      nonZero(y, "Remainder");
      return (x % y) | 0;
    },
    long: (x, y) => {
      nonZero(y, "Remainder");
      return x % y;
    },
  },
  { ...checkedDivision, grad: remainderGrad((s) => s.f.op("trunc", [s.f.div(s.a, s.b)])) },
);

function notNegative(y: number | bigint): void {
  if (y >= 0) return;
  throw new ArgumentError(`A whole number to the power ${y} is none.`, { code: "E_POWER", hint: "Cast the base to float32 first." });
}

function longPow(x: bigint, y: bigint): bigint {
  notNegative(y);
  return longs.power(x, y);
}

function intPow(x: number, y: number): number {
  notNegative(y);
  let result = 1;
  for (let base = x, n = y; n > 0; n = Math.floor(n / 2), base = Math.imul(base, base)) if (n % 2 === 1) result = Math.imul(result, base);
  return result;
}

/** IEEE 754: 1 to any power is 1, and so is −1 to ±Infinity. */
function ieeePow(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

const negativePower: OpErrorSample = {
  name: "negative exponent of an integer",
  code: "E_POWER",
  inputs: [
    { dtype: "int32", shape: [], values: [2] },
    { dtype: "int32", shape: [], values: [-1] },
  ],
};
const checkedPower = { flags: ["checked"], positive: true, errors: [negativePower] } as const;

/** b · a^(b − 1); 0 for 0⁰, which is constant in a. */
function powBase(s: GradSite): Tensor {
  const { f } = s;
  const base = f.where(f.op("logicalAnd", [f.equal(s.a, 0), f.equal(s.b, 0)]), 1, s.a);
  return f.mul(s.dy, f.mul(s.b, f.pow(base, f.sub(s.b, 1))));
}

/** aᵇ · ln a for a > 0, else 0: the logarithm of what is not positive never enters. */
function powExponent(s: GradSite): Tensor {
  const { f } = s;
  const positive = f.greater(s.a, 0);
  const log = f.op("log", [f.where(positive, s.a, 1)]);
  return f.mul(s.dy, f.mul(s.out, log));
}

const powGrad = { ...checkedPower, grad: [powBase, powExponent] };

export const pow = binaryOp(
  "pow",
  "Power a to the b, as IEEE 754 and TensorFlow have it. Integers stay integers and wrap around; their exponent must not be negative.",
  { float: ieeePow, int: intPow, long: longPow },
  powGrad,
);

export const jsPow = binaryOp(
  "jsPow",
  "Power a ** b, as JavaScript has it: like pow, but 1 ** NaN and (±1) ** ±Infinity are NaN.",
  { float: (x, y) => x ** y, int: intPow, long: longPow },
  powGrad,
);

/** The whole gradient goes to the operand that was taken, at ties to a, as in TensorFlow. */
const takenGrad = (takesA: string): readonly GradRule[] => [
  (s) => s.f.where(s.f.op(takesA, [s.a, s.b]), s.dy, 0),
  (s) => s.f.where(s.f.op(takesA, [s.a, s.b]), 0, s.dy),
];

export const maximum = binaryOp(
  "maximum",
  "Larger of a and b; NaN wins.",
  { float: Math.max, int: Math.max, long: longs.larger },
  { flags: ["commutative"], grad: takenGrad("greaterEqual") },
);

export const minimum = binaryOp(
  "minimum",
  "Smaller of a and b; NaN wins.",
  { float: Math.min, int: Math.min, long: longs.smaller },
  { flags: ["commutative"], grad: takenGrad("lessEqual") },
);

const twiceDifference = (s: GradSite): Tensor => s.f.mul(s.dy, s.f.mul(s.f.sub(s.a, s.b), 2));

export const squaredDifference = binaryOp(
  "squaredDifference",
  "(a − b)².",
  { float: (x, y) => (x - y) * (x - y), int: (x, y) => Math.imul((x - y) | 0, (x - y) | 0), long: (x, y) => (x - y) * (x - y) },
  { flags: ["commutative"], grad: [twiceDifference, (s) => s.f.neg(twiceDifference(s))] },
);

/** dy / (a² + b²). */
const perSquareRadius = (s: GradSite): Tensor => s.f.div(s.dy, s.f.add(s.f.square(s.a), s.f.square(s.b)));

export const atan2 = binaryOp(
  "atan2",
  "Angle of the point (b, a) in (−π, π].",
  { float: Math.atan2 },
  { grad: [(s) => s.f.mul(s.b, perSquareRadius(s)), (s) => s.f.neg(s.f.mul(s.a, perSquareRadius(s)))] },
);
