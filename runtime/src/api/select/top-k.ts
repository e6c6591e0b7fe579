/** The largest elements of rows. */
import { ArgumentError, ShapeError } from "../../core/errors.ts";
import { mayBeSameShape, showShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { apply } from "../../dispatch/dispatch.ts";
import { tidied, tidy } from "../../eager/scope.ts";
import * as ops from "../../ops/index.ts";
import { checkInt, type TensorLike, toTensor } from "../convert.ts";
import { equal } from "../elementwise.ts";
import { promised } from "../indices.ts";
import { any } from "../reduce.ts";
import { dimsOf, expandDims } from "../shape.ts";

/**
 * The k largest elements along the last axis and their int32 indices, the largest first, whatever `sorted` says. Of equal elements
 * the one with the smaller index comes first; NaN is larger than all others. E_SHAPE for scalars and for k beyond the axis.
 */
export const topk = tidied("topk", (x: TensorLike, k = 1, sorted = true): { values: Tensor; indices: Tensor } => {
  if (typeof sorted !== "boolean") throw new ArgumentError(`topk: sorted must be a boolean.`);
  const [values, indices] = apply(ops.topk, [toTensor(x, "topk")], { k: checkInt(k, "topk: k", 0) });
  return { values, indices };
});

/**
 * Whether targets are among the k largest predictions: predictions [...S, classes], targets [...S] → bool [...S]. Of equal predictions
 * those of smaller index come first.
 */
export const inTopK = tidied("inTopK", (predictions: TensorLike, targets: TensorLike, k = 1): Tensor => {
  return inTop("inTopK", predictions, targets, k);
});

/** `inTopK` by a promise, as TensorFlow.js has it. */
export function inTopKAsync(predictions: TensorLike, targets: TensorLike, k = 1): Promise<Tensor> {
  return promised(() => inTop("inTopKAsync", predictions, targets, k));
}

function inTop(fn: string, predictions: TensorLike, targets: TensorLike, k: number): Tensor {
  return tidy(() => {
    const scores = toTensor(predictions, fn, "predictions");
    const wanted = toTensor(targets, fn, "targets");
    const dims = dimsOf(scores);
    if (dims.length < 2) throw new ShapeError(`${fn}: predictions have shape ${showShape(dims)}, but must have rank 2 or more.`);
    if (!mayBeSameShape(dimsOf(wanted), dims.slice(0, -1))) {
      throw new ShapeError(`${fn}: targets ${showShape(dimsOf(wanted))} do not fit predictions ${showShape(dims)}.`, {
        hint: "There is one target for each row of predictions.",
      });
    }
    const classes = dims[dims.length - 1];
    if (typeof classes === "number" && checkInt(k, `${fn}: k`, 1) > classes) {
      throw new ShapeError(`${fn}: k is ${k}, but predictions ${showShape(dims)} are of ${classes} classes.`);
    }
    const { indices } = topk(scores, k);
    return any(equal(indices, expandDims(wanted, -1)), -1);
  });
}
