/** Ops that move elements, choose among them, or make them. */
import * as gf from "graphfn";
import { sameDTypes, unsupported } from "./terms.mjs";

/** "x[4:0:-2, ..., None, 1]" as TensorFlow's begin, end, strides and masks. */
function stridedSlice(_, [x], { numpy }) {
  const [begin, end, strides] = [[], [], []];
  const mask = { begin: 0, end: 0, ellipsis: 0, newAxis: 0, shrink: 0 };
  for (const [i, part] of numpy.slice(2, -1).split(",").entries()) {
    const text = part.trim();
    const bit = 1 << i;
    let [from, to, step] = [0, 0, 1];
    if (text === "...") mask.ellipsis |= bit;
    else if (text === "None") mask.newAxis |= bit;
    else if (text.includes(":")) {
      const [a, b, c] = text.split(":");
      if (a === "") mask.begin |= bit;
      if (b === "") mask.end |= bit;
      [from, to, step] = [Number(a), Number(b), c === undefined || c === "" ? 1 : Number(c)];
    } else {
      mask.shrink |= bit;
      from = Number(text);
      to = from + 1;
    }
    begin.push(from);
    end.push(to);
    strides.push(step);
  }
  return gf.stridedSlice(x, begin, end, strides, mask.begin, mask.end, mask.ellipsis, mask.newAxis, mask.shrink);
}

/** Every slice of an axis as many times as is said. */
function repeat(_, [x], { repeats, axis }) {
  const times = Array.from({ length: x.shape[axis] }, (_, i) => (Array.isArray(repeats) ? repeats[i] : repeats));
  return gf.gather(
    x,
    gf.tensor1d(
      times.flatMap((n, i) => Array(n).fill(i)),
      "int32",
    ),
    axis,
  );
}

/** All elements of the last axis from the largest on: topk keeps the order of equal ones. */
function sorted(x, { axis, direction }) {
  if (axis !== -1 && axis !== x.rank - 1) throw unsupported("sorting along another axis than the last");
  const { values, indices } = gf.topk(x, x.shape.at(-1));
  return direction === "DESCENDING" ? { values, indices } : { values: gf.reverse(values, -1), indices: null };
}

/** Where batch_dims is not 0, the indices would need the numbers of the batches. */
function checkBatchDims(batchDims) {
  if (batchDims !== 0) throw unsupported("gather_nd with batch_dims");
}

/** The transpose of depthToSpace. */
function spaceToDepth(_, [x], { block_size: block }) {
  const [batch, height, width, depth] = x.shape;
  const split = gf.reshape(x, [batch, height / block, block, width / block, block, depth]);
  return gf.reshape(gf.transpose(split, [0, 1, 3, 2, 4, 5]), [batch, height / block, width / block, block * block * depth]);
}

export const SHAPES = {
  reshape: (_, [x], { shape }) => gf.reshape(x, shape),
  transpose: (_, [x], { perm }) => gf.transpose(x, perm),
  concat: (op, [list], { axis }) => {
    sameDTypes(op, list[0], list[1]);
    return gf.concat(list, axis);
  },
  stack: (_, [list], { axis }) => gf.stack(list, axis),
  split: (_, [x], { num_or_size_splits, axis }) => gf.split(x, num_or_size_splits, axis),
  slice: (_, [x], { begin, size }) => gf.slice(x, begin, size),
  strided_slice: stridedSlice,
  gather: (_, [x, indices], { axis, batch_dims }) => gf.gather(x, indices, axis, batch_dims),
  gather_nd: (_, [x, indices], { batch_dims: batchDims }) => {
    checkBatchDims(batchDims);
    return gf.gatherND(x, indices);
  },
  scatter_nd: (_, [indices, updates], { shape }) => gf.scatterND(indices, updates, shape),
  tensor_scatter_nd_update: (_, [x, indices, updates]) => gf.tensorScatterUpdate(x, indices, updates),
  tensor_scatter_nd_add: (_, [x, indices, updates]) => gf.add(x, gf.scatterND(indices, updates, x.shape)),
  tensor_scatter_nd_sub: (_, [x, indices, updates]) => gf.sub(x, gf.scatterND(indices, updates, x.shape)),
  pad: (_, [x], { paddings, mode, constant_values: value = 0 }) =>
    mode === "CONSTANT" ? gf.pad(x, paddings, value) : gf.mirrorPad(x, paddings, mode.toLowerCase()),
  tile: (_, [x], { multiples }) => gf.tile(x, multiples),
  repeat,
  expand_dims: (_, [x], { axis }) => gf.expandDims(x, axis),
  squeeze: (_, [x], { axis }) => gf.squeeze(x, axis ?? undefined),
  broadcast_to: (_, [x], { shape }) => gf.broadcastTo(x, shape),
  reverse: (_, [x], { axis }) => gf.reverse(x, axis),
  diag: (_, [x]) => gf.diag(x),
  band_part: (_, [x], { num_lower: lower, num_upper: upper }) => gf.linalg.bandPart(x, lower, upper),
  sort: (_, [x], attrs) => sorted(x, attrs).values,
  argsort: (_, [x], attrs) => {
    if (attrs.direction !== "DESCENDING") throw unsupported("argsort upwards");
    return sorted(x, attrs).indices;
  },
  top_k: (_, [x], { k, sorted: inOrder, output }) => {
    const { values, indices } = gf.topk(x, k, inOrder);
    return output === "values" ? values : output === "indices" ? indices : [values, indices];
  },
  unique: (_, [x]) => {
    const { values, indices } = gf.unique(x);
    return [values, indices];
  },
  nonzero: (_, [x]) => gf.whereAsync(gf.notEqual(x, 0)),
  searchsorted: (_, [sequence, values], { side }) => gf.searchSorted(sequence, values, side),
  space_to_depth: spaceToDepth,
  depth_to_space: (_, [x], { block_size: block }) => gf.depthToSpace(x, block),
  one_hot: (_, [x], { depth, on_value = 1, off_value = 0 }) => gf.oneHot(x, depth, on_value, off_value, "float32"),
  range: (_, __, { start, limit, delta, dtype }) => gf.range(start, limit === "inf" ? Infinity : Number(limit), delta, dtype),
  linspace: (_, __, { start, stop, num }) => gf.linspace(start, stop, num),
  fill: (_, __, { dims, value }) => gf.fill(dims, value),
  zeros: (_, __, { shape }) => gf.zeros(shape),
  embedding_lookup: (_, [table, ids]) => gf.gather(table, ids),
};
