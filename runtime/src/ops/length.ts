/** Lengths as tensors: for programs in which a length depends on data. */

import { normalizeAxis } from "../core/shape.ts";
import { shiftedAxis } from "./batch.ts";
import { ANY } from "./infer.ts";
import { defineOp } from "./op.ts";
import { moveSamples } from "./samples.ts";

/** Passes make a constant of it where the length is known. */
export const lengthOf = defineOp({
  name: "lengthOf",
  arity: 1,
  dtypes: ANY,
  promote: "none",
  flags: ["pure", "shape"],
  attrs: { axis: "int" },
  doc: "The length of an axis: a whole number without a dtype, as lengths are in JavaScript.",
  infer: ([x], attrs, name) => {
    normalizeAxis(attrs.axis as number, x.shape.length, `${name}: axis`);
    return [{ dtype: "int32", shape: [], weak: true }];
  },
  reference: ([x], [out], attrs) => {
    out.data[0] = x.shape[attrs.axis as number];
  },
  grad: "zero",
  withoutKernel: "A constant in every plan: lengths are known there.",
  batch: shiftedAxis,
  samples: () =>
    moveSamples([
      { shape: [2, 3], attrs: { axis: 0 } },
      { shape: [2, 3], attrs: { axis: 1 } },
      { shape: [0, 3], attrs: { axis: 0 } },
    ]),
  errors: [
    { name: "axis", code: "E_AXIS", inputs: [{ dtype: "float32", shape: [2] }], attrs: { axis: 1 } },
    { name: "scalar", code: "E_AXIS", inputs: [{ dtype: "float32", shape: [] }], attrs: { axis: 0 } },
  ],
});
