/** Batch normalisation, under TensorFlow.js's names. Compositions: gradients follow from their parts. */
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { tidied } from "../eager/scope.ts";
import { describe, type TensorLike, toTensor } from "./convert.ts";
import { add, mul, rsqrt, sub } from "./elementwise.ts";
import { dimsOf } from "./shape.ts";

/** `varianceEpsilon` is 0.001 when missing. */
type BatchNorm = (
  x: TensorLike,
  mean: TensorLike,
  variance: TensorLike,
  offset?: TensorLike | null,
  scale?: TensorLike | null,
  varianceEpsilon?: number,
) => Tensor;

/**
 * (x − mean) / √(variance + varianceEpsilon) · scale + offset. mean, variance, offset and scale have the shape of the last axis of x
 * [...S, C], or a shape of x's rank that broadcasts to x. Floating; integers are lifted to float32. E_SHAPE where shapes do not fit.
 */
export const batchNorm: BatchNorm = tidied<BatchNorm>("batchNorm", (x, mean, variance, offset, scale, varianceEpsilon) =>
  normalize("batchNorm", x, mean, variance, offset, scale, varianceEpsilon),
);

function ofRank(rank: number): BatchNorm {
  const fn = `batchNorm${rank}d`;
  return tidied<BatchNorm>(fn, (x, mean, variance, offset, scale, varianceEpsilon) => {
    const input = toTensor(x, fn);
    if (input.rank !== rank) throw new ShapeError(`${fn}: x has shape ${showShape(dimsOf(input))}, but must have rank ${rank}.`);
    return normalize(fn, input, mean, variance, offset, scale, varianceEpsilon);
  });
}

/** batchNorm of a tensor of rank 2. */
export const batchNorm2d: BatchNorm = ofRank(2);
/** batchNorm of a tensor of rank 3. */
export const batchNorm3d: BatchNorm = ofRank(3);
/** batchNorm of a tensor of rank 4. */
export const batchNorm4d: BatchNorm = ofRank(4);

function normalize(
  fn: string,
  x: TensorLike,
  mean: TensorLike,
  variance: TensorLike,
  offset: TensorLike | null | undefined,
  scale: TensorLike | null | undefined,
  epsilon = 0.001,
): Tensor {
  if (typeof epsilon !== "number" || !(epsilon >= 0)) {
    throw new ArgumentError(`${fn}: varianceEpsilon must be a number, 0 or more, but is ${describe(epsilon)}.`);
  }
  const input = toTensor(x, fn);
  const statistic = (value: TensorLike, name: string): Tensor => {
    const t = toTensor(value, fn, name);
    if (t.rank <= 1 || t.rank === input.rank) return t;
    throw new ShapeError(`${fn}: ${name} has shape ${showShape(dimsOf(t))}, but must have rank 1, or rank ${input.rank} as x.`);
  };
  const inverse = rsqrt(add(statistic(variance, "variance"), epsilon));
  const factor = scale === undefined || scale === null ? inverse : mul(inverse, statistic(scale, "scale"));
  const scaled = mul(sub(input, statistic(mean, "mean")), factor);
  const result = offset === undefined || offset === null ? scaled : add(scaled, statistic(offset, "offset"));
  if (result.rank === input.rank && showShape(dimsOf(result)) === showShape(dimsOf(input))) return result;
  throw new ShapeError(`${fn}: the statistics would make ${showShape(dimsOf(result))} of x ${showShape(dimsOf(input))}.`, {
    hint: "Each length must be 1 or that of x.",
  });
}
