/** Records of the logarithm of the gamma function and its derivatives of all orders; the functions are in gamma.ts. */
import { ArgumentError } from "../core/errors.ts";
import { floatOp } from "./elementwise.ts";
import { digamma as digammaOf, logGamma, MOST_ORDER, polygamma as polygammaOf } from "./gamma.ts";
import { FLOATING, sameType } from "./infer.ts";
import { defineOp } from "./op.ts";
import { unarySamples } from "./samples.ts";

export const lgamma = floatOp(
  "lgamma",
  "ln |Γ(x)|; Infinity at 0, −1, −2, …. Source: DLMF 5.5, 5.7, 5.11.",
  logGamma,
  (s) => s.f.mul(s.dy, s.f.op("digamma", [s.a])),
  { range: [0.3, 14] },
);

export const digamma = floatOp(
  "digamma",
  "Derivative of ln Γ(x); ∓Infinity at ±0, NaN at −1, −2, …. Source: DLMF 5.5, 5.11.",
  digammaOf,
  (s) => s.f.mul(s.dy, s.f.op("polygamma", [s.a], { order: 1 })),
  { range: [0.3, 14] },
);

export const polygamma = defineOp({
  name: "polygamma",
  arity: 1,
  dtypes: FLOATING,
  flags: ["pure", "elementwise"],
  attrs: { order: "number" },
  doc: `Derivative of digamma of an order from 1 to ${MOST_ORDER}. Source: DLMF 5.15, 25.11.`,
  infer: (inputs, attrs, op) => {
    const order = attrs.order as number;
    if (!Number.isInteger(order) || order < 1 || order > MOST_ORDER)
      throw new ArgumentError(`${op}: the order is ${order}, but must be a whole number from 1 to ${MOST_ORDER}.`, {
        hint: order === 0 ? "The derivative of order 0 is digamma." : undefined,
      });
    return sameType(inputs, attrs, op);
  },
  reference: ([x], [out], { order }) => {
    for (let i = 0; i < out.data.length; i++) out.data[i] = polygammaOf(order as number, x.data[i]);
  },
  grad: [(s) => s.f.mul(s.dy, s.f.op("polygamma", [s.a], { order: (s.attrs.order as number) + 1 }))],
  samples: () =>
    [1, 2, 5].flatMap((order) =>
      unarySamples({ dtypes: FLOATING, range: [0.7, 9], attrs: { order } }).map((sample) => ({
        ...sample,
        name: `${sample.name}, order ${order}`,
      })),
    ),
  errors: [0, 1.5, MOST_ORDER + 1].map((order) => ({
    name: `order ${order}`,
    code: "E_ARGUMENT",
    inputs: [{ dtype: "float32", shape: [2], values: [1, 2] }],
    attrs: { order },
  })),
});
