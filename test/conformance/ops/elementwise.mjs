/** Elementwise ops, and the formulas of those that have no function of their own. */
import * as gf from "graphfn";
import { binary, checkDType, sameDTypes, unary } from "./terms.mjs";

/** f(x, y), but zero where x is, whatever y is: f sees ones there, so that gradients stay clean. */
const zeroWithZero = (f) => (x, y) => {
  const zero = gf.equal(x, 0);
  return gf.where(zero, 0, f(x, gf.where(zero, 1, y)));
};

const SQRT_HALF = Math.SQRT1_2;
const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

/** x · Φ(x), with the error function or a tangent for Φ. */
function gelu(_, [x], { approximate }) {
  const inner = approximate
    ? gf.tanh(gf.mul(SQRT_2_OVER_PI, gf.add(x, gf.mul(0.044715, gf.mul(x, gf.mul(x, x))))))
    : gf.erf(gf.mul(x, SQRT_HALF));
  return gf.mul(gf.mul(0.5, x), gf.add(1, inner));
}

export const ELEMENTWISE = {
  abs: unary(gf.abs),
  negative: unary(gf.neg),
  sign: unary(gf.sign),
  reciprocal: unary(gf.reciprocal),
  square: unary(gf.square),
  sqrt: unary(gf.sqrt),
  rsqrt: unary(gf.rsqrt),
  exp: unary(gf.exp),
  expm1: unary(gf.expm1),
  log: unary(gf.log),
  log1p: unary(gf.log1p),
  sin: unary(gf.sin),
  cos: unary(gf.cos),
  tan: unary(gf.tan),
  asin: unary(gf.asin),
  acos: unary(gf.acos),
  atan: unary(gf.atan),
  sinh: unary(gf.sinh),
  cosh: unary(gf.cosh),
  tanh: unary(gf.tanh),
  asinh: unary(gf.asinh),
  acosh: unary(gf.acosh),
  atanh: unary(gf.atanh),
  sigmoid: unary(gf.sigmoid),
  log_sigmoid: unary(gf.logSigmoid),
  softplus: unary(gf.softplus),
  relu: unary(gf.relu),
  relu6: unary(gf.relu6),
  elu: unary(gf.elu),
  selu: unary(gf.selu),
  leaky_relu: (_, [x], { alpha }) => gf.leakyRelu(x, alpha),
  softsign: (_, [x]) => gf.realDiv(x, gf.add(gf.abs(x), 1)),
  silu: (_, [x]) => gf.mul(x, gf.sigmoid(x)),
  erf: unary(gf.erf),
  erfc: unary(gf.erfc),
  lgamma: unary(gf.lgamma),
  digamma: unary(gf.digamma),
  ceil: unary(gf.ceil),
  floor: unary(gf.floor),
  round: unary(gf.round),
  is_nan: unary(gf.isNaN),
  is_inf: unary(gf.isInf),
  is_finite: unary(gf.isFinite),
  logical_not: unary(gf.logicalNot),
  zeros_like: unary(gf.zerosLike),
  ones_like: unary(gf.onesLike),
  gelu,
  gelu_tanh: gelu,
  mish: unary((x) => gf.mul(x, gf.tanh(gf.softplus(x)))),
  hard_sigmoid: (_, [x]) => gf.clipByValue(gf.add(gf.div(x, 6), 0.5), 0, 1),
  invert: (_, [x]) => gf.bitwiseXor(x, gf.sub(gf.zerosLike(x), gf.onesLike(x))),
  add: binary(gf.add),
  subtract: binary(gf.sub),
  multiply: binary(gf.mul),
  divide: binary(gf.realDiv),
  divide_no_nan: binary(gf.divNoNan),
  floordiv: binary(gf.floorDiv),
  floormod: binary(gf.mod),
  truncatemod: binary(gf.truncMod),
  pow: binary(gf.pow),
  maximum: binary(gf.maximum),
  minimum: binary(gf.minimum),
  squared_difference: binary(gf.squaredDifference),
  atan2: binary(gf.atan2),
  equal: binary(gf.equal),
  not_equal: binary(gf.notEqual),
  less: binary(gf.less),
  less_equal: binary(gf.lessEqual),
  greater: binary(gf.greater),
  greater_equal: binary(gf.greaterEqual),
  logical_and: binary(gf.logicalAnd),
  logical_or: binary(gf.logicalOr),
  truncatediv: binary((a, b) => gf.floorDiv(gf.sub(a, gf.truncMod(a, b)), b)),
  multiply_no_nan: binary((x, y) => zeroWithZero((b, a) => gf.mul(a, b))(y, x)),
  xlogy: binary(zeroWithZero((x, y) => gf.mul(x, gf.log(y)))),
  xlog1py: binary(zeroWithZero((x, y) => gf.mul(x, gf.log1p(y)))),
  xdivy: binary(zeroWithZero(gf.realDiv)),
  bitwise_and: binary(gf.bitwiseAnd),
  bitwise_or: binary(gf.bitwiseOr),
  bitwise_xor: binary(gf.bitwiseXor),
  left_shift: binary(gf.leftShift),
  right_shift: binary(gf.rightShift),
  // TensorFlow.js, and so graphfn, refuses min > max; TensorFlow does not: its formula.
  clip_by_value: (_, [x], { min, max }) => gf.maximum(gf.minimum(x, max), min),
  where: (op, [condition, a, b]) => {
    sameDTypes(op, a, b);
    return gf.where(condition, a, b);
  },
  cast: (_, [x], { dtype }) => {
    // One dtype that nobody has is among the bad input.
    if (dtype !== "float7") checkDType(dtype);
    return gf.cast(x, dtype);
  },
};
