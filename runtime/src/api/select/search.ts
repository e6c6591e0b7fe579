/** Places in sorted rows, and counting whole numbers. */

import { ArgumentError, ShapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { apply1 } from "../../dispatch/dispatch.ts";
import { tidied } from "../../eager/scope.ts";
import * as ops from "../../ops/index.ts";
import { checkInt, describe, type TensorLike, toTensor } from "../convert.ts";
import { checkRank, indicesOf } from "../indices.ts";
import { dimsOf, reshape } from "../shape.ts";

/**
 * How many elements of a sorted row are less than each value ("left"), or not greater ("right"): sortedSequence [...B, N], values
 * [...B, M] → int32 [...B, M]. NaN stands behind all numbers. E_SHAPE where B differs.
 */
export const searchSorted = tidied(
  "searchSorted",
  (sortedSequence: TensorLike, values: TensorLike, side: "left" | "right" = "left"): Tensor => {
    if (side !== "left" && side !== "right")
      throw new ArgumentError(`searchSorted: side must be "left" or "right", but is ${describe(side)}.`);
    return search("searchSorted", sortedSequence, values, side === "right");
  },
);

/** searchSorted from the left. */
export const lowerBound = tidied("lowerBound", (sortedSequence: TensorLike, values: TensorLike): Tensor => {
  return search("lowerBound", sortedSequence, values, false);
});

/** searchSorted from the right. */
export const upperBound = tidied("upperBound", (sortedSequence: TensorLike, values: TensorLike): Tensor => {
  return search("upperBound", sortedSequence, values, true);
});

function search(fn: string, sortedSequence: TensorLike, values: TensorLike, right: boolean): Tensor {
  return apply1(ops.searchSorted, [toTensor(sortedSequence, fn, "sortedSequence"), toTensor(values, fn, "values")], { right });
}

/**
 * How often each of 0..size-1 is in x, int32 [N] → [size], or the sums of weights of x's shape (none: []). Numbers from `size` on are
 * left out; negative ones are E_INDEX. The dtype is that of the weights.
 */
export const bincount = tidied("bincount", (x: TensorLike, weights: TensorLike, size: number): Tensor => {
  const input = indicesOf(x, "bincount", "x");
  checkRank(input, 1, "bincount");
  return count("bincount", input, weights, size, false);
});

/** bincount of x [N], or of each row of x [B, N] → [B, size]; `binaryOutput`: 1 where a number is there at all. */
export const denseBincount = tidied("denseBincount", (x: TensorLike, weights: TensorLike, size: number, binaryOutput = false): Tensor => {
  return count("denseBincount", indicesOf(x, "denseBincount", "x"), weights, size, binaryOutput);
});

function count(fn: string, x: Tensor, weights: TensorLike, size: number, binary: boolean): Tensor {
  if (x.rank < 1 || x.rank > 2) throw new ShapeError(`${fn}: x has shape ${showShape(dimsOf(x))}, but must have rank 1 or 2.`);
  const given = toTensor(weights, fn, "weights");
  const isNone = given.symbol === null && given.size === 0 && given.rank !== 1;
  return apply1(ops.bincount, [x, isNone ? reshape(given, [0]) : given], { size: checkInt(size, `${fn}: size`, 0), binary });
}
