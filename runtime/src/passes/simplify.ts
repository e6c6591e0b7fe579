/**
 * Algebra that is exact: never a change of NaN, −0 or rounding.
 *
 *   realDiv x, 4 → mul x, 0.25            neg (neg x) → x
 *   mul x, 1 → x          add x, 0 → x for whole numbers only: −0 + 0 is 0         sub x, 0 → x
 *   x ** 2 → mul x, x
 *   cast x to its own dtype → x; cast of a cast that lost nothing → one cast
 *   logicalNot (less a, b) → greaterEqual a, b for whole numbers only: both are false for NaN
 *   where c, x, x → x; where c, true, y → logicalOr c, y
 *   lengthOf x → 3, where x has a static shape
 *   reshape of reshape, transpose of transpose, and movements that move nothing
 *   mul (broadcastTo x), y → mul x, y where y has the shape; neg (broadcastTo x) → broadcastTo (neg x)
 *
 * A row per op; a rule applies only where the result has the type of the node, so broadcasting is never lost.
 */
import { type DType, isFloating, isInteger } from "../core/dtype.ts";
import { isStatic, type Shape, sameShape } from "../core/shape.ts";
import { sameType } from "../core/type.ts";
import type { OpNode, Value } from "../ir/graph.ts";
import { getOp } from "../ops/index.ts";
import { isRepeatable } from "./facts.ts";
import type { Rewriter, Rule } from "./rewriter.ts";

type Row = (node: OpNode, r: Rewriter) => Value | null;

export const simplify: Rule = {
  name: "simplify",
  op(node, r) {
    const { flags } = getOp(node.op);
    const value =
      ROWS[node.op]?.(node, r) ?? (flags.has("movement") ? unmoved(node) : flags.has("elementwise") ? withoutBroadcast(node, r) : null);
    return value !== null && sameType(value.type, node.results[0].type) && isRepeatable(node) ? [value] : null;
  },
};

/** All elements are this number. */
function isAll(value: Value, x: number, r: Rewriter): boolean {
  const data = value.type.dtype === "complex64" ? undefined : r.constantOf(value)?.data;
  return data !== undefined && data.length > 0 && isSame(data[0], x) && data.every((y) => isSame(y, x));
}

/** An element is this whole number; those of int64 are bigints. */
function isSame(element: number | bigint, x: number): boolean {
  return typeof element === "bigint" ? element === BigInt(x) : Object.is(element, x);
}

function isInt(value: Value): boolean {
  return isInteger(value.type.dtype);
}

/** x, where the right operand is this number. */
function right(x: number, when: (v: Value) => boolean = () => true): Row {
  return ({ operands: [a, b] }, r) => (when(b) && isAll(b, x, r) ? a : null);
}

/** x, where the left or right operand is this number. */
function either(x: number, when: (v: Value) => boolean = () => true): Row {
  return ({ operands: [a, b] }, r) => (!when(a) ? null : isAll(b, x, r) ? a : isAll(a, x, r) ? b : null);
}

/** The number itself, where an operand is it. */
function absorbing(x: number, when: (v: Value) => boolean = () => true): Row {
  return ({ operands: [a, b] }, r) => (!when(a) ? null : isAll(b, x, r) ? b : isAll(a, x, r) ? a : null);
}

/** x / 2ⁿ is x · 2⁻ⁿ: both are the exact quotient, rounded once. The multiplication is several times faster. */
const byPowerOfTwo: Row = ({ operands: [a, b], span }, r) => {
  const data = r.constantOf(b)?.data;
  const divisor = data?.[0];
  if (data === undefined || divisor === undefined || b.type.dtype === "complex64" || !data.every((x) => x === divisor)) return null;
  // Far from the ends of float32, so that the inverse is a normal number in either dtype.
  const exponent = Math.round(Math.log2(Math.abs(divisor)));
  const isPower = Math.abs(exponent) < 100 && Math.abs(divisor) === 2 ** exponent;
  if (!isPower) return null;
  return r.add("mul", [a, r.constant(b.type.dtype, b.type.shape as Shape, [1 / divisor], span)], {}, span);
};

/** x ** 2 is x · x, rounded once; engines and C libraries agree, since they compute powers almost exactly. */
const squared: Row = ({ operands: [a, b], span }, r) => (isAll(b, 2, r) && isSquare(a, b) ? r.add("mul", [a, a], {}, span) : null);

/** The exponent does not broadcast the base. */
function isSquare(base: Value, exponent: Value): boolean {
  return exponent.type.shape.length === 0 || sameShape(base.type.shape, exponent.type.shape);
}

/** Rounding leaves integers alone. */
const whole: Row = ({ operands: [x] }) => (isInt(x) ? x : null);

const same: Row = ({ operands: [a, b] }) => (a === b ? a : null);

/** Equal operands decide a comparison, except that NaN equals nothing. */
function ofEqual(result: boolean, evenNaN: boolean): Row {
  return ({ operands: [a, b], results: [out], span }, r) => {
    const known = a === b && (evenNaN || isInt(a) || a.type.dtype === "bool");
    return known && out.type.shape.length === 0 ? r.constant("bool", [], [Number(result)], span) : null;
  };
}

function firstOf(...rows: readonly Row[]): Row {
  return (node, r) => {
    for (const row of rows) {
      const value = row(node, r);
      if (value !== null && sameType(value.type, node.results[0].type)) return value;
    }
    return null;
  };
}

/** op(op(x)) = x. */
const involution: Row = ({ op, operands: [a] }, r) => r.opOf(a, op)?.operands[0] ?? null;

/** `b == true` is b, `b == false` is not b. */
function ofBool(truth: number): Row {
  return ({ operands: [a, b], span }, r) => {
    if (a.type.dtype !== "bool" || !sameShape(a.type.shape, b.type.shape)) return null;
    const [value, other] = r.constantOf(a) === undefined ? [a, b] : [b, a];
    if (isAll(other, truth, r)) return value;
    return isAll(other, 1 - truth, r) ? r.add("logicalNot", [value], {}, span) : null;
  };
}

/** Comparisons that are false exactly where the key is true; ordered ones only without NaN. */
const OPPOSITE: Readonly<Record<string, string>> = {
  equal: "notEqual",
  notEqual: "equal",
  less: "greaterEqual",
  greaterEqual: "less",
  greater: "lessEqual",
  lessEqual: "greater",
};

const notOfComparison: Row = ({ operands: [x], span }, r) => {
  const node = r.nodeOf(x);
  if (node?.kind !== "op") return null;
  const opposite = OPPOSITE[node.op];
  const exact = node.op === "equal" || node.op === "notEqual" || (node.operands[0]?.type.dtype !== undefined && !isFloat(node.operands[0]));
  return opposite !== undefined && exact ? r.add(opposite, node.operands, {}, span) : null;
};

function isFloat(value: Value): boolean {
  return value.type.dtype === "float32" || value.type.dtype === "float64";
}

/** Every value of the first dtype is one of the second. */
function isLossless(from: DType, to: DType): boolean {
  if (from === to || from === "bool") return true;
  if (from === "uint8") return to !== "bool";
  return from === "int32" ? to === "int64" || to === "float64" : from === "float32" && to === "float64";
}

const castOfCast: Row = ({ operands: [x], attrs, span }, r) => {
  const inner = r.opOf(x, "cast");
  if (inner === undefined) return null;
  const [source] = inner.operands;
  // Floats saturate where whole numbers wrap around.
  if (isFloating(x.type.dtype) && source.type.dtype === "int32" && attrs.dtype === "uint8") return null;
  return isLossless(source.type.dtype, x.type.dtype) ? r.add("cast", [source], attrs, span) : null;
};

const sameCast: Row = ({ operands: [x], attrs }) => (x.type.dtype === attrs.dtype ? x : null);

const whereRow: Row = ({ operands: [c, a, b], results: [out], span }, r) => {
  if (a === b) return a;
  if (isAll(c, 1, r)) return a;
  if (isAll(c, 0, r)) return b;
  const inverted = r.opOf(c, "logicalNot");
  if (inverted !== undefined) return r.add("where", [inverted.operands[0], b, a], {}, span);
  if (out.type.dtype !== "bool" || !sameShape(c.type.shape, out.type.shape)) return null;
  const not = (): Value => r.add("logicalNot", [c], {}, span);
  if (isAll(a, 1, r)) return isAll(b, 0, r) ? c : r.add("logicalOr", [c, b], {}, span);
  if (isAll(b, 0, r)) return r.add("logicalAnd", [c, a], {}, span);
  if (isAll(a, 0, r)) return r.add("logicalAnd", [not(), b], {}, span);
  return isAll(b, 1, r) ? r.add("logicalOr", [not(), a], {}, span) : null;
};

/** Lengths of static shapes are numbers. */
const knownLength: Row = ({ operands: [x], attrs, span }, r) => {
  const length = x.type.shape[attrs.axis as number];
  return typeof length === "number" ? r.constant("int32", [], [length], span) : null;
};

/** Reshapes do not care what the shape was before. */
const reshapeOfReshape: Row = ({ operands: [x], results: [out], attrs, span }, r) => {
  const inner = r.opOf(x, "reshape");
  if (inner === undefined) return null;
  const [source] = inner.operands;
  return sameType(source.type, out.type) ? source : r.add("reshape", [source], attrs, span);
};

const transposeOfTranspose: Row = ({ operands: [x], attrs, span }, r) => {
  const inner = r.opOf(x, "transpose");
  if (inner === undefined) return null;
  const [outer, first] = [attrs.perm, inner.attrs.perm] as [readonly number[], readonly number[]];
  return r.add("transpose", [inner.operands[0]], { perm: outer.map((axis) => first[axis]) }, span);
};

/** A movement whose attributes say that every element stays where it is. */
function unmoved({ op, operands, attrs, results }: OpNode): Value | null {
  const [x] = operands;
  const all = (key: string, stays: (n: number, i: number) => boolean): boolean => (attrs[key] as readonly number[]).every(stays);
  switch (op) {
    case "reshape":
    case "broadcastTo":
    case "slice":
      return sameShape(x.type.shape, results[0].type.shape) ? x : null;
    case "tile":
      return all("reps", (n) => n === 1) ? x : null;
    case "transpose":
      return all("perm", (axis, i) => axis === i) ? x : null;
    case "reverse":
      return all("axes", () => false) ? x : null;
    case "concat":
      return operands.length === 1 ? x : null;
    default:
      return null;
  }
}

/** Elementwise ops broadcast by themselves. Gradients of reductions write theirs out, and elements that are equal are computed once. */
function withoutBroadcast({ op, operands, attrs, results: [out], span }: OpNode, r: Rewriter): Value | null {
  const { shape } = out.type;
  if (!isStatic(shape)) return null;
  const at = operands.findIndex((v) => r.opOf(v, "broadcastTo") !== undefined && sameShape(v.type.shape, shape));
  const source = at < 0 ? undefined : r.opOf(operands[at] as Value, "broadcastTo")?.operands[0];
  if (source === undefined || !isStatic(source.type.shape)) return null;
  const given = operands.map((v, i) => (i === at ? source : v));
  const others = operands.filter((_, i) => i !== at);
  if (others.some((v) => sameShape(v.type.shape, shape))) return r.add(op, given, attrs, span);
  if (!others.every((v) => v.type.shape.length === 0)) return null;
  return r.add("broadcastTo", [r.add(op, given, attrs, span)], { shape }, span);
}

const ROWS: Readonly<Record<string, Row | undefined>> = {
  add: firstOf(either(0, isInt), either(-0)),
  addExact: either(0),
  sub: right(0),
  subExact: right(0),
  mul: firstOf(either(1), absorbing(0, isInt)),
  mulExact: firstOf(either(1), absorbing(0)),
  realDiv: firstOf(right(1), byPowerOfTwo),
  floorDiv: right(1, isInt),
  pow: squared,
  jsPow: squared,
  maximum: same,
  minimum: same,
  neg: involution,
  logicalNot: firstOf(involution, notOfComparison),
  logicalAnd: firstOf(either(1), absorbing(0), same),
  logicalOr: firstOf(either(0), absorbing(1), same),
  logicalXor: either(0),
  equal: firstOf(ofBool(1), ofEqual(true, false)),
  notEqual: firstOf(ofBool(0), ofEqual(false, false)),
  less: ofEqual(false, true),
  greater: ofEqual(false, true),
  lessEqual: ofEqual(true, false),
  greaterEqual: ofEqual(true, false),
  cast: firstOf(sameCast, castOfCast),
  where: whereRow,
  floor: whole,
  ceil: whole,
  round: whole,
  trunc: whole,
  toIndex: whole,
  // Only gradients tell them from their operand, and those have been taken.
  identity: ({ operands: [x] }) => x,
  stopGradient: ({ operands: [x] }) => x,
  lengthOf: knownLength,
  reshape: reshapeOfReshape,
  transpose: transposeOfTranspose,
};
