/**
 * Ops on scalars as JavaScript expressions with the bits of the kernels: operations that round once, where a double that is rounded to
 * float32 is what float32 arithmetic gives (+ − × ÷ √: Figueroa, When is double rounding innocuous?, 1995). Exponentials and the like are
 * none of them: V8's differ in the last place from ours.
 *
 * Booleans are JavaScript's; whole numbers are kept in 32 bits by `| 0`.
 */
import type { DType } from "../../core/dtype.ts";

export const SCALARS: ReadonlySet<DType> = new Set(["bool", "int32", "float32", "float64"]);

/** `check`: a condition under which the graph fails. */
export interface Expression {
  readonly value: string;
  readonly check?: string;
}
type Write = (...operands: string[]) => Expression;

export const HELPERS = `"use strict";
const { abs, ceil, floor, fround, imul, max, min, round, sqrt, trunc } = Math;
const square = (x) => x * x;
const squareF = (x) => fround(x * x);
const squareI = (x) => imul(x, x);
const sign = (x) => (x > 0 ? 1 : x < 0 ? -1 : x);
const relu = (x) => (x > 0 ? x : x !== x ? x : 0);
const relu6 = (x) => (x > 0 ? (x < 6 ? x : 6) : x !== x ? x : 0);
const even = (x) => { const y = round(x); return y - x === 0.5 && y % 2 !== 0 ? y - 1 : y; };
const mod = (x, y) => { const r = x % y; return r !== 0 && r < 0 !== y < 0 ? r + y : r; };
const toInt = (x) => (x !== x ? 0 : x >= 2147483647 ? 2147483647 : x <= -2147483648 ? -2147483648 : x | 0);`;

const of = (value: (a: string, b: string, c: string) => string): Write => {
  return (a = "", b = "", c = "") => ({ value: value(a, b, c) });
};

/** Of a divisor that must not be zero. */
const divided = (value: (a: string, b: string) => string): Write => {
  return (a = "", b = "") => ({ value: value(a, b), check: `${b} === 0` });
};

/** A whole number that must not leave int32. −0 becomes 0. */
const exact = (value: (a: string, b: string) => string): Write => {
  return (a = "", b = "") => ({ value: `(${value(a, b)}) | 0`, check: `${value(a, b)} !== ((${value(a, b)}) | 0)` });
};

const COMPARISONS: Readonly<Record<string, Write>> = {
  equal: of((a, b) => `${a} === ${b}`),
  notEqual: of((a, b) => `${a} !== ${b}`),
  less: of((a, b) => `${a} < ${b}`),
  lessEqual: of((a, b) => `${a} <= ${b}`),
  greater: of((a, b) => `${a} > ${b}`),
  greaterEqual: of((a, b) => `${a} >= ${b}`),
};

/** Of numbers of either precision, without rounding. */
const MOVES: Readonly<Record<string, Write>> = {
  ...COMPARISONS,
  neg: of((a) => `-${a}`),
  abs: of((a) => `abs(${a})`),
  sign: of((a) => `sign(${a})`),
  maximum: of((a, b) => `max(${a}, ${b})`),
  minimum: of((a, b) => `min(${a}, ${b})`),
  relu: of((a) => `relu(${a})`),
  relu6: of((a) => `relu6(${a})`),
  ceil: of((a) => `ceil(${a})`),
  floor: of((a) => `floor(${a})`),
  trunc: of((a) => `trunc(${a})`),
  round: of((a) => `even(${a})`),
  truncMod: of((a, b) => `${a} % ${b}`),
  isNaN: of((a) => `${a} !== ${a}`),
  isInf: of((a) => `abs(${a}) === Infinity`),
  isFinite: of((a) => `abs(${a}) < Infinity`),
};

const DOUBLE: Readonly<Record<string, Write>> = {
  ...MOVES,
  add: of((a, b) => `${a} + ${b}`),
  sub: of((a, b) => `${a} - ${b}`),
  mul: of((a, b) => `${a} * ${b}`),
  realDiv: of((a, b) => `${a} / ${b}`),
  floorDiv: of((a, b) => `floor(${a} / ${b})`),
  mod: of((a, b) => `mod(${a}, ${b})`),
  square: of((a) => `${a} * ${a}`),
  squaredDifference: of((a, b) => `square(${a} - ${b})`),
  sqrt: of((a) => `sqrt(${a})`),
  rsqrt: of((a) => `1 / sqrt(${a})`),
  reciprocal: of((a) => `1 / ${a}`),
};

const FLOAT: Readonly<Record<string, Write>> = {
  ...MOVES,
  add: of((a, b) => `fround(${a} + ${b})`),
  sub: of((a, b) => `fround(${a} - ${b})`),
  mul: of((a, b) => `fround(${a} * ${b})`),
  realDiv: of((a, b) => `fround(${a} / ${b})`),
  floorDiv: of((a, b) => `fround(floor(${a} / ${b}))`),
  mod: of((a, b) => `fround(mod(${a}, ${b}))`),
  square: of((a) => `fround(${a} * ${a})`),
  squaredDifference: of((a, b) => `squareF(fround(${a} - ${b}))`),
  sqrt: of((a) => `fround(sqrt(${a}))`),
  rsqrt: of((a) => `fround(1 / fround(sqrt(${a})))`),
  reciprocal: of((a) => `fround(1 / ${a})`),
};

const WHOLE: Readonly<Record<string, Write>> = {
  ...COMPARISONS,
  add: of((a, b) => `(${a} + ${b}) | 0`),
  sub: of((a, b) => `(${a} - ${b}) | 0`),
  mul: of((a, b) => `imul(${a}, ${b})`),
  addExact: exact((a, b) => `${a} + ${b}`),
  subExact: exact((a, b) => `${a} - ${b}`),
  mulExact: exact((a, b) => `${a} * ${b}`),
  floorDiv: divided((a, b) => `floor(${a} / ${b}) | 0`),
  truncMod: divided((a, b) => `(${a} % ${b}) | 0`),
  mod: divided((a, b) => `mod(${a}, ${b}) | 0`),
  neg: of((a) => `-${a} | 0`),
  abs: of((a) => `abs(${a}) | 0`),
  sign: of((a) => `sign(${a})`),
  square: of((a) => `imul(${a}, ${a})`),
  squaredDifference: of((a, b) => `squareI((${a} - ${b}) | 0)`),
  maximum: of((a, b) => `${a} > ${b} ? ${a} : ${b}`),
  minimum: of((a, b) => `${a} < ${b} ? ${a} : ${b}`),
  relu: of((a) => `${a} > 0 ? ${a} : 0`),
  relu6: of((a) => `${a} > 0 ? (${a} < 6 ? ${a} : 6) : 0`),
  ceil: of((a) => a),
  floor: of((a) => a),
  trunc: of((a) => a),
  round: of((a) => a),
  bitwiseAnd: of((a, b) => `${a} & ${b}`),
  bitwiseOr: of((a, b) => `${a} | ${b}`),
  bitwiseXor: of((a, b) => `${a} ^ ${b}`),
  leftShift: of((a, b) => `${a} << ${b}`),
  rightShift: of((a, b) => `${a} >> ${b}`),
};

const TRUTH: Readonly<Record<string, Write>> = {
  ...COMPARISONS,
  logicalAnd: of((a, b) => `${a} && ${b}`),
  logicalOr: of((a, b) => `${a} || ${b}`),
  logicalXor: of((a, b) => `${a} !== ${b}`),
  logicalNot: of((a) => `!${a}`),
};

const BY_DTYPE: Partial<Readonly<Record<DType, Readonly<Record<string, Write>>>>> = {
  float64: DOUBLE,
  float32: FLOAT,
  int32: WHOLE,
  bool: TRUTH,
};

/** How an op on operands of these dtypes is written; null where its bits would be others. `cast` has a function of its own. */
export function expressionOf(op: string, dtypes: readonly DType[]): Write | null {
  const [dtype = "string"] = dtypes;
  if (op === "cast") return of((a) => a);
  if (op === "where") return of((p, a, b) => `${p} ? ${a} : ${b}`);
  const rows = BY_DTYPE[dtype];
  return rows !== undefined && Object.hasOwn(rows, op) ? (rows[op] as Write) : null;
}

export function castOf(x: string, from: DType, to: DType): string {
  if (from === to) return x;
  if (to === "bool") return `${x} !== 0`;
  if (from === "bool") return `${x} ? 1 : 0`;
  if (to === "int32") return `toInt(${x})`;
  // float32 to float64 is exact, and so is int32.
  return to === "float32" ? `fround(${x})` : x;
}

/** In parentheses where it has a sign: `a - -1`. */
export function literal(value: number, dtype: DType): string {
  if (dtype === "bool") return value === 0 ? "false" : "true";
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.startsWith("-") ? `(${text})` : text;
}
