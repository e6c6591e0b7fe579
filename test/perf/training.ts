/**
 * What `training.bench.mjs` measures, in graphfn: a multilayer perceptron and a small convolutional network, trained by a marked
 * step with a tape, by `fit`, and by the compiled step that `fit` uses, called by hand.
 */
import * as gf from "graphfn";

/** Layers of both, in the words of either library's layers API. */
export type Kind = "mlp" | "cnn";
export const BATCH = 32;
export const INPUTS: Record<Kind, readonly number[]> = { mlp: [64], cnn: [12, 12, 1] };
export const CLASSES = 10;

interface LayersLike<L> {
  dense(args: object): L;
  conv2d(args: object): L;
  maxPooling2d(args: object): L;
  flatten(): L;
}

/** The last layer gives logits where the loss takes them, probabilities for `fit`. */
export function layersOf<L>(layers: LayersLike<L>, kind: Kind, activation: "linear" | "softmax"): L[] {
  const last = { units: CLASSES, activation };
  if (kind === "mlp") {
    return [
      layers.dense({ units: 128, activation: "relu", inputShape: [64] }),
      layers.dense({ units: 128, activation: "relu" }),
      layers.dense(last),
    ];
  }
  return [
    layers.conv2d({ filters: 8, kernelSize: 3, activation: "relu", inputShape: [12, 12, 1] }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 16, kernelSize: 3, activation: "relu" }),
    layers.flatten(),
    layers.dense(last),
  ];
}

export function modelOf(kind: Kind, activation: "linear" | "softmax"): gf.Sequential {
  return gf.sequential({ layers: layersOf(gf.layers as unknown as LayersLike<gf.Layer>, kind, activation) });
}

/** A marked step as a user writes it: forward, loss, gradients, Adam. */
export function customStep(kind: Kind) {
  const model = modelOf(kind, "linear");
  const optimizer = gf.train.adam(1e-3);
  return gf.graphFunction((x: gf.Tensor, y: gf.Tensor): gf.Tensor => {
    const tape = gf.gradientTape();
    const loss = gf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true }) as gf.Tensor);
    const weights = model.trainableWeights;
    optimizer.applyGradients(tape.gradient(loss, weights) as gf.Tensor[], weights);
    return loss;
  });
}

export function compiledModel(kind: Kind, optimizer: gf.Optimizer | string = "adam"): gf.Sequential {
  const model = modelOf(kind, "softmax");
  model.compile({ optimizer, loss: "categoricalCrossentropy" });
  return model;
}

/** The step of `fit` without `fit`: statistics of one batch. */
export function bareStep(model: gf.Sequential): (x: gf.Tensor, y: gf.Tensor) => gf.Tensor[] {
  const { steps } = model.compiledFor("bench");
  const variant = steps.variant();
  return (x, y) => steps.train({ xs: [x], ys: [y], weights: [null], size: BATCH }, variant);
}
