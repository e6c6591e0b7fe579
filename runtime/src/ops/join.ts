/** Ops that put tensors together, and one-hot encoding. */
import type { DType } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { type Dim, mayBeSameDim, normalizeAxis, type Shape, showShape, unifiedDim } from "../core/shape.ts";
import { cellOf } from "./cast.ts";
import { ANY, INT, plusDim } from "./infer.ts";
import { defineOp, type OpSample } from "./op.ts";
import { moveSamples } from "./samples.ts";

function joined(dtype: DType, shapes: readonly Shape[], axis: number): OpSample {
  const inputs = shapes.flatMap((shape) => moveSamples([{ shape, attrs: {} }], [dtype])[0]?.inputs ?? []);
  return { name: `${dtype} ${shapes.map(showShape).join(" ")} axis ${axis}`, inputs, attrs: { axis } };
}

function sumDim(a: Dim, b: Dim): Dim {
  if (typeof b === "number") return plusDim(a, b);
  return typeof a === "number" ? plusDim(b, a) : { sym: `(${a.sym}+${b.sym})` };
}

export const concat = defineOp({
  name: "concat",
  arity: -1,
  dtypes: ANY,
  flags: ["pure", "movement"],
  attrs: { axis: "int" },
  doc: "Tensors one after the other along an axis; all other axes must agree. Dtypes are promoted.",
  infer: (inputs, attrs, name) => {
    const first = inputs[0];
    const axis = normalizeAxis(attrs.axis as number, first.shape.length, `${name}: axis`);
    let shape = first.shape;
    for (const t of inputs.slice(1)) {
      if (t.shape.length !== shape.length || t.shape.some((d, i) => i !== axis && !mayBeSameDim(d, shape[i]))) {
        throw new ShapeError(`${name}: shapes ${showShape(first.shape)} and ${showShape(t.shape)} differ outside axis ${axis}.`);
      }
      shape = shape.map((d, i) => (i === axis ? sumDim(d, t.shape[i]) : unifiedDim(d, t.shape[i])));
    }
    return [{ dtype: first.dtype, shape }];
  },
  reference: (inputs, [out], attrs) => {
    const to = out;
    const axis = normalizeAxis(attrs.axis as number, to.shape.length);
    const inner = to.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const row = to.shape[axis] * inner;
    let offset = 0;
    for (const { data, shape } of inputs) {
      const width = shape[axis] * inner;
      for (let from = 0, at = offset; from < data.length; from += width, at += row) to.data.set(data.subarray(from, from + width), at);
      offset += width;
    }
  },
  grad: (s, index) => {
    const size = s.shape(index);
    const axis = normalizeAxis(s.attrs.axis as number, size.length);
    let start = 0;
    for (let i = 0; i < index; i++) start += s.shape(i)[axis];
    return s.f.op("slice", [s.dy], { begin: size.map((_, i) => (i === axis ? start : 0)), size });
  },
  batch: (s) =>
    s.run(
      Array.from({ length: s.count }, (_, i) => s.input(i)),
      { axis: s.axis() },
    ),
  samples: () =>
    ANY.flatMap((dtype) => [
      joined(dtype, [[2], [3]], 0),
      joined(
        dtype,
        [
          [2, 1],
          [2, 2],
          [2, 3],
        ],
        1,
      ),
      joined(
        dtype,
        [
          [1, 2, 2],
          [2, 2, 2],
        ],
        0,
      ),
      joined(
        dtype,
        [
          [0, 2],
          [1, 2],
        ],
        0,
      ),
      joined(dtype, [[3]], 0),
    ]),
  errors: [
    {
      ...joined(
        "float32",
        [
          [2, 3],
          [3, 4],
        ],
        0,
      ),
      code: "E_SHAPE",
    },
    { ...joined("float32", [[2], [2]], 1), code: "E_AXIS" },
    { ...joined("float32", [[2], [2, 1]], 0), code: "E_SHAPE" },
  ],
});

export const oneHot = defineOp({
  name: "oneHot",
  arity: 1,
  dtypes: INT,
  promote: "none",
  flags: ["pure"],
  moves: true,
  attrs: { depth: "int", onValue: "number", offValue: "number", dtype: "dtype" },
  doc: "indices [...S] → [...S, depth]: onValue at the index, offValue elsewhere and for indices outside 0..depth-1.",
  infer: ([x], attrs, name) => {
    const depth = attrs.depth as number;
    if (depth < 0) throw new ShapeError(`${name}: depth ${depth} is negative.`);
    return [{ dtype: attrs.dtype as DType, shape: [...x.shape, depth] }];
  },
  reference: ([x], [out], attrs) => {
    const { data: to, dtype } = out;
    const { depth, onValue, offValue } = attrs as { depth: number; onValue: number; offValue: number };
    const on = cellOf(onValue, dtype);
    to.fill(cellOf(offValue, dtype));
    for (const [row, i] of x.data.entries()) if (i >= 0 && i < depth) to[row * depth + i] = on;
  },
  grad: [null],
  batch: "leading",
  samples: () =>
    ANY.map((dtype) => ({
      name: dtype,
      inputs: [{ dtype: "int32", shape: [2, 2], values: [0, 2, -1, 3] }],
      attrs: { depth: 3, onValue: 1, offValue: 0, dtype },
    })),
  errors: [
    {
      name: "depth",
      code: "E_SHAPE",
      inputs: [{ dtype: "int32", shape: [1] }],
      attrs: { depth: -1, onValue: 1, offValue: 0, dtype: "float32" },
    },
    {
      name: "dtype",
      code: "E_DTYPE",
      inputs: [{ dtype: "float32", shape: [1] }],
      attrs: { depth: 2, onValue: 1, offValue: 0, dtype: "float32" },
    },
  ],
});
