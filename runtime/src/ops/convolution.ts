/** Convolutions of images and of volumes, with their gradients: see convolution/family.ts. */
import { convolutionFamily } from "./convolution/family.ts";
import { CHANNELS, IMAGES, VOLUMES } from "./convolution/samples.ts";

/**
 * Convolution of images with filters.
 * Shapes   x [N, H, W, C], filter [KH, KW, C, M] → [N, OH, OW, M], OH = ⌊(H + top + bottom − (KH−1)·dilation − 1) / stride⌋ + 1.
 * Dtypes   floating.
 * Attrs    strides [rows, columns] ≥ 1, pads [top, bottom, left, right] ≥ 0 in cells, dilations [rows, columns] ≥ 1.
 * Errors   E_SHAPE for ranks, channels that differ, a window larger than the padded input; E_ARGUMENT for attributes out of range.
 *
 * Its gradient with respect to its input (also the transposed convolution): dy [N, OH, OW, M], filter → [N, H, W, C] with
 * inputSize [H, W]; with respect to its filter: x, dy → [KH, KW, C, M] with filterSize [KH, KW].
 */
export const [conv2d, conv2dInputGrad, conv2dFilterGrad] = convolutionFamily({
  name: "conv2d",
  axes: 2,
  letters: { x: "[N, H, W, C]", filter: "[KH, KW, C, M]", y: "[N, OH, OW, M]", size: "[H, W]" },
  pads: "[top, bottom, left, right]",
  samples: IMAGES,
});

/**
 * Convolution that keeps channels apart: x [N, H, W, C], filter [KH, KW, C, M] → [N, OH, OW, C·M], each channel with its own M
 * filters. Attributes and gradients as conv2d; M must be known.
 */
export const [depthwiseConv2d, depthwiseConv2dInputGrad, depthwiseConv2dFilterGrad] = convolutionFamily({
  name: "depthwiseConv2d",
  axes: 2,
  depthwise: true,
  letters: { x: "[N, H, W, C]", filter: "[KH, KW, C, M]", y: "[N, OH, OW, C·M]", size: "[H, W]" },
  pads: "[top, bottom, left, right]",
  samples: CHANNELS,
});

/**
 * Convolution of volumes: x [N, D, H, W, C], filter [KD, KH, KW, C, M] → [N, OD, OH, OW, M]. Attributes have an entry (of pads two)
 * for planes before those for rows and columns; all else as conv2d.
 */
export const [conv3d, conv3dInputGrad, conv3dFilterGrad] = convolutionFamily({
  name: "conv3d",
  axes: 3,
  letters: { x: "[N, D, H, W, C]", filter: "[KD, KH, KW, C, M]", y: "[N, OD, OH, OW, M]", size: "[D, H, W]" },
  pads: "[front, back, top, bottom, left, right]",
  samples: VOLUMES,
});
