/** Convolutions, pools and what else networks are made of; products of matrices and linear algebra. */
import * as gf from "graphfn";
import { unsupported } from "./terms.mjs";

/** TensorFlow's "SAME" and "VALID". */
const padding = (name) => name.toLowerCase();

/** Each group of channels has filters of its own. */
function convolution(_, [x, filter], { strides, padding: pad, dilations = 1, groups = 1 }) {
  const convolve = (image, weights) => gf.conv2d(image, weights, strides, padding(pad), "NHWC", dilations);
  if (groups === 1) return convolve(x, filter);
  const weights = gf.split(filter, groups, 3);
  return gf.concat(
    gf.split(x, groups, 3).map((part, i) => convolve(part, weights[i])),
    3,
  );
}

/** TensorFlow's pools of lines [N, W, C] are those of images [N, 1, W, C]. */
const pool =
  (fn, lines = false) =>
  (_, [x], { ksize, strides, padding: pad }) =>
    lines ? gf.squeeze(fn(gf.expandDims(x, 1), [1, ksize], [1, strides], padding(pad)), 1) : fn(x, ksize, strides, padding(pad));

/** Sums over pairs of axes, as one product of matrices. */
function tensordot(_, [a, b], { axes }) {
  const all = (n) => Array.from({ length: n }, (_, i) => i);
  const [left, right] = typeof axes === "number" ? [all(axes).map((i) => a.rank - axes + i), all(axes)] : axes;
  const [rows, columns] = [all(a.rank).filter((i) => !left.includes(i)), all(b.rank).filter((i) => !right.includes(i))];
  const size = (t, dims) => dims.reduce((n, i) => n * t.shape[i], 1);
  const flat = gf.matMul(
    gf.reshape(gf.transpose(a, [...rows, ...left]), [size(a, rows), size(a, left)]),
    gf.reshape(gf.transpose(b, [...right, ...columns]), [size(b, right), size(b, columns)]),
  );
  return gf.reshape(flat, [...rows.map((i) => a.shape[i]), ...columns.map((i) => b.shape[i])]);
}

function resize(_, [x], { size, method, antialias }) {
  if (antialias) throw unsupported("resizing with antialias");
  const fn = method === "nearest" ? gf.image.resizeNearestNeighbor : gf.image.resizeBilinear;
  return fn(x, size, false, true);
}

export const NETWORKS = {
  softmax: (_, [x], { axis }) => gf.softmax(x, axis ?? -1),
  log_softmax: (_, [x], { axis }) => gf.logSoftmax(x, axis ?? -1),
  batch_normalization: (_, [x, mean, variance, offset, scale], { variance_epsilon }) =>
    gf.batchNorm(x, mean, variance, offset, scale, variance_epsilon),
  bias_add: (_, [x, bias]) => gf.add(x, bias),
  // No functions of their own: their formulas.
  l2_normalize: (_, [x], { axis, epsilon }) => gf.mul(x, gf.rsqrt(gf.maximum(gf.sum(gf.square(x), axis, true), epsilon))),
  sparse_softmax_cross_entropy_with_logits: (_, [labels, logits]) =>
    gf.neg(gf.squeeze(gf.gather(gf.logSoftmax(logits), gf.expandDims(labels, 1), 1, 1), [1])),
  softmax_cross_entropy_with_logits: (_, [labels, logits]) => gf.neg(gf.sum(gf.mul(labels, gf.logSoftmax(logits)), -1)),
  sigmoid_cross_entropy_with_logits: (_, [labels, logits]) => gf.sub(gf.softplus(logits), gf.mul(logits, labels)),
  scaled_dot_product_attention: (_, [q, k, v, mask]) => {
    const scores = gf.div(gf.matMul(q, k, false, true), Math.sqrt(q.shape.at(-1)));
    return gf.matMul(gf.softmax(mask ? gf.where(mask, scores, -Infinity) : scores), v);
  },
  conv2d: convolution,
  conv1d: (_, [x, filter], { stride, padding: pad, dilations }) => gf.conv1d(x, filter, stride, padding(pad), "NWC", dilations),
  conv3d: (_, [x, filter], { strides, padding: pad }) => gf.conv3d(x, filter, strides, padding(pad)),
  depthwise_conv2d: (_, [x, filter], { strides, padding: pad }) => gf.depthwiseConv2d(x, filter, strides, padding(pad)),
  max_pool2d: pool(gf.maxPool),
  avg_pool2d: pool(gf.avgPool),
  max_pool1d: pool(gf.maxPool, true),
  avg_pool1d: pool(gf.avgPool, true),
  local_response_normalization: (_, [x], { depth_radius: radius, bias, alpha, beta }) =>
    gf.localResponseNormalization(x, radius, bias, alpha, beta),
  "image.resize": resize,
  matmul: (_, [a, b], { transpose_a = false, transpose_b = false }) => gf.matMul(a, b, transpose_a, transpose_b),
  einsum: (_, tensors, { equation }) => gf.einsum(equation, ...tensors),
  tensordot,
  trace: (_, [x]) => gf.einsum("ii->", x),
  inv: (_, [x]) => gf.linalg.inv(x),
  solve: (_, [a, b]) => gf.linalg.solve(a, b),
  cholesky: (_, [x]) => gf.linalg.cholesky(x),
};
