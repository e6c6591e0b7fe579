/** Sums of neighbours along the last axis: what local response normalisation divides by. */
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { FLOATING, sameType } from "./infer.ts";
import { defineOp } from "./op.ts";
import { moveSamples } from "./samples.ts";

/**
 * y[…, c] = Σ x[…, k] over the k from c − radius to c + radius that are channels, added in order in double precision.
 * Shapes   [...S, C] → the same.
 * Dtypes   floating.
 * Errors   E_ARGUMENT for a negative radius; E_SHAPE for a scalar.
 *
 * The sum is its own transpose, so it is its own gradient.
 */
export const neighbourSum = defineOp({
  name: "neighbourSum",
  arity: 1,
  dtypes: FLOATING,
  flags: ["pure"],
  attrs: { radius: "int" },
  doc: "Each element of x [...S, C] with its neighbours along the last axis, `radius` to each side, added up.",
  infer: (inputs, attrs, name) => {
    const radius = attrs.radius as number;
    if (radius < 0) throw new ArgumentError(`${name}: the radius is ${radius}, but must be 0 or more.`);
    if (inputs[0].shape.length === 0) throw new ShapeError(`${name}: x must have rank 1 or more, but is a scalar.`);
    return sameType(inputs, attrs, name);
  },
  reference: ([x], [out], attrs) => {
    const radius = attrs.radius as number;
    const channels = x.shape[x.shape.length - 1];
    for (let i = 0; i < out.data.length; i++) {
      const c = i % channels;
      let sum = 0;
      for (let k = Math.max(0, c - radius); k <= Math.min(channels - 1, c + radius); k++) sum += x.data[i - c + k];
      out.data[i] = sum;
    }
  },
  grad: [(s) => s.f.op("neighbourSum", [s.dy], { radius: s.attrs.radius })],
  batch: "leading",
  samples: () =>
    moveSamples(
      [
        { shape: [5], attrs: { radius: 1 } },
        { shape: [2, 7], attrs: { radius: 2 } },
        { shape: [1, 2, 2, 3], attrs: { radius: 5 } },
        { shape: [3, 40], attrs: { radius: 4 } },
        { shape: [4], attrs: { radius: 0 } },
        { shape: [3], attrs: { radius: 2147483647 } },
        { shape: [2, 0], attrs: { radius: 1 } },
        { shape: [0, 3], attrs: { radius: 1 } },
      ],
      FLOATING,
    ),
  errors: [
    { name: "radius", code: "E_ARGUMENT", inputs: [{ dtype: "float32", shape: [3] }], attrs: { radius: -1 } },
    { name: "scalar", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [] }], attrs: { radius: 1 } },
  ],
});
