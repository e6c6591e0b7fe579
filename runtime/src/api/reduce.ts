/**
 * Reductions. `axis` is one axis, several, or all when missing; negative ones count from the end (E_AXIS when out of range).
 * `keepDims` leaves reduced axes as length 1.
 */
import { ArgumentError } from "../core/errors.ts";
import { normalizeAxes, normalizeAxis } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import { tidied } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import type { OpRecord } from "../ops/op.ts";
import { describe, type TensorLike, toBools, toTensor } from "./convert.ts";
import { abs, sqrt, square, squaredDifference } from "./elementwise.ts";
import { reshape } from "./shape.ts";

export type Axis = number | readonly number[] | null;
type Reduction = (x: TensorLike, axis?: Axis, keepDims?: boolean) => Tensor;

function reductionOf(op: OpRecord, convert = toTensor): Reduction {
  return tidied(op.name, (x: TensorLike, axis?: Axis, keepDims = false) => {
    const input = convert(x, op.name);
    return apply1(op, [input], { axes: normalizeAxes(axis, input.rank), keepDims });
  });
}

/** Sum; bool is counted as int32. */
export const sum: Reduction = reductionOf(ops.sum);
/** Arithmetic mean; integers give float32. */
export const mean: Reduction = reductionOf(ops.mean);
/** Product. */
export const prod: Reduction = reductionOf(ops.prod);
/** Largest element; NaN wins. */
export const max: Reduction = reductionOf(ops.max);
/** Smallest element; NaN wins. */
export const min: Reduction = reductionOf(ops.min);
/** Whether one element is true; x is bool. */
export const any: Reduction = reductionOf(ops.any, toBools);
/** Whether all elements are true; x is bool. */
export const all: Reduction = reductionOf(ops.all, toBools);

/** int32 index of the first largest element along an axis. */
export const argMax = tidied("argMax", (x: TensorLike, axis = 0): Tensor => {
  const input = toTensor(x, "argMax");
  return apply1(ops.argMax, [input], { axis: normalizeAxis(axis, input.rank, "argMax: axis") });
});

/** int32 index of the first smallest element along an axis. */
export const argMin = tidied("argMin", (x: TensorLike, axis = 0): Tensor => {
  const input = toTensor(x, "argMin");
  return apply1(ops.argMin, [input], { axis: normalizeAxis(axis, input.rank, "argMin: axis") });
});

/** Mean and population variance. */
export const moments = tidied("moments", (x: TensorLike, axis?: Axis, keepDims = false): { mean: Tensor; variance: Tensor } => {
  const input = toTensor(x, "moments");
  const center = mean(input, axis, true);
  const variance = mean(squaredDifference(input, center), axis, keepDims);
  return { mean: keepDims ? center : reshape(center, variance.shape), variance };
});

/**
 * Norm of vectors or matrices, as in TensorFlow.js: `ord` is "euclidean", 1, 2 (vectors), Infinity, −Infinity, "fro".
 */
export const norm = tidied(
  "norm",
  (x: TensorLike, ord: number | "euclidean" | "fro" = "euclidean", axis: Axis = null, keepDims = false): Tensor => {
    const input = toTensor(x, "norm");
    const axes = normalizeAxes(axis, input.rank);
    if (axes.length === 2 && axis !== null && typeof ord === "number") return matrixNorm(input, ord, axes as [number, number], keepDims);
    switch (ord) {
      case "euclidean":
      case "fro":
      case 2:
        return sqrt(sum(square(input), axes, keepDims));
      case 1:
        return sum(abs(input), axes, keepDims);
      case Infinity:
        return max(abs(input), axes, keepDims);
      case -Infinity:
        return min(abs(input), axes, keepDims);
      default:
        throw badNorm(ord);
    }
  },
);

/** norm by the sum of squares. */
export const euclideanNorm = tidied("euclideanNorm", (x: TensorLike, axis: Axis = null, keepDims = false): Tensor => {
  return norm(x, "euclidean", axis, keepDims);
});

function matrixNorm(x: Tensor, ord: number, [rows, columns]: [number, number], keepDims: boolean): Tensor {
  const along = ord === 1 ? rows : columns;
  const other = ord === 1 ? columns : rows;
  if (ord !== 1 && ord !== Infinity && ord !== -Infinity) throw badNorm(ord);
  const sums = sum(abs(x), along, true);
  const best = ord === -Infinity ? min(sums, other, true) : max(sums, other, true);
  return keepDims ? best : sum(best, [rows, columns], false);
}

function badNorm(ord: unknown): Error {
  return new ArgumentError(`norm: ${describe(ord)} is not a norm this function knows.`, {
    hint: 'Use "euclidean", "fro", 1, 2, Infinity or -Infinity.',
  });
}
