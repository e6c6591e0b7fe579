/**
 * `gf.losses`, TensorFlow.js's part: (labels, predictions, weights?, …, reduction?). Labels and predictions have one shape; the loss
 * is a scalar unless the reduction is NONE. All are differentiable with respect to predictions and labels.
 * Errors   E_SHAPE where shapes differ or weights do not broadcast.
 */
import { describe, type TensorLike, toTensor } from "../api/convert.ts";
import { abs, add, exp, log, log1p, minimum, mul, neg, relu, square, squaredDifference, sub } from "../api/elementwise.ts";
import { sum } from "../api/reduce.ts";
import { logSoftmax } from "../api/softmax.ts";
import { ArgumentError } from "../core/errors.ts";
import { normalizeAxis } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { tidy } from "../eager/scope.ts";
import { checkSameShape, computeWeightedLoss, type Reduction } from "./reduction.ts";

type Weights = TensorLike | null;

function pair(labels: TensorLike, predictions: TensorLike, fn: string, names?: readonly [string, string]): [Tensor, Tensor] {
  const both: [Tensor, Tensor] = [toTensor(labels, fn, names?.[0] ?? "labels"), toTensor(predictions, fn, names?.[1] ?? "predictions")];
  checkSameShape(both[0], both[1], fn, names);
  return both;
}

/** |labels − predictions|. */
export function absoluteDifference(labels: TensorLike, predictions: TensorLike, weights?: Weights, reduction?: Reduction): Tensor {
  return tidy(() => {
    const [y, p] = pair(labels, predictions, "absoluteDifference");
    return computeWeightedLoss(abs(sub(y, p)), weights, reduction);
  });
}

/** (labels − predictions)². */
export function meanSquaredError(labels: TensorLike, predictions: TensorLike, weights?: Weights, reduction?: Reduction): Tensor {
  return tidy(() => {
    const [y, p] = pair(labels, predictions, "meanSquaredError");
    return computeWeightedLoss(squaredDifference(y, p), weights, reduction);
  });
}

/** 1 − Σ labels · predictions along an axis, for vectors of length 1. The axis stays, with length 1. */
export function cosineDistance(
  labels: TensorLike,
  predictions: TensorLike,
  axis: number,
  weights?: Weights,
  reduction?: Reduction,
): Tensor {
  return tidy(() => {
    const [y, p] = pair(labels, predictions, "cosineDistance");
    return computeWeightedLoss(sub(1, sum(mul(y, p), normalizeAxis(axis, y.rank, "cosineDistance: axis"), true)), weights, reduction);
  });
}

/** max(0, 1 − (2 · labels − 1) · predictions), for labels of 0 and 1. */
export function hingeLoss(labels: TensorLike, predictions: TensorLike, weights?: Weights, reduction?: Reduction): Tensor {
  return tidy(() => {
    const [y, p] = pair(labels, predictions, "hingeLoss");
    return computeWeightedLoss(relu(sub(1, mul(sub(mul(2, y), 1), p))), weights, reduction);
  });
}

/** ½ e² for an error |e| ≤ delta, else delta · (|e| − ½ delta). */
export function huberLoss(labels: TensorLike, predictions: TensorLike, weights?: Weights, delta = 1, reduction?: Reduction): Tensor {
  return tidy(() => {
    const [y, p] = pair(labels, predictions, "huberLoss");
    const error = abs(sub(p, y));
    const quadratic = minimum(error, delta);
    const linear = sub(error, quadratic);
    return computeWeightedLoss(add(mul(0.5, square(quadratic)), mul(delta, linear)), weights, reduction);
  });
}

/** −labels · ln(predictions + epsilon) − (1 − labels) · ln(1 − predictions + epsilon), for predictions that are probabilities. */
export function logLoss(labels: TensorLike, predictions: TensorLike, weights?: Weights, epsilon = 1e-7, reduction?: Reduction): Tensor {
  return tidy(() => {
    const [y, p] = pair(labels, predictions, "logLoss");
    const yes = mul(y, log(add(p, epsilon)));
    const no = mul(sub(1, y), log(add(sub(1, p), epsilon)));
    return computeWeightedLoss(neg(add(yes, no)), weights, reduction);
  });
}

/** Cross-entropy of independent yes/no labels with sigmoid(logits), without overflow. */
export function crossEntropyWithLogits(labels: Tensor, logits: Tensor): Tensor {
  // max(x, 0) − x·y + ln(1 + e^−|x|)
  return add(sub(relu(logits), mul(logits, labels)), log1p(exp(neg(abs(logits)))));
}

function share(fn: string, labelSmoothing: unknown): number {
  if (typeof labelSmoothing === "number" && Number.isFinite(labelSmoothing)) return labelSmoothing;
  throw new ArgumentError(`${fn}: labelSmoothing must be a finite number, but is ${describe(labelSmoothing)}.`);
}

/**
 * Cross-entropy of yes/no labels with sigmoid(logits). Smoothing pulls labels towards ½.
 * Shapes   labels, logits [...S].
 */
export function sigmoidCrossEntropy(
  multiClassLabels: TensorLike,
  logits: TensorLike,
  weights?: Weights,
  labelSmoothing = 0,
  reduction?: Reduction,
): Tensor {
  return tidy(() => {
    const [y, x] = pair(multiClassLabels, logits, "sigmoidCrossEntropy", ["multiClassLabels", "logits"]);
    const smooth = share("sigmoidCrossEntropy", labelSmoothing) > 0 ? add(mul(y, 1 - labelSmoothing), 0.5 * labelSmoothing) : y;
    return computeWeightedLoss(crossEntropyWithLogits(smooth, x), weights, reduction);
  });
}

/**
 * Cross-entropy of label distributions with softmax(logits) over the last axis. Smoothing pulls labels towards 1 / N.
 * Shapes   onehotLabels, logits [...S, N] → a loss per row [...S] → reduced.
 */
export function softmaxCrossEntropy(
  onehotLabels: TensorLike,
  logits: TensorLike,
  weights?: Weights,
  labelSmoothing = 0,
  reduction?: Reduction,
): Tensor {
  return tidy(() => {
    const [y, x] = pair(onehotLabels, logits, "softmaxCrossEntropy", ["onehotLabels", "logits"]);
    const classes = x.shape[x.rank - 1];
    const smooth = share("softmaxCrossEntropy", labelSmoothing) > 0 ? add(mul(y, 1 - labelSmoothing), labelSmoothing / classes) : y;
    return computeWeightedLoss(neg(sum(mul(smooth, logSoftmax(x)), -1)), weights, reduction);
  });
}
