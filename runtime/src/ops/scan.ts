/** Running results along one axis. */

import { normalizeAxis } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { shiftedAxis } from "./batch.ts";
import { castNumber } from "./cast.ts";
import type { GradRule, GradSite } from "./grad.ts";
import { ADDED } from "./infer.ts";
import { wrappedProduct } from "./longs.ts";
import { ruleFor } from "./loops.ts";
import { defineOp, type OpRecord, type ScalarRule } from "./op.ts";
import { moveSamples } from "./samples.ts";

function scan(name: string, doc: string, init: number, rule: ScalarRule, grad: GradRule): OpRecord {
  return defineOp({
    name,
    arity: 1,
    dtypes: ADDED,
    flags: ["pure"],
    attrs: { axis: "int", exclusive: "bool", reverse: "bool" },
    doc,
    infer: ([x], attrs) => {
      const { dtype, shape } = x;
      normalizeAxis(attrs.axis as number, shape.length, `${name}: axis`);
      return [{ dtype, shape }];
    },
    reference: ([x], [out], attrs) => {
      const { data, dtype, shape } = x;
      const to = out.data;
      const f = ruleFor(rule, dtype);
      const axis = normalizeAxis(attrs.axis as number, shape.length);
      const n = shape[axis];
      const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
      for (let line = 0; line * n < data.length; line++) {
        const start = Math.floor(line / inner) * n * inner + (line % inner);
        let acc = castNumber(init, dtype);
        for (let k = 0; k < n; k++) {
          const at = start + (attrs.reverse === true ? n - 1 - k : k) * inner;
          const next = f(acc, data[at]);
          to[at] = attrs.exclusive === true ? acc : next;
          acc = next;
        }
      }
    },
    grad: [grad],
    batch: shiftedAxis,
    samples: () =>
      moveSamples(
        [
          { shape: [4], attrs: { axis: 0, exclusive: false, reverse: false } },
          { shape: [2, 3], attrs: { axis: 1, exclusive: true, reverse: false } },
          { shape: [2, 3], attrs: { axis: 0, exclusive: false, reverse: true } },
          { shape: [2, 3, 2], attrs: { axis: 1, exclusive: true, reverse: true } },
          { shape: [0], attrs: { axis: 0, exclusive: false, reverse: false } },
        ],
        ADDED,
      ),
    errors: [
      { name: "axis", code: "E_AXIS", inputs: [{ dtype: "float32", shape: [2] }], attrs: { axis: 1, exclusive: false, reverse: false } },
    ],
  });
}

/** The sum of what comes from each element on: a running sum the other way. */
function back(s: GradSite, x: Tensor): Tensor {
  return s.f.op("cumsum", [x], { ...s.attrs, reverse: s.attrs.reverse !== true });
}

/**
 * Each element is a factor of all products from it on: Σ dy · y / x, and nothing is divided by zero. Up to the first zero of a
 * line the products after it are 0 and drop out; the zero itself is left out of its products instead; what comes after it has
 * a zero in all of them.
 */
function cumprodGrad(s: GradSite): Tensor {
  const { f, a: x, dy } = s;
  const isZero = f.equal(x, 0);
  const zeros = f.op("cumsum", [f.cast(isZero, "int32")], { ...s.attrs, exclusive: false });
  const before = f.equal(zeros, 0);
  const first = f.op("logicalAnd", [isZero, f.equal(zeros, 1)]);
  const without = f.op("cumprod", [f.where(first, 1, x)], s.attrs);
  const usual = f.div(back(s, f.mul(dy, s.out)), f.where(before, x, 1));
  return f.where(before, usual, f.where(first, back(s, f.mul(dy, without)), 0));
}

const SCAN = "along an axis: exclusive leaves out the element itself, reverse starts at the end.";
export const cumsum = scan(
  "cumsum",
  `Running sum ${SCAN}`,
  0,
  { float: (acc, x) => acc + x, int: (acc, x) => (acc + x) | 0, long: (acc, x) => acc + x },
  (s) => back(s, s.dy),
);
export const cumprod = scan(
  "cumprod",
  `Running product ${SCAN}`,
  1,
  { float: (acc, x) => acc * x, int: Math.imul, long: wrappedProduct },
  cumprodGrad,
);
