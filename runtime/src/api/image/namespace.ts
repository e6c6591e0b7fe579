/** `gf.image`: images [batch, rows, columns, channels], under TensorFlow.js's names. */
import { nonMaxSuppression, nonMaxSuppressionPadded, nonMaxSuppressionWithScore } from "./boxes.ts";
import { nonMaxSuppressionAsync, nonMaxSuppressionPaddedAsync, nonMaxSuppressionWithScoreAsync } from "./boxes-async.ts";
import { grayscaleToRGB, rgbToGrayscale, threshold } from "./colors.ts";
import { flipLeftRight, rotateWithOffset, transform } from "./geometry.ts";
import { cropAndResize, resizeBilinear, resizeNearestNeighbor } from "./resize.ts";

export const image = {
  flipLeftRight,
  grayscaleToRGB,
  resizeNearestNeighbor,
  resizeBilinear,
  rgbToGrayscale,
  rotateWithOffset,
  cropAndResize,
  nonMaxSuppression,
  nonMaxSuppressionAsync,
  nonMaxSuppressionWithScore,
  nonMaxSuppressionWithScoreAsync,
  nonMaxSuppressionPadded,
  nonMaxSuppressionPaddedAsync,
  threshold,
  transform,
};
