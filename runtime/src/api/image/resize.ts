/** Images, and boxes of images, brought to another size. */

import { ArgumentError } from "../../core/errors.ts";
import type { Tensor } from "../../core/tensor.ts";
import { apply1 } from "../../dispatch/dispatch.ts";
import { tidied } from "../../eager/scope.ts";
import * as ops from "../../ops/index.ts";
import type { OpRecord } from "../../ops/op.ts";
import { describe, type TensorLike, toTensor } from "../convert.ts";
import { indicesOf } from "../indices.ts";
import { onImages, pairOf } from "../placing.ts";

/** [rows, columns]; one number stands for neither. */
function sizeOf(value: unknown, what: string): [number, number] {
  if (!Array.isArray(value)) throw new ArgumentError(`${what} must be [rows, columns], but is ${describe(value)}.`);
  return pairOf(value, what);
}

function resize(op: OpRecord, images: TensorLike, size: unknown, alignCorners: boolean, halfPixel: boolean, fn: string): Tensor {
  const to = sizeOf(size, `${fn}: size`);
  return onImages(images, fn, (x) => apply1(op, [x], { size: to, alignCorners, halfPixel }));
}

/**
 * Images of another size: weighted means of the four pixels around each place.
 * Shapes   [N, H, W, C] or [H, W, C] → the same with size [rows, columns].
 * Dtypes   floating; whole numbers become float32.
 * Args     alignCorners: centres of the corner pixels meet; halfPixelCenters: pixels are squares, as other libraries have it. Not both.
 * Errors   E_SHAPE for other ranks and images without pixels; E_ARGUMENT.
 * Gradient each pixel's is added up where it came from.
 * Source   TensorFlow.js image.resizeBilinear.
 */
export const resizeBilinear = tidied(
  "resizeBilinear",
  (images: TensorLike, size: readonly [number, number], alignCorners = false, halfPixelCenters = false): Tensor => {
    return resize(ops.resizeBilinear, images, size, alignCorners, halfPixelCenters, "resizeBilinear");
  },
);

/** As resizeBilinear with the nearest pixel of each place; dtypes stay. Source: TensorFlow.js image.resizeNearestNeighbor. */
export const resizeNearestNeighbor = tidied(
  "resizeNearestNeighbor",
  (images: TensorLike, size: readonly [number, number], alignCorners = false, halfPixelCenters = false): Tensor => {
    return resize(ops.resizeNearest, images, size, alignCorners, halfPixelCenters, "resizeNearestNeighbor");
  },
);

/**
 * Boxes cut out of images and brought to one size.
 * Shapes   image [N, H, W, C], boxes [B, 4], boxInd [B] → [B, cropSize[0], cropSize[1], C].
 * Dtypes   image and boxes floating; boxInd int32, or whole numbers.
 * Args     a box is [y1, x1, y2, x2], 0 the first pixel's centre and 1 the last one's, turned around where y1 > y2; boxInd: each box's
 *          image; method "bilinear" or "nearest"; extrapolationValue: what places outside of the image get.
 * Errors   E_SHAPE, E_DTYPE, E_ARGUMENT; E_INDEX for a box of an image that is not there.
 * Gradient none: E_GRADIENT, as in TensorFlow.js.
 * Source   TensorFlow.js image.cropAndResize.
 */
export const cropAndResize = tidied(
  "cropAndResize",
  (
    image: TensorLike,
    boxes: TensorLike,
    boxInd: TensorLike,
    cropSize: readonly [number, number],
    method: "bilinear" | "nearest" = "bilinear",
    extrapolationValue = 0,
  ): Tensor => {
    const fn = "cropAndResize";
    if (method !== "bilinear" && method !== "nearest") {
      throw new ArgumentError(`${fn}: method is ${describe(method)}, but must be "bilinear" or "nearest".`);
    }
    if (typeof extrapolationValue !== "number") {
      throw new ArgumentError(`${fn}: extrapolationValue must be a number, but is ${describe(extrapolationValue)}.`);
    }
    const operands = [toTensor(image, fn, "image"), toTensor(boxes, fn, "boxes"), indicesOf(boxInd, fn, "boxInd")];
    const size = sizeOf(cropSize, `${fn}: cropSize`);
    return apply1(ops.cropAndResize, operands, { size, bilinear: method === "bilinear", outside: extrapolationValue });
  },
);
