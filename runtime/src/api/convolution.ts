/**
 * Convolutions, under TensorFlow.js's names. Images are [batch, height, width, channels], volumes [batch, depth, height, width,
 * channels]; a single one may leave out the batch axis. With `dataFormat` "NCHW" or "NCDHW" they are transposed before and after: same values, some time.
 */
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { type Dims, isStatic, sameDim, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import { tidied } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import type { OpRecord } from "../ops/op.ts";
import { checkShape, describe, type TensorLike, toTensor } from "./convert.ts";
import {
  type DataFormat2D,
  type DataFormat3D,
  onImages,
  type Padding,
  type Padding3D,
  type Pair,
  padsOf,
  pairOf,
  type RoundingMode,
  type Triple,
  tripleOf,
} from "./placing.ts";
import { dimsOf, expandDims, squeeze, transpose } from "./shape.ts";

/** Lengths of the window of a filter, which must be known. */
export function windowOfFilter(filter: Dims, fn: string, rank: number): readonly number[] {
  const size: Dims = filter.slice(0, rank - 2);
  if (filter.length !== rank || !isStatic(size)) {
    throw new ShapeError(`${fn}: the filter of shape ${showShape(filter)} must have rank ${rank} and a known size.`);
  }
  if (size.some((length) => length < 1)) throw new ShapeError(`${fn}: the filter of shape ${showShape(filter)} has no elements.`);
  return size;
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
export const conv2d = tidied(
  "conv2d",
  (
    x: TensorLike,
    filter: TensorLike,
    strides: Pair,
    pad: Padding,
    dataFormat: DataFormat2D = "NHWC",
    dilations: Pair = [1, 1],
    dimRoundingMode?: RoundingMode,
  ): Tensor => {
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
      { format: dataFormat },
    );
  },
);

/**
 * Convolution along one axis.
 * Shapes   x [N, W, C] or [W, C], filter [K, C, M] → [N, OW, M] or [OW, M].
 * Otherwise as conv2d. `pad` of several entries is that of the image [N, 1, W, C].
 */
export const conv1d = tidied(
  "conv1d",
  (
    x: TensorLike,
    filter: TensorLike,
    stride: number,
    pad: Padding,
    dataFormat: "NWC" | "NCW" = "NWC",
    dilation = 1,
    dimRoundingMode?: RoundingMode,
  ): Tensor => {
    if (dataFormat !== "NWC" && dataFormat !== "NCW") {
      throw new ArgumentError(`conv1d: dataFormat is ${describe(dataFormat)}, but must be "NWC" or "NCW".`);
    }
    const weights = toTensor(filter, "conv1d", "filter");
    if (weights.rank !== 3) {
      throw new ShapeError(
        `conv1d: the filter of shape ${showShape(dimsOf(weights))} must have rank 3: [width, channels in, channels out].`,
      );
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
      { axes: 1 },
    );
  },
);

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

/** Arguments of a transposed convolution, checked for one of so many inner axes. */
interface Transposed {
  readonly fn: string;
  readonly axes: 2 | 3;
  readonly op: OpRecord;
  readonly strides: readonly number[];
  readonly pad: Padding | Padding3D;
  readonly rounding?: RoundingMode | undefined;
}

function transposedConvolution(x: TensorLike, filter: TensorLike, outputShape: readonly number[], given: Transposed): Tensor {
  const { fn, axes, op, strides, pad, rounding } = given;
  const weights = toTensor(filter, fn, "filter");
  const dims = dimsOf(weights);
  const size = windowOfFilter(dims, fn, axes + 2);
  const to = checkShape(outputShape, `${fn}: outputShape`);
  const dilations = strides.map(() => 1);
  const images = (dyOf: Tensor): Tensor => {
    const full = to.length === axes + 1 ? [1, ...to] : to;
    if (full.length !== axes + 2 || !sameDim(full[0], dimsOf(dyOf)[0]) || !sameDim(full[axes + 1], dims[axes])) {
      const lengths = axes === 3 ? "depth, height, width" : "height, width";
      throw new ShapeError(
        `${fn}: outputShape ${showShape(to)} does not fit x ${showShape(dimsOf(dyOf))} and the filter ${showShape(dims)}.`,
        {
          hint: `It is [batch of x, ${lengths}, channels out]; the filter is [${lengths}, channels out, channels in].`,
        },
      );
    }
    const pads = padsOf({ fn, size, strides, dilations, x: full, pad, rounding });
    return apply1(op, [dyOf, weights], { inputSize: full.slice(1, -1), strides, pads, dilations });
  };
  return onImages(x, fn, images, { axes });
}

/**
 * Transposed convolution: the gradient of conv2d with respect to its input.
 * Shapes   x [N, H, W, C] or [H, W, C], filter [KH, KW, M, C] → outputShape [N, OH, OW, M] or [OH, OW, M].
 * Errors   E_SHAPE where conv2d from outputShape with these arguments would not give x's shape.
 * Source   TensorFlow.js conv2dTranspose.
 */
export const conv2dTranspose = tidied(
  "conv2dTranspose",
  (
    x: TensorLike,
    filter: TensorLike,
    outputShape: readonly number[],
    strides: Pair,
    pad: Padding,
    dimRoundingMode?: RoundingMode,
  ): Tensor => {
    const fn = "conv2dTranspose";
    return transposedConvolution(x, filter, outputShape, {
      fn,
      axes: 2,
      op: ops.conv2dInputGrad,
      strides: pairOf(strides, `${fn}: strides`),
      pad,
      rounding: dimRoundingMode,
    });
  },
);

/**
 * Convolution of volumes with filters.
 * Shapes   x [N, D, H, W, C] or [D, H, W, C], filter [KD, KH, KW, C, M] → [N, OD, OH, OW, M] or [OD, OH, OW, M].
 * Args     strides, dilations: one number or [planes, rows, columns], whole, ≥ 1.
 * Otherwise as conv2d. Source TensorFlow.js conv3d; strides and dilations may both differ from 1, and data may be "NCDHW".
 */
export const conv3d = tidied(
  "conv3d",
  (
    x: TensorLike,
    filter: TensorLike,
    strides: Triple,
    pad: Padding3D,
    dataFormat: DataFormat3D = "NDHWC",
    dilations: Triple = 1,
  ): Tensor => {
    const weights = toTensor(filter, "conv3d", "filter");
    const size = windowOfFilter(dimsOf(weights), "conv3d", 5);
    const placing = {
      fn: "conv3d",
      size,
      strides: tripleOf(strides, "conv3d: strides"),
      dilations: tripleOf(dilations, "conv3d: dilations"),
    };
    return onImages(
      x,
      "conv3d",
      (volumes) => {
        const pads = padsOf({ ...placing, x: dimsOf(volumes), pad, format: dataFormat });
        return apply1(ops.conv3d, [volumes, weights], { strides: placing.strides, pads, dilations: placing.dilations });
      },
      { axes: 3, format: dataFormat },
    );
  },
);

/**
 * Transposed convolution of volumes: the gradient of conv3d with respect to its input.
 * Shapes   x [N, D, H, W, C] or [D, H, W, C], filter [KD, KH, KW, M, C] → outputShape [N, OD, OH, OW, M] or [OD, OH, OW, M].
 * Errors   E_SHAPE where conv3d from outputShape with these arguments would not give x's shape.
 * Source   TensorFlow.js conv3dTranspose.
 */
export const conv3dTranspose = tidied(
  "conv3dTranspose",
  (x: TensorLike, filter: TensorLike, outputShape: readonly number[], strides: Triple, pad: Padding3D): Tensor => {
    const fn = "conv3dTranspose";
    return transposedConvolution(x, filter, outputShape, {
      fn,
      axes: 3,
      op: ops.conv3dInputGrad,
      strides: tripleOf(strides, `${fn}: strides`),
      pad,
    });
  },
);
