/**
 * Losses, metrics, layers, optimizers, schedules and initializers for the judge of the adapter: `program(c, decode, as32)` takes a case
 * of refs/losses.json and the like, computes it and gives values by name. Names of options are Keras's.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as gf from "graphfn";
import { compiled } from "../../runtime/dist/staged/compiled.js";

/** Cases name options as Keras does. */
function camel(attrs) {
  const name = (key) => key.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(attrs ?? {}).map(([key, value]) => [name(key), value]));
}

function unsupported(what) {
  return Object.assign(new Error(`no ${what}`), { unsupported: true });
}

/** Whether functions are run as graphs; eagerly otherwise. */
const STAGED = process.env.GRAPH === "1";

function reader(decode, as32) {
  return (value) => {
    if (value === undefined || value === null) return undefined;
    const { dtype, shape, data } = decode(value);
    return gf.tensor(data, shape, as32 && dtype === "float64" ? "float32" : dtype);
  };
}

function toValue(t) {
  return { dtype: t.dtype, shape: t.shape, data: t.dataSync() };
}

function number64(x, as32) {
  const list = Array.isArray(x) ? x : [x];
  return {
    dtype: as32 ? "float32" : "float64",
    shape: Array.isArray(x) ? [x.length] : [],
    data: as32 ? Float32Array.from(list) : Float64Array.from(list),
  };
}

const REDUCTIONS = { none: gf.Reduction.NONE, sum: gf.Reduction.SUM, sum_over_batch_size: gf.Reduction.SUM_OVER_BATCH_SIZE };
const LOSS_NAMES = {
  KLDivergence: "kullbackLeiblerDivergence",
  CosineSimilarity: "cosineProximity",
  LogCosh: "logcosh",
};

function loss(c, read) {
  const name = LOSS_NAMES[c.op] ?? c.op.charAt(0).toLowerCase() + c.op.slice(1);
  const loss = gf.losses[name];
  if (loss === undefined) throw unsupported(c.op);
  const { reduction, ...rest } = c.attrs;
  const options = { ...camel(rest), reduction: REDUCTIONS[reduction], weights: read(c.sample_weight) };
  const keras =
    name === "meanSquaredError"
      ? (y, p, { weights, reduction: how }) => gf.losses.computeWeightedLoss(gf.metrics.meanSquaredError(y, p), weights, how)
      : loss;
  const [y, p] = [read(c.y_true), read(c.y_pred)];
  const f = (q) => keras(y, q, options);
  const body = (q) => ({ out: f(q), g: gf.grad((r) => f(r).sum())(q) });
  const { out, g } = (STAGED ? compiled(body, { name }) : body)(p);
  return { outputs: [toValue(out)], grad_y_pred: toValue(g) };
}

const METRIC_NAMES = {
  CosineSimilarity: "cosineSimilarity",
  Poisson: "poisson",
  CategoricalHinge: "categoricalHinge",
  MeanSquaredError: "meanSquaredError",
  MeanAbsoluteError: "meanAbsoluteError",
};

function makeMetric(c) {
  const { specificity, recall, ...rest } = camel(c.attrs);
  switch (c.op) {
    case "SensitivityAtSpecificity":
      return new gf.metrics.SensitivityAtSpecificity(specificity, rest);
    case "PrecisionAtRecall":
      return new gf.metrics.PrecisionAtRecall(recall, rest);
    case "IoU":
      return new gf.metrics.MeanIoU(rest);
    default:
      if (gf.metrics[c.op] !== undefined) return new gf.metrics[c.op](rest);
      if (METRIC_NAMES[c.op] === undefined) throw unsupported(c.op);
      return new gf.metrics.MeanMetric(c.op, gf.metrics[METRIC_NAMES[c.op]]);
  }
}

function metric(c, read, as32) {
  if (c.op === "MeanIoU" && c.sample_weight !== undefined) throw unsupported("MeanIoU with weights cut to whole numbers, as in Keras");
  const m = makeMetric(c);
  const weights = read(c.sample_weight);
  const results = c.batches.map(({ y_true: y, y_pred: p }) => {
    m.updateState(read(y), read(p), weights);
    return number64(m.result(), as32);
  });
  return { results_after_each: results };
}

const LAYERS = {
  Dense: gf.layers.dense,
  Conv1D: gf.layers.conv1d,
  Conv2D: gf.layers.conv2d,
  MaxPooling1D: gf.layers.maxPooling1d,
  AveragePooling1D: gf.layers.averagePooling1d,
  MaxPooling2D: gf.layers.maxPooling2d,
  AveragePooling2D: gf.layers.averagePooling2d,
  GlobalAveragePooling2D: gf.layers.globalAveragePooling2d,
  ZeroPadding2D: gf.layers.zeroPadding2d,
  Cropping2D: gf.layers.cropping2D,
  UpSampling1D: gf.layers.upSampling1d,
  Reshape: gf.layers.reshape,
  ELU: gf.layers.elu,
  ReLU: gf.layers.reLU,
  BatchNormalization: gf.layers.batchNormalization,
  LayerNormalization: gf.layers.layerNormalization,
  Dropout: gf.layers.dropout,
};

function layer(c, read) {
  const make = LAYERS[c.op];
  if (make === undefined) throw unsupported(c.op);
  const { training, ...attrs } = camel(c.attrs);
  const l = make(attrs);
  const inputs = c.inputs.map(read);
  l.apply(inputs[0]);
  if (c.weights) l.setWeights(c.weights.map(read));
  const [ct] = (c.ct ?? []).map(read);
  const body = (x) => {
    const tape = gf.gradientTape();
    const watched = [x, ...l.trainableWeights];
    tape.watch(watched);
    const out = l.apply(x, { training });
    return { out, grads: ct === undefined ? [] : tape.gradient(out.mul(ct).sum(), watched) };
  };
  const { out, grads } = (STAGED ? compiled(body, { name: "layer" }) : body)(inputs[0]);
  const outputs = [toValue(out)];
  return {
    outputs,
    grad_inputs: grads.slice(0, inputs.length).map(toValue),
    grad_weights: grads.slice(inputs.length).map(toValue),
    state_after: l.nonTrainableWeights.map(toValue),
  };
}

function schedule(text) {
  const [, name, args] = /^(\w+)\((.*)\)$/.exec(text);
  const make = gf.train[name.charAt(0).toLowerCase() + name.slice(1)];
  return make(...args.split(",").map(Number));
}

function optimizer(op, attrs) {
  const {
    learningRate,
    momentum = 0,
    nesterov = false,
    beta1,
    beta2,
    epsilon,
    rho,
    weightDecay,
    clipnorm,
    clipvalue,
    globalClipnorm,
    useEma,
    emaMomentum,
    ...rest
  } = attrs;
  const rate = typeof learningRate === "string" ? schedule(learningRate) : learningRate;
  const clip = Object.fromEntries(
    Object.entries({ clipNorm: clipnorm, clipValue: clipvalue, globalClipNorm: globalClipnorm }).filter(([, v]) => v !== undefined),
  );
  const options = { ...clip, ...(useEma ? { useEma, emaMomentum } : {}), ...rest };
  switch (op) {
    case "SGD":
      return momentum === 0 ? gf.train.sgd(rate, options) : gf.train.momentum(rate, momentum, nesterov, options);
    case "Adam":
      return gf.train.adam(rate, beta1, beta2, epsilon, options);
    case "AdamW":
      return gf.train.adamw(rate, weightDecay, beta1, beta2, epsilon, options);
    case "RMSprop":
      return gf.train.rmsprop(rate, rho, momentum, epsilon, rest.centered, options);
    case "Adagrad":
      return gf.train.adagrad(rate, rest.initialAccumulatorValue, options);
    case "Adadelta":
      return gf.train.adadelta(rate, rho, epsilon, options);
    case "Nadam":
      return gf.train.nadam(rate, beta1, beta2, epsilon, options);
    case "Ftrl":
      return gf.train.ftrl(rate, options);
    case "Lion":
      return gf.train.lion(rate, beta1, beta2, options);
    default:
      throw unsupported(op);
  }
}

/** tanh(x · w1 + b1) · w2 + b2, twenty batches of eight rows in order. */
function training(c, read, data, as32) {
  const [X, classes, reg] = [read(data.X), read(data.y_class), read(data.y_reg)];
  const weights = data.w.map((w, i) => gf.variable(read(w), true, `w${i}`));
  const [w1, b1, w2, b2] = weights;
  const attrs = camel(c.attrs);
  if (c.tol === undefined) throw unsupported("equality with torch to the last bit");
  const opt = optimizer(c.op, attrs);
  const forward = (x, y) => {
    const out = x.matMul(w1).add(b1).tanh().matMul(w2).add(b2);
    return c.loss_kind === "ce"
      ? gf.losses.sparseCategoricalCrossentropy(y, out, { fromLogits: true })
      : gf.losses.meanSquaredError(y, out);
  };
  const step = stepOf(opt, forward, weights);
  const losses = [];
  for (let i = 0; i < c.steps; i++) {
    const from = (i * 8) % 32;
    const x = X.slice([from, 0], [8, -1]);
    const y = c.loss_kind === "ce" ? classes.slice([from], [8]) : reg.slice([from, 0], [8, -1]);
    losses.push(step(x, y).dataSync()[0]);
  }
  opt.finalizeVariableValues(weights);
  return { loss: number64(losses, as32), final_weights: weights.map(toValue) };
}

/** One step of a training, eagerly or as a graph. */
function stepOf(opt, forward, weights) {
  const body = (x, y) => opt.minimize(() => forward(x, y), true, weights);
  return STAGED ? compiled(body, { name: "step" }) : body;
}

function scheduleValues(c, read) {
  const a = camel(c.attrs);
  switch (c.op) {
    case "PiecewiseConstantDecay":
      return values(c, gf.train.piecewiseConstantDecay(a.boundaries, a.values));
    case "PolynomialDecay":
      return values(c, gf.train.polynomialDecay(a.initialLearningRate, a.decaySteps, a.endLearningRate, a.power, a.cycle));
    case "InverseTimeDecay":
      return values(c, gf.train.inverseTimeDecay(a.initialLearningRate, a.decaySteps, a.decayRate, a.staircase));
    case "ExponentialDecay":
      return values(c, gf.train.exponentialDecay(a.initialLearningRate, a.decaySteps, a.decayRate, a.staircase));
    case "CosineDecay":
      return values(c, gf.train.cosineDecay(a.initialLearningRate, a.decaySteps, a.alpha));
    case "L1L2":
      return { outputs: [toValue(gf.regularizers.l1l2(a).apply(read(c.inputs[0])))] };
    case "NonNeg":
      return { outputs: [toValue(gf.constraints.nonNeg().apply(read(c.inputs[0])))] };
    default:
      throw unsupported(c.op);
  }
}

function values(c, rates) {
  return { values: { dtype: "float32", shape: [c.steps.length], data: Float32Array.from(c.steps, (s) => rates.value(s)) } };
}

let trainingData;

/** The data of all trainings is a case of its own in the judge's folder. */
function sharedData() {
  const at = process.argv.indexOf("--refs");
  const refs = at < 0 ? join(dirname(process.argv[1]), "refs") : process.argv[at + 1];
  return JSON.parse(readFileSync(join(refs, "training.json"), "utf8")).cases.find((c) => c.id === "data");
}

export function program(c, decode, as32) {
  const read = reader(decode, as32);
  if (c.loss_kind !== undefined) {
    trainingData ??= sharedData();
    return training(c, read, trainingData, as32);
  }
  if (c.y_true !== undefined) return loss(c, read);
  if (c.batches !== undefined) return metric(c, read, as32);
  if (c.steps !== undefined || c.op === "L1L2" || c.op === "NonNeg") return scheduleValues(c, read);
  if (c.inputs !== undefined && c.outputs !== undefined) return layer(c, read);
  throw unsupported(c.op ?? c.id);
}
