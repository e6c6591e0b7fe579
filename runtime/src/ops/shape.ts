/** Ops that move elements without arithmetic, on one operand: reshape, transpose, broadcastTo, tile, reverse, pad. */

import { ShapeError } from "../core/errors.ts";
import { broadcastDims, type Dim, type Dims, mayBeSameShape, normalizeAxis, type Shape, showShape, stridesOf } from "../core/shape.ts";
import { prefixed, shiftedAxes } from "./batch.ts";
import { cellOf } from "./cast.ts";
import { ANY, lengths, plusDim, timesDim } from "./infer.ts";
import { broadcastStrides, copyStrided, eachStrided } from "./loops.ts";
import { defineOp, type OpFlag } from "./op.ts";
import { sumOfCopies } from "./placing-back.ts";
import { moveSamples } from "./samples.ts";

const MOVES: readonly OpFlag[] = ["pure", "movement"];

/** Product of dimensions as a number times symbols. */
function product(dims: Dims): { size: number; syms: string[] } {
  let size = 1;
  const syms: string[] = [];
  for (const d of dims) {
    if (typeof d === "number") size *= d;
    else syms.push(d.sym);
  }
  return { size, syms: syms.sort() };
}

/** Shape of a reshape: one −1 stands for whatever is left. */
export function reshapeDims(from: Dims, to: Dims, name = "reshape"): Dims {
  const holes = to.filter((d) => d === -1).length;
  const misfit = (why: string) => new ShapeError(`${name}: shape ${showShape(from)} does not fit ${showShape(to)}: ${why}.`);
  if (holes > 1) throw misfit("only one length may be -1");
  if (to.some((d) => typeof d === "number" && d < -1)) throw misfit("a length is negative");
  const have = product(from);
  const asked = product(to.filter((d) => d !== -1));
  const rest = asked.size;
  if (holes === 0) {
    if (have.syms.length === 0 && asked.syms.length === 0 && have.size !== rest) throw misfit(`${have.size} elements against ${rest}`);
    return to;
  }
  if (rest === 0) throw misfit("-1 cannot be found beside a length of 0");
  if (asked.syms.length > 0) {
    const same = have.syms.join() === asked.syms.join() && have.size % rest === 0;
    const show = ({ size, syms }: typeof have): string => [size, ...syms].join("*");
    return to.map((d) => (d === -1 ? (same ? have.size / rest : { sym: `(${show(have)}/${show(asked)})` }) : d));
  }
  if (have.syms.length === 0) {
    if (have.size % rest !== 0) throw misfit(`${have.size} elements are not a multiple of ${rest}`);
    return to.map((d) => (d === -1 ? have.size / rest : d));
  }
  const hole: Dim =
    have.syms.length === 1 && have.size === rest ? { sym: have.syms[0] } : { sym: `(${[have.size, ...have.syms].join("*")}/${rest})` };
  return to.map((d) => (d === -1 ? hole : d));
}

export const reshape = defineOp({
  name: "reshape",
  arity: 1,
  dtypes: ANY,
  promote: "none",
  flags: [...MOVES, "view"],
  attrs: { shape: "dims" },
  doc: "The same elements in row-major order under another shape; one length may be -1.",
  infer: ([x], attrs) => {
    const { dtype, shape } = x;
    return [{ dtype, shape: reshapeDims(shape, attrs.shape as Dims) }];
  },
  reference: ([x], [out]) => out.data.set(x.data),
  grad: [(s) => s.f.reshape(s.dy, s.shape(0))],
  batch: (s) => s.run([s.input(0)], { shape: [s.size, ...(s.attrs.shape as Dims)] }),
  samples: () =>
    moveSamples([
      { shape: [2, 3], attrs: { shape: [3, 2] } },
      { shape: [6], attrs: { shape: [2, -1] } },
      { shape: [1], attrs: { shape: [] } },
      { shape: [], attrs: { shape: [1, 1] } },
      { shape: [2, 0], attrs: { shape: [0, 5] } },
    ]),
  errors: [
    { name: "count", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [2, 3] }], attrs: { shape: [4] } },
    { name: "two holes", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [2, 3] }], attrs: { shape: [-1, -1] } },
    { name: "negative", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [2, 3] }], attrs: { shape: [-2, 3] } },
    { name: "hole beside zero", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [0, 3] }], attrs: { shape: [0, -1] } },
  ],
});

export const transpose = defineOp({
  name: "transpose",
  arity: 1,
  dtypes: ANY,
  promote: "none",
  flags: MOVES,
  attrs: { perm: "ints" },
  doc: "Axes in another order: axis i of the result is axis perm[i] of x.",
  infer: ([x], attrs) => {
    const { dtype, shape } = x;
    const perm = attrs.perm as readonly number[];
    if (perm.length !== shape.length || perm.some((p) => p < 0 || p >= perm.length) || new Set(perm).size !== perm.length) {
      throw new ShapeError(`transpose: perm ${showShape(perm)} is not a permutation of the ${shape.length} axes of ${showShape(shape)}.`, {
        code: "E_AXIS",
      });
    }
    return [{ dtype, shape: perm.map((p) => shape[p]) }];
  },
  reference: ([x], [out], attrs) => {
    const { data, shape } = x;
    const strides = stridesOf(shape);
    const perm = attrs.perm as readonly number[];
    copyStrided(
      data,
      0,
      perm.map((p) => strides[p]),
      out.data,
      out.shape,
    );
  },
  grad: [
    (s) => {
      const perm = s.attrs.perm as readonly number[];
      return s.f.transpose(
        s.dy,
        perm.map((_, axis) => perm.indexOf(axis)),
      );
    },
  ],
  batch: (s) => s.run([s.input(0)], { perm: [0, ...(s.attrs.perm as Shape).map((p) => p + 1)] }),
  samples: () =>
    moveSamples([
      { shape: [2, 3], attrs: { perm: [1, 0] } },
      { shape: [2, 3, 4], attrs: { perm: [2, 0, 1] } },
      { shape: [2, 3, 4], attrs: { perm: [0, 2, 1] } },
      { shape: [], attrs: { perm: [] } },
      { shape: [0, 2], attrs: { perm: [1, 0] } },
    ]),
  errors: [{ name: "not a permutation", code: "E_AXIS", inputs: [{ dtype: "float32", shape: [2, 3] }], attrs: { perm: [0, 0] } }],
});

export const broadcastTo = defineOp({
  name: "broadcastTo",
  arity: 1,
  dtypes: ANY,
  promote: "none",
  flags: MOVES,
  attrs: { shape: "dims" },
  doc: "Repeats axes of length 1, and adds leading ones, until the shape is reached.",
  infer: ([x], attrs) => {
    const { dtype, shape } = x;
    const to = attrs.shape as Dims;
    lengths("broadcastTo", "shape", to);
    const joined = broadcastDims(shape, to);
    if (joined === null || !mayBeSameShape(joined, to))
      throw new ShapeError(`broadcastTo: ${showShape(shape)} does not broadcast to ${showShape(to)}.`);
    return [{ dtype, shape: to }];
  },
  reference: ([x], [out]) => {
    const { data, shape } = x;
    const to = out;
    copyStrided(data, 0, broadcastStrides(shape, to.shape), to.data, to.shape);
  },
  grad: [(s) => s.f.sumTo(s.dy, s.shape(0))],
  batch: (s) => {
    const [from, to] = [s.type(0).shape, s.attrs.shape as Dims];
    const filled = [s.size, ...new Array<number>(to.length - from.length).fill(1), ...from];
    return s.run([s.f.reshape(s.input(0), filled)], { shape: [s.size, ...to] });
  },
  samples: () =>
    moveSamples([
      { shape: [3], attrs: { shape: [2, 3] } },
      { shape: [2, 1], attrs: { shape: [4, 2, 3] } },
      { shape: [], attrs: { shape: [2, 2] } },
      { shape: [1], attrs: { shape: [0] } },
    ]),
  errors: [{ name: "does not fit", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [3] }], attrs: { shape: [2] } }],
});

export const tile = defineOp({
  name: "tile",
  arity: 1,
  dtypes: ANY,
  promote: "none",
  flags: MOVES,
  attrs: { reps: "ints" },
  doc: "Repeats the tensor reps[i] times along axis i.",
  infer: ([x], attrs) => {
    const { dtype, shape } = x;
    const reps = attrs.reps as readonly number[];
    if (reps.length !== shape.length)
      throw new ShapeError(`tile: ${reps.length} repetitions for shape ${showShape(shape)} of rank ${shape.length}.`);
    lengths("tile", "reps", reps);
    return [{ dtype, shape: shape.map((d, i) => timesDim(d, reps[i])) }];
  },
  reference: ([x], [out]) => {
    const { data, shape } = x;
    const to = out;
    const strides = stridesOf(shape);
    let at = 0;
    eachStrided(to.shape, [], [], () => {
      let rest = at;
      let from = 0;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        const length = to.shape[axis];
        from += ((rest % length) % shape[axis]) * strides[axis];
        rest = Math.floor(rest / length);
      }
      to.data[at++] = data[from];
    });
  },
  grad: [sumOfCopies],
  batch: prefixed({ reps: [1] }),
  samples: () =>
    moveSamples([
      { shape: [2, 3], attrs: { reps: [2, 1] } },
      { shape: [2, 2], attrs: { reps: [1, 3] } },
      { shape: [2, 2], attrs: { reps: [0, 2] } },
      { shape: [], attrs: { reps: [] } },
    ]),
  errors: [
    { name: "rank", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [2, 2] }], attrs: { reps: [2] } },
    { name: "negative", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [2] }], attrs: { reps: [-1] } },
  ],
});

export const reverse = defineOp({
  name: "reverse",
  arity: 1,
  dtypes: ANY,
  promote: "none",
  flags: MOVES,
  attrs: { axes: "ints" },
  doc: "Elements in opposite order along the given axes.",
  infer: ([x], attrs) => {
    const { dtype, shape } = x;
    for (const axis of attrs.axes as readonly number[]) normalizeAxis(axis, shape.length, "reverse: axis");
    return [{ dtype, shape }];
  },
  reference: ([x], [out], attrs) => {
    const { data, shape } = x;
    const strides = stridesOf(shape);
    let start = 0;
    for (const axis of attrs.axes as readonly number[]) {
      const i = normalizeAxis(axis, shape.length);
      start += (shape[i] - 1) * strides[i];
      strides[i] = -strides[i];
    }
    copyStrided(data, start, strides, out.data, shape);
  },
  grad: [(s) => s.f.op("reverse", [s.dy], s.attrs)],
  batch: shiftedAxes,
  samples: () =>
    moveSamples([
      { shape: [2, 3], attrs: { axes: [0] } },
      { shape: [2, 3], attrs: { axes: [0, 1] } },
      { shape: [2, 3, 2], attrs: { axes: [1] } },
      { shape: [0, 2], attrs: { axes: [0] } },
      { shape: [], attrs: { axes: [] } },
    ]),
  errors: [{ name: "axis", code: "E_AXIS", inputs: [{ dtype: "float32", shape: [2] }], attrs: { axes: [1] } }],
});

export const pad = defineOp({
  name: "pad",
  arity: 1,
  dtypes: ANY,
  promote: "none",
  flags: ["pure"],
  moves: true,
  attrs: { paddings: "ints", value: "number" },
  doc: "Adds paddings[2i] elements before and paddings[2i+1] after axis i, filled with value (cast to the dtype).",
  infer: ([x], attrs) => {
    const { dtype, shape } = x;
    const paddings = attrs.paddings as readonly number[];
    if (paddings.length !== 2 * shape.length) {
      throw new ShapeError(`pad: ${paddings.length / 2} pairs of paddings for shape ${showShape(shape)} of rank ${shape.length}.`);
    }
    lengths("pad", "paddings", paddings);
    return [{ dtype, shape: shape.map((d, i) => plusDim(d, paddings[2 * i] + paddings[2 * i + 1])) }];
  },
  reference: ([x], [out], attrs) => {
    const { data, shape } = x;
    const to = out;
    const paddings = attrs.paddings as readonly number[];
    const strides = stridesOf(to.shape);
    const start = strides.reduce((n, s, i) => n + s * paddings[2 * i], 0);
    to.data.fill(cellOf(attrs.value as number, to.dtype));
    eachStrided(shape, [strides], [start], (i, at) => {
      to.data[at[0]] = data[i];
    });
  },
  grad: [
    (s) => {
      const paddings = s.attrs.paddings as readonly number[];
      return s.f.op("slice", [s.dy], { begin: s.shape(0).map((_, i) => paddings[2 * i]), size: s.shape(0) });
    },
  ],
  batch: prefixed({ paddings: [0, 0] }),
  samples: () =>
    moveSamples([
      { shape: [2, 2], attrs: { paddings: [1, 0, 0, 2], value: 0 } },
      { shape: [3], attrs: { paddings: [2, 1], value: 1 } },
      { shape: [0, 2], attrs: { paddings: [1, 1, 0, 0], value: 0 } },
      { shape: [], attrs: { paddings: [], value: 0 } },
    ]),
  errors: [
    { name: "pairs", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [2, 2] }], attrs: { paddings: [1, 1], value: 0 } },
    { name: "negative", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [2] }], attrs: { paddings: [-1, 0], value: 0 } },
  ],
});
