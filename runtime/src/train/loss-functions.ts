/**
 * Keras's losses, one value per sample: (yTrue, yPred, options) → losses over all axes but the last. What models minimise, and what
 * `gf.losses` offers under these names with weights and a reduction (loss-registry.ts).
 *
 * yTrue has yPred's shape and dtype. Probabilities are kept away from 0 and 1 by EPSILON before a logarithm is taken, as in Keras.
 * Source: the formulas of Keras 3; checked against it.
 */
import * as el from "../api/elementwise.ts";
import { all, max, mean, sum } from "../api/reduce.ts";
import { logSoftmax, softmax } from "../api/softmax.ts";
import { normalizeAxis } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { crossEntropyWithLogits } from "./losses.ts";

export const EPSILON = 1e-7;

export interface LossOptions {
  /** Predictions are logits: before sigmoid or softmax. Default false. */
  readonly fromLogits?: boolean;
  /** Share of the uniform distribution mixed into the labels, 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
  /** Axis of classes, or of vectors. Default −1. */
  readonly axis?: number;
  /** Where `huber` turns from quadratic to linear. Default 1. */
  readonly delta?: number;
  /** Label whose samples count nothing (sparse categorical crossentropy). */
  readonly ignoreClass?: number;
  /** Exponent of focal losses. Default 2. */
  readonly gamma?: number;
  /** Balance of focal losses (default 0.25), weight of what is missed in `tversky` (default 0.5). */
  readonly alpha?: number;
  /** Weight of what is too much in `tversky`. Default 0.5. */
  readonly beta?: number;
  /** Whether `binaryFocalCrossentropy` weighs classes by alpha. Default false. */
  readonly applyClassBalancing?: boolean;
}

export type LossFunction = (yTrue: Tensor, yPred: Tensor, options?: LossOptions) => Tensor;

function probability(p: Tensor): Tensor {
  return el.clipByValue(p, EPSILON, 1 - EPSILON);
}

export const meanSquaredError: LossFunction = (y, p) => mean(el.squaredDifference(p, y), -1);

export const meanAbsoluteError: LossFunction = (y, p) => mean(el.abs(el.sub(p, y)), -1);

/** In percent of the true value. */
export const meanAbsolutePercentageError: LossFunction = (y, p) =>
  el.mul(100, mean(el.abs(el.realDiv(el.sub(y, p), el.maximum(el.abs(y), EPSILON))), -1));

export const meanSquaredLogarithmicError: LossFunction = (y, p) => {
  const logOf = (x: Tensor): Tensor => el.log(el.add(el.maximum(x, EPSILON), 1));
  return mean(el.squaredDifference(logOf(p), logOf(y)), -1);
};

/** ln 2 as float32, as Keras has it for float64 too. */
const LN2 = Math.fround(Math.LN2);

/** ln cosh of the error: quadratic for small errors, linear for large ones, without overflow. */
export const logcosh: LossFunction = (y, p) => {
  const error = el.sub(p, y);
  return mean(el.sub(el.add(error, el.softplus(el.mul(-2, error))), LN2), -1);
};

export const huber: LossFunction = (y, p, { delta = 1 } = {}) => {
  const error = el.abs(el.sub(p, y));
  const quadratic = el.minimum(error, delta);
  return mean(el.add(el.mul(0.5, el.square(quadratic)), el.mul(delta, el.sub(error, quadratic))), -1);
};

/** Labels of −1 and 1; labels of 0 and 1 are taken as such. */
function signed(y: Tensor): Tensor {
  const binary = all(el.logicalOr(el.equal(y, 0), el.equal(y, 1)));
  return el.where(binary, el.sub(el.mul(2, y), 1), y);
}

export const hinge: LossFunction = (y, p) => mean(el.relu(el.sub(1, el.mul(signed(y), p))), -1);

export const squaredHinge: LossFunction = (y, p) => mean(el.square(el.relu(el.sub(1, el.mul(signed(y), p)))), -1);

export const categoricalHinge: LossFunction = (y, p) => {
  const right = sum(el.mul(y, p), -1);
  const wrong = max(el.mul(el.sub(1, y), p), -1);
  return el.relu(el.add(el.sub(wrong, right), 1));
};

export const kullbackLeiblerDivergence: LossFunction = (y, p) => {
  const [from, to] = [el.clipByValue(y, EPSILON, 1), el.clipByValue(p, EPSILON, 1)];
  return sum(el.mul(from, el.log(el.realDiv(from, to))), -1);
};

export const poisson: LossFunction = (y, p) => mean(el.sub(p, el.mul(y, el.log(el.add(p, EPSILON)))), -1);

/** x / |x| along an axis; zero vectors stay zero. */
function unit(x: Tensor, axis: number): Tensor {
  return el.mul(x, el.rsqrt(el.maximum(sum(el.square(x), axis, true), EPSILON * EPSILON)));
}

/** −cos of the angle between two vectors: −1 where they point the same way. */
export const cosineProximity: LossFunction = (y, p, { axis = -1 } = {}) => el.neg(sum(el.mul(unit(y, axis), unit(p, axis)), axis));

/** Cross-entropy per element, of labels in [0, 1] with probabilities or logits. */
function binaryEntropy(y: Tensor, p: Tensor, fromLogits: boolean): Tensor {
  if (fromLogits) return crossEntropyWithLogits(y, p);
  const q = probability(p);
  return el.neg(el.add(el.mul(y, el.log(q)), el.mul(el.sub(1, y), el.log(el.sub(1, q)))));
}

function smoothed(y: Tensor, labelSmoothing: number, classes: number): Tensor {
  return labelSmoothing > 0 ? el.add(el.mul(y, 1 - labelSmoothing), labelSmoothing / classes) : y;
}

export const binaryCrossentropy: LossFunction = (y, p, { fromLogits = false, labelSmoothing = 0 } = {}) =>
  mean(binaryEntropy(smoothed(y, labelSmoothing, 2), p, fromLogits), -1);

export const binaryFocalCrossentropy: LossFunction = (y, p, options = {}) => {
  const { fromLogits = false, labelSmoothing = 0, gamma = 2, alpha = 0.25, applyClassBalancing = false } = options;
  const labels = smoothed(y, labelSmoothing, 2);
  const yes = fromLogits ? el.sigmoid(p) : p;
  const both = (a: Tensor | number, b: Tensor | number): Tensor => el.add(el.mul(labels, a), el.mul(el.sub(1, labels), b));
  const focal = el.mul(el.pow(el.sub(1, both(yes, el.sub(1, yes))), gamma), binaryEntropy(labels, p, fromLogits));
  return mean(applyClassBalancing ? el.mul(both(alpha, 1 - alpha), focal) : focal, -1);
};

/** Logarithms of the probabilities of classes. */
function logProbabilities(p: Tensor, fromLogits: boolean, axis: number): Tensor {
  if (fromLogits) return logSoftmax(p, axis);
  return el.log(probability(el.realDiv(p, sum(p, axis, true))));
}

export const categoricalCrossentropy: LossFunction = (y, p, { fromLogits = false, labelSmoothing = 0, axis = -1 } = {}) => {
  const classes = p.shape[normalizeAxis(axis, p.rank)];
  return el.neg(sum(el.mul(smoothed(y, labelSmoothing, classes), logProbabilities(p, fromLogits, axis)), axis));
};

export const categoricalFocalCrossentropy: LossFunction = (y, p, options = {}) => {
  const { fromLogits = false, labelSmoothing = 0, axis = -1, gamma = 2, alpha = 0.25 } = options;
  const labels = smoothed(y, labelSmoothing, p.shape[normalizeAxis(axis, p.rank)]);
  const probabilities = fromLogits ? softmax(p, axis) : p;
  const q = probability(el.realDiv(probabilities, sum(probabilities, axis, true)));
  const weight = el.mul(el.pow(el.sub(1, q), gamma), alpha);
  return sum(el.mul(weight, el.neg(el.mul(labels, el.log(q)))), axis);
};

/** 1 − the share of the overlap in both, over the whole batch: a scalar. */
export const dice: LossFunction = (y, p) => {
  const overlap = sum(el.mul(y, p));
  return el.sub(1, el.realDiv(el.mul(2, overlap), el.add(el.add(sum(y), sum(p)), EPSILON)));
};

/** Dice with weights for what is missed (alpha) and what is too much (beta), over the whole batch: a scalar. */
export const tversky: LossFunction = (y, p, { alpha = 0.5, beta = 0.5 } = {}) => {
  const overlap = sum(el.mul(y, p));
  const [extra, missed] = [sum(el.mul(el.sub(1, y), p)), sum(el.mul(y, el.sub(1, p)))];
  const all = el.add(overlap, el.add(el.mul(alpha, missed), el.mul(beta, extra)));
  return el.sub(1, el.realDiv(overlap, el.add(all, EPSILON)));
};
