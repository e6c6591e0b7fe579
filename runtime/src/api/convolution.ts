/**
 * Convolutions, under TensorFlow.js's names. Images are [batch, height, width, channels]; a single image may leave out the batch
 * axis. With `dataFormat` "NCHW" images are transposed before and after: same values, some time.
 */
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { type Dims, sameDim, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import * as ops from "../ops/index.ts";
import { checkShape, describe, type TensorLike, toTensor } from "./convert.ts";
import { type DataFormat2D, onImages, type Padding, type Pair, padsOf, pairOf, type RoundingMode } from "./placing.ts";
import { dimsOf, expandDims, squeeze, transpose } from "./shape.ts";

/** Height and width of a filter, which must be known. */
function windowOfFilter(filter: Dims, fn: string, rank: number): readonly [number, number] {
  const [rows, columns] = filter;
  if (filter.length !== rank || typeof rows !== "number" || typeof columns !== "number") {
    throw new ShapeError(`${fn}: the filter of shape ${showShape(filter)} must have rank ${rank} and a known size.`);
  }
  if (rows < 1 || columns < 1) throw new ShapeError(`${fn}: the filter of shape ${showShape(filter)} has no elements.`);
  return [rows, columns];
}

/**
 * Convolution of images with filters.
 * Shapes   x [N, H, W, C] or [H, W, C], filter [KH, KW, C, M] → [N, OH, OW, M] or [OH, OW, M].
 * Dtypes   floating; others become float32.
 * Args     strides, dilations: one number or [rows, columns], whole, ≥ 1; pad: see Padding.
 * Errors   E_SHAPE for ranks, channels that differ (both shapes shown), a filter larger than the padded image; E_ARGUMENT.
 * Gradient with respect to x and filter, of any order.
 * Source   TensorFlow.js conv2d; strides and dilations may both differ from 1.
 */
export function conv2d(
  x: TensorLike,
  filter: TensorLike,
  strides: Pair,
  pad: Padding,
  dataFormat: DataFormat2D = "NHWC",
  dilations: Pair = [1, 1],
  dimRoundingMode?: RoundingMode,
): Tensor {
  const weights = toTensor(filter, "conv2d", "filter");
  const size = windowOfFilter(dimsOf(weights), "conv2d", 4);
  const placing = { fn: "conv2d", size, strides: pairOf(strides, "conv2d: strides"), dilations: pairOf(dilations, "conv2d: dilations") };
  return onImages(
    x,
    "conv2d",
    (images) => {
      const pads = padsOf({ ...placing, x: dimsOf(images), pad, format: dataFormat, rounding: dimRoundingMode });
      return apply1(ops.conv2d, [images, weights], { strides: placing.strides, pads, dilations: placing.dilations });
    },
    dataFormat,
  );
}

/**
 * Convolution along one axis.
 * Shapes   x [N, W, C] or [W, C], filter [K, C, M] → [N, OW, M] or [OW, M].
 * Otherwise as conv2d. `pad` of several entries is that of the image [N, 1, W, C].
 */
export function conv1d(
  x: TensorLike,
  filter: TensorLike,
  stride: number,
  pad: Padding,
  dataFormat: "NWC" | "NCW" = "NWC",
  dilation = 1,
  dimRoundingMode?: RoundingMode,
): Tensor {
  if (dataFormat !== "NWC" && dataFormat !== "NCW") {
    throw new ArgumentError(`conv1d: dataFormat is ${describe(dataFormat)}, but must be "NWC" or "NCW".`);
  }
  const weights = toTensor(filter, "conv1d", "filter");
  if (weights.rank !== 3) {
    throw new ShapeError(`conv1d: the filter of shape ${showShape(dimsOf(weights))} must have rank 3: [width, channels in, channels out].`);
  }
  const [[, strides], [, dilations]] = [pairOf(stride, "conv1d: stride"), pairOf(dilation, "conv1d: dilation")];
  const single = toTensor(x, "conv1d");
  if (dataFormat === "NCW") {
    const order = single.rank === 2 ? [1, 0] : [0, 2, 1];
    return transpose(conv1d(transpose(single, order), weights, stride, pad, "NWC", dilation, dimRoundingMode), order);
  }
  return onImages(
    single,
    "conv1d",
    (lines) => {
      const image = expandDims(lines, 1);
      const filter2d = expandDims(weights, 0);
      const size = windowOfFilter(dimsOf(filter2d), "conv1d", 4);
      const placing = { fn: "conv1d", size, strides: [1, strides], dilations: [1, dilations] } as const;
      const pads = padsOf({ ...placing, x: dimsOf(image), pad: alongWidth(pad), rounding: dimRoundingMode });
      return squeeze(apply1(ops.conv2d, [image, filter2d], { strides: placing.strides, pads, dilations: placing.dilations }), 1);
    },
    "NHWC",
    [2, 3],
  );
}

/** A number pads the line, not the image's single row. */
function alongWidth(pad: Padding): Padding {
  return typeof pad === "number"
    ? [
        [0, 0],
        [0, 0],
        [pad, pad],
        [0, 0],
      ]
    : pad;
}

/**
 * Transposed convolution: the gradient of conv2d with respect to its input.
 * Shapes   x [N, H, W, C] or [H, W, C], filter [KH, KW, M, C] → outputShape [N, OH, OW, M] or [OH, OW, M].
 * Errors   E_SHAPE where conv2d from outputShape with these arguments would not give x's shape.
 * Source   TensorFlow.js conv2dTranspose.
 */
export function conv2dTranspose(
  x: TensorLike,
  filter: TensorLike,
  outputShape: readonly number[],
  strides: Pair,
  pad: Padding,
  dimRoundingMode?: RoundingMode,
): Tensor {
  const weights = toTensor(filter, "conv2dTranspose", "filter");
  const dims = dimsOf(weights);
  const size = windowOfFilter(dims, "conv2dTranspose", 4);
  const to = checkShape(outputShape, "conv2dTranspose: outputShape");
  const placing = { fn: "conv2dTranspose", size, strides: pairOf(strides, "conv2dTranspose: strides"), dilations: [1, 1] } as const;
  return onImages(x, "conv2dTranspose", (images) => {
    const full = to.length === 3 ? [1, ...to] : to;
    if (full.length !== 4 || !sameDim(full[0], dimsOf(images)[0]) || !sameDim(full[3], dims[2])) {
      throw new ShapeError(
        `conv2dTranspose: outputShape ${showShape(to)} does not fit x ${showShape(dimsOf(images))} and the filter ${showShape(dims)}.`,
        { hint: "It is [batch of x, height, width, channels out]; the filter is [height, width, channels out, channels in]." },
      );
    }
    const pads = padsOf({ ...placing, x: full, pad, rounding: dimRoundingMode });
    const inputSize = full.slice(1, 3);
    return apply1(ops.conv2dInputGrad, [images, weights], { inputSize, strides: placing.strides, pads, dilations: placing.dilations });
  });
}
