/** Non-maximum suppression by promise, under TensorFlow.js's names: the results of boxes.ts. */
import type { Tensor } from "../../core/tensor.ts";
import type { TensorLike } from "../convert.ts";
import { promised } from "../indices.ts";
import { nonMaxSuppression, nonMaxSuppressionPadded, nonMaxSuppressionWithScore, refuseSymbols } from "./boxes.ts";

/** `nonMaxSuppression` by promise. */
export function nonMaxSuppressionAsync(
  boxes: TensorLike,
  scores: TensorLike,
  maxOutputSize: number,
  iouThreshold = 0.5,
  scoreThreshold = Number.NEGATIVE_INFINITY,
): Promise<Tensor> {
  refuseSymbols("nonMaxSuppressionAsync", boxes, scores);
  return promised(() => nonMaxSuppression(boxes, scores, maxOutputSize, iouThreshold, scoreThreshold));
}

/** `nonMaxSuppressionWithScore` by promise. */
export function nonMaxSuppressionWithScoreAsync(
  boxes: TensorLike,
  scores: TensorLike,
  maxOutputSize: number,
  iouThreshold = 0.5,
  scoreThreshold = Number.NEGATIVE_INFINITY,
  softNmsSigma = 0,
): Promise<{ selectedIndices: Tensor; selectedScores: Tensor }> {
  refuseSymbols("nonMaxSuppressionWithScoreAsync", boxes, scores);
  return promised(() => nonMaxSuppressionWithScore(boxes, scores, maxOutputSize, iouThreshold, scoreThreshold, softNmsSigma));
}

/** `nonMaxSuppressionPadded` by promise. */
export function nonMaxSuppressionPaddedAsync(
  boxes: TensorLike,
  scores: TensorLike,
  maxOutputSize: number,
  iouThreshold = 0.5,
  scoreThreshold = Number.NEGATIVE_INFINITY,
  padToMaxOutputSize = false,
): Promise<{ selectedIndices: Tensor; validOutputs: Tensor }> {
  refuseSymbols("nonMaxSuppressionPaddedAsync", boxes, scores);
  return promised(() => nonMaxSuppressionPadded(boxes, scores, maxOutputSize, iouThreshold, scoreThreshold, padToMaxOutputSize));
}
