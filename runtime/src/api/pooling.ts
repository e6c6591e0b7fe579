/** Pools, under TensorFlow.js's names: see convolution.ts for the forms of images and volumes. */

import { ArgumentError, ShapeError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import { tidied } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import type { OpRecord } from "../ops/op.ts";
import { describe, type TensorLike, toTensor } from "./convert.ts";
import {
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
import { dimsOf } from "./shape.ts";

type Pool = (x: TensorLike, filterSize: Pair, strides: Pair, pad: Padding, dimRoundingMode?: RoundingMode) => Tensor;
type Pool3D = (
  x: TensorLike,
  /** Default [1, 1, 1]. */
  filterSize: Triple | undefined,
  strides: Triple,
  pad: Padding3D,
  dimRoundingMode?: RoundingMode,
  dataFormat?: DataFormat3D,
) => Tensor;

/** Where the windows of a pool stand. */
interface Windows {
  readonly fn: string;
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations?: readonly number[];
  readonly pad: Padding | Padding3D;
  readonly rounding: RoundingMode | undefined;
  readonly format?: DataFormat3D;
}

function attrsFor(images: Tensor, { size, dilations = size.map(() => 1), ...placing }: Windows) {
  const pads = padsOf({ ...placing, size, dilations, x: dimsOf(images) });
  return { window: size, strides: placing.strides, pads, dilations };
}

function poolOf(op: OpRecord): Pool {
  const fn = op.name;
  return tidied<Pool>(fn, (x, filterSize, strides, pad, dimRoundingMode) => {
    const size = pairOf(filterSize, `${fn}: filterSize`);
    const windows = { fn, size, strides: pairOf(strides, `${fn}: strides`), pad, rounding: dimRoundingMode };
    return onImages(x, fn, (images) => apply1(op, [images], attrsFor(images, windows)));
  });
}

function pool3dOf(op: OpRecord): Pool3D {
  const fn = `${op.name}3d`;
  return tidied<Pool3D>(fn, (x, filterSize = [1, 1, 1], strides, pad, dimRoundingMode, dataFormat = "NDHWC") => {
    const size = tripleOf(filterSize, `${fn}: filterSize`);
    const windows = { fn, size, strides: tripleOf(strides, `${fn}: strides`), pad, rounding: dimRoundingMode, format: dataFormat };
    return onImages(x, fn, (volumes) => apply1(op, [volumes], attrsFor(volumes, windows)), { axes: 3, format: dataFormat });
  });
}

/**
 * The largest cell of each window; NaN wins, padding never does.
 * Shapes   x [N, H, W, C] or [H, W, C] → [N, OH, OW, C] or [OH, OW, C].
 * Dtypes   numeric; bool is counted as int32.
 * Args     filterSize, strides: one number or [rows, columns], whole, ≥ 1; pad: see Padding, smaller than the window.
 * Errors   E_SHAPE for ranks and a window larger than the padded image; E_ARGUMENT.
 * Gradient goes to the first largest cell of each window.
 * Source   TensorFlow.js maxPool.
 */
export const maxPool: Pool = poolOf(ops.maxPool);

/** The average over the cells of each window that lie in the image; integers become float32. Otherwise as maxPool. */
export const avgPool: Pool = poolOf(ops.avgPool);

/**
 * maxPool of volumes: x [N, D, H, W, C] or [D, H, W, C], filterSize and strides one number or [planes, rows, columns].
 * Source   TensorFlow.js maxPool3d; data may be "NCDHW" too.
 */
export const maxPool3d: Pool3D = pool3dOf(ops.maxPool);

/** avgPool of volumes: see maxPool3d. */
export const avgPool3d: Pool3D = pool3dOf(ops.avgPool);

/**
 * maxPool or avgPool with the window's cells `dilations` apart. Windows that hold cells of the image and others count those of the
 * image, as without dilation (TensorFlow.js counts zeros there). E_SHAPE where a window would hold no cell of the image.
 * Shapes   input [N, H, W, C] or [H, W, C] → [N, OH, OW, C] or [OH, OW, C].
 * Source   TensorFlow.js pool; strides and dilations may both differ from 1.
 */
export const pool = tidied(
  "pool",
  (
    input: TensorLike,
    windowShape: Pair,
    poolingType: "avg" | "max",
    pad: Padding,
    dilations?: Pair,
    strides?: Pair,
    dimRoundingMode?: RoundingMode,
  ): Tensor => {
    if (poolingType !== "avg" && poolingType !== "max") {
      throw new ArgumentError(`pool: poolingType is ${describe(poolingType)}, but must be "avg" or "max".`);
    }
    const op = poolingType === "avg" ? ops.avgPool : ops.maxPool;
    const windows = {
      fn: "pool",
      size: pairOf(windowShape, "pool: windowShape"),
      strides: pairOf(strides ?? 1, "pool: strides"),
      dilations: pairOf(dilations ?? 1, "pool: dilations"),
      pad,
      rounding: dimRoundingMode,
    };
    return onImages(input, "pool", (images) => apply1(op, [images], attrsFor(images, windows)));
  },
);

/**
 * maxPool, and the index of each largest cell in its image, as [H, W, C], or with includeBatchInIndex in all of x.
 * Shapes   x [N, H, W, C] → both [N, OH, OW, C]; indexes are int32.
 * Errors   as maxPool; E_SHAPE where x has more elements than int32 can count.
 * Gradient of the result as of maxPool.
 * Source   TensorFlow.js maxPoolWithArgmax.
 */
export const maxPoolWithArgmax = tidied(
  "maxPoolWithArgmax",
  (x: TensorLike, filterSize: Pair, strides: Pair, pad: Padding, includeBatchInIndex = false): { result: Tensor; indexes: Tensor } => {
    const fn = "maxPoolWithArgmax";
    const images = toTensor(x, fn);
    if (images.rank !== 4) throw new ShapeError(`${fn}: x of shape ${showShape(dimsOf(images))} must have rank 4.`);
    const size = pairOf(filterSize, `${fn}: filterSize`);
    const attrs = attrsFor(images, { fn, size, strides: pairOf(strides, `${fn}: strides`), pad, rounding: undefined });
    return {
      result: apply1(ops.maxPool, [images], attrs),
      indexes: apply1(ops.maxPoolArgMax, [images], { includeBatch: includeBatchInIndex, ...attrs }),
    };
  },
);
