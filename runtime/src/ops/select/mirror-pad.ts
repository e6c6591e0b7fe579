/** Padding with what lies inside, mirrored at the edges. */

import { ShapeError } from "../../core/errors.ts";
import { type Shape, showDim, showShape, stridesOf } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { prefixed } from "../batch.ts";
import type { GradSite } from "../grad.ts";
import { ANY, lengths, plusDim } from "../infer.ts";
import { eachStrided } from "../loops.ts";
import { defineOp } from "../op.ts";
import { padTo } from "../placing-back.ts";
import { moveSamples } from "../samples.ts";

/** What came from a margin is turned around and added where it was taken, axis by axis. */
function folded(s: GradSite): Tensor {
  const { f } = s;
  const shape = s.shape(0);
  const { paddings, edge } = s.attrs as { paddings: Shape; edge: boolean };
  let dx = s.dy;
  for (const [axis, n] of shape.entries()) {
    const [before, after] = [paddings[2 * axis], paddings[2 * axis + 1]];
    if (before + after === 0) continue;
    const to = dx.shape.with(axis, n);
    const part = (from: number, length: number) =>
      f.op("slice", [dx], { begin: to.map((_, i) => (i === axis ? from : 0)), size: to.with(axis, length) });
    const margin = (from: number, length: number, place: number) =>
      padTo(
        f,
        f.op("reverse", [part(from, length)], { axes: [axis] }),
        to.map((_, i) => (i === axis ? place : 0)),
        to,
      );
    const skip = edge ? 0 : 1;
    let sum = part(before, n);
    if (before > 0) sum = f.add(sum, margin(0, before, skip));
    if (after > 0) sum = f.add(sum, margin(before + n, after, n - after - skip));
    dx = sum;
  }
  return dx;
}

export const mirrorPad = defineOp({
  name: "mirrorPad",
  arity: 1,
  dtypes: ANY,
  promote: "none",
  flags: ["pure", "movement"],
  attrs: { paddings: "ints", edge: "bool" },
  doc: "Adds paddings[2i] elements before and paddings[2i+1] after axis i, mirrored: with edge the outermost element comes again (symmetric), without it does not (reflect). A margin is no longer than what it mirrors.",
  infer: ([x], attrs, name) => {
    const { dtype, shape } = x;
    const { paddings, edge } = attrs as { paddings: Shape; edge: boolean };
    if (paddings.length !== 2 * shape.length) {
      throw new ShapeError(`${name}: ${paddings.length / 2} pairs of paddings for shape ${showShape(shape)} of rank ${shape.length}.`);
    }
    lengths(name, "paddings", paddings);
    for (const [i, d] of shape.entries()) {
      const most = typeof d === "number" ? (edge ? d : Math.max(d - 1, 0)) : Infinity;
      const widest = Math.max(paddings[2 * i], paddings[2 * i + 1]);
      if (widest > most) {
        throw new ShapeError(`${name}: padding ${widest} of axis ${i} is over ${most}, all there is to mirror in length ${showDim(d)}.`);
      }
    }
    return [{ dtype, shape: shape.map((d, i) => plusDim(d, paddings[2 * i] + paddings[2 * i + 1])) }];
  },
  reference: ([x], [out], attrs) => {
    const { paddings, edge } = attrs as { paddings: Shape; edge: boolean };
    const own = stridesOf(x.shape);
    const sizes = stridesOf(out.shape);
    eachStrided(out.shape, [], [], (i) => {
      let from = 0;
      let rest = i;
      for (const [axis, n] of x.shape.entries()) {
        let t = Math.floor(rest / sizes[axis]) - paddings[2 * axis];
        rest %= sizes[axis];
        if (t < 0) t = edge ? -1 - t : -t;
        else if (t >= n) t = 2 * n - t - (edge ? 1 : 2);
        from += t * own[axis];
      }
      out.data[i] = x.data[from];
    });
  },
  grad: [folded],
  batch: prefixed({ paddings: [0, 0] }),
  samples: () =>
    moveSamples([
      { shape: [4], attrs: { paddings: [2, 3], edge: false } },
      { shape: [3], attrs: { paddings: [3, 1], edge: true } },
      { shape: [2, 3], attrs: { paddings: [1, 0, 2, 1], edge: false } },
      { shape: [2, 3, 2], attrs: { paddings: [2, 1, 0, 0, 1, 2], edge: true } },
      { shape: [0, 2], attrs: { paddings: [0, 0, 1, 1], edge: true } },
      { shape: [], attrs: { paddings: [], edge: false } },
    ]),
  errors: [
    { name: "too wide to reflect", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [3] }], attrs: { paddings: [3, 0], edge: false } },
    { name: "too wide", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [3] }], attrs: { paddings: [0, 4], edge: true } },
    { name: "empty", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [0] }], attrs: { paddings: [0, 1], edge: true } },
    { name: "pairs", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [2, 2] }], attrs: { paddings: [1, 1], edge: true } },
    { name: "negative", code: "E_SHAPE", inputs: [{ dtype: "float32", shape: [2] }], attrs: { paddings: [-1, 0], edge: true } },
  ],
});
