/**
 * Reductions over axes. `axes` is sorted, distinct and not negative (the API normalises); `keepDims` leaves reduced axes as length 1.
 * Empty reductions give the neutral element: 0, 1, −Infinity (or the smallest whole number), false, true; the mean of nothing is NaN.
 * Float sums accumulate in double precision here; the native backend adds eight floats before it widens them, in a tree that is fixed, so
 * results do not depend on threads.
 */

import type { DType } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { type Dim, type Dims, dimsBehind, isOpen, normalizeAxis, type Shape, showShape, stridesOf } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { shiftedAxes, shiftedAxis } from "./batch.ts";
import { asParts } from "./cells.ts";
import type { GradRule, GradSite } from "./grad.ts";
import { BOOL, COMPLEX, FLOATING, INT, NUMERIC } from "./infer.ts";
import { larger, smaller, wrappedProduct } from "./longs.ts";
import { eachStrided } from "./loops.ts";
import { type Attrs, type Block, defineOp, type OpRecord, type OpSample } from "./op.ts";
import { moveSamples } from "./samples.ts";

export function reducedDims(shape: Dims, axes: readonly number[], keepDims: boolean, name: string): Dim[] {
  let before = -1;
  for (const axis of axes) {
    normalizeAxis(axis, shape.length, `${name}: axis`);
    if (axis <= before) throw new ShapeError(`${name}: axes ${showShape(axes)} are not sorted and distinct.`, { code: "E_AXIS" });
    before = axis;
  }
  if (axes.length === shape.length && !keepDims) return [];
  return keepDims ? shape.map((d, i) => (axes.includes(i) ? 1 : d)) : shape.filter((_, i) => !axes.includes(i));
}

interface Fold<T = number> {
  readonly init: T;
  readonly step: (acc: T, x: T) => T;
  readonly finish?: (acc: T, count: number) => T;
}

function fold(x: Block, out: Block, axes: readonly number[], { init, step, finish }: Fold): void {
  if (out.data.length === 1) {
    let acc = init;
    for (let i = 0; i < x.data.length; i++) acc = step(acc, x.data[i]);
    out.data[0] = finish ? finish(acc, x.data.length) : acc;
    return;
  }
  const acc = new Array<number>(out.data.length).fill(init);
  const kept = stridesOf(x.shape.map((d, i) => (axes.includes(i) ? 1 : d))).map((s, i) => (axes.includes(i) ? 0 : s));
  eachStrided(x.shape, [kept], [0], (i, at) => {
    const o = at[0];
    acc[o] = step(acc[o], x.data[i]);
  });
  const count = out.data.length === 0 ? 0 : x.data.length / out.data.length;
  for (let o = 0; o < acc.length; o++) out.data[o] = finish ? finish(acc[o], count) : acc[o];
}

const CASES: readonly { shape: Shape; attrs: Attrs }[] = [
  { shape: [2, 3], attrs: { axes: [0, 1], keepDims: false } },
  { shape: [2, 3], attrs: { axes: [1], keepDims: false } },
  { shape: [2, 3, 4], attrs: { axes: [0, 2], keepDims: true } },
  { shape: [3, 2], attrs: { axes: [], keepDims: false } },
  { shape: [], attrs: { axes: [], keepDims: false } },
  { shape: [0, 2], attrs: { axes: [0], keepDims: false } },
  { shape: [2, 0], attrs: { axes: [0], keepDims: true } },
];

interface Folds {
  readonly float?: Fold;
  readonly int?: Fold;
  /** Of uint8; missing: it counts as int32. */
  readonly byte?: Fold;
  /** Of int64; the store wraps the result. */
  readonly long?: Fold<bigint>;
  readonly bool?: Fold;
  /** The float rule holds for real and imaginary parts of complex elements. */
  readonly byParts?: boolean;
}

function reduction(name: string, doc: string, folds: Folds, grad?: GradRule): OpRecord {
  const dtypes: DType[] = [
    ...(folds.bool ? BOOL : []),
    ...(folds.byte ? (["uint8"] as const) : []),
    ...(folds.int ? INT : []),
    ...(folds.long ? (["int64"] as const) : []),
    ...(folds.float ? FLOATING : []),
    ...(folds.byParts ? COMPLEX : []),
  ];
  const wild: OpSample = {
    name: "NaN and infinities",
    inputs: [{ dtype: "float32", shape: [4, 2], values: [NaN, 1, Infinity, 2, -Infinity, Infinity, -0, 0] }],
    attrs: { axes: [1], keepDims: false },
  };
  return defineOp({
    name,
    arity: 1,
    dtypes,
    flags: ["pure", "reduction", "rows"],
    attrs: { axes: "ints", keepDims: "bool" },
    doc,
    infer: ([x], attrs) => {
      const { dtype, shape } = x;
      return [{ dtype, shape: reducedDims(shape, attrs.axes as readonly number[], attrs.keepDims as boolean, name) }];
    },
    reference: ([x], [out], attrs) => {
      const { dtype } = x;
      fold(asParts(x), asParts(out), attrs.axes as readonly number[], foldOf(folds, dtype) as Fold);
    },
    ...(grad === undefined ? {} : { grad: [grad] }),
    batch: shiftedAxes,
    samples: () => [...moveSamples(CASES, dtypes), ...(folds.float ? [wild] : [])],
    errors: [
      { name: "axis", code: "E_AXIS", inputs: [{ dtype: dtypes[0], shape: [2, 3] }], attrs: { axes: [2], keepDims: false } },
      {
        name: "axis twice",
        code: "E_AXIS",
        inputs: [{ dtype: dtypes[0], shape: [2, 3] }],
        attrs: { axes: [1, 1], keepDims: false },
      },
    ],
  });
}

function foldOf(folds: Folds, dtype: DType): Fold | Fold<bigint> | undefined {
  switch (dtype) {
    case "bool":
      return folds.bool;
    case "uint8":
      return folds.byte;
    case "int32":
      return folds.int;
    case "int64":
      return folds.long;
    default:
      return folds.float;
  }
}

/** The gradient of a sum: `dy` at every element. */
function spread(s: GradSite): Tensor {
  const dy = s.f.unreduced(s.dy, s.shape(0), s.attrs.axes as readonly number[]);
  // A length that depends on data is that of the operand.
  return dimsBehind(s.shape(0)).some(isOpen) ? s.f.where(s.f.equal(s.a, s.a), dy, dy) : s.f.broadcastTo(dy, s.shape(0));
}

/** Elements that go into one result: a number, times lengths that are not known yet. */
function reducedCount(s: GradSite): { readonly known: number; readonly open: readonly Tensor[] } {
  const dims = dimsBehind(s.shape(0));
  const axes = s.attrs.axes as readonly number[];
  const known = axes.reduce((n, axis) => n * (typeof dims[axis] === "number" ? dims[axis] : 1), 1);
  const open = axes.filter((axis) => typeof dims[axis] === "object").map((axis) => s.f.op("lengthOf", [s.a], { axis }));
  return { known, open };
}

const addFloat = (acc: number, x: number) => acc + x;

export const sum = reduction(
  "sum",
  "Sum over axes; whole numbers wrap around, bool and uint8 count as int32.",
  {
    float: { init: 0, step: addFloat },
    int: { init: 0, step: (acc, x) => (acc + x) | 0 },
    long: { init: 0n, step: (acc, x) => acc + x },
    byParts: true,
  },
  spread,
);
export const mean = reduction(
  "mean",
  "Arithmetic mean over axes; integers are lifted to float32.",
  {
    float: { init: 0, step: addFloat, finish: (acc, count) => acc / count },
    byParts: true,
  },
  (s) => {
    const { known, open } = reducedCount(s);
    return open.reduce((dx, length) => s.f.div(dx, length), s.f.mul(spread(s), 1 / known));
  },
);
/**
 * The gradient of a product: that of all other elements, without division, so that zeros are right. The reduced axes become
 * one, along which running products from both ends meet at each element.
 */
function others(s: GradSite): Tensor {
  const { f } = s;
  const shape = s.shape(0);
  const axes = s.attrs.axes as readonly number[];
  const kept = shape.flatMap((_, i) => (axes.includes(i) ? [] : [i]));
  const order = [...kept, ...axes];
  const size = (which: readonly number[]): number => which.reduce((n, axis) => n * shape[axis], 1);
  const x = f.reshape(f.transpose(s.a, order), [size(kept), size(axes)]);
  const before = f.op("cumprod", [x], { axis: 1, exclusive: true, reverse: false });
  const after = f.op("cumprod", [x], { axis: 1, exclusive: true, reverse: true });
  const moved = f.reshape(
    f.mul(before, after),
    order.map((axis) => shape[axis]),
  );
  const back = shape.map((_, i) => order.indexOf(i));
  return f.mul(spread(s), f.transpose(moved, back));
}

/** The gradient of max and min: shared equally by all elements that are the result. */
function shared(s: GradSite): Tensor {
  const { f } = s;
  const axes = s.attrs.axes as readonly number[];
  // Nothing to share among no elements, in the second derivative either.
  if (s.shape(0).includes(0)) return f.zeros(s.type(0));
  const best = f.cast(f.equal(s.a, f.unreduced(s.out, s.shape(0), axes)), s.type(0).dtype);
  return f.mul(f.unreduced(f.div(s.dy, f.sum(best, axes, s.attrs.keepDims === true)), s.shape(0), axes), best);
}

export const prod = reduction(
  "prod",
  "Product over axes; whole numbers wrap around, bool and uint8 count as int32.",
  {
    float: { init: 1, step: (acc, x) => acc * x },
    int: { init: 1, step: Math.imul },
    long: { init: 1n, step: wrappedProduct },
  },
  others,
);
export const max = reduction(
  "max",
  "Largest element over axes; NaN wins.",
  {
    float: { init: -Infinity, step: Math.max },
    byte: { init: 0, step: Math.max },
    int: { init: -0x80000000, step: Math.max },
    long: { init: -(2n ** 63n), step: larger },
  },
  shared,
);
export const min = reduction(
  "min",
  "Smallest element over axes; NaN wins.",
  {
    float: { init: Infinity, step: Math.min },
    byte: { init: 255, step: Math.min },
    int: { init: 0x7fffffff, step: Math.min },
    long: { init: 2n ** 63n - 1n, step: smaller },
  },
  shared,
);
export const any = reduction("any", "True where at least one element over the axes is true.", {
  bool: { init: 0, step: (acc, x) => acc | x },
});
export const all = reduction("all", "True where every element over the axes is true.", { bool: { init: 1, step: (acc, x) => acc & x } });

/** Index of the first element that beats the others along one axis; NaN beats everything. */
function argReduction(name: string, doc: string, beats: (x: number, best: number) => boolean): OpRecord {
  return defineOp({
    name,
    arity: 1,
    dtypes: NUMERIC,
    flags: ["pure", "reduction"],
    attrs: { axis: "int" },
    doc,
    infer: ([x], attrs) => {
      const { shape } = x;
      const axis = normalizeAxis(attrs.axis as number, shape.length, `${name}: axis`);
      if (shape[axis] === 0) throw new ShapeError(`${name}: axis ${axis} of ${showShape(shape)} is empty, so that no element is the best.`);
      return [{ dtype: "int32", shape: shape.filter((_, i) => i !== axis) }];
    },
    reference: ([x], [out], attrs) => {
      const { data, shape } = x;
      const to = out.data;
      const axis = normalizeAxis(attrs.axis as number, shape.length);
      const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
      const n = shape[axis];
      for (let o = 0; o < to.length; o++) {
        const start = Math.floor(o / inner) * n * inner + (o % inner);
        let best = 0;
        for (let k = 1; k < n; k++) {
          const [value, sofar] = [data[start + k * inner], data[start + best * inner]];
          if (!Number.isNaN(sofar) && (Number.isNaN(value) || beats(value, sofar))) best = k;
        }
        to[o] = best;
      }
    },
    batch: shiftedAxis,
    samples: () => [
      ...moveSamples(
        [
          { shape: [2, 3], attrs: { axis: 1 } },
          { shape: [2, 3], attrs: { axis: 0 } },
          { shape: [4], attrs: { axis: 0 } },
          { shape: [0, 2], attrs: { axis: 1 } },
        ],
        NUMERIC,
      ),
      { name: "ties", inputs: [{ dtype: "int32", shape: [5], values: [2, 1, 3, 3, 1] }], attrs: { axis: 0 } },
      { name: "NaN", inputs: [{ dtype: "float32", shape: [4], values: [5, NaN, 9, NaN] }], attrs: { axis: 0 } },
    ],
    errors: [
      { name: "axis", code: "E_AXIS", inputs: [{ dtype: "float32", shape: [2] }], attrs: { axis: 1 } },
      { name: "empty axis", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [2, 0] }], attrs: { axis: 1 } },
    ],
  });
}

export const argMax = argReduction(
  "argMax",
  "int32 index of the first largest element along an axis; NaN is the largest.",
  (x, best) => x > best,
);
export const argMin = argReduction(
  "argMin",
  "int32 index of the first smallest element along an axis; NaN is the smallest.",
  (x, best) => x < best,
);
