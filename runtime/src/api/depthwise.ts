/** Convolutions that keep channels apart, under TensorFlow.js's names: see convolution.ts for the forms of images. */
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { mayBeSameDim, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import { tidied, tidy } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import { describe, type TensorLike, toTensor } from "./convert.ts";
import { conv2d, windowOfFilter } from "./convolution.ts";
import { type DataFormat2D, onImages, type Padding, type Pair, padsOf, pairOf, type RoundingMode } from "./placing.ts";
import { dimsOf } from "./shape.ts";

/**
 * Convolution of each channel with filters of its own.
 * Shapes   x [N, H, W, C] or [H, W, C], filter [KH, KW, C, M] → [N, OH, OW, C·M] or [OH, OW, C·M], channel c's results from c·M on.
 * Otherwise as conv2d. Source TensorFlow.js depthwiseConv2d.
 */
export const depthwiseConv2d = tidied(
  "depthwiseConv2d",
  (
    x: TensorLike,
    filter: TensorLike,
    strides: Pair,
    pad: Padding,
    dataFormat: DataFormat2D = "NHWC",
    dilations: Pair | null = null,
    dimRoundingMode?: RoundingMode,
  ): Tensor => {
    const fn = "depthwiseConv2d";
    const weights = toTensor(filter, fn, "filter");
    const size = windowOfFilter(dimsOf(weights), fn, 4);
    const placing = { fn, size, strides: pairOf(strides, `${fn}: strides`), dilations: pairOf(dilations ?? 1, `${fn}: dilations`) };
    return onImages(
      x,
      fn,
      (images) => {
        const pads = padsOf({ ...placing, x: dimsOf(images), pad, format: dataFormat, rounding: dimRoundingMode });
        return apply1(ops.depthwiseConv2d, [images, weights], { strides: placing.strides, pads, dilations: placing.dilations });
      },
      { format: dataFormat },
    );
  },
);

/**
 * depthwiseConv2d, then conv2d of its channels with a window of one cell.
 * Shapes   x [N, H, W, C] or [H, W, C], depthwiseFilter [KH, KW, C, M], pointwiseFilter [1, 1, C·M, P] → [N, OH, OW, P] or [OH, OW, P].
 * Errors   E_SHAPE for filters that do not fit each other; E_ARGUMENT for a dataFormat other than "NHWC".
 * Source   TensorFlow.js separableConv2d.
 */
export const separableConv2d = tidied(
  "separableConv2d",
  (
    x: TensorLike,
    depthwiseFilter: TensorLike,
    pointwiseFilter: TensorLike,
    strides: Pair,
    pad: "valid" | "same",
    dilation: Pair = [1, 1],
    dataFormat: "NHWC" = "NHWC",
  ): Tensor => {
    const fn = "separableConv2d";
    if (dataFormat !== "NHWC") throw new ArgumentError(`${fn}: dataFormat is ${describe(dataFormat)}, but must be "NHWC".`);
    const depthwise = toTensor(depthwiseFilter, fn, "depthwiseFilter");
    const pointwise = toTensor(pointwiseFilter, fn, "pointwiseFilter");
    const [wide, narrow] = [dimsOf(depthwise), dimsOf(pointwise)];
    if (narrow.length !== 4 || narrow[0] !== 1 || narrow[1] !== 1) {
      throw new ShapeError(`${fn}: the pointwise filter of shape ${showShape(narrow)} must be [1, 1, channels in, channels out].`);
    }
    const [channels, multiplier] = wide.slice(2);
    const known = typeof channels === "number" && typeof multiplier === "number";
    if (known && !mayBeSameDim(narrow[2], channels * multiplier)) {
      throw new ShapeError(
        `${fn}: the depthwise filter ${showShape(wide)} makes ${channels * multiplier} channels, but the pointwise filter ${showShape(narrow)} takes others.`,
      );
    }
    return tidy(() => conv2d(depthwiseConv2d(x, depthwise, strides, pad, dataFormat, dilation), pointwise, 1, "valid", dataFormat));
  },
);
