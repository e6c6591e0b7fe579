/**
 * Losses by name: what `compile({ loss: "…" })` and `gf.losses` know. A loss given by name has its labels checked against the
 * predictions first: E_SHAPE with both shapes, so that nothing is broadcast by accident.
 */
import { describe, type TensorLike, toTensor } from "../api/convert.ts";
import { cast, divNoNan, mul, notEqual } from "../api/elementwise.ts";
import { sum } from "../api/reduce.ts";
import { expandDims, reshape, squeeze } from "../api/shape.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { dimsBehind, sameShape, showShape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import type { LossFunction, LossOptions } from "./loss-functions.ts";
import * as functions from "./loss-functions.ts";
import { computeWeightedLoss, Reduction } from "./reduction.ts";
import { sparseCategoricalCrossentropy } from "./sparse.ts";

const { EPSILON: _, ...dense } = functions;

/** TensorFlow.js's names. */
export type LossName = keyof typeof dense | "sparseCategoricalCrossentropy";

/** By name. */
export const LOSSES: Readonly<Record<string, LossFunction>> = { ...dense, sparseCategoricalCrossentropy };

const ALIASES: Readonly<Record<string, string>> = {
  mse: "meanSquaredError",
  mae: "meanAbsoluteError",
  mape: "meanAbsolutePercentageError",
  msle: "meanSquaredLogarithmicError",
  bce: "binaryCrossentropy",
  kld: "kullbackLeiblerDivergence",
  klDivergence: "kullbackLeiblerDivergence",
  logCosh: "logcosh",
  huberLoss: "huber",
  cosine: "cosineProximity",
  cosineSimilarity: "cosineProximity",
};

/** `mean_squared_error`, `MSE` and `meanSquaredError` name the same loss. */
export function canonicalName(name: string): string {
  const camel = name.includes("_") ? name.toLowerCase().replace(/_+(\w)/g, (_match, letter: string) => letter.toUpperCase()) : name;
  const lower = camel.charAt(0).toLowerCase() + camel.slice(1);
  return ALIASES[camel.toLowerCase()] ?? ALIASES[lower] ?? lower;
}

/** A loss by name. E_ARGUMENT with the known names. */
export function lossNamed(name: string): LossFunction {
  const found = canonicalName(name);
  if (Object.hasOwn(LOSSES, found)) return LOSSES[found];
  throw new ArgumentError(`There is no loss named ${describe(name)}.`, { hint: `Known losses: ${Object.keys(LOSSES).join(", ")}.` });
}

/** yTrue in the shape and dtype of yPred, where one of them has a last axis of length 1 more. E_SHAPE otherwise. */
export function alignLabels(yTrue: Tensor, yPred: Tensor, what: string): Tensor {
  let y = yTrue;
  if (y.rank === yPred.rank - 1 && yPred.shape[y.rank] === 1) y = expandDims(y, -1);
  else if (y.rank === yPred.rank + 1 && y.shape[yPred.rank] === 1) y = squeeze(y, [-1]);
  if (!sameShape(dimsBehind(y.shape), dimsBehind(yPred.shape))) {
    throw new ShapeError(`${what}: the labels have shape ${showShape(yTrue.shape)}, but the predictions ${showShape(yPred.shape)}.`, {
      hint: what.startsWith("categorical")
        ? "Labels must be one-hot; for class numbers use sparseCategoricalCrossentropy."
        : "Labels must have the shape of the model's output.",
    });
  }
  return y.dtype === yPred.dtype ? y : cast(y, yPred.dtype);
}

const NUMBERS = ["labelSmoothing", "axis", "delta", "ignoreClass", "gamma", "alpha", "beta"] as const;

function checkOptions(name: string, options: unknown): void {
  if (options === undefined) return;
  if (!isOptions(options)) throw new ArgumentError(`${name}: options must be an object, but are ${describe(options)}.`);
  for (const key of NUMBERS) {
    const value: unknown = options[key];
    if (value === undefined || (typeof value === "number" && Number.isFinite(value))) continue;
    throw new ArgumentError(`${name}: ${key} must be a finite number, but is ${describe(value)}.`);
  }
}

/** Losses per sample, labels checked. */
export function evaluateLoss(name: string, loss: LossFunction, yTrue: Tensor, yPred: Tensor, options?: LossOptions): Tensor {
  checkOptions(name, options);
  return loss(loss === sparseCategoricalCrossentropy ? yTrue : alignLabels(yTrue, yPred, name), yPred, options);
}

export interface ReducedLossOptions extends LossOptions {
  readonly weights?: TensorLike | null;
  readonly reduction?: Reduction;
}

/**
 * A loss as `gf.losses` offers it: weights per sample, or options with `weights` and `reduction` among them, as third argument.
 * Without a reduction the losses are averaged (SUM_BY_NONZERO_WEIGHTS).
 */
export type ReducedLoss = (
  labels: TensorLike,
  predictions: TensorLike,
  weightsOrOptions?: TensorLike | ReducedLossOptions | null,
  options?: ReducedLossOptions,
) => Tensor;

function isOptions(x: unknown): x is ReducedLossOptions {
  return typeof x === "object" && x !== null && !isTensor(x) && !Array.isArray(x) && !ArrayBuffer.isView(x);
}

/** Weights that leave out the ignored samples, of averages too. */
function withoutIgnored(y: Tensor, ignoreClass: number, losses: Tensor, weights: TensorLike | null | undefined, how: Reduction): Tensor {
  const counts = cast(notEqual(reshape(y, losses.shape), ignoreClass), losses.dtype);
  const share = how === Reduction.SUM_OVER_BATCH_SIZE ? divNoNan(losses.size, sum(counts)) : 1;
  return mul(mul(counts, share), weights ?? 1);
}

export function reducedLoss(name: string): ReducedLoss {
  const loss = LOSSES[name];
  return (labels, predictions, third, fourth) => {
    const options = isOptions(third) ? third : (fourth ?? {});
    const weights = isOptions(third) ? third.weights : third;
    const [y, p] = [toTensor(labels, name, "labels"), toTensor(predictions, name, "predictions")];
    const each = evaluateLoss(name, loss, y, p, options);
    const { reduction = Reduction.SUM_BY_NONZERO_WEIGHTS, ignoreClass } = options;
    const counted = ignoreClass === undefined ? weights : withoutIgnored(y, ignoreClass, each, weights, reduction);
    return computeWeightedLoss(each, counted, reduction);
  };
}
