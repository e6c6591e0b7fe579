/**
 * Gradients of ops that pick elements: each element of `dy` goes back to where it came from. Written with padding, reshapes and
 * segment sums, so that they are linear and differentiable again.
 */

import { normalizeAxis, type Shape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Builder, GradSite } from "./grad.ts";

const count = (dims: Shape): number => dims.reduce((a, b) => a * b, 1);

/** `x` as [outer, shape[axis], inner]. */
function around(f: Builder, x: Tensor, axis: number): Tensor {
  return f.reshape(x, [count(x.shape.slice(0, axis)), x.shape[axis], count(x.shape.slice(axis + 1))]);
}

/** `dy` among zeros: element i of an axis at begin + i of `shape`. */
export function padTo(f: Builder, dy: Tensor, begin: Shape, shape: Shape): Tensor {
  const paddings = shape.flatMap((d, i) => [begin[i], d - begin[i] - dy.shape[i]]);
  return paddings.every((n) => n === 0) ? dy : f.op("pad", [dy], { paddings, value: 0 });
}

/** Gradient of stridedSlice: element i of an axis at begin + i · stride. */
export function spreadOut(s: GradSite): Tensor {
  const { f } = s;
  const shape = s.shape(0);
  const { begin, size, strides } = s.attrs as { begin: Shape; size: Shape; strides: Shape };
  if (size.includes(0)) return f.zeros(s.type(0));
  const backwards = strides.flatMap((stride, i) => (stride < 0 ? [i] : []));
  let dx = backwards.length === 0 ? s.dy : f.op("reverse", [s.dy], { axes: backwards });
  for (const [axis, n] of size.entries()) {
    const step = Math.abs(strides[axis]);
    if (step === 1) continue;
    // Zeros after each element; those after the last one go.
    const dims = dx.shape;
    const [outer, , inner] = around(f, dx, axis).shape;
    const cells = f.op("pad", [f.reshape(dx, [outer, n, 1, inner])], { paddings: [0, 0, 0, 0, 0, step - 1, 0, 0], value: 0 });
    const length = (n - 1) * step + 1;
    const line = f.op("slice", [f.reshape(cells, [outer, n * step, inner])], { begin: [0, 0, 0], size: [outer, length, inner] });
    dx = f.reshape(line, dims.with(axis, length));
  }
  const first = begin.map((b, i) => (strides[i] < 0 ? b + (size[i] - 1) * strides[i] : b));
  return padTo(f, dx, first, shape);
}

/** Gradient of tile: the sum over all copies. */
export function sumOfCopies(s: GradSite): Tensor {
  const { f } = s;
  const reps = s.attrs.reps as Shape;
  if (reps.includes(0)) return f.zeros(s.type(0));
  let dx = s.dy;
  for (const [axis, n] of reps.entries()) {
    if (n === 1) continue;
    const length = s.shape(0)[axis];
    const dims = dx.shape.with(axis, length);
    const [outer, , inner] = around(f, dx, axis).shape;
    dx = f.reshape(f.sum(f.reshape(dx, [outer, n, length, inner]), [1]), dims);
  }
  return dx;
}

/**
 * Gradient of gather: the sum of all slices that were picked from one place. x [...B, ...O, N, ...I], indices [...B, ...P],
 * dy [...B, ...O, ...P, ...I], where B are the batch axes.
 */
export function gathered(s: GradSite): Tensor {
  const { f, dy } = s;
  const [shape, picks] = [s.shape(0), s.shape(1)];
  const axis = normalizeAxis(s.attrs.axis as number, shape.length);
  const batch = s.attrs.batchDims as number;
  const [n, batches] = [shape[axis], count(shape.slice(0, batch))];
  if (count(dy.shape) === 0) return f.zeros(s.type(0));
  const [outer, inner] = [count(shape.slice(batch, axis)), count(shape.slice(axis + 1))];
  const perBatch = count(picks.slice(batch));
  // Slices to the front, next to their batches: [B · P, O, I].
  const slices = f.transpose(f.reshape(dy, [batches, outer, perBatch, inner]), [0, 2, 1, 3]);
  let ids = f.reshape(s.b, [batches * perBatch]);
  if (batches > 1) {
    // Each batch has N segments of its own.
    const starts = f.op("cumsum", [f.fill(n, "int32", [batches, 1])], { axis: 0, exclusive: true, reverse: false });
    ids = f.reshape(f.add(f.reshape(ids, [batches, perBatch]), starts), [batches * perBatch]);
  }
  const sums = f.op("segmentSum", [f.reshape(slices, [batches * perBatch, outer, inner]), ids], { count: batches * n });
  return f.reshape(f.transpose(f.reshape(sums, [batches, n, outer, inner]), [0, 2, 1, 3]), shape);
}
