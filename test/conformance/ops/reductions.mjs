/** Reductions, running sums, and sums over segments. */
import * as gf from "graphfn";

const reduction =
  (fn) =>
  (_, [x], { axis, keepdims = false }) =>
    fn(x, axis, keepdims);

/** The largest (or smallest) of each segment: `empty` where a segment has no rows. */
function segmentExtreme(fn, worst, [x, ids], count, empty) {
  const mine = gf.equal(gf.expandDims(ids, 0), gf.expandDims(gf.range(0, count, 1, "int32"), 1));
  const mask = gf.reshape(mine, [...mine.shape, ...x.shape.slice(1).map(() => 1)]);
  const found = fn(gf.where(mask, gf.expandDims(x, 0), worst), 1);
  const some = gf.reshape(gf.any(mine, 1), [count, ...x.shape.slice(1).map(() => 1)]);
  return gf.where(some, found, empty);
}

/** Of float32. */
const LARGEST = 3.4028234663852886e38;

export const REDUCTIONS = {
  reduce_sum: reduction(gf.sum),
  reduce_mean: reduction(gf.mean),
  reduce_prod: reduction(gf.prod),
  reduce_max: reduction(gf.max),
  reduce_min: reduction(gf.min),
  reduce_any: reduction(gf.any),
  reduce_all: reduction(gf.all),
  reduce_logsumexp: reduction(gf.logSumExp),
  reduce_variance: (_, [x], { axis, keepdims }) => gf.moments(x, axis, keepdims).variance,
  reduce_std: (_, [x], { axis, keepdims }) => gf.sqrt(gf.moments(x, axis, keepdims).variance),
  reduce_euclidean_norm: (_, [x], { axis, keepdims }) => gf.norm(x, "euclidean", axis, keepdims),
  count_nonzero: (_, [x], { axis }) => gf.sum(gf.cast(gf.notEqual(x, 0), "int32"), axis),
  argmax: (_, [x], { axis = 0 }) => gf.argMax(x, axis),
  argmin: (_, [x], { axis = 0 }) => gf.argMin(x, axis),
  cumsum: (_, [x], { axis, exclusive, reverse }) => gf.cumsum(x, axis, exclusive, reverse),
  cumprod: (_, [x], { axis, exclusive, reverse }) => gf.cumprod(x, axis, exclusive, reverse),
  norm: (_, [x], { ord, axis }) => gf.norm(x, ord, axis),
  moments: (_, [x], { axes }) => {
    const { mean, variance } = gf.moments(x, axes);
    return [mean, variance];
  },
  unsorted_segment_sum: (_, [x, ids], { num_segments }) => gf.unsortedSegmentSum(x, ids, num_segments),
  // Sorted ids: the last one says how many segments there are.
  segment_sum: (_, [x, ids], { count }) => gf.unsortedSegmentSum(x, ids, count),
  segment_mean: (_, [x, ids], { count }) => {
    const rows = gf.unsortedSegmentSum(gf.onesLike(x), ids, count);
    return gf.divNoNan(gf.unsortedSegmentSum(x, ids, count), rows);
  },
  segment_max: (_, inputs, { count }) => segmentExtreme(gf.max, -Infinity, inputs, count, 0),
  unsorted_segment_max: (_, inputs, { num_segments: count }) => segmentExtreme(gf.max, -Infinity, inputs, count, -LARGEST),
  unsorted_segment_min: (_, inputs, { num_segments: count }) => segmentExtreme(gf.min, Infinity, inputs, count, LARGEST),
  bincount: (_, [x], { minlength, count }) => gf.bincount(x, [], Math.max(minlength, count)).cast("int32"),
};
