/** Dilation of images, under TensorFlow.js's name. */

import { ArgumentError, ShapeError } from "../core/errors.ts";
import { isStatic, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import { tidied } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import { describe, type TensorLike, toTensor } from "./convert.ts";
import { onImages, type Padding, type Pair, padsOf, pairOf } from "./placing.ts";
import { dimsOf } from "./shape.ts";

/**
 * The largest sum of a pixel and its cell of the filter, in each window. NaN wins; cells outside of the image take no part.
 * Shapes   x [N, H, W, C] or [H, W, C], filter [KH, KW, C] → [N, OH, OW, C] or [OH, OW, C].
 * Dtypes   numeric.
 * Args     strides, dilations: one number or [rows, columns], whole, ≥ 1; pad: see Padding, smaller than the window.
 * Errors   E_SHAPE for ranks, channels that differ, a filter larger than the padded image; E_ARGUMENT.
 * Gradient goes to the first pixel and cell with the largest sum.
 * Source   TensorFlow.js dilation2d.
 */
export const dilation2d = tidied(
  "dilation2d",
  (x: TensorLike, filter: TensorLike, strides: Pair, pad: Padding, dilations: Pair = [1, 1], dataFormat: "NHWC" = "NHWC"): Tensor => {
    const fn = "dilation2d";
    if (dataFormat !== "NHWC") throw new ArgumentError(`${fn}: dataFormat is ${describe(dataFormat)}, but must be "NHWC".`);
    const cells = toTensor(filter, fn, "filter");
    const shape = dimsOf(cells);
    const size = shape.slice(0, 2);
    if (shape.length !== 3 || !isStatic(size)) {
      throw new ShapeError(`${fn}: the filter of shape ${showShape(shape)} must have rank 3 and a known height and width.`);
    }
    const placing = { fn, size, strides: pairOf(strides, `${fn}: strides`), dilations: pairOf(dilations, `${fn}: dilations`) };
    return onImages(x, fn, (images) => {
      const pads = padsOf({ ...placing, x: dimsOf(images), pad });
      return apply1(ops.dilation2d, [images, cells], { strides: placing.strides, pads, dilations: placing.dilations });
    });
  },
);
