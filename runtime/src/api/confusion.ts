/** `gf.math`: what TensorFlow.js keeps in a namespace of that name. */
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { mayBeSameShape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { tidied, tidy } from "../eager/scope.ts";
import { describe, type TensorLike, toTensor } from "./convert.ts";
import { cast } from "./elementwise.ts";
import { matMul } from "./linalg.ts";
import { dimsOf } from "./shape.ts";
import { oneHot } from "./slice.ts";

/**
 * How often each class was taken for each: element [i, j] counts the examples of class i that were predicted to be j.
 * Shapes   labels [N], predictions [N] → [numClasses, numClasses], int32.
 * Dtypes   numeric; fractions are cut off. Classes that are not 0 to numClasses − 1 count nowhere.
 * Errors   E_SHAPE for other ranks and lengths that differ; E_ARGUMENT unless numClasses is a whole number above 0.
 * Source   TensorFlow.js math.confusionMatrix.
 */
export const confusionMatrix = tidied("confusionMatrix", (labels: TensorLike, predictions: TensorLike, numClasses: number): Tensor => {
  const fn = "confusionMatrix";
  if (!Number.isInteger(numClasses) || numClasses < 1) {
    throw new ArgumentError(`${fn}: numClasses must be a whole number above 0, but is ${describe(numClasses)}.`);
  }
  return tidy(() => {
    const [a, b] = [toTensor(labels, fn, "labels"), toTensor(predictions, fn, "predictions")];
    if (a.rank !== 1 || b.rank !== 1 || !mayBeSameShape(dimsOf(a), dimsOf(b))) {
      throw new ShapeError(`${fn}: labels ${showShape(dimsOf(a))} and predictions ${showShape(dimsOf(b))} must be vectors of one length.`);
    }
    // Sums of float64 are exact beyond what int32 holds.
    const marks = (t: Tensor): Tensor => oneHot(cast(t, "int32"), numClasses, 1, 0, "float64");
    return cast(matMul(marks(a), marks(b), true), "int32");
  });
});
