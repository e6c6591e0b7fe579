/**
 * Combinators for elementwise ops: a record from a name, a sentence and one element rule.
 *
 *   export const tanh = floatOp("tanh", "Hyperbolic tangent.", Math.tanh);
 *   export const maximum = binaryOp("maximum", "Larger of two values; NaN wins.", { float: Math.max, int: Math.max }, ["commutative"]);
 */
import type { DType } from "../core/dtype.ts";
import type { GradRule, GradRules } from "./grad.ts";
import { BOOL, broadcast, broadcastPredicate, COMPLEX, FLOATING, INT, INTEGER, predicate, sameType } from "./infer.ts";
import { binaryLoop, unaryLoop } from "./loops.ts";
import { type ComplexRule, defineOp, type OpErrorSample, type OpFlag, type OpRecord, type OpSpec, type ScalarRule } from "./op.ts";
import { binarySamples, shapeError, unarySamples } from "./samples.ts";

const LOOSE: readonly OpFlag[] = ["pure", "elementwise"];

function dtypesOf(rule: ScalarRule): readonly DType[] {
  return [
    ...(rule.bool ? BOOL : []),
    ...(rule.int ? (rule.long ? INTEGER : INT) : []),
    ...(rule.float ? FLOATING : []),
    ...(rule.complex ? COMPLEX : []),
  ];
}

interface UnaryExtras {
  /** Where samples lie. */
  readonly range?: readonly [number, number];
  readonly complex?: ComplexRule;
}

/** Gradient of a unary op's operand, or "zero". */
type UnaryGrad = GradRule | "zero";

/** x [...S] → [...S] of the same dtype. */
export function unaryOp(name: string, doc: string, rule: ScalarRule, grad: UnaryGrad, { range }: UnaryExtras = {}): OpRecord {
  const dtypes = dtypesOf(rule);
  return defineOp({
    name,
    arity: 1,
    dtypes,
    flags: LOOSE,
    doc,
    scalar: rule,
    infer: sameType,
    reference: unaryLoop(rule),
    grad: grad === "zero" ? grad : [grad],
    samples: () => unarySamples(range ? { dtypes, range } : { dtypes }),
  });
}

/** A function of real numbers: integers are lifted to float32. */
export function floatOp(name: string, doc: string, f: (x: number) => number, grad: UnaryGrad, extras: UnaryExtras = {}): OpRecord {
  const { complex } = extras;
  return unaryOp(name, doc, complex === undefined ? { float: f } : { float: f, complex }, grad, extras);
}

/** x [...S] → bool [...S]; nothing is promoted. */
export function testOp(name: string, doc: string, rule: ScalarRule): OpRecord {
  const dtypes = dtypesOf(rule);
  const errors: OpErrorSample[] = [{ name: "dtype", code: "E_DTYPE", inputs: [{ dtype: "int32", shape: [2], values: [1, 2] }] }];
  return defineOp({
    name,
    arity: 1,
    dtypes,
    promote: "none",
    flags: LOOSE,
    doc,
    scalar: { ...rule, predicate: true },
    infer: predicate,
    reference: unaryLoop(rule),
    samples: () => unarySamples({ dtypes }),
    errors,
  });
}

interface BinaryExtras {
  readonly flags?: readonly OpFlag[];
  readonly positive?: boolean;
  readonly errors?: readonly OpErrorSample[];
  readonly exact?: OpRecord;
  readonly grad?: GradRules;
  /** The float rule holds for strings too. */
  readonly strings?: true;
}

/** a, b [broadcast S] → [...S] of the common dtype. */
export function binaryOp(name: string, doc: string, rule: ScalarRule, extras: BinaryExtras = {}): OpRecord {
  return binary(name, doc, rule, broadcast, extras);
}

/** a, b [broadcast S] → bool [...S], compared in the common dtype. */
export function compareOp(
  name: string,
  doc: string,
  f: (x: number, y: number) => number,
  flags: readonly OpFlag[] = [],
  complex?: ComplexRule,
): OpRecord {
  // What JavaScript does with numbers here it does with bigints too.
  const rule = { float: f, int: f, long: f as unknown as NonNullable<ScalarRule["long"]>, bool: f };
  return binary(name, doc, complex === undefined ? rule : { ...rule, complex }, broadcastPredicate, { flags, strings: true });
}

/** a, b bool [broadcast S] → bool [...S]; other dtypes are refused. */
export function logicOp(name: string, doc: string, f: (x: number, y: number) => number): OpRecord {
  const number: OpErrorSample = {
    name: "dtype",
    code: "E_DTYPE",
    inputs: [
      { dtype: "float32", shape: [2], values: [1, 2] },
      { dtype: "float32", shape: [2], values: [1, 2] },
    ],
  };
  return binary(name, doc, { bool: f }, broadcastPredicate, { flags: ["commutative"], errors: [number] });
}

function binary(name: string, doc: string, rule: ScalarRule, infer: OpSpec["infer"], extras: BinaryExtras): OpRecord {
  const dtypes = dtypesOf(rule);
  return defineOp({
    name,
    arity: 2,
    dtypes,
    flags: [...LOOSE, ...(extras.flags ?? [])],
    doc,
    scalar: { ...rule, predicate: infer === broadcastPredicate },
    ...(extras.exact === undefined ? {} : { exact: extras.exact }),
    ...(extras.grad === undefined ? {} : { grad: extras.grad }),
    ...(extras.strings === undefined ? {} : { strings: extras.strings }),
    infer,
    reference: binaryLoop(rule),
    samples: () => binarySamples({ dtypes, positive: extras.positive ?? false }),
    errors: [shapeError((dtypes.includes("float32") ? "float32" : dtypes[0]) as DType), ...(extras.errors ?? [])],
  });
}
