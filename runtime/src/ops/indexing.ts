/** Reading and writing parts of a tensor by position. Indices out of range are E_INDEX with the first bad one; nothing is clamped. */

import { DTypeError, IndexError, ShapeError } from "../core/errors.ts";
import { type Dim, type Dims, mayBeSameDim, mayBeSameShape, normalizeAxis, type Shape, showShape, stridesOf } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import { prefixed } from "./batch.ts";
import { ANY } from "./infer.ts";
import { copyStrided } from "./loops.ts";
import { type Attrs, type Block, defineOp, type OpSample } from "./op.ts";
import { gathered, padTo, spreadOut } from "./placing-back.ts";
import { counted, moveSamples } from "./samples.ts";

function checkIndexType(name: string, index: TensorType, scalar: boolean): void {
  if (index.dtype !== "int32") throw new DTypeError(`${name}: the index is ${index.dtype}, but must be int32.`, { hint: "Use toInt()." });
  if (scalar && index.shape.length > 0)
    throw new ShapeError(`${name}: the index must be a scalar, but has shape ${showShape(index.shape)}.`);
}

/** The element of a scalar index, checked against the length of axis 0. */
function position(name: string, index: Block, x: Block): number {
  const i = index.data[0];
  const n = x.shape[0];
  if (i < 0 || i >= n) {
    throw new IndexError(`${name}: index ${i} is out of range for axis 0 of length ${n}.`, {
      hint: n === 0 ? "The axis is empty." : `Use 0 to ${n - 1}.`,
    });
  }
  return i;
}

function axis0(name: string, x: TensorType): Dims {
  if (x.shape.length === 0) throw new ShapeError(`${name}: a scalar cannot be indexed.`);
  return x.shape.slice(1);
}

function indexInputs(shape: Shape, i: number, dtype: OpSample["inputs"][number]["dtype"] = "float32"): OpSample["inputs"] {
  const n = shape.reduce((a, b) => a * b, 1);
  return [
    { dtype, shape, values: counted(dtype, n) },
    { dtype: "int32", shape: [], values: [i] },
  ];
}

export const index = defineOp({
  name: "index",
  arity: 2,
  dtypes: ANY,
  promote: "none",
  flags: ["pure", "movement", "checked"],
  doc: "x[i]: the i-th slice along axis 0, x [N, ...S], i int32 scalar in 0..N-1 → [...S].",
  infer: ([x, i], _, name) => {
    checkIndexType(name, i, true);
    return [{ dtype: x.dtype, shape: axis0(name, x) }];
  },
  reference: ([x, i], [out]) => {
    const to = out.data;
    const at = position("index", i, x) * to.length;
    to.set(x.data.subarray(at, at + to.length));
  },
  grad: [(s) => s.f.op("setIndex", [s.f.zeros(s.type(0)), s.b, s.dy]), null],
  batch: (s) => {
    if (!s.isBatched(1)) return [s.f.op("gather", [s.input(0), s.given(1)], { axis: 1, batchDims: 0 })];
    if (!s.isBatched(0)) return [s.f.op("gather", [s.given(0), s.given(1)], { axis: 0, batchDims: 0 })];
    const at = s.f.reshape(s.given(1), [s.size, 1]);
    return [s.f.reshape(s.f.op("gather", [s.given(0), at], { axis: 1, batchDims: 1 }), [s.size, ...s.result(0).shape])];
  },
  samples: () =>
    ANY.flatMap((dtype) => [
      { name: `${dtype} vector`, inputs: indexInputs([4], 2, dtype) },
      { name: `${dtype} matrix`, inputs: indexInputs([3, 2], 0, dtype) },
      { name: `${dtype} empty rows`, inputs: indexInputs([2, 0], 1, dtype) },
    ]),
  errors: [
    { name: "over", code: "E_INDEX", inputs: indexInputs([3], 3) },
    { name: "negative", code: "E_INDEX", inputs: indexInputs([3], -1) },
    { name: "scalar", code: "E_SHAPE", inputs: indexInputs([], 0) },
  ],
});

export const setIndex = defineOp({
  name: "setIndex",
  arity: 3,
  dtypes: ANY,
  promote: "none",
  flags: ["pure", "movement", "inplace", "checked"],
  doc: "x with its i-th slice along axis 0 replaced: x [N, ...S], i int32 scalar in 0..N-1, v [...S] of x's dtype → [N, ...S].",
  infer: ([x, i, v], _, name) => {
    const [target, value] = [x, v];
    checkIndexType(name, i, true);
    const row = axis0(name, target);
    if (value.dtype !== target.dtype) {
      throw new DTypeError(`${name}: a ${value.dtype} value cannot be stored in a ${target.dtype} tensor.`, {
        hint: "Cast the value, or the tensor.",
      });
    }
    if (!mayBeSameShape(value.shape, row)) {
      throw new ShapeError(`${name}: a value of shape ${showShape(value.shape)} does not fit the slice of shape ${showShape(row)}.`);
    }
    return [{ dtype: target.dtype, shape: target.shape }];
  },
  reference: ([x, i, v], [out]) => {
    const value = v.data;
    const at = position("setIndex", i, x) * value.length;
    const to = out.data;
    to.set(x.data);
    to.set(value, at);
  },
  grad: [
    (s) => s.f.op("setIndex", [s.dy, s.b, s.f.zeros({ dtype: s.dy.dtype, shape: s.shape(2) })]),
    null,
    (s) => s.f.op("index", [s.dy, s.b]),
  ],
  batch: (s) => {
    const at = s.f.op(
      "concat",
      [s.examples(), s.input(1)].map((i) => s.f.reshape(i, [s.size, 1])),
      { axis: 1 },
    );
    return [s.f.op("scatterUpdate", [s.input(0), at, s.input(2)])];
  },
  samples: () =>
    ANY.flatMap((dtype) => [
      { name: `${dtype} vector`, inputs: [...indexInputs([4], 2, dtype), { dtype, shape: [], values: counted(dtype, 1) }] },
      { name: `${dtype} matrix`, inputs: [...indexInputs([3, 2], 0, dtype), { dtype, shape: [2], values: counted(dtype, 2) }] },
    ]),
  errors: [
    { name: "over", code: "E_INDEX", inputs: [...indexInputs([3], 3), { dtype: "float32", shape: [], values: [1] }] },
    { name: "dtype", code: "E_DTYPE", inputs: [...indexInputs([3], 0, "int32"), { dtype: "float32", shape: [], values: [1] }] },
    { name: "shape", code: "E_SHAPE", inputs: [...indexInputs([3], 0), { dtype: "float32", shape: [2], values: [1, 2] }] },
  ],
});

/** Axes of x replaced by those of the indices; the first `batchDims` axes run along. */
function gatherDims(x: TensorType, at: TensorType, attrs: Attrs, name: string): Dim[] {
  const axis = normalizeAxis(attrs.axis as number, x.shape.length, `${name}: axis`);
  const batch = attrs.batchDims as number;
  if (batch < 0 || batch > axis || batch > at.shape.length) {
    throw new ShapeError(`${name}: batchDims ${batch} does not fit axis ${axis} and indices of rank ${at.shape.length}.`, {
      code: "E_AXIS",
    });
  }
  for (let i = 0; i < batch; i++) {
    if (!mayBeSameDim(x.shape[i], at.shape[i])) {
      throw new ShapeError(`${name}: batch axes of ${showShape(x.shape)} and of the indices ${showShape(at.shape)} differ.`);
    }
  }
  return [...x.shape.slice(0, axis), ...at.shape.slice(batch), ...x.shape.slice(axis + 1)];
}

/** Elements of the axes [from, to) of a shape. */
function countOf(shape: Shape, from: number, to: number): number {
  let count = 1;
  for (let i = from; i < to; i++) count *= shape[i];
  return count;
}

export const gather = defineOp({
  name: "gather",
  arity: 2,
  dtypes: ANY,
  promote: "none",
  flags: ["pure", "movement", "checked"],
  attrs: { axis: "int", batchDims: "int" },
  doc: "Slices of x along an axis, picked by int32 indices in 0..N-1; the first batchDims axes of both run along.",
  infer: ([x, at], attrs, name) => {
    checkIndexType(name, at, false);
    return [{ dtype: x.dtype, shape: gatherDims(x, at, attrs, name) }];
  },
  reference: ([x, at], [out], attrs) => {
    const { data, shape } = x;
    const axis = normalizeAxis(attrs.axis as number, shape.length);
    const batch = attrs.batchDims as number;
    const batches = countOf(shape, 0, batch);
    const outer = countOf(shape, batch, axis);
    const n = shape[axis];
    const inner = countOf(shape, axis + 1, shape.length);
    const picks = at.data;
    const perBatch = batches === 0 ? 0 : picks.length / batches;
    for (const i of picks) {
      if (i < 0 || i >= n) throw new IndexError(`gather: index ${i} is out of range for axis ${axis} of length ${n}.`);
    }
    const to = out.data;
    let next = 0;
    for (let b = 0; b < batches; b++) {
      for (let o = 0; o < outer; o++) {
        for (let k = 0; k < perBatch; k++, next += inner) {
          const from = ((b * outer + o) * n + picks[b * perBatch + k]) * inner;
          if (inner === 1) to[next] = data[from];
          else to.set(data.subarray(from, from + inner), next);
        }
      }
    }
  },
  grad: [gathered, null],
  batch: (s) => {
    const axis = normalizeAxis(s.attrs.axis as number, s.type(0).shape.length);
    const batchDims = s.attrs.batchDims as number;
    if (batchDims > 0 || (s.isBatched(0) && s.isBatched(1)))
      return s.run([s.input(0), s.input(1)], { axis: axis + 1, batchDims: batchDims + 1 });
    if (s.isBatched(0)) return s.run([s.given(0), s.given(1)], { axis: axis + 1, batchDims: 0 });
    const [y] = s.run([s.given(0), s.given(1)], { axis, batchDims: 0 }) as [Tensor];
    const order = s.result(0).shape.map((_, i) => (i < axis ? i : i + 1));
    return [s.f.transpose(y, [axis, ...order])];
  },
  samples: () =>
    ANY.flatMap((dtype) => {
      const x = (shape: Shape) =>
        (indexInputs(shape, 0, dtype) as { dtype: typeof dtype; shape: Shape }[])[0] as OpSample["inputs"][number];
      const int = (shape: Shape, values: number[]) => ({ dtype: "int32" as const, shape, values });
      return [
        { name: `${dtype} rows`, inputs: [x([4, 2]), int([3], [3, 0, 3])], attrs: { axis: 0, batchDims: 0 } },
        { name: `${dtype} columns`, inputs: [x([2, 3]), int([2, 2], [2, 0, 1, 1])], attrs: { axis: 1, batchDims: 0 } },
        { name: `${dtype} batch`, inputs: [x([2, 3]), int([2, 2], [2, 0, 1, 1])], attrs: { axis: 1, batchDims: 1 } },
        { name: `${dtype} scalar index`, inputs: [x([3, 2]), int([], [1])], attrs: { axis: 0, batchDims: 0 } },
        { name: `${dtype} no indices`, inputs: [x([3]), int([0], [])], attrs: { axis: 0, batchDims: 0 } },
      ];
    }),
  errors: [
    {
      name: "over",
      code: "E_INDEX",
      inputs: [
        { dtype: "float32", shape: [3], values: [1, 2, 3] },
        { dtype: "int32", shape: [1], values: [3] },
      ],
      attrs: { axis: 0, batchDims: 0 },
    },
    {
      name: "negative",
      code: "E_INDEX",
      inputs: [
        { dtype: "float32", shape: [3], values: [1, 2, 3] },
        { dtype: "int32", shape: [1], values: [-1] },
      ],
      attrs: { axis: 0, batchDims: 0 },
    },
    {
      name: "dtype",
      code: "E_DTYPE",
      inputs: [
        { dtype: "float32", shape: [3] },
        { dtype: "float32", shape: [1] },
      ],
      attrs: { axis: 0, batchDims: 0 },
    },
    {
      name: "axis",
      code: "E_AXIS",
      inputs: [
        { dtype: "float32", shape: [3] },
        { dtype: "int32", shape: [1] },
      ],
      attrs: { axis: 1, batchDims: 0 },
    },
  ],
});

function perAxis(name: string, x: TensorType, attrs: Attrs, keys: readonly string[]): void {
  for (const key of keys) {
    const list = attrs[key] as readonly number[];
    if (list.length !== x.shape.length)
      throw new ShapeError(`${name}: ${key} has ${list.length} entries for shape ${showShape(x.shape)} of rank ${x.shape.length}.`);
  }
}

export const slice = defineOp({
  name: "slice",
  arity: 1,
  dtypes: ANY,
  promote: "none",
  flags: ["pure", "movement"],
  attrs: { begin: "ints", size: "ints" },
  doc: "size[i] elements of axis i from begin[i] on; size -1 means all that is left. Must lie inside.",
  infer: ([input], attrs, name) => {
    const x = input;
    perAxis(name, x, attrs, ["begin", "size"]);
    const begin = attrs.begin as Shape;
    const size = attrs.size as Shape;
    const shape = x.shape.map((d, i): Dim => {
      const [from, count] = [begin[i], size[i]];
      if (typeof d !== "number") {
        if (from < 0 || count < -1)
          throw new ShapeError(`${name}: begin ${showShape(begin)} and size ${showShape(size)} do not lie inside ${showShape(x.shape)}.`);
        return count === -1 ? (from === 0 ? d : { sym: `(${d.sym}-${from})` }) : count;
      }
      const to = count === -1 ? d : from + count;
      if (from < 0 || count < -1 || from > d || to > d) {
        throw new ShapeError(`${name}: begin ${showShape(begin)} and size ${showShape(size)} do not lie inside ${showShape(x.shape)}.`);
      }
      return to - from;
    });
    return [{ dtype: x.dtype, shape }];
  },
  reference: ([x], [out], attrs) => {
    const strides = stridesOf(x.shape);
    const start = (attrs.begin as Shape).reduce((n, b, i) => n + b * strides[i], 0);
    copyStrided(x.data, start, strides, out.data, out.shape);
  },
  grad: [(s) => padTo(s.f, s.dy, s.attrs.begin as Shape, s.shape(0))],
  batch: prefixed({ begin: [0], size: [-1] }),
  samples: () =>
    moveSamples([
      { shape: [4], attrs: { begin: [1], size: [2] } },
      { shape: [3, 4], attrs: { begin: [1, 0], size: [2, -1] } },
      { shape: [2, 3, 4], attrs: { begin: [0, 1, 2], size: [2, 2, 1] } },
      { shape: [3], attrs: { begin: [3], size: [0] } },
      { shape: [], attrs: { begin: [], size: [] } },
    ]),
  errors: [
    { name: "beyond", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [3] }], attrs: { begin: [1], size: [3] } },
    { name: "negative begin", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [3] }], attrs: { begin: [-1], size: [1] } },
    { name: "rank", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [3] }], attrs: { begin: [0, 0], size: [1, 1] } },
  ],
});

export const stridedSlice = defineOp({
  name: "stridedSlice",
  arity: 1,
  dtypes: ANY,
  promote: "none",
  flags: ["pure", "movement"],
  attrs: { begin: "ints", size: "ints", strides: "ints" },
  doc: "size[i] elements of axis i: begin[i], begin[i] + strides[i], …; strides may be negative, not 0. Every element must lie inside.",
  infer: ([input], attrs, name) => {
    const x = input;
    perAxis(name, x, attrs, ["begin", "size", "strides"]);
    const [begin, size, strides] = [attrs.begin, attrs.size, attrs.strides] as [Shape, Shape, Shape];
    for (let i = 0; i < begin.length; i++) {
      const [from, count, step, d] = [begin[i], size[i], strides[i], x.shape[i]] as [number, number, number, Dim];
      const last = from + (count - 1) * step;
      const length = typeof d === "number" ? d : Infinity;
      if (step === 0 || count < 0 || (count > 0 && (from < 0 || from >= length || last < 0 || last >= length))) {
        throw new ShapeError(
          `${name}: begin ${showShape(begin)}, size ${showShape(size)}, strides ${showShape(strides)} do not lie inside ${showShape(x.shape)}.`,
        );
      }
    }
    return [{ dtype: x.dtype, shape: size }];
  },
  reference: ([x], [out], attrs) => {
    const own = stridesOf(x.shape);
    const start = (attrs.begin as Shape).reduce((n, b, i) => n + b * own[i], 0);
    const strides = own.map((s, i) => s * (attrs.strides as Shape)[i]);
    copyStrided(x.data, start, strides, out.data, out.shape);
  },
  grad: [spreadOut],
  batch: (s) => {
    const x = s.input(0);
    const { begin, size, strides } = s.attrs as Record<"begin" | "size" | "strides", Shape>;
    return s.run([x], { begin: [0, ...begin], size: [x.shape[0], ...size], strides: [1, ...strides] });
  },
  samples: () =>
    moveSamples([
      { shape: [6], attrs: { begin: [1], size: [3], strides: [2] } },
      { shape: [5, 3], attrs: { begin: [4, 0], size: [2, 3], strides: [-2, 1] } },
      { shape: [4], attrs: { begin: [0], size: [0], strides: [1] } },
    ]),
  errors: [
    { name: "zero stride", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [3] }], attrs: { begin: [0], size: [1], strides: [0] } },
    { name: "beyond", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [3] }], attrs: { begin: [0], size: [3], strides: [2] } },
  ],
});
