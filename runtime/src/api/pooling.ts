/** Pools, under TensorFlow.js's names: see convolution.ts for the forms of images. */
import type { Tensor } from "../core/tensor.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import * as ops from "../ops/index.ts";
import type { OpRecord } from "../ops/op.ts";
import type { TensorLike } from "./convert.ts";
import { onImages, type Padding, type Pair, padsOf, pairOf, type RoundingMode } from "./placing.ts";
import { dimsOf } from "./shape.ts";

type Pool = (x: TensorLike, filterSize: Pair, strides: Pair, pad: Padding, dimRoundingMode?: RoundingMode) => Tensor;

function poolOf(op: OpRecord): Pool {
  return (x, filterSize, strides, pad, dimRoundingMode) => {
    const size = pairOf(filterSize, `${op.name}: filterSize`);
    const placing = { fn: op.name, size, strides: pairOf(strides, `${op.name}: strides`), dilations: [1, 1] } as const;
    return onImages(x, op.name, (images) => {
      const pads = padsOf({ ...placing, x: dimsOf(images), pad, rounding: dimRoundingMode });
      return apply1(op, [images], { window: size, strides: placing.strides, pads });
    });
  };
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
