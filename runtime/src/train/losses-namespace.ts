/** `gf.losses`: TensorFlow.js's losses, and Keras's with weights and a reduction. */
import { allTidied } from "../eager/scope.ts";
import { reducedLoss } from "./loss-registry.ts";
import {
  absoluteDifference,
  cosineDistance,
  hingeLoss,
  huberLoss,
  logLoss,
  meanSquaredError,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
} from "./losses.ts";
import { computeWeightedLoss } from "./reduction.ts";

export const losses = allTidied({
  absoluteDifference,
  computeWeightedLoss,
  cosineDistance,
  hingeLoss,
  huberLoss,
  logLoss,
  meanSquaredError,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  binaryCrossentropy: reducedLoss("binaryCrossentropy"),
  binaryFocalCrossentropy: reducedLoss("binaryFocalCrossentropy"),
  categoricalCrossentropy: reducedLoss("categoricalCrossentropy"),
  categoricalFocalCrossentropy: reducedLoss("categoricalFocalCrossentropy"),
  categoricalHinge: reducedLoss("categoricalHinge"),
  cosineProximity: reducedLoss("cosineProximity"),
  dice: reducedLoss("dice"),
  hinge: reducedLoss("hinge"),
  huber: reducedLoss("huber"),
  kullbackLeiblerDivergence: reducedLoss("kullbackLeiblerDivergence"),
  logcosh: reducedLoss("logcosh"),
  meanAbsoluteError: reducedLoss("meanAbsoluteError"),
  meanAbsolutePercentageError: reducedLoss("meanAbsolutePercentageError"),
  meanSquaredLogarithmicError: reducedLoss("meanSquaredLogarithmicError"),
  poisson: reducedLoss("poisson"),
  sparseCategoricalCrossentropy: reducedLoss("sparseCategoricalCrossentropy"),
  squaredHinge: reducedLoss("squaredHinge"),
  tversky: reducedLoss("tversky"),
});
