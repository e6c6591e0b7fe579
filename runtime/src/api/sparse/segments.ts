/** Sums and means of rows that are picked and grouped: sorted segment ids say how many results there are, so these are eager only. */
import { ArgumentError, ShapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { tidied, tidy } from "../../eager/scope.ts";
import { fromValues, type TensorLike, toTensor } from "../convert.ts";
import { cast, div } from "../elementwise.ts";
import { checkRank, elementsOf, indicesOf, room } from "../indices.ts";
import { reshape } from "../shape.ts";
import { gather, unsortedSegmentSum } from "../slice.ts";

const INSTEAD = "In a graph function unsortedSegmentSum(gather(data, indices), segmentIds, numSegments) does.";

/** The picked rows, their ids, and how many rows each id has. */
function picked(
  fn: string,
  data: TensorLike,
  indices: TensorLike,
  segmentIds: TensorLike,
): { rows: Tensor; ids: Tensor; counts: Float64Array } {
  const x = toTensor(data, fn, "data");
  if (x.rank === 0) throw new ShapeError(`${fn}: data is a scalar, but must have rank 1 or more.`);
  const at = indicesOf(indices, fn);
  const ids = indicesOf(segmentIds, fn, "segmentIds");
  checkRank(at, 1, fn, "indices");
  checkRank(ids, 1, fn, "segmentIds");
  const list = Array.from(elementsOf(ids, fn, INSTEAD), Number);
  if (list.length !== at.shape[0]) {
    throw new ShapeError(`${fn}: indices ${showShape(at.shape)} and segmentIds ${showShape(ids.shape)} must be of one length.`);
  }
  for (const [i, id] of list.entries()) {
    const before = i === 0 ? 0 : list[i - 1];
    if (id >= before) continue;
    throw new ArgumentError(
      id < 0
        ? `${fn}: segmentIds[${i}] is ${id}, but must be 0 or more.`
        : `${fn}: segmentIds[${i}] is ${id} after ${before}, but they must be in ascending order.`,
      { code: "E_INDEX", hint: id < 0 ? undefined : "unsortedSegmentSum takes them in any order." },
    );
  }
  const counts = room(Float64Array, (list.at(-1) ?? -1) + 1, fn);
  for (const id of list) counts[id]++;
  return { rows: gather(x, at), ids, counts };
}

/**
 * Sums of the rows of data [N, ...S] that int32 indices [M] pick, by int32 segmentIds [M] in ascending order → [last id + 1, ...S]; zeros
 * for ids that do not come up. Gradient: of data. E_INDEX for indices outside and ids out of order, E_SYMBOLIC in a graph function.
 */
export const sparseSegmentSum = tidied("sparseSegmentSum", (data: TensorLike, indices: TensorLike, segmentIds: TensorLike): Tensor => {
  const { rows, ids, counts } = picked("sparseSegmentSum", data, indices, segmentIds);
  return unsortedSegmentSum(rows, ids, counts.length);
});

/** sparseSegmentSum divided by the number of rows of each id; means of integers are rounded towards zero. */
export const sparseSegmentMean = tidied("sparseSegmentMean", (data: TensorLike, indices: TensorLike, segmentIds: TensorLike): Tensor => {
  const fn = "sparseSegmentMean";
  return tidy(() => {
    const { rows, ids, counts } = picked(fn, data, indices, segmentIds);
    const isWhole = rows.dtype === "int32" || rows.dtype === "bool";
    const sums = unsortedSegmentSum(isWhole ? cast(rows, "float64") : rows, ids, counts.length);
    const divisors = fromValues(
      counts.map((n) => Math.max(n, 1)),
      [counts.length],
      sums.dtype,
      fn,
    );
    const means = div(sums, reshape(divisors, [counts.length, ...sums.shape.slice(1).map(() => 1)]));
    return isWhole ? cast(means, rows.dtype === "bool" ? "int32" : rows.dtype) : means;
  });
});
