/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Methods of Tensor: the functions of this folder with the tensor as first argument, under TensorFlow.js's names.
 * This is the list; install-methods.ts implements all of it (the compiler checks). See the functions for full descriptions.
 */
import type { DType, DTypeMap, KnownDType } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import type { Variable } from "../core/variable.ts";
import type { TensorBuffer } from "./buffer.ts";
import type { TensorLike } from "./convert.ts";
import type { DataFormat2D, Padding, Pair, RoundingMode } from "./placing.ts";
import type { NestedNumbers } from "./read.ts";
import type { Axis } from "./reduce.ts";
import type { Rows } from "./rows.ts";

export interface TensorMethods {
  // arithmetic
  add(b: TensorLike): Tensor;
  sub(b: TensorLike): Tensor;
  mul(b: TensorLike): Tensor;
  /** True division; ⌊a / b⌋ for two int32 tensors. */
  div(b: TensorLike): Tensor;
  divNoNan(b: TensorLike): Tensor;
  floorDiv(b: TensorLike): Tensor;
  /** Remainder with the sign of b. */
  mod(b: TensorLike): Tensor;
  /** Remainder with the sign of this tensor, as JavaScript's %. */
  truncMod(b: TensorLike): Tensor;
  pow(b: TensorLike): Tensor;
  maximum(b: TensorLike): Tensor;
  minimum(b: TensorLike): Tensor;
  squaredDifference(b: TensorLike): Tensor;
  atan2(b: TensorLike): Tensor;
  // comparison and logic
  equal(b: TensorLike): Tensor;
  notEqual(b: TensorLike): Tensor;
  less(b: TensorLike): Tensor;
  lessEqual(b: TensorLike): Tensor;
  greater(b: TensorLike): Tensor;
  greaterEqual(b: TensorLike): Tensor;
  logicalAnd(b: TensorLike): Tensor;
  logicalOr(b: TensorLike): Tensor;
  logicalXor(b: TensorLike): Tensor;
  logicalNot(): Tensor;
  /** This tensor where the condition is true, x elsewhere. */
  where(condition: TensorLike, x: TensorLike): Tensor;
  // functions of one number
  neg(): Tensor;
  abs(): Tensor;
  sign(): Tensor;
  square(): Tensor;
  sqrt(): Tensor;
  rsqrt(): Tensor;
  reciprocal(): Tensor;
  exp(): Tensor;
  expm1(): Tensor;
  log(): Tensor;
  log1p(): Tensor;
  sin(): Tensor;
  cos(): Tensor;
  tan(): Tensor;
  asin(): Tensor;
  acos(): Tensor;
  atan(): Tensor;
  sinh(): Tensor;
  cosh(): Tensor;
  tanh(): Tensor;
  asinh(): Tensor;
  acosh(): Tensor;
  atanh(): Tensor;
  sigmoid(): Tensor;
  logSigmoid(): Tensor;
  softplus(): Tensor;
  erf(): Tensor;
  erfc(): Tensor;
  lgamma(): Tensor;
  digamma(): Tensor;
  relu(): Tensor;
  relu6(): Tensor;
  elu(): Tensor;
  selu(): Tensor;
  leakyRelu(alpha?: number): Tensor;
  prelu(alpha: TensorLike): Tensor;
  step(alpha?: number): Tensor;
  clipByValue(min: number, max: number): Tensor;
  ceil(): Tensor;
  floor(): Tensor;
  /** Halves go to the even number. */
  round(): Tensor;
  trunc(): Tensor;
  isNaN(): Tensor;
  isInf(): Tensor;
  isFinite(): Tensor;
  /** A variable with this value. */
  variable(trainable?: boolean, name?: string, dtype?: DType): Variable;
  // dtype
  cast(dtype: DType): Tensor;
  asType(dtype: DType): Tensor;
  toFloat(): Tensor;
  toInt(): Tensor;
  toBool(): Tensor;
  // reductions
  sum(axis?: Axis, keepDims?: boolean): Tensor;
  mean(axis?: Axis, keepDims?: boolean): Tensor;
  prod(axis?: Axis, keepDims?: boolean): Tensor;
  max(axis?: Axis, keepDims?: boolean): Tensor;
  min(axis?: Axis, keepDims?: boolean): Tensor;
  any(axis?: Axis, keepDims?: boolean): Tensor;
  all(axis?: Axis, keepDims?: boolean): Tensor;
  argMax(axis?: number): Tensor;
  argMin(axis?: number): Tensor;
  logSumExp(axis?: Axis, keepDims?: boolean): Tensor;
  norm(ord?: number | "euclidean" | "fro", axis?: Axis, keepDims?: boolean): Tensor;
  euclideanNorm(axis?: Axis, keepDims?: boolean): Tensor;
  softmax(dim?: number): Tensor;
  logSoftmax(axis?: number): Tensor;
  cumsum(axis?: number, exclusive?: boolean, reverse?: boolean): Tensor;
  cumprod(axis?: number, exclusive?: boolean, reverse?: boolean): Tensor;
  // images
  resizeBilinear(size: readonly [number, number], alignCorners?: boolean, halfPixelCenters?: boolean): Tensor;
  resizeNearestNeighbor(size: readonly [number, number], alignCorners?: boolean, halfPixelCenters?: boolean): Tensor;
  // spectra
  fft(): Tensor;
  ifft(): Tensor;
  rfft(fftLength?: number | null): Tensor;
  irfft(): Tensor;
  // matrices
  matMul(b: TensorLike, transposeA?: boolean, transposeB?: boolean): Tensor;
  dot(b: TensorLike): Tensor;
  outerProduct(b: TensorLike): Tensor;
  // images
  conv1d(
    filter: TensorLike,
    stride: number,
    pad: Padding,
    dataFormat?: "NWC" | "NCW",
    dilation?: number,
    dimRoundingMode?: RoundingMode,
  ): Tensor;
  conv2d(
    filter: TensorLike,
    strides: Pair,
    pad: Padding,
    dataFormat?: DataFormat2D,
    dilations?: Pair,
    dimRoundingMode?: RoundingMode,
  ): Tensor;
  conv2dTranspose(filter: TensorLike, outputShape: readonly number[], strides: Pair, pad: Padding, dimRoundingMode?: RoundingMode): Tensor;
  depthwiseConv2d(
    filter: TensorLike,
    strides: Pair,
    pad: Padding,
    dataFormat?: DataFormat2D,
    dilations?: Pair | null,
    dimRoundingMode?: RoundingMode,
  ): Tensor;
  separableConv2d(
    depthwiseFilter: TensorLike,
    pointwiseFilter: TensorLike,
    strides: Pair,
    pad: "valid" | "same",
    dilation?: Pair,
    dataFormat?: "NHWC",
  ): Tensor;
  dilation2d(filter: TensorLike, strides: Pair, pad: Padding, dilations?: Pair, dataFormat?: "NHWC"): Tensor;
  localResponseNormalization(depthRadius?: number, bias?: number, alpha?: number, beta?: number): Tensor;
  batchNorm(
    mean: TensorLike,
    variance: TensorLike,
    offset?: TensorLike | null,
    scale?: TensorLike | null,
    varianceEpsilon?: number,
  ): Tensor;
  pool(
    windowShape: Pair,
    poolingType: "avg" | "max",
    padding: Padding,
    dilationRate?: Pair,
    strides?: Pair,
    dimRoundingMode?: RoundingMode,
  ): Tensor;
  maxPool(filterSize: Pair, strides: Pair, pad: Padding, dimRoundingMode?: RoundingMode): Tensor;
  avgPool(filterSize: Pair, strides: Pair, pad: Padding, dimRoundingMode?: RoundingMode): Tensor;
  // shape
  reshape(shape: Shape): Tensor;
  reshapeAs(other: Tensor): Tensor;
  flatten(): Tensor;
  as1D(): Tensor;
  as2D(rows: number, columns: number): Tensor;
  as3D(rows: number, columns: number, depth: number): Tensor;
  as4D(rows: number, columns: number, depth: number, depth2: number): Tensor;
  as5D(rows: number, columns: number, depth: number, depth2: number, depth3: number): Tensor;
  asScalar(): Tensor;
  expandDims(axis?: number): Tensor;
  squeeze(axis?: readonly number[] | number): Tensor;
  transpose(perm?: readonly number[] | null, conjugate?: boolean): Tensor;
  broadcastTo(shape: Shape): Tensor;
  tile(reps: readonly number[]): Tensor;
  reverse(axis?: number | readonly number[]): Tensor;
  pad(paddings: readonly (readonly [number, number])[], constantValue?: number): Tensor;
  mirrorPad(paddings: readonly (readonly [number, number])[], mode: "reflect" | "symmetric"): Tensor;
  batchToSpaceND(blockShape: readonly number[], crops: readonly (readonly number[])[]): Tensor;
  spaceToBatchND(blockShape: readonly number[], paddings: readonly (readonly number[])[]): Tensor;
  depthToSpace(blockSize: number, dataFormat?: "NHWC" | "NCHW"): Tensor;
  // parts
  topk(k?: number, sorted?: boolean): { values: Tensor; indices: Tensor };
  unique(axis?: number): { values: Tensor; indices: Tensor };
  slice(begin: number | readonly number[], size?: number | readonly number[]): Tensor;
  stridedSlice(
    begin: readonly number[],
    end: readonly number[],
    strides?: readonly number[],
    beginMask?: number,
    endMask?: number,
    ellipsisMask?: number,
    newAxisMask?: number,
    shrinkAxisMask?: number,
  ): Tensor;
  gather(indices: TensorLike, axis?: number, batchDims?: number): Tensor;
  concat(x: TensorLike | readonly Tensor[], axis?: number): Tensor;
  stack(x: Tensor | readonly Tensor[], axis?: number): Tensor;
  unstack(axis?: number): Tensor[];
  split(numOrSizeSplits: number | readonly number[], axis?: number): Tensor[];
  unsortedSegmentSum(segmentIds: TensorLike, numSegments: number): Tensor;
  oneHot(depth: number, onValue?: number, offValue?: number, dtype?: DType): Tensor;
  zerosLike(): Tensor;
  onesLike(): Tensor;
  // memory
  clone(): Tensor;
  /** Gives the elements back at once. Optional: what is not disposed is collected. */
  dispose(): void;
  [Symbol.dispose](): void;
  /** `for (const row of t)`: slices along the first axis. In marked functions this is one loop of the graph. E_SHAPE for a scalar. */
  [Symbol.iterator](): IterableIterator<Tensor>;
  /** Rows with their numbers: `for (const [i, row] of t.entries())`. In marked functions this is one loop of the graph. */
  entries(): Rows<[Tensor, Tensor]>;
  // reading
  /** The only element: a boolean for bool, text for string (which the type leaves out), else a number. */
  item(): number | boolean;
  /** The bytes of the elements; of a string tensor an array with the UTF-8 of each. */
  bytes(): Promise<Uint8Array | Uint8Array[]>;
  arraySync(): NestedNumbers;
  array(): Promise<NestedNumbers>;
  /** A copy whose elements can be set one by one. */
  bufferSync(): TensorBuffer;
  buffer(): Promise<TensorBuffer>;
  print(verbose?: boolean): void;
  toString(verbose?: boolean): string;
}

declare module "../core/tensor.ts" {
  interface Tensor<D extends DType = DType> extends TensorMethods {
    /** A copy of the elements in row-major order; texts of a string tensor: `dataSync<"string">()`. */
    dataSync<E extends DType = KnownDType<D>>(): DTypeMap[E];
    data<E extends DType = KnownDType<D>>(): Promise<DTypeMap[E]>;
  }
}
