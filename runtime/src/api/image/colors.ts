/** Grey and coloured images. */
import { ArgumentError, DTypeError, ShapeError } from "../../core/errors.ts";
import { type Dims, isStatic, showShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { tidied, tidy } from "../../eager/scope.ts";
import { describe, fromValues, type TensorLike, toTensor } from "../convert.ts";
import { cast, div, greater, lessEqual, logicalAnd, mul, round, square, sub, where } from "../elementwise.ts";
import { matMul } from "../linalg.ts";
import { argMax, max, sum } from "../reduce.ts";
import { bincount } from "../select/search.ts";
import { cumsum, dimsOf, reshape, tile } from "../shape.ts";
import { slice } from "../slice.ts";

/** How bright red, green and blue look (CCIR 601). */
const LUMA = [0.2989, 0.587, 0.114];
const LEVELS = 256;

/** E_SHAPE unless the last of two or more axes has one of these lengths. */
function checkChannels(dims: Dims, allowed: readonly number[], fn: string): void {
  const last = dims[dims.length - 1];
  if (dims.length >= 2 && (typeof last !== "number" || allowed.includes(last))) return;
  throw new ShapeError(
    `${fn}: image of shape ${showShape(dims)} must have rank 2 or more and ${allowed.join(" or ")} channels, the last axis.`,
  );
}

/** [...S, 1] → [...S, 3]: each pixel three times. Dtypes stay. */
export const grayscaleToRGB = tidied("grayscaleToRGB", (image: TensorLike): Tensor => {
  const x = toTensor(image, "grayscaleToRGB", "image");
  checkChannels(dimsOf(x), [1], "grayscaleToRGB");
  return tile(
    x,
    x.shape.map((_, i) => (i === x.rank - 1 ? 3 : 1)),
  );
});

function brightness(x: Tensor): Tensor {
  const floats = x.dtype === "float64" ? x : cast(x, "float32");
  return matMul(floats, fromValues(LUMA, [3, 1], floats.dtype, "rgbToGrayscale"));
}

/** [...S, 3] → [...S, 1]: brightness of red, green and blue. Dtypes stay; whole numbers are cut off. */
export const rgbToGrayscale = tidied("rgbToGrayscale", (image: TensorLike): Tensor => {
  const x = toTensor(image, "rgbToGrayscale", "image");
  checkChannels(dimsOf(x), [3], "rgbToGrayscale");
  return tidy(() => cast(brightness(x), x.dtype));
});

/**
 * Otsu's method: the first level, of all that split the pixels in two, at which the means of both parts lie furthest apart, weighted by
 * their sizes; −1 where all pixels are of one level.
 */
function otsu(grey: Tensor): Tensor {
  const levels = cast(round(reshape(grey, [-1])), "int32");
  const counts = cast(bincount(levels, [], LEVELS), "float64");
  const sums = mul(
    counts,
    fromValues(
      Array.from({ length: LEVELS }, (_, i) => i),
      [LEVELS],
      "float64",
      "threshold",
    ),
  );
  // The last level would leave nothing for the other part.
  const below = (t: Tensor): Tensor => slice(cumsum(t), [0], [LEVELS - 1]);
  const [low, lowSum] = [below(counts), below(sums)];
  const [high, highSum] = [sub(sum(counts), low), sub(sum(sums), lowSum)];
  const distance = square(sub(div(lowSum, low), div(highSum, high)));
  const spread = where(logicalAnd(greater(low, 0), greater(high, 0)), mul(mul(low, high), distance), 0);
  return where(greater(max(spread), 0), argMax(spread), -1);
}

/**
 * 255 where an image is brighter than a threshold and 0 elsewhere, int32.
 * Shapes   [H, W, 3] or [H, W, 1] → [H, W, 1].
 * Dtypes   numeric, of values 0 to 255.
 * Args     method "binary", with threshValue as a part of 255, or "otsu", which finds it; inverted: 0 and 255 change places.
 * Errors   E_SHAPE, E_DTYPE, E_ARGUMENT; E_INDEX for "otsu" of negative pixels.
 * Source   TensorFlow.js image.threshold.
 */
export const threshold = tidied(
  "threshold",
  (image: TensorLike, method: "binary" | "otsu" = "binary", inverted = false, threshValue = 0.5): Tensor => {
    const fn = "threshold";
    const x = toTensor(image, fn, "image");
    const dims = dimsOf(x);
    if (x.rank !== 3) throw new ShapeError(`${fn}: image of shape ${showShape(dims)} must have rank 3.`);
    checkChannels(dims, [1, 3], fn);
    if (x.dtype === "bool" || x.dtype === "complex64") throw new DTypeError(`${fn}: image is ${x.dtype}, but must be numeric.`);
    if (method !== "binary" && method !== "otsu") {
      throw new ArgumentError(`${fn}: method is ${describe(method)}, but must be "binary" or "otsu".`);
    }
    if (typeof threshValue !== "number") throw new ArgumentError(`${fn}: threshValue must be a number, but is ${describe(threshValue)}.`);
    if (!isStatic(dims.slice(2))) throw new ShapeError(`${fn}: the channels of ${showShape(dims)} must be known.`);
    return tidy(() => {
      const grey = dims[2] === 3 ? brightness(x) : x;
      const level: TensorLike = method === "otsu" ? otsu(grey) : threshValue * 255;
      const white = inverted ? lessEqual(grey, level) : greater(grey, level);
      return mul(cast(white, "int32"), 255);
    });
  },
);
