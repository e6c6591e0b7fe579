/** Discrete Fourier transforms over the last axis. Twiddle factors and sums are in double precision, rounded once. */
import { ShapeError } from "../core/errors.ts";
import { dimsBehind } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { fourier } from "./fourier.ts";
import type { GradRule, GradSite } from "./grad.ts";
import { COMPLEX, sameType } from "./infer.ts";
import { defineOp, type OpRecord } from "./op.ts";
import { moveSamples } from "./samples.ts";

const SHAPES = [[1], [2], [3, 4], [2, 3], [7], [2, 12], [2, 30], [37], [2, 74], [2, 2, 16], [0, 4], [2, 0], [64], [210], [1021]];

/** The number of elements of a line, as what numbers are multiplied with. */
function lengthOf(s: GradSite): Tensor | number {
  const dims = dimsBehind(s.shape(0));
  const n = dims[dims.length - 1];
  return typeof n === "number" ? n : s.f.op("lengthOf", [s.a], { axis: dims.length - 1 });
}

function transformOp(name: string, doc: string, inverse: boolean, grad: GradRule): OpRecord {
  return defineOp({
    name,
    arity: 1,
    dtypes: COMPLEX,
    flags: ["pure"],
    doc,
    infer: (inputs, attrs, op) => {
      if (inputs[0].shape.length === 0) throw new ShapeError(`${op}: a scalar has no axis to transform.`);
      return sameType(inputs, attrs, op);
    },
    reference: ([x], [out]) => {
      const n = x.shape[x.shape.length - 1];
      const transform = fourier(n, inverse);
      const scale = inverse ? 1 / n : 1;
      for (let row = 0; row < x.data.length; row += 2 * n) {
        const [re, im] = [0, 1].map((part) => Float64Array.from({ length: n }, (_, k) => x.data[row + 2 * k + part]));
        const y = transform({ re, im });
        for (let k = 0; k < n; k++) {
          out.data[row + 2 * k] = y.re[k] * scale;
          out.data[row + 2 * k + 1] = y.im[k] * scale;
        }
      }
    },
    grad: [grad],
    batch: "leading",
    samples: () =>
      moveSamples(
        SHAPES.map((shape) => ({ shape, attrs: {} })),
        COMPLEX,
      ),
    errors: [
      { name: "scalar", code: "E_SHAPE", inputs: [{ dtype: "complex64", shape: [] }] },
      { name: "float64", code: "E_DTYPE", inputs: [{ dtype: "float64", shape: [2] }] },
    ],
  });
}

export const fft = transformOp(
  "fft",
  "Discrete Fourier transform of each line along the last axis: y[k] = Σ x[j] · e^(−2πi·jk/n).",
  false,
  (s) => s.f.mul(s.f.op("ifft", [s.dy]), lengthOf(s)),
);
export const ifft = transformOp("ifft", "Inverse of fft: y[k] = Σ x[j] · e^(2πi·jk/n) / n.", true, (s) =>
  s.f.div(s.f.op("fft", [s.dy]), lengthOf(s)),
);
