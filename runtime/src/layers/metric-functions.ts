/** Metrics as functions of labels and predictions, one value per sample: what names in `compile({ metrics })` stand for. */
import { cast, divNoNan, equal, greater, less, mul, neg } from "../api/elementwise.ts";
import { argMax, mean, sum } from "../api/reduce.ts";
import { reshape } from "../api/shape.ts";
import { gather } from "../api/slice.ts";
import type { Tensor } from "../core/tensor.ts";
import { alignLabels, evaluateLoss, LOSSES } from "../train/loss-registry.ts";
import { classLabels, classNumbers } from "../train/sparse.ts";
import type { MetricFunction } from "./metric.ts";

/** Share of elements on the right side of the threshold. */
export function binaryAccuracy(yTrue: Tensor, yPred: Tensor, threshold = 0.5): Tensor {
  const y = alignLabels(yTrue, yPred, "binaryAccuracy");
  return mean(cast(equal(y, cast(greater(yPred, threshold), yPred.dtype)), "float64"), -1);
}

/** Whether the largest prediction is the largest label. */
export function categoricalAccuracy(yTrue: Tensor, yPred: Tensor): Tensor {
  const y = alignLabels(yTrue, yPred, "categoricalAccuracy");
  return cast(equal(argMax(y, -1), argMax(yPred, -1)), "float64");
}

/** Whether the largest prediction is that of the labelled class. */
export function sparseCategoricalAccuracy(yTrue: Tensor, yPred: Tensor): Tensor {
  const labels = classLabels(yTrue, yPred, "sparseCategoricalAccuracy");
  return cast(equal(classNumbers(labels), argMax(yPred, -1)), "float64");
}

/** Whether fewer than k predictions are larger than that of the labelled class. */
export function sparseTopKCategoricalAccuracy(yTrue: Tensor, yPred: Tensor, k = 5): Tensor {
  const labels = classNumbers(classLabels(yTrue, yPred, "sparseTopKCategoricalAccuracy"));
  const rows = reshape(yPred, [-1, yPred.shape[yPred.rank - 1]]);
  const own = gather(rows, reshape(labels, [-1, 1]), 1, 1);
  const above = sum(cast(greater(rows, own), "int32"), -1);
  return reshape(cast(less(above, k), "float64"), labels.shape);
}

/** Whether fewer than k predictions are larger than that of the largest label. */
export function topKCategoricalAccuracy(yTrue: Tensor, yPred: Tensor, k = 5): Tensor {
  return sparseTopKCategoricalAccuracy(argMax(alignLabels(yTrue, yPred, "topKCategoricalAccuracy"), -1), yPred, k);
}

/** True positives over what was predicted (precision) or is there (recall), with predictions over a half as yes: a scalar. */
function hitRate(yTrue: Tensor, yPred: Tensor, over: "predicted" | "actual"): Tensor {
  const y = cast(alignLabels(yTrue, yPred, over), "float64");
  const p = cast(greater(yPred, 0.5), "float64");
  const all = sum(over === "predicted" ? p : y);
  const hits = sum(mul(y, p));
  return divNoNan(hits, all);
}

export const precision: MetricFunction = (yTrue, yPred) => hitRate(yTrue, yPred, "predicted");
export const recall: MetricFunction = (yTrue, yPred) => hitRate(yTrue, yPred, "actual");

function lossOf(name: string): MetricFunction {
  return (yTrue, yPred) => evaluateLoss(name, LOSSES[name], yTrue, yPred);
}

/** By TensorFlow.js's names, and every loss. */
export const METRIC_FUNCTIONS: Readonly<Record<string, MetricFunction>> = {
  ...Object.fromEntries(Object.keys(LOSSES).map((name) => [name, lossOf(name)])),
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  topKCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  /** Cosine of the angle: 1 where vectors point the same way. */
  cosineSimilarity: (yTrue, yPred) => neg(lossOf("cosineProximity")(yTrue, yPred)),
};
