/** Puts the methods of tensor-methods.ts on Tensor.prototype. */
import { GraphFnError, ShapeError } from "../core/errors.ts";
import { Tensor } from "../core/tensor.ts";
import { unary } from "../eager/fast.ts";
import { dispose } from "../eager/memory.ts";
import * as ops from "../ops/index.ts";
import { batchNorm } from "./batch-norm.ts";
import * as bl from "./blocks.ts";
import { TensorBuffer } from "./buffer.ts";
import type { TensorLike } from "./convert.ts";
import * as cv from "./convolution.ts";
import * as c from "./create.ts";
import * as dw from "./depthwise.ts";
import { dilation2d } from "./dilation.ts";
import * as e from "./elementwise.ts";
import { resizeBilinear, resizeNearestNeighbor } from "./image/resize.ts";
import * as j from "./join.ts";
import * as l from "./linalg.ts";
import { localResponseNormalization } from "./local-response.ts";
import * as p from "./pooling.ts";
import * as read from "./read.ts";
import * as r from "./reduce.ts";
import { type Rows, rowsOf } from "./rows.ts";
import * as tk from "./select/top-k.ts";
import * as un from "./select/unique.ts";
import * as sh from "./shape.ts";
import * as sl from "./slice.ts";
import * as so from "./softmax.ts";
import * as sp from "./spectral.ts";
import type { TensorMethods } from "./tensor-methods.ts";
import { variable } from "./variables.ts";

/** f(this): the method has the op's name. */
const UNARY = {
  neg: ops.neg,
  sign: ops.sign,
  square: ops.square,
  sqrt: ops.sqrt,
  rsqrt: ops.rsqrt,
  reciprocal: ops.reciprocal,
  exp: ops.exp,
  expm1: ops.expm1,
  log: ops.log,
  log1p: ops.log1p,
  sin: ops.sin,
  cos: ops.cos,
  tan: ops.tan,
  asin: ops.asin,
  acos: ops.acos,
  atan: ops.atan,
  sinh: ops.sinh,
  cosh: ops.cosh,
  tanh: ops.tanh,
  asinh: ops.asinh,
  acosh: ops.acosh,
  atanh: ops.atanh,
  sigmoid: ops.sigmoid,
  softplus: ops.softplus,
  erf: ops.erf,
  erfc: ops.erfc,
  lgamma: ops.lgamma,
  digamma: ops.digamma,
  relu: ops.relu,
  relu6: ops.relu6,
  elu: ops.elu,
  selu: ops.selu,
  ceil: ops.ceil,
  floor: ops.floor,
  round: ops.round,
  trunc: ops.trunc,
  isNaN: ops.isNaN,
  isInf: ops.isInf,
  isFinite: ops.isFinite,
  logicalNot: ops.logicalNot,
};

/** this ∘ b. */
const BINARY = {
  add: ops.add,
  sub: ops.sub,
  mul: ops.mul,
  floorDiv: ops.floorDiv,
  mod: ops.mod,
  truncMod: ops.truncMod,
  pow: ops.pow,
  maximum: ops.maximum,
  minimum: ops.minimum,
  squaredDifference: ops.squaredDifference,
  atan2: ops.atan2,
  equal: ops.equal,
  notEqual: ops.notEqual,
  less: ops.less,
  lessEqual: ops.lessEqual,
  greater: ops.greater,
  greaterEqual: ops.greaterEqual,
  logicalAnd: ops.logicalAnd,
  logicalOr: ops.logicalOr,
  logicalXor: ops.logicalXor,
};

const others: Omit<TensorMethods, keyof typeof UNARY | keyof typeof BINARY> & ThisType<Tensor> = {
  abs() {
    return e.absOf(this);
  },
  div(b) {
    return e.divWith(this, b);
  },
  divNoNan(b) {
    return e.divNoNan(this, b);
  },
  where(condition, x) {
    return e.where(condition, this, x);
  },
  logSigmoid() {
    return e.logSigmoid(this);
  },
  leakyRelu(alpha) {
    return e.leakyRelu(this, alpha);
  },
  prelu(alpha) {
    return e.prelu(this, alpha);
  },
  step(alpha) {
    return e.step(this, alpha);
  },
  clipByValue(min, max) {
    return e.clipByValue(this, min, max);
  },
  cast(dtype) {
    return e.cast(this, dtype);
  },
  variable(trainable, name, dtype) {
    return variable(this, trainable, name, dtype);
  },
  asType(dtype) {
    return e.cast(this, dtype);
  },
  toFloat() {
    return e.cast(this, "float32");
  },
  toInt() {
    return e.cast(this, "int32");
  },
  toBool() {
    return e.cast(this, "bool");
  },
  sum(axis, keepDims) {
    return r.sum(this, axis, keepDims);
  },
  mean(axis, keepDims) {
    return r.mean(this, axis, keepDims);
  },
  prod(axis, keepDims) {
    return r.prod(this, axis, keepDims);
  },
  max(axis, keepDims) {
    return r.max(this, axis, keepDims);
  },
  min(axis, keepDims) {
    return r.min(this, axis, keepDims);
  },
  any(axis, keepDims) {
    return r.any(this, axis, keepDims);
  },
  all(axis, keepDims) {
    return r.all(this, axis, keepDims);
  },
  argMax(axis) {
    return r.argMax(this, axis);
  },
  argMin(axis) {
    return r.argMin(this, axis);
  },
  logSumExp(axis, keepDims) {
    return so.logSumExp(this, axis, keepDims);
  },
  norm(ord, axis, keepDims) {
    return r.norm(this, ord, axis, keepDims);
  },
  euclideanNorm(axis, keepDims) {
    return r.euclideanNorm(this, axis, keepDims);
  },
  resizeBilinear(size, alignCorners, halfPixelCenters) {
    return resizeBilinear(this, size, alignCorners, halfPixelCenters);
  },
  resizeNearestNeighbor(size, alignCorners, halfPixelCenters) {
    return resizeNearestNeighbor(this, size, alignCorners, halfPixelCenters);
  },
  fft() {
    return sp.fft(this);
  },
  ifft() {
    return sp.ifft(this);
  },
  rfft(fftLength) {
    return sp.rfft(this, fftLength);
  },
  irfft() {
    return sp.irfft(this);
  },
  softmax(dim) {
    return so.softmax(this, dim);
  },
  logSoftmax(axis) {
    return so.logSoftmax(this, axis);
  },
  cumsum(axis, exclusive, reverse) {
    return sh.cumsum(this, axis, exclusive, reverse);
  },
  cumprod(axis, exclusive, reverse) {
    return sh.cumprod(this, axis, exclusive, reverse);
  },
  matMul(b, transposeA, transposeB) {
    return l.matMul(this, b, transposeA, transposeB);
  },
  dot(b) {
    return l.dot(this, b);
  },
  outerProduct(b) {
    return l.outerProduct(this, b);
  },
  conv1d(filter, stride, pad, dataFormat, dilation, dimRoundingMode) {
    return cv.conv1d(this, filter, stride, pad, dataFormat, dilation, dimRoundingMode);
  },
  conv2d(filter, strides, pad, dataFormat, dilations, dimRoundingMode) {
    return cv.conv2d(this, filter, strides, pad, dataFormat, dilations, dimRoundingMode);
  },
  conv2dTranspose(filter, outputShape, strides, pad, dimRoundingMode) {
    return cv.conv2dTranspose(this, filter, outputShape, strides, pad, dimRoundingMode);
  },
  depthwiseConv2d(filter, strides, pad, dataFormat, dilations, dimRoundingMode) {
    return dw.depthwiseConv2d(this, filter, strides, pad, dataFormat, dilations, dimRoundingMode);
  },
  separableConv2d(depthwiseFilter, pointwiseFilter, strides, pad, dilation, dataFormat) {
    return dw.separableConv2d(this, depthwiseFilter, pointwiseFilter, strides, pad, dilation, dataFormat);
  },
  dilation2d(filter, strides, pad, dilations, dataFormat) {
    return dilation2d(this, filter, strides, pad, dilations, dataFormat);
  },
  localResponseNormalization(depthRadius, bias, alpha, beta) {
    return localResponseNormalization(this, depthRadius, bias, alpha, beta);
  },
  batchNorm(mean, variance, offset, scale, varianceEpsilon) {
    return batchNorm(this, mean, variance, offset, scale, varianceEpsilon);
  },
  pool(windowShape, poolingType, padding, dilationRate, strides, dimRoundingMode) {
    return p.pool(this, windowShape, poolingType, padding, dilationRate, strides, dimRoundingMode);
  },
  maxPool(filterSize, strides, pad, dimRoundingMode) {
    return p.maxPool(this, filterSize, strides, pad, dimRoundingMode);
  },
  avgPool(filterSize, strides, pad, dimRoundingMode) {
    return p.avgPool(this, filterSize, strides, pad, dimRoundingMode);
  },
  reshape(shape) {
    return sh.reshape(this, shape);
  },
  reshapeAs(other) {
    return sh.reshapeAs(this, other);
  },
  flatten() {
    return sh.flatten(this);
  },
  as1D() {
    return sh.flatten(this);
  },
  as2D(rows, columns) {
    return sh.reshape(this, [rows, columns]);
  },
  as3D(rows, columns, depth) {
    return sh.reshape(this, [rows, columns, depth]);
  },
  as4D(rows, columns, depth, depth2) {
    return sh.reshape(this, [rows, columns, depth, depth2]);
  },
  as5D(rows, columns, depth, depth2, depth3) {
    return sh.reshape(this, [rows, columns, depth, depth2, depth3]);
  },
  asScalar() {
    return sh.reshape(this, []);
  },
  expandDims(axis) {
    return sh.expandDims(this, axis);
  },
  squeeze(axis) {
    return sh.squeeze(this, axis);
  },
  transpose(perm, conjugate) {
    return sh.transpose(this, perm, conjugate);
  },
  broadcastTo(shape) {
    return sh.broadcastTo(this, shape);
  },
  tile(reps) {
    return sh.tile(this, reps);
  },
  reverse(axis) {
    return sh.reverse(this, axis);
  },
  pad(paddings, constantValue) {
    return sh.pad(this, paddings, constantValue);
  },
  mirrorPad(paddings, mode) {
    return bl.mirrorPad(this, paddings, mode);
  },
  batchToSpaceND(blockShape, crops) {
    return bl.batchToSpaceND(this, blockShape, crops);
  },
  spaceToBatchND(blockShape, paddings) {
    return bl.spaceToBatchND(this, blockShape, paddings);
  },
  depthToSpace(blockSize, dataFormat) {
    return bl.depthToSpace(this, blockSize, dataFormat);
  },
  topk(k, sorted) {
    return tk.topk(this, k, sorted);
  },
  unique(axis) {
    return un.unique(this, axis);
  },
  slice(begin, size) {
    return sl.slice(this, begin, size);
  },
  stridedSlice(begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask) {
    return sl.stridedSlice(this, begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask);
  },
  gather(indices, axis, batchDims) {
    return sl.gather(this, indices, axis, batchDims);
  },
  concat(x, axis) {
    return j.concat([this, ...tensorsOf(x, this.rank)], axis);
  },
  stack(x, axis) {
    return j.stack([this, ...tensorsOf(x, this.rank)], axis);
  },
  unstack(axis) {
    return j.unstack(this, axis);
  },
  split(numOrSizeSplits, axis) {
    return j.split(this, numOrSizeSplits, axis);
  },
  unsortedSegmentSum(segmentIds, numSegments) {
    return sl.unsortedSegmentSum(this, segmentIds, numSegments);
  },
  oneHot(depth, onValue, offValue, dtype) {
    return sl.oneHot(this, depth, onValue, offValue, dtype);
  },
  zerosLike() {
    return c.zerosLike(this);
  },
  onesLike() {
    return c.onesLike(this);
  },
  clone() {
    return e.clone(this);
  },
  dispose() {
    dispose(this);
  },
  [Symbol.dispose]() {
    dispose(this);
  },
  item() {
    return read.item(this);
  },
  arraySync() {
    return read.arraySync(this);
  },
  array() {
    return promised(() => read.arraySync(this));
  },
  bytes() {
    return promised(() => read.bytesSync(this));
  },
  bufferSync() {
    return bufferOf(this);
  },
  buffer() {
    return promised(() => bufferOf(this));
  },
  print(verbose) {
    read.print(this, verbose);
  },
  toString(verbose) {
    return read.tensorToString(this, verbose);
  },
  /** Slices along the first axis, each made when it is asked for. */
  *[Symbol.iterator]() {
    if (this.shape.length === 0) throw new ShapeError("A scalar tensor cannot be iterated.");
    const n = this.shape[0] as number;
    for (let i = 0; i < n; i++) yield sl.index(this, i);
  },
  entries() {
    return rowsOf(this, "entries").entries() as Rows<[Tensor, Tensor]>;
  },
};

/** Operand of concat and stack: one tensor-like, or an array of them, nested deeper than the rank. */
function tensorsOf(x: TensorLike | readonly Tensor[], rank: number): readonly TensorLike[] {
  if (!Array.isArray(x)) return [x as TensorLike];
  let depth = 0;
  for (let inner: unknown = x; Array.isArray(inner); inner = inner[0]) depth++;
  return depth > rank || x.every((t) => t instanceof Tensor) ? (x as TensorLike[]) : [x as TensorLike];
}

/** A tensor where JavaScript wants a primitive: text in template literals; an error for operators, which would be silently wrong. */
function toPrimitive(this: Tensor, hint: string): string {
  if (hint === "string") return this.toString();
  throw new GraphFnError("E_OPERATOR", "A JavaScript operator was applied to a tensor outside of transformed code.", {
    hint: "Use methods (a.add(b), a.less(b)), or mark the function with @graphFunction or @eagerFunction and build it with the graphfn transformer.",
  });
}

function bufferOf(t: Tensor): TensorBuffer {
  return new TensorBuffer(t.shape, t.dtype, read.dataSync(t));
}

/** The value, or its error, by promise: elements are there already. */
function promised<T>(read: () => T): Promise<T> {
  return new Promise((resolve) => resolve(read()));
}

function define(key: PropertyKey, value: unknown): void {
  Object.defineProperty(Tensor.prototype, key, { value, writable: true, configurable: true });
}

for (const [name, op] of Object.entries(UNARY)) {
  define(name, function (this: Tensor) {
    return unary(op, this);
  });
}
for (const [name, op] of Object.entries(BINARY)) {
  define(name, function (this: Tensor, b: TensorLike) {
    return e.binaryWith(op, this, b);
  });
}
for (const key of Reflect.ownKeys(others)) {
  Object.defineProperty(Tensor.prototype, key, { ...Object.getOwnPropertyDescriptor(others, key), enumerable: false });
}
define("dataSync", function (this: Tensor) {
  return read.dataSync(this);
});
define("data", function (this: Tensor) {
  return promised(() => read.dataSync(this));
});
define(Symbol.toPrimitive, toPrimitive);
// What console.log and Node's REPL show.
define(Symbol.for("nodejs.util.inspect.custom"), function (this: Tensor) {
  return read.inspectText(this);
});
