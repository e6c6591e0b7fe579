/** Functions of one real number, elementwise. Those with an integer rule keep whole numbers; the others lift them to floats. */

import { type DType, isInteger } from "../core/dtype.ts";
import { ArgumentError } from "../core/errors.ts";
import { castNumber, longOf } from "./cast.ts";
import { complexDiv, complexExp, complexLog, complexMul, complexSqrt } from "./complex-rules.ts";
import { floatOp, testOp, unaryOp } from "./elementwise.ts";
import type { GradRule, GradSite } from "./grad.ts";
import { FLOATING, NUMERIC, sameType } from "./infer.ts";
import { larger, smaller } from "./longs.ts";
import { type Attrs, defineOp, type OpRecord } from "./op.ts";
import { unarySamples } from "./samples.ts";
import { erfc as erfcOf, erf as erfOf, roundHalfEven } from "./special.ts";

const identity = (x: number) => x;
const whole = { int: identity, long: (x: bigint) => x };
/** 1 − x². */
const oneMinusSquare = (s: GradSite) => s.f.sub(1, s.f.square(s.a));

export const neg = unaryOp(
  "neg",
  "−x; whole numbers wrap around.",
  { float: (x) => -x, int: (x) => -x | 0, long: (x) => -x, complex: (re, im) => [-re, -im] },
  (s) => s.f.neg(s.dy),
);
export const abs = unaryOp(
  "abs",
  "|x|; the smallest int32 and int64 stay themselves.",
  { float: Math.abs, int: (x) => Math.abs(x) | 0, long: (x) => (x < 0n ? -x : x) },
  (s) => s.f.mul(s.dy, s.f.op("sign", [s.a])),
);
export const sign = unaryOp(
  "sign",
  "−1, 0 or 1; keeps −0 and NaN.",
  { float: Math.sign, int: Math.sign, long: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n) },
  "zero",
);
export const square = unaryOp(
  "square",
  "x².",
  { float: (x) => x * x, int: (x) => Math.imul(x, x), long: (x) => x * x, complex: (re, im) => complexMul(re, im, re, im) },
  (s) => s.f.mul(s.dy, s.f.conj(s.f.mul(s.a, 2))),
);
export const sqrt = floatOp(
  "sqrt",
  "Square root; NaN for negative real numbers. Of a complex number the root with a real part that is not negative.",
  Math.sqrt,
  (s) => s.f.div(s.dy, s.f.conj(s.f.mul(s.out, 2))),
  { complex: complexSqrt },
);
export const rsqrt = floatOp(
  "rsqrt",
  "1 / √x.",
  (x) => 1 / Math.sqrt(x),
  (s) => s.f.mul(s.dy, s.f.mul(s.f.div(s.out, s.a), -0.5)),
);
export const reciprocal = floatOp(
  "reciprocal",
  "1 / x.",
  (x) => 1 / x,
  (s) => s.f.neg(s.f.mul(s.dy, s.f.conj(s.f.square(s.out)))),
  { complex: (re, im) => complexDiv(1, 0, re, im) },
);
export const exp = floatOp("exp", "e to the power x.", Math.exp, (s) => s.f.mul(s.dy, s.f.conj(s.out)), { complex: complexExp });
export const expm1 = floatOp("expm1", "eˣ − 1, exact near 0.", Math.expm1, (s) => s.f.mul(s.dy, s.f.add(s.out, 1)));
export const log = floatOp(
  "log",
  "Natural logarithm; of a complex number the one with an angle in [−π, π].",
  Math.log,
  (s) => s.f.div(s.dy, s.f.conj(s.a)),
  {
    range: [0.1, 10],
    complex: complexLog,
  },
);
export const log1p = floatOp("log1p", "ln(1 + x), exact near 0.", Math.log1p, (s) => s.f.div(s.dy, s.f.add(s.a, 1)), { range: [-0.9, 9] });
export const sin = floatOp("sin", "Sine of radians.", Math.sin, (s) => s.f.mul(s.dy, s.f.op("cos", [s.a])));
export const cos = floatOp("cos", "Cosine of radians.", Math.cos, (s) => s.f.neg(s.f.mul(s.dy, s.f.op("sin", [s.a]))));
export const tan = floatOp("tan", "Tangent of radians.", Math.tan, (s) => s.f.mul(s.dy, s.f.add(s.f.square(s.out), 1)));
export const asin = floatOp(
  "asin",
  "Inverse sine, in [−π/2, π/2].",
  Math.asin,
  (s) => s.f.mul(s.dy, s.f.op("rsqrt", [oneMinusSquare(s)])),
  { range: [-1, 1] },
);
export const acos = floatOp(
  "acos",
  "Inverse cosine, in [0, π].",
  Math.acos,
  (s) => s.f.neg(s.f.mul(s.dy, s.f.op("rsqrt", [oneMinusSquare(s)]))),
  { range: [-1, 1] },
);
export const atan = floatOp("atan", "Inverse tangent, in [−π/2, π/2].", Math.atan, (s) => s.f.div(s.dy, s.f.add(s.f.square(s.a), 1)));
export const sinh = floatOp("sinh", "Hyperbolic sine.", Math.sinh, (s) => s.f.mul(s.dy, s.f.op("cosh", [s.a])));
export const cosh = floatOp("cosh", "Hyperbolic cosine.", Math.cosh, (s) => s.f.mul(s.dy, s.f.op("sinh", [s.a])));
export const tanh = floatOp("tanh", "Hyperbolic tangent.", Math.tanh, (s) => s.f.mul(s.dy, s.f.sub(1, s.f.square(s.out))));
export const asinh = floatOp("asinh", "Inverse hyperbolic sine.", Math.asinh, (s) => s.f.div(s.dy, s.f.op("cosh", [s.out])));
export const acosh = floatOp("acosh", "Inverse hyperbolic cosine, for x ≥ 1.", Math.acosh, (s) => s.f.div(s.dy, s.f.op("sinh", [s.out])), {
  range: [1, 9],
});
export const atanh = floatOp("atanh", "Inverse hyperbolic tangent, for |x| ≤ 1.", Math.atanh, (s) => s.f.div(s.dy, oneMinusSquare(s)), {
  range: [-1, 1],
});
export const sigmoid = floatOp(
  "sigmoid",
  "1 / (1 + e⁻ˣ).",
  (x) => 1 / (1 + Math.exp(-x)),
  (s) => s.f.mul(s.dy, s.f.mul(s.out, s.f.sub(1, s.out))),
  { range: [-9, 9] },
);
export const softplus = floatOp(
  "softplus",
  "ln(1 + eˣ) without overflow.",
  (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  (s) => s.f.mul(s.dy, s.f.op("sigmoid", [s.a])),
  { range: [-9, 9] },
);
export const erf = floatOp("erf", "Error function 2/√π ∫₀ˣ e^(−t²) dt.", erfOf, (s) =>
  s.f.mul(s.dy, s.f.mul(s.f.op("exp", [s.f.neg(s.f.square(s.a))]), 2 / Math.sqrt(Math.PI))),
);
export const erfc = floatOp("erfc", "1 − erf(x), exact where erf(x) is near 1. Source: DLMF 7.6, 7.9.", erfcOf, (s) =>
  s.f.mul(s.dy, s.f.mul(s.f.op("exp", [s.f.neg(s.f.square(s.a))]), -2 / Math.sqrt(Math.PI))),
);
export const elu = floatOp(
  "elu",
  "x for x ≥ 0, else eˣ − 1.",
  (x) => (x < 0 ? Math.expm1(x) : x),
  (s) => s.f.where(s.f.less(s.a, 0), s.f.mul(s.dy, s.f.add(s.out, 1)), s.dy),
);

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;
export const selu = floatOp(
  "selu",
  "Scaled exponential linear unit (Klambauer et al. 2017).",
  (x) => SELU_SCALE * (x < 0 ? SELU_ALPHA * Math.expm1(x) : x),
  (s) => s.f.where(s.f.less(s.a, 0), s.f.mul(s.dy, s.f.add(s.out, SELU_SCALE * SELU_ALPHA)), s.f.mul(s.dy, SELU_SCALE)),
);

export const relu = unaryOp(
  "relu",
  "max(x, 0); NaN stays.",
  { float: (x) => Math.max(x, 0), int: (x) => Math.max(x, 0), long: (x) => (x > 0n ? x : 0n) },
  (s) => s.f.where(s.f.greater(s.a, 0), s.dy, 0),
);
const relu6Of = (x: number) => Math.min(Math.max(x, 0), 6);
export const relu6 = unaryOp(
  "relu6",
  "min(max(x, 0), 6); NaN stays.",
  { float: relu6Of, int: relu6Of, long: (x) => (x < 0n ? 0n : x > 6n ? 6n : x) },
  (s) => s.f.where(s.f.op("logicalAnd", [s.f.greater(s.a, 0), s.f.less(s.a, 6)]), s.dy, 0),
  { range: [-3, 9] },
);

export const ceil = unaryOp("ceil", "Rounds up.", { float: Math.ceil, ...whole }, "zero");
export const floor = unaryOp("floor", "Rounds down.", { float: Math.floor, ...whole }, "zero");
export const round = unaryOp(
  "round",
  "Rounds to the nearest whole number, halves to the even one.",
  {
    float: roundHalfEven,
    ...whole,
  },
  "zero",
);
export const trunc = unaryOp("trunc", "Drops the fraction.", { float: Math.trunc, ...whole }, "zero");

const nanTest = testOp("isNaN", "Where x is NaN.", { float: (x) => +Number.isNaN(x) });
export const isInf = testOp("isInf", "Where x is ±Infinity.", { float: (x) => +(x === Infinity || x === -Infinity) });
const finiteTest = testOp("isFinite", "Where x is neither infinite nor NaN.", { float: (x) => +Number.isFinite(x) });

export { finiteTest as isFinite, nanTest as isNaN };

type NumbersRule = (x: number, attrs: Attrs) => number;

/** An elementwise rule with numeric attributes. Whole attributes are required for whole numbers. */
function withNumbers(
  name: string,
  doc: string,
  attrs: Attrs,
  dtypes: OpRecord["dtypes"],
  rule: NumbersRule,
  grad: GradRule | "zero",
  /** Of int64, where it is taken. */
  long?: (x: bigint, attrs: Attrs) => bigint,
): OpRecord {
  return defineOp({
    name,
    arity: 1,
    dtypes,
    flags: ["pure", "elementwise"],
    attrs: Object.fromEntries(Object.keys(attrs).map((key) => [key, "number" as const])),
    doc,
    infer: (inputs, given, op) => {
      const { dtype } = inputs[0];
      if (isInteger(dtype)) for (const key in given) wholeFor(op, key, given[key] as number, dtype);
      return sameType(inputs, given, op);
    },
    reference: ([x], [out], given) => {
      const from = x.data;
      const to = out.data;
      const { dtype } = x;
      if (dtype === "int64" && long !== undefined) {
        const [longs, results] = [from, to] as unknown as [BigInt64Array, BigInt64Array];
        for (let i = 0; i < results.length; i++) results[i] = long(longs[i], given);
      } else for (let i = 0; i < to.length; i++) to[i] = dtype === "uint8" ? castNumber(rule(from[i], given), dtype) : rule(from[i], given);
    },
    grad: grad === "zero" ? grad : [grad],
    samples: () => unarySamples({ dtypes, attrs }),
  });
}

function wholeFor(op: string, key: string, value: number, dtype: DType): void {
  if (Number.isNaN(value) || (Number.isFinite(value) && !Number.isInteger(value))) {
    throw new ArgumentError(`${op}: ${key} is ${value}, but the tensor is ${dtype}.`, { hint: "Cast the tensor to float32 first." });
  }
}

export const clipByValue = withNumbers(
  "clipByValue",
  "min(max(x, min), max); NaN stays.",
  { min: -2, max: 3 },
  NUMERIC,
  (x, { min, max }) => (Number.isNaN(x) ? x : Math.min(Math.max(x, min as number), max as number)),
  (s) => {
    const { min, max } = s.attrs as { min: number; max: number };
    const inside = s.f.op("logicalAnd", [s.f.greaterEqual(s.a, min), s.f.op("lessEqual", [s.a, max])]);
    return s.f.where(inside, s.dy, 0);
  },
  (x, { min, max }) => smaller(larger(x, longOf(min as number)), longOf(max as number)),
);
export const step = withNumbers(
  "step",
  "1 for x > 0, alpha elsewhere; NaN stays.",
  { alpha: 2 },
  NUMERIC,
  (x, { alpha }) => (Number.isNaN(x) ? x : x > 0 ? 1 : (alpha as number)),
  "zero",
  (x, { alpha }) => (x > 0n ? 1n : longOf(alpha as number)),
);
export const flushToZero = withNumbers(
  "flushToZero",
  "0 where |x| < below, else x; NaN stays.",
  { below: 1 },
  FLOATING,
  (x, { below }) => (Math.abs(x) < (below as number) ? 0 : x),
  (s) => s.f.where(s.f.less(s.f.op("abs", [s.a]), s.attrs.below as number), 0, s.dy),
);
export const leakyRelu = withNumbers(
  "leakyRelu",
  "x for x ≥ 0, else alpha · x.",
  { alpha: 0.25 },
  FLOATING,
  (x, { alpha }) => (x < 0 ? (alpha as number) * x : x),
  (s) => s.f.where(s.f.less(s.a, 0), s.f.mul(s.dy, s.attrs.alpha as number), s.dy),
);
