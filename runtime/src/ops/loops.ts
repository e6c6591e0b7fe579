/**
 * Reference loops over contiguous blocks. One loop per access pattern; ops bring the element rule.
 * They favour being obviously right over speed: the native backend has the fast ones.
 */
import type { TypedArray } from "../core/dtype.ts";
import { InternalError } from "../core/errors.ts";
import { type Shape, stridesOf } from "../core/shape.ts";
import type { Block, ComplexRule, OpRecord, ScalarRule } from "./op.ts";

type Rule = (x: number, y: number) => number;

/** The element rule for a dtype. That of int64 takes and gives bigints, as its blocks do. */
export function ruleFor(rule: Omit<ScalarRule, "complex">, dtype: Block["dtype"]): Rule {
  const f = anyRule(rule, dtype);
  if (f === undefined) throw new InternalError(`No element rule for ${dtype}.`);
  return f as Rule;
}

function anyRule(rule: Omit<ScalarRule, "complex">, dtype: Block["dtype"]): Rule | ScalarRule["long"] {
  switch (dtype) {
    case "bool":
      return rule.bool;
    case "uint8":
      return rule.byte ?? rule.int;
    case "int32":
      return rule.int;
    case "int64":
      return rule.long;
    default:
      return rule.float;
  }
}

function complexRule(rule: ScalarRule): ComplexRule {
  if (rule.complex === undefined) throw new InternalError("No element rule for complex64.");
  return rule.complex;
}

/** Stores a complex result, or the answer of a predicate. */
function storeComplex(out: Block, i: number, [re, im]: readonly [number, number]): void {
  if (out.dtype !== "complex64") out.data[i] = re;
  else {
    out.data[2 * i] = re;
    out.data[2 * i + 1] = im;
  }
}

/** out[i] = f(x[i]). */
export function unaryLoop(rule: ScalarRule): OpRecord["reference"] {
  return ([x], [out]) => {
    const { data, dtype } = x;
    if (dtype === "complex64") {
      const f = complexRule(rule);
      for (let i = 0; i < data.length / 2; i++) storeComplex(out, i, f(data[2 * i], data[2 * i + 1], 0, 0));
      return;
    }
    const f = ruleFor(rule, dtype);
    const to = out.data;
    const none = noSecond(dtype);
    for (let i = 0; i < to.length; i++) to[i] = f(data[i], none);
  };
}

/** What rules of one operand get as the second. */
function noSecond(dtype: Block["dtype"]): number {
  return dtype === "int64" ? (0n as unknown as number) : 0;
}

/** out[i] = f(a[i], b[i]) with broadcasting. */
export function binaryLoop(rule: ScalarRule): OpRecord["reference"] {
  return ([a, b], [out]) => {
    const x = a.data;
    const y = b.data;
    if (a.dtype === "complex64") {
      const f = complexRule(rule);
      eachBroadcast([a, b], out.shape, (i, [p, q]) => {
        storeComplex(out, i, f(x[2 * p], x[2 * p + 1], y[2 * q], y[2 * q + 1]));
      });
      return;
    }
    const f = ruleFor(rule, a.dtype);
    const to = out.data;
    if (x.length === to.length && y.length === to.length) {
      for (let i = 0; i < to.length; i++) to[i] = f(x[i], y[i]);
    } else {
      eachBroadcast([a, b], out.shape, (i, at) => {
        to[i] = f(x[at[0]], y[at[1]]);
      });
    }
  };
}

/** Strides of a block as seen in a broadcast shape: 0 along repeated axes. */
export function broadcastStrides(shape: Shape, out: Shape): number[] {
  const own = stridesOf(shape);
  const lead = out.length - shape.length;
  return out.map((_, i) => (i < lead || shape[i - lead] === 1 ? 0 : own[i - lead]));
}

/** Calls `visit(outputIndex, operandIndices)` for each output element in row-major order. */
export function eachBroadcast(
  blocks: readonly { readonly shape: Shape }[],
  out: Shape,
  visit: (i: number, at: readonly number[]) => void,
): void {
  eachStrided(
    out,
    blocks.map((b) => broadcastStrides(b.shape, out)),
    blocks.map(() => 0),
    visit,
  );
}

/** Walks `shape` in row-major order while several cursors step by their own strides from their own starts. */
export function eachStrided(
  shape: Shape,
  strides: readonly (readonly number[])[],
  starts: readonly number[],
  visit: (i: number, at: readonly number[]) => void,
): void {
  const total = shape.reduce((n, d) => n * d, 1);
  const counter = new Array<number>(shape.length).fill(0);
  const at = [...starts];
  for (let i = 0; i < total; i++) {
    visit(i, at);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      counter[axis] = counter[axis] + 1;
      for (let k = 0; k < at.length; k++) at[k] = at[k] + strides[k]?.[axis];
      if (counter[axis] < shape[axis]) break;
      for (let k = 0; k < at.length; k++) at[k] = at[k] - strides[k]?.[axis] * shape[axis];
      counter[axis] = 0;
    }
  }
}

/** Gathers: out[i] = x[start + Σ index·stride]. */
export function copyStrided(from: TypedArray, start: number, strides: readonly number[], to: TypedArray, shape: Shape): void {
  eachStrided(shape, [strides], [start], (i, at) => {
    to[i] = from[at[0]];
  });
}
