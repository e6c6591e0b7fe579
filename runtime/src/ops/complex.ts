/**
 * Complex numbers from their parts and back.
 *
 * Gradients follow TensorFlow: of a real loss L, the gradient with respect to z = x + iy is ∂L/∂x + i·∂L/∂y, so that z − rate · gradient
 * goes downhill. A holomorphic f hands on dy · conj(f′(z)).
 */
import { ShapeError } from "../core/errors.ts";
import { mayBeSameShape, type Shape, showShape } from "../core/shape.ts";
import { complexAbsOf } from "./complex-rules.ts";
import { unaryOp } from "./elementwise.ts";
import type { GradRule } from "./grad.ts";
import { COMPLEX } from "./infer.ts";
import { defineOp, type OpRecord, type OpSample } from "./op.ts";
import { moveSamples, unarySamples } from "./samples.ts";

const FLOAT32 = ["float32"] as const;

function pairSample(shape: Shape): OpSample {
  const { inputs } = moveSamples([{ shape, attrs: {} }], FLOAT32)[0] as OpSample;
  return {
    name: `float32${showShape(shape)}`,
    inputs: [...inputs, ...inputs.map((t) => ({ ...t, values: (t.values ?? []).map((v) => -v) }))],
  };
}

/**
 * real + imag · i.
 * Shapes   real [...S], imag [...S] → [...S]; nothing broadcasts.
 * Dtypes   float32 → complex64; integers are lifted, float64 is refused.
 * Errors   E_SHAPE where the shapes differ, E_DTYPE.
 */
export const complex = defineOp({
  name: "complex",
  arity: 2,
  dtypes: FLOAT32,
  flags: ["pure"],
  doc: "Complex numbers of their real and imaginary parts, which have one shape.",
  infer: ([re, im], _, name) => {
    if (!mayBeSameShape(re.shape, im.shape)) {
      throw new ShapeError(`${name}: the real part has shape ${showShape(re.shape)}, but the imaginary part ${showShape(im.shape)}.`, {
        hint: "Use broadcastTo() or zerosLike().",
      });
    }
    return [{ dtype: "complex64", shape: re.shape }];
  },
  reference: ([re, im], [out]) => {
    for (let i = 0; i < re.data.length; i++) {
      out.data[2 * i] = re.data[i];
      out.data[2 * i + 1] = im.data[i];
    }
  },
  grad: [(s) => s.f.op("real", [s.dy]), (s) => s.f.op("imag", [s.dy])],
  batch: "leading",
  samples: () => [pairSample([2, 3]), pairSample([]), pairSample([0, 2])],
  errors: [
    {
      name: "shapes",
      code: "E_SHAPE",
      inputs: [
        { dtype: "float32", shape: [2] },
        { dtype: "float32", shape: [1] },
      ],
    },
    {
      name: "float64",
      code: "E_DTYPE",
      inputs: [
        { dtype: "float64", shape: [2] },
        { dtype: "float64", shape: [2] },
      ],
    },
  ],
});

/** One real number per complex element. */
function partOp(name: string, doc: string, f: (re: number, im: number) => number, grad: GradRule): OpRecord {
  return defineOp({
    name,
    arity: 1,
    dtypes: COMPLEX,
    promote: "none",
    flags: ["pure"],
    doc,
    infer: ([x]) => [{ dtype: "float32", shape: x.shape }],
    reference: ([x], [out]) => {
      for (let i = 0; i < out.data.length; i++) out.data[i] = f(x.data[2 * i], x.data[2 * i + 1]);
    },
    grad: [grad],
    batch: "leading",
    samples: () => unarySamples({ dtypes: COMPLEX }),
    errors: [{ name: "dtype", code: "E_DTYPE", inputs: [{ dtype: "float64", shape: [2] }] }],
  });
}

export const real = partOp(
  "real",
  "The real parts of complex numbers.",
  (re) => re,
  (s) => s.f.cast(s.dy, "complex64"),
);
export const imag = partOp(
  "imag",
  "The imaginary parts of complex numbers.",
  (_, im) => im,
  (s) => s.f.op("complex", [s.f.zeros({ dtype: "float32", shape: s.shape(0) }), s.dy]),
);
export const complexAbs = partOp("complexAbs", "Distances of complex numbers from 0; the gradient at 0 is 0.", complexAbsOf, (s) => {
  const { f } = s;
  const size = f.cast(f.where(f.equal(s.out, 0), 1, s.out), "complex64");
  return f.mul(f.div(s.a, size), s.dy);
});

export const conj = unaryOp("conj", "Complex numbers with opposite imaginary parts.", { complex: (re, im) => [re, -im] }, (s) =>
  s.f.op("conj", [s.dy]),
);
