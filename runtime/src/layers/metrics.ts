/**
 * `gf.metrics`: TensorFlow.js's functions of labels and predictions, and Keras's classes that measure over many batches; and metrics by
 * name for `compile({ metrics })`.
 */

import { describe, type TensorLike, toTensor } from "../api/convert.ts";
import { fill } from "../api/create.ts";
import { cast, mul, square, squaredDifference } from "../api/elementwise.ts";
import { matMul } from "../api/linalg.ts";
import { sum } from "../api/reduce.ts";
import { reshape } from "../api/shape.ts";
import { oneHot } from "../api/slice.ts";
import { ArgumentError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { tidied } from "../eager/scope.ts";
import type { LossName } from "../train/loss-registry.ts";
import { alignLabels, canonicalName } from "../train/loss-registry.ts";
import { classNumbers } from "../train/sparse.ts";
import * as confusion from "./confusion.ts";
import { MeanMetric, Metric, type MetricFunction, ratio, spread, vector } from "./metric.ts";
import {
  binaryAccuracy,
  METRIC_FUNCTIONS,
  precision,
  recall,
  sparseTopKCategoricalAccuracy,
  topKCategoricalAccuracy,
} from "./metric-functions.ts";

/** √ of the mean squared error over all samples. */
class RootMeanSquaredError extends MeanMetric {
  constructor({ name = "rootMeanSquaredError" }: { readonly name?: string } = {}) {
    super(name, METRIC_FUNCTIONS.meanSquaredError, Math.sqrt);
  }
}

class BinaryAccuracy extends MeanMetric {
  constructor({ name = "binaryAccuracy", threshold = 0.5 }: { readonly name?: string; readonly threshold?: number } = {}) {
    super(name, (y, p) => binaryAccuracy(y, p, threshold));
  }
}

class TopKCategoricalAccuracy extends MeanMetric {
  constructor({ name = "topKCategoricalAccuracy", k = 5 }: { readonly name?: string; readonly k?: number } = {}) {
    super(name, (y, p) => topKCategoricalAccuracy(y, p, k));
  }
}

class SparseTopKCategoricalAccuracy extends MeanMetric {
  constructor({ name = "sparseTopKCategoricalAccuracy", k = 5 }: { readonly name?: string; readonly k?: number } = {}) {
    super(name, (y, p) => sparseTopKCategoricalAccuracy(y, p, k));
  }
}

/** Share of the variance that the predictions explain, averaged over outputs. */
class R2Score extends Metric {
  constructor({ name = "r2Score" }: { readonly name?: string } = {}) {
    super(name);
  }

  statistics(yTrue: Tensor, yPred: Tensor, weights: Tensor | null): Tensor {
    const y = cast(alignLabels(yTrue, yPred, this.name), "float64");
    const p = cast(yPred, "float64");
    const w = weights === null ? fill([y.shape[0], 1], 1, "float64") : reshape(spread(weights, 1), [-1, 1]);
    const rows = (x: Tensor): Tensor => sum(mul(reshape(x, [y.shape[0], -1]), w), 0);
    return vector([rows(y), rows(square(y)), rows(squaredDifference(y, p)), sum(w)]);
  }

  compute(sums: ArrayLike<number>): number {
    const outputs = (sums.length - 1) / 3;
    const count = sums[3 * outputs];
    let total = 0;
    for (let i = 0; i < outputs; i++) {
      const variation = sums[outputs + i] - (sums[i] * sums[i]) / count;
      total += variation === 0 ? 0 : 1 - sums[2 * outputs + i] / variation;
    }
    return total / outputs;
  }
}

interface IoUArgs {
  readonly numClasses: number;
  readonly targetClassIds?: readonly number[];
  readonly name?: string;
}

/** Overlap of labels and predictions over what either has, averaged over classes. Both are class numbers. */
class MeanIoU extends Metric {
  readonly #classes: number;
  readonly #targets: readonly number[];

  constructor({ numClasses, targetClassIds, name = "meanIoU" }: IoUArgs) {
    super(name);
    this.#classes = numClasses;
    this.#targets = targetClassIds ?? Array.from({ length: numClasses }, (_, i) => i);
  }

  statistics(yTrue: Tensor, yPred: Tensor, weights: Tensor | null): Tensor {
    const row = (x: Tensor): Tensor => oneHot(reshape(classNumbers(x), [-1]), this.#classes, 1, 0, "float64");
    const y = row(yTrue);
    const weighted = weights === null ? y : mul(y, reshape(spread(weights, 1), [-1, 1]));
    return vector([matMul(weighted, row(yPred), true, false)]);
  }

  compute(sums: ArrayLike<number>): number {
    const n = this.#classes;
    const present = this.#targets.flatMap((c) => {
      let [row, column] = [0, 0];
      for (let i = 0; i < n; i++) {
        row += sums[c * n + i];
        column += sums[i * n + c];
      }
      const either = row + column - sums[c * n + c];
      return either > 0 ? [sums[c * n + c] / either] : [];
    });
    return ratio(
      present.reduce((a, b) => a + b, 0),
      present.length,
    );
  }
}

/** `metrics.meanSquaredError(yTrue, yPred)`: a value per sample. */
function callable(name: string, f: MetricFunction): (yTrue: TensorLike, yPred: TensorLike) => Tensor {
  return tidied(name, (yTrue: TensorLike, yPred: TensorLike) => f(toTensor(yTrue, name, "yTrue"), toTensor(yPred, name, "yPred")));
}

type MetricFunctionName =
  | LossName
  | `${"binary" | "categorical" | "sparseCategorical" | "topKCategorical" | "sparseTopKCategorical"}Accuracy`
  | "cosineSimilarity"
  | "precision"
  | "recall";

const functions = Object.fromEntries(
  Object.entries({ ...METRIC_FUNCTIONS, precision, recall }).map(([name, f]) => [name, callable(name, f)]),
) as Readonly<Record<MetricFunctionName, (yTrue: TensorLike, yPred: TensorLike) => Tensor>>;

export const metrics = {
  ...functions,
  MAPE: functions.meanAbsolutePercentageError,
  mape: functions.meanAbsolutePercentageError,
  MAE: functions.meanAbsoluteError,
  mae: functions.meanAbsoluteError,
  MSE: functions.meanSquaredError,
  mse: functions.meanSquaredError,
  BinaryAccuracy,
  TopKCategoricalAccuracy,
  SparseTopKCategoricalAccuracy,
  RootMeanSquaredError,
  R2Score,
  MeanIoU,
  Metric,
  MeanMetric,
  ...confusion,
};

/** Classes that have a name for `compile`. */
const CLASSES: Readonly<Record<string, () => Metric>> = {
  precision: () => new confusion.Precision(),
  recall: () => new confusion.Recall(),
  auc: () => new confusion.AUC(),
  f1Score: () => new confusion.F1Score({ average: "macro" }),
  r2Score: () => new R2Score(),
  rootMeanSquaredError: () => new RootMeanSquaredError(),
  rmse: () => new RootMeanSquaredError({ name: "rmse" }),
};

export type MetricIdentifier = string | MetricFunction | Metric;

/** What "accuracy" means for an output, by the loss and the shapes. */
function accuracyFor(loss: string | undefined): MetricFunction {
  return (yTrue, yPred) => {
    const classes = yPred.shape[yPred.rank - 1];
    const single = yTrue.rank < yPred.rank || (yTrue.shape[yTrue.rank - 1] === 1 && classes > 1);
    let kind = "categoricalAccuracy";
    if (loss === "sparseCategoricalCrossentropy" || (single && classes > 1)) kind = "sparseCategoricalAccuracy";
    else if (classes === 1 || loss === "binaryCrossentropy") kind = "binaryAccuracy";
    return METRIC_FUNCTIONS[kind](yTrue, yPred);
  };
}

/** "crossentropy": the one that fits the loss. */
function entropyFor(loss: string | undefined): MetricFunction {
  const known = ["binaryCrossentropy", "sparseCategoricalCrossentropy"].find((name) => name === loss);
  return METRIC_FUNCTIONS[known ?? "categoricalCrossentropy"];
}

/** A metric of `compile`. `loss` is the output's loss, by name. E_ARGUMENT with the known names. */
export function metricOf(identifier: MetricIdentifier, loss: string | undefined): Metric {
  if (identifier instanceof Metric) return identifier;
  if (typeof identifier === "function") {
    const known = Object.entries(functions).find(([, f]) => f === (identifier as unknown))?.[0];
    return new MeanMetric(
      known ?? (identifier.name || "metric"),
      known === undefined ? identifier : (METRIC_FUNCTIONS[known] ?? identifier),
    );
  }
  if (typeof identifier === "string") {
    if (identifier === "accuracy" || identifier === "acc") return new MeanMetric("acc", accuracyFor(loss));
    if (identifier === "crossentropy" || identifier === "ce") return new MeanMetric("ce", entropyFor(loss));
    const name = canonicalName(identifier);
    if (Object.hasOwn(CLASSES, name)) return CLASSES[name]();
    if (identifier === "cosine" || name === "cosineSimilarity")
      return new MeanMetric(identifier, METRIC_FUNCTIONS[identifier === "cosine" ? "cosineProximity" : "cosineSimilarity"]);
    if (Object.hasOwn(METRIC_FUNCTIONS, name)) return new MeanMetric(identifier, METRIC_FUNCTIONS[name]);
  }
  throw new ArgumentError(
    `There is no metric ${typeof identifier === "string" ? `named ${describe(identifier)}` : `in ${describe(identifier)}`}.`,
    {
      hint: `Known metrics: accuracy, crossentropy, ${[...Object.keys(CLASSES), ...Object.keys(METRIC_FUNCTIONS)].join(", ")}.`,
    },
  );
}
