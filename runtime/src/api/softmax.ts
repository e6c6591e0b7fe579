/**
 * softmax, its logarithm, ln Σ eˣ. Kernels run over the last axis; any other is brought there and back.
 * x is floating; integers are lifted to float32. E_AXIS for an axis that is not there, a scalar's included.
 */

import { normalizeAxes, normalizeAxis } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import { tidied } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import type { Attrs, OpRecord } from "../ops/op.ts";
import { type TensorLike, toTensor } from "./convert.ts";
import { realDiv } from "./elementwise.ts";
import type { Axis } from "./reduce.ts";
import { transpose } from "./shape.ts";

/** Axes 0..rank−1 with `axis` and the last one exchanged: its own inverse. */
function exchange(axis: number, rank: number): number[] {
  const perm = Array.from({ length: rank }, (_, i) => i);
  perm[axis] = rank - 1;
  perm[rank - 1] = axis;
  return perm;
}

/** An op over the last axis that keeps it, along another. */
function along(op: OpRecord, x: Tensor, axis: number, attrs?: Attrs): Tensor {
  if (axis === x.rank - 1) return apply1(op, [x], attrs);
  const perm = exchange(axis, x.rank);
  return transpose(apply1(op, [transpose(x, perm)], attrs), perm);
}

/**
 * eˣ / Σ eˣ along an axis (the last one by default), without overflow: x [...S] → [...S], each line adds up to 1.
 * NaN in a line makes all of it NaN; so does a largest element of ±Infinity.
 */
export const softmax = tidied("softmax", (x: TensorLike, dim = -1): Tensor => {
  const input = toTensor(x, "softmax");
  return along(ops.softmax, input, normalizeAxis(dim, input.rank, "softmax: dim"));
});

/** ln softmax(x) along an axis, exact where softmax itself is 0. */
export const logSoftmax = tidied("logSoftmax", (x: TensorLike, axis = -1): Tensor => {
  const input = toTensor(x, "logSoftmax");
  return along(ops.logSoftmax, input, normalizeAxis(axis, input.rank, "logSoftmax: axis"));
});

/**
 * ln Σ eˣ over one axis, several, or all when missing, without overflow; −Infinity for no elements. `keepDims` leaves reduced
 * axes as length 1.
 */
export const logSumExp = tidied("logSumExp", (x: TensorLike, axis?: Axis, keepDims = false): Tensor => {
  let result = toTensor(x, "logSumExp");
  const axes = normalizeAxes(axis, result.rank);
  // ln e^x = x, of a floating dtype.
  if (axes.length === 0) return realDiv(result, 1);
  // Axis by axis from the last: ln Σ Σ eˣ is ln Σ e^(ln Σ eˣ). Those before keep their places.
  for (const at of [...axes].reverse()) {
    if (keepDims) {
      result = along(ops.logSumExp, result, at, { keepDims });
    } else {
      // This axis comes to the end, the others stay in order.
      const others = Array.from({ length: result.rank }, (_, i) => i).filter((i) => i !== at);
      result = apply1(ops.logSumExp, [at === result.rank - 1 ? result : transpose(result, [...others, at])], { keepDims });
    }
  }
  return result;
});
