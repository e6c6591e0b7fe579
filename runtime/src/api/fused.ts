/**
 * A convolution or a product, a bias and an activation in one call, under TensorFlow.js's names (`gf.fused.conv2d`). Compositions:
 * gradients of any order follow from their parts.
 */
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { broadcastDims, type Dims, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { tidy } from "../eager/scope.ts";
import { describe, type TensorLike, toTensor } from "./convert.ts";
import * as convolution from "./convolution.ts";
import * as depthwise from "./depthwise.ts";
import { add, elu, leakyRelu, prelu, relu, relu6, sigmoid } from "./elementwise.ts";
import * as linalg from "./linalg.ts";
import type { DataFormat2D, Padding, Pair, RoundingMode } from "./placing.ts";
import { dimsOf, reshape } from "./shape.ts";

/** What is done with the sum; "prelu" needs preluActivationWeights. */
export type Activation = "linear" | "relu" | "prelu" | "elu" | "relu6" | "leakyrelu" | "sigmoid";

/** What comes after the product. */
export interface Epilogue {
  /** Broadcasts to the result. */
  readonly bias?: TensorLike | null;
  /** Default "linear". */
  readonly activation?: Activation | null;
  readonly preluActivationWeights?: TensorLike | null;
  /** Default 0.2. */
  readonly leakyreluAlpha?: number;
}

export interface FusedConvolution extends Epilogue {
  readonly x: TensorLike;
  readonly filter: TensorLike;
  readonly strides: Pair;
  readonly pad: Padding;
  readonly dataFormat?: DataFormat2D;
  readonly dilations?: Pair;
  readonly dimRoundingMode?: RoundingMode;
}

export interface FusedProduct extends Epilogue {
  readonly a: TensorLike;
  readonly b: TensorLike;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** conv2d with these arguments, plus bias, activated. A bias or weights of rank 1 go with the channels, wherever those stand. */
export function conv2d(args: FusedConvolution): Tensor {
  return fusedConvolution("fused.conv2d", convolution.conv2d, args);
}

/** depthwiseConv2d with these arguments, plus bias, activated; as conv2d. */
export function depthwiseConv2d(args: FusedConvolution): Tensor {
  return fusedConvolution("fused.depthwiseConv2d", depthwise.depthwiseConv2d, args);
}

/** matMul with these arguments, plus bias, activated. */
export function matMul(args: FusedProduct): Tensor {
  const { a, b, transposeA = false, transposeB = false, ...epilogue } = checkArgs(args, "fused.matMul");
  return tidy(() => finished(linalg.matMul(a, b, transposeA, transposeB), "fused.matMul", epilogue));
}

function fusedConvolution(fn: string, convolve: typeof convolution.conv2d, args: FusedConvolution): Tensor {
  const { x, filter, strides, pad, dataFormat = "NHWC", dilations, dimRoundingMode, ...epilogue } = checkArgs(args, fn);
  return tidy(() => {
    const result = convolve(x, filter, strides, pad, dataFormat, dilations ?? [1, 1], dimRoundingMode);
    return finished(result, fn, epilogue, dataFormat === "NCHW");
  });
}

function checkArgs<T extends object>(args: T, fn: string): T {
  if (typeof args === "object" && args !== null) return args;
  throw new ArgumentError(`${fn}: takes one object of arguments, but got ${describe(args)}.`);
}

/** `channelsFirst`: vectors go along the channels, which stand before height and width. */
function finished(result: Tensor, fn: string, epilogue: Epilogue, channelsFirst = false): Tensor {
  const { bias, activation, preluActivationWeights, leakyreluAlpha } = epilogue;
  const alongChannels = (value: TensorLike, what: string): Tensor => {
    const t = toTensor(value, fn, what);
    const placed = channelsFirst && t.rank === 1 ? reshape(t, [-1, 1, 1]) : t;
    checkFits(dimsOf(placed), dimsOf(result), `${fn}: ${what} of shape ${showShape(dimsOf(t))}`);
    return placed;
  };
  const sum = bias === undefined || bias === null ? result : add(result, alongChannels(bias, "bias"));
  switch (activation ?? "linear") {
    case "linear":
      return sum;
    case "relu":
      return relu(sum);
    case "relu6":
      return relu6(sum);
    case "elu":
      return elu(sum);
    case "sigmoid":
      return sigmoid(sum);
    case "leakyrelu":
      return leakyRelu(sum, leakyreluAlpha);
    case "prelu":
      if (preluActivationWeights === undefined || preluActivationWeights === null) {
        throw new ArgumentError(`${fn}: activation "prelu" needs preluActivationWeights.`);
      }
      return prelu(sum, alongChannels(preluActivationWeights, "preluActivationWeights"));
    default:
      throw new ArgumentError(
        `${fn}: activation is ${describe(activation)}, but must be "linear", "relu", "prelu", "elu", "relu6", "leakyrelu" or "sigmoid".`,
      );
  }
}

/** Refuses what does not broadcast to the result, or would make it larger. */
function checkFits(shape: Dims, result: Dims, what: string): void {
  const both = broadcastDims(shape, result);
  if (both === null || shape.length > result.length || showShape(both) !== showShape(result)) {
    throw new ShapeError(`${what} does not broadcast to the result ${showShape(result)}.`);
  }
}
