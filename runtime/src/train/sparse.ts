/**
 * Sparse categorical crossentropy: labels are the numbers of classes.
 * Shapes   yTrue [...S] or [...S, 1], yPred [...S, N] → [...S].
 * Errors   E_SHAPE where the shapes do not fit; E_INDEX for a label outside 0..N−1.
 */
import * as el from "../api/elementwise.ts";
import { dimsOf, reshape, shapeAttr } from "../api/shape.ts";
import { gather } from "../api/slice.ts";
import { logSoftmax } from "../api/softmax.ts";
import { isFloating } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { sameShape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import * as ops from "../ops/index.ts";
import { EPSILON, type LossFunction } from "./loss-functions.ts";

/** Labels in the shape of the predictions without their last axis. */
export function classLabels(yTrue: Tensor, yPred: Tensor, what: string): Tensor {
  const wanted = dimsOf(yPred).slice(0, -1);
  if (yPred.rank > 0 && sameShape(dimsOf(yTrue), wanted)) return yTrue;
  if (yPred.rank > 0 && sameShape(dimsOf(yTrue), [...wanted, 1])) return reshape(yTrue, shapeAttr(wanted, what));
  const oneHot = sameShape(yTrue.shape, yPred.shape);
  throw new ShapeError(
    `${what}: the labels have shape ${showShape(yTrue.shape)}, the predictions ${showShape(yPred.shape)}; the labels must be class numbers of shape ${showShape(wanted)}.`,
    { hint: oneHot ? "For one-hot labels use categoricalCrossentropy." : undefined },
  );
}

/** int32 class numbers; E_INDEX for fractions. */
export function classNumbers(labels: Tensor): Tensor {
  return isFloating(labels.dtype) ? apply1(ops.toIndex, [labels]) : el.cast(labels, "int32");
}

export const sparseCategoricalCrossentropy: LossFunction = (yTrue, yPred, { fromLogits = false, ignoreClass } = {}) => {
  const given = classNumbers(classLabels(yTrue, yPred, "sparseCategoricalCrossentropy"));
  const ignored = ignoreClass === undefined ? null : el.equal(given, ignoreClass);
  const labels = ignored === null ? given : el.where(ignored, 0, given);
  // Clipped probabilities need not add up to 1: they are taken as logits, as in TensorFlow.
  const logits = fromLogits ? yPred : el.log(el.clipByValue(yPred, EPSILON, 1 - EPSILON));
  const classes = yPred.shape[yPred.rank - 1];
  const rows = reshape(logSoftmax(logits), [-1, classes]);
  const picked = gather(rows, reshape(labels, [-1, 1]), 1, 1);
  const losses = el.neg(reshape(picked, labels.shape));
  return ignored === null ? losses : el.where(ignored, 0, losses);
};
