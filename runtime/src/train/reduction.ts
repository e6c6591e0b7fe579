/**
 * From losses per element to what a loss function returns: weights, then a reduction. Names and meaning are TensorFlow.js's; where
 * it would divide by zero (all weights are zero) the result is 0, as in TensorFlow.
 */
import { describe, type TensorLike, toTensor } from "../api/convert.ts";
import { onesLike } from "../api/create.ts";
import { cast, divNoNan, mul, notEqual } from "../api/elementwise.ts";
import { mean, sum } from "../api/reduce.ts";
import { dimsOf } from "../api/shape.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { broadcastDims, mayBeSameShape, sameShape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";

/** How losses become one: see computeWeightedLoss. */
export const Reduction = { NONE: 0, MEAN: 1, SUM: 2, SUM_BY_NONZERO_WEIGHTS: 3, SUM_OVER_BATCH_SIZE: 4 } as const;
export type Reduction = (typeof Reduction)[keyof typeof Reduction];

/**
 * Losses times weights, reduced: NONE as they are; SUM; MEAN divides the sum by the sum of the weights; SUM_BY_NONZERO_WEIGHTS (the
 * default) by the number of weights that are not zero; SUM_OVER_BATCH_SIZE by the number of losses.
 * Shapes   losses [...S], weights broadcast to S → [], or [...S] for NONE.
 * Errors   E_SHAPE for weights that do not broadcast to the losses; E_ARGUMENT for another reduction.
 */
export function computeWeightedLoss(
  losses: TensorLike,
  weights?: TensorLike | null,
  reduction: Reduction = Reduction.SUM_BY_NONZERO_WEIGHTS,
): Tensor {
  const values = toTensor(losses, "computeWeightedLoss", "losses");
  const given = weights === undefined || weights === null ? null : toTensor(weights, "computeWeightedLoss", "weights");
  if (given !== null) checkWeights(values, given);
  const weighted = given === null ? values : mul(values, given);
  // One weight per loss.
  const each = (): Tensor => mul(onesLike(values), given ?? 1);
  switch (reduction) {
    case Reduction.NONE:
      return weighted;
    case Reduction.SUM:
      return sum(weighted);
    case Reduction.SUM_OVER_BATCH_SIZE:
      return mean(weighted);
    case Reduction.MEAN:
      return given === null ? mean(values) : divNoNan(sum(weighted), sum(each()));
    case Reduction.SUM_BY_NONZERO_WEIGHTS:
      return given === null ? mean(values) : divNoNan(sum(weighted), sum(cast(notEqual(each(), 0), weighted.dtype)));
    default:
      throw new ArgumentError(`computeWeightedLoss: ${describe(reduction)} is not a reduction.`, {
        hint: `Use gf.Reduction: ${Object.keys(Reduction).join(", ")}.`,
      });
  }
}

function checkWeights(losses: Tensor, weights: Tensor): void {
  const [given, wanted] = [dimsOf(weights), dimsOf(losses)];
  const joint = broadcastDims(given, wanted);
  if (joint === null || !mayBeSameShape(joint, wanted)) {
    throw new ShapeError(`The weights have shape ${showShape(given)}, which does not broadcast to the losses ${showShape(wanted)}.`, {
      hint: "Give one weight per loss, or per row with axes of length 1.",
    });
  }
}

/** Throws E_SHAPE where labels and predictions are not of one shape. */
export function checkSameShape(
  labels: Tensor,
  predictions: Tensor,
  fn: string,
  names: readonly [string, string] = ["labels", "predictions"],
): void {
  const [given, wanted] = [dimsOf(labels), dimsOf(predictions)];
  if (sameShape(given, wanted)) return;
  throw new ShapeError(`${fn}: ${names[0]} have shape ${showShape(given)}, but ${names[1]} ${showShape(wanted)}.`, {
    hint: "Both must have the same shape.",
  });
}
