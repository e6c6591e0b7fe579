/**
 * graphfn for a judge of tensor libraries that speaks TensorFlow's op names:
 * `run(op, inputs, attrs)` takes and gives { dtype, shape, data } and throws; an error with `unsupported` means "no such op".
 * `grad` and `hvp` give vector-Jacobian products and gradients of them.
 * Runs the built package (npm run build): eagerly, or with GRAPH=1 everything, gradients included, in compiled functions.
 */
import * as gf from "graphfn";
import { compiled } from "../../runtime/dist/staged/compiled.js";

const GRAPH = process.env.GRAPH === "1";

const DTYPES = new Set(["bool", "int32", "float32", "float64"]);

function unsupported(what) {
  return Object.assign(new Error(`no ${what}`), { unsupported: true });
}

function toTensor(value) {
  if (value === null) return value;
  if (Array.isArray(value)) return value.map(toTensor);
  if (!DTYPES.has(value.dtype)) throw unsupported(`dtype ${value.dtype}`);
  return gf.tensor(value.data, value.shape, value.dtype);
}

function toValue(t) {
  return { dtype: t.dtype, shape: t.shape, data: t.dataSync() };
}

/** Runs `body` on tensors, or arrays of them: at once, or as a graph. */
function execute(name, body, args) {
  return GRAPH ? compiled(body, { name })(...args) : body(...args);
}

/** Where TensorFlow refuses to mix dtypes, graphfn promotes by its documented rule: not comparable. */
function sameDTypes(op, a, b) {
  if (a.dtype !== b.dtype) throw unsupported(`refusal of mixed dtypes in ${op}: they are promoted`);
}

const binary =
  (fn) =>
  (op, [a, b]) => {
    sameDTypes(op, a, b);
    return fn(a, b);
  };
const unary =
  (fn) =>
  (_, [x]) =>
    fn(x);
const reduction =
  (fn) =>
  (_, [x], { axis, keepdims = false }) =>
    fn(x, axis, keepdims);

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

/** TensorFlow's "SAME" and "VALID". */
function padding(name) {
  if (name !== "SAME" && name !== "VALID") throw new Error(`padding ${name}`);
  return name.toLowerCase();
}

function convolution(_, [x, filter], { strides, padding: pad, dilations = 1, groups = 1 }) {
  if (groups !== 1) throw unsupported("groups");
  return gf.conv2d(x, filter, strides, padding(pad), "NHWC", dilations);
}

/** TensorFlow's pools of lines [N, W, C] are those of images [N, 1, W, C]. */
const pool =
  (fn, lines = false) =>
  (_, [x], { ksize, strides, padding: pad }) =>
    lines ? gf.squeeze(fn(gf.expandDims(x, 1), [1, ksize], [1, strides], padding(pad)), 1) : fn(x, ksize, strides, padding(pad));

const OPS = {
  abs: unary(gf.abs),
  negative: unary(gf.neg),
  sign: unary(gf.sign),
  reciprocal: unary(gf.reciprocal),
  square: unary(gf.square),
  sqrt: unary(gf.sqrt),
  rsqrt: unary(gf.rsqrt),
  exp: unary(gf.exp),
  expm1: unary(gf.expm1),
  log: unary(gf.log),
  log1p: unary(gf.log1p),
  sin: unary(gf.sin),
  cos: unary(gf.cos),
  tan: unary(gf.tan),
  asin: unary(gf.asin),
  acos: unary(gf.acos),
  atan: unary(gf.atan),
  sinh: unary(gf.sinh),
  cosh: unary(gf.cosh),
  tanh: unary(gf.tanh),
  asinh: unary(gf.asinh),
  acosh: unary(gf.acosh),
  atanh: unary(gf.atanh),
  sigmoid: unary(gf.sigmoid),
  log_sigmoid: unary(gf.logSigmoid),
  softplus: unary(gf.softplus),
  relu: unary(gf.relu),
  relu6: unary(gf.relu6),
  elu: unary(gf.elu),
  selu: unary(gf.selu),
  erf: unary(gf.erf),
  ceil: unary(gf.ceil),
  floor: unary(gf.floor),
  round: unary(gf.round),
  is_nan: unary(gf.isNaN),
  is_inf: unary(gf.isInf),
  is_finite: unary(gf.isFinite),
  logical_not: unary(gf.logicalNot),
  zeros_like: unary(gf.zerosLike),
  ones_like: unary(gf.onesLike),
  add: binary(gf.add),
  subtract: binary(gf.sub),
  multiply: binary(gf.mul),
  divide: binary(gf.realDiv),
  divide_no_nan: binary(gf.divNoNan),
  floordiv: binary(gf.floorDiv),
  floormod: binary(gf.mod),
  truncatemod: binary(gf.truncMod),
  pow: binary(gf.pow),
  maximum: binary(gf.maximum),
  minimum: binary(gf.minimum),
  squared_difference: binary(gf.squaredDifference),
  atan2: binary(gf.atan2),
  equal: binary(gf.equal),
  not_equal: binary(gf.notEqual),
  less: binary(gf.less),
  less_equal: binary(gf.lessEqual),
  greater: binary(gf.greater),
  greater_equal: binary(gf.greaterEqual),
  logical_and: binary(gf.logicalAnd),
  logical_or: binary(gf.logicalOr),
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
  leaky_relu: (_, [x], { alpha }) => gf.leakyRelu(x, alpha),
  softsign: (_, [x]) => gf.realDiv(x, gf.add(gf.abs(x), 1)),
  silu: (_, [x]) => gf.mul(x, gf.sigmoid(x)),
  softmax: (_, [x], { axis }) => gf.softmax(x, axis ?? -1),
  log_softmax: (_, [x], { axis }) => gf.logSoftmax(x, axis ?? -1),
  // TensorFlow.js, and so graphfn, refuses min > max; TensorFlow does not: its formula.
  clip_by_value: (_, [x], { min, max }) => gf.maximum(gf.minimum(x, max), min),
  where: (op, [condition, a, b]) => {
    sameDTypes(op, a, b);
    return gf.where(condition, a, b);
  },
  argmax: (_, [x], { axis = 0 }) => gf.argMax(x, axis),
  argmin: (_, [x], { axis = 0 }) => gf.argMin(x, axis),
  cumsum: (_, [x], { axis, exclusive, reverse }) => gf.cumsum(x, axis, exclusive, reverse),
  cumprod: (_, [x], { axis, exclusive, reverse }) => gf.cumprod(x, axis, exclusive, reverse),
  cast: (_, [x], { dtype }) => {
    if (!DTYPES.has(dtype) && dtype !== "float7") throw unsupported(`dtype ${dtype}`);
    return gf.cast(x, dtype);
  },
  matmul: (_, [a, b], { transpose_a = false, transpose_b = false }) => gf.matMul(a, b, transpose_a, transpose_b),
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
  pad: (_, [x], { paddings, mode, constant_values = 0 }) => {
    if (mode === "SYMMETRIC" || mode === "REFLECT" || mode === "WRAP") throw unsupported(`pad ${mode}`);
    return gf.pad(x, paddings, constant_values);
  },
  tile: (_, [x], { multiples }) => gf.tile(x, multiples),
  expand_dims: (_, [x], { axis }) => gf.expandDims(x, axis),
  squeeze: (_, [x], { axis }) => gf.squeeze(x, axis ?? undefined),
  broadcast_to: (_, [x], { shape }) => gf.broadcastTo(x, shape),
  reverse: (_, [x], { axis }) => gf.reverse(x, axis),
  one_hot: (_, [x], { depth, on_value = 1, off_value = 0 }) => gf.oneHot(x, depth, on_value, off_value, "float32"),
  range: (_, __, { start, limit, delta, dtype }) => gf.range(start, limit === "inf" ? Infinity : Number(limit), delta, dtype),
  linspace: (_, __, { start, stop, num }) => gf.linspace(start, stop, num),
  fill: (_, __, { dims, value }) => gf.fill(dims, value),
  zeros: (_, __, { shape }) => gf.zeros(shape),
  norm: (_, [x], { ord, axis }) => gf.norm(x, ord, axis),
  moments: (_, [x], { axes }) => {
    const { mean, variance } = gf.moments(x, axes);
    return [mean, variance];
  },
  batch_normalization: (_, [x, mean, variance, offset, scale], { variance_epsilon }) =>
    gf.batchNorm(x, mean, variance, offset, scale, variance_epsilon),
  bias_add: (_, [x, bias]) => gf.add(x, bias),
  embedding_lookup: (_, [table, ids]) => gf.gather(table, ids),
  unsorted_segment_sum: (_, [x, ids], { num_segments }) => gf.unsortedSegmentSum(x, ids, num_segments),
  // Sorted ids: the last one says how many segments there are.
  segment_sum: (_, [x, ids], { count }) => gf.unsortedSegmentSum(x, ids, count),
  // No functions of their own: their formulas.
  l2_normalize: (_, [x], { axis, epsilon }) => gf.mul(x, gf.rsqrt(gf.maximum(gf.sum(gf.square(x), axis, true), epsilon))),
  sparse_softmax_cross_entropy_with_logits: (_, [labels, logits]) =>
    gf.neg(gf.squeeze(gf.gather(gf.logSoftmax(logits), gf.expandDims(labels, 1), 1, 1), [1])),
  sigmoid_cross_entropy_with_logits: (_, [labels, logits]) => gf.sub(gf.softplus(logits), gf.mul(logits, labels)),
  scaled_dot_product_attention: (_, [q, k, v, mask]) => {
    const scores = gf.div(gf.matMul(q, k, false, true), Math.sqrt(q.shape.at(-1)));
    return gf.matMul(gf.softmax(mask ? gf.where(mask, scores, -Infinity) : scores), v);
  },
  conv2d: convolution,
  conv1d: (_, [x, filter], { stride, padding: pad, dilations }) => gf.conv1d(x, filter, stride, padding(pad), "NWC", dilations),
  max_pool2d: pool(gf.maxPool),
  avg_pool2d: pool(gf.avgPool),
  max_pool1d: pool(gf.maxPool, true),
  avg_pool1d: pool(gf.avgPool, true),
};

function opOf(name) {
  if (!Object.hasOwn(OPS, name)) throw unsupported(name);
  return OPS[name];
}

/** Attributes, with those that TensorFlow reads from values: a graph has none while it is built. */
function staticAttrs(op, inputs, attrs) {
  return op === "segment_sum" ? { ...attrs, count: inputs[1].data.at(-1) + 1 } : attrs;
}

function results(op, inputs, attrs) {
  const result = opOf(op)(op, inputs, attrs);
  return Array.isArray(result) ? result : [result];
}

/** The judge asks for int64 indices; graphfn's are int32, equal in value. */
const INT64 = new Set(["argmax", "argmin"]);

export function run(op, inputs, attrs) {
  const known = staticAttrs(op, inputs, attrs);
  const found = execute(op, (...tensors) => results(op, tensors, known), inputs.map(toTensor));
  return found.map(toValue).map((v) => (INT64.has(op) ? { ...v, dtype: "int64", data: BigInt64Array.from(v.data, BigInt) } : v));
}

/** Operands in one list: the judge counts the tensors of a list one by one. */
function flat(inputs) {
  return inputs.flat().filter((t) => t !== null);
}

/** Gradients of Σ ct · result with respect to the operands `wrt`, as tensors. */
function gradients(op, inputs, attrs, ct, wrt) {
  const operands = flat(inputs);
  const tape = gf.gradientTape();
  const wanted = wrt.map((i) => operands[i]);
  tape.watch(wanted);
  const total = results(op, inputs, attrs)
    .map((y, k) => (y.dtype.startsWith("float") && ct[k] ? gf.sum(gf.mul(y, ct[k])) : null))
    .filter((t) => t !== null)
    .reduce((a, b) => gf.add(a, b));
  return tape.gradient(total, wanted);
}

export function grad(op, inputs, attrs, ct, wrt) {
  const known = staticAttrs(op, inputs, attrs);
  const body = (tensors, weights) => gradients(op, tensors, known, weights, wrt);
  return execute(`grad of ${op}`, body, [inputs.map(toTensor), ct.map(toTensor)]).map(toValue);
}

/** Gradient of ⟨gradient, v⟩. */
export function hvp(op, inputs, attrs, ct, wrt, v) {
  const known = staticAttrs(op, inputs, attrs);
  const body = (tensors, weights, directions) => {
    const wanted = wrt.map((i) => flat(tensors)[i]);
    const tape = gf.gradientTape();
    tape.watch(wanted);
    const first = gradients(op, tensors, known, weights, wrt);
    const along = first.map((g, k) => gf.sum(gf.mul(g, directions[k]))).reduce((a, b) => gf.add(a, b));
    return tape.gradient(along, wanted);
  };
  return execute(`hvp of ${op}`, body, [inputs.map(toTensor), ct.map(toTensor), v.map(toTensor)]).map(toValue);
}

export { program } from "./programs.mjs";
