/** The same models with the same weights, trained by TensorFlow.js and here: losses and weights stay together. */
import * as gf from "graphfn";
import { describe, expect, test } from "vitest";
import { tf, tfl } from "../io/tfjs.ts";

const numbers = (t: { dataSync(): ArrayLike<number> }) => Array.from(t.dataSync());

/** Layers of one library, by the names that both have. */
type Make = (layers: any, regularizers: any) => unknown[];

const nets: Record<string, { make: Make; x: number[]; classes: number }> = {
  "a dense net": {
    make: (l, r) => [
      l.dense({ units: 8, activation: "tanh", inputShape: [5], kernelRegularizer: r.l2({ l2: 0.02 }) }),
      l.dense({ units: 3, activation: "softmax" }),
    ],
    x: [24, 5],
    classes: 3,
  },
  "a convolutional net": {
    make: (l) => [
      l.conv2d({ filters: 3, kernelSize: 3, activation: "relu", padding: "same", inputShape: [6, 6, 2] }),
      l.maxPooling2d({ poolSize: 2 }),
      l.conv2d({ filters: 2, kernelSize: 2, strides: 1, activation: "sigmoid" }),
      l.flatten(),
      l.dense({ units: 4, activation: "softmax" }),
    ],
    x: [20, 6, 6, 2],
    classes: 4,
  },
};

const optimizers: Record<string, [() => gf.Optimizer, () => tf.Optimizer]> = {
  sgd: [() => gf.train.sgd(0.2), () => tf.train.sgd(0.2)],
  momentum: [() => gf.train.momentum(0.1, 0.9), () => tf.train.momentum(0.1, 0.9)],
  adam: [() => gf.train.adam(0.01), () => tf.train.adam(0.01)],
  rmsprop: [() => gf.train.rmsprop(0.01), () => tf.train.rmsprop(0.01)],
};

describe("training equals TensorFlow.js's", () => {
  for (const [name, { make, x: shape, classes }] of Object.entries(nets)) {
    for (const [optimizer, [ours, theirs]] of Object.entries(optimizers)) {
      test(`${name} with ${optimizer}`, async () => {
        const model = gf.sequential({ layers: make(gf.layers, gf.regularizers) as gf.Layer[] });
        const other = tfl.sequential({ layers: make(tfl.layers, tfl.regularizers) as tfl.layers.Layer[] });
        const weights = model.weights.map((w, i) => numbers(gf.randomNormal(w.shape, 0, 0.5, "float32", i)));
        model.setWeights(weights.map((w, i) => gf.tensor(w, model.weights[i]!.shape)));
        other.setWeights(weights.map((w, i) => tf.tensor(w, [...model.weights[i]!.shape])));
        const data = numbers(gf.randomNormal(shape, 0, 1, "float32", 99));
        const labels = Array.from({ length: shape[0]! }, (_, i) =>
          Array.from({ length: classes }, (_, c) => Number((i * 7) % classes === c)),
        );
        const compile = { loss: "categoricalCrossentropy", metrics: ["accuracy"] };
        const fit = { epochs: 5, batchSize: 8, shuffle: false, verbose: 0 } as const;
        model.compile({ ...compile, optimizer: ours() });
        other.compile({ ...compile, optimizer: theirs() });
        const { history } = await model.fit(gf.tensor(data, shape), gf.tensor2d(labels), fit);
        const expected = (await other.fit(tf.tensor(data, shape), tf.tensor2d(labels), fit)).history;
        expect(Object.keys(history)).toEqual(Object.keys(expected));
        for (const key of Object.keys(history)) {
          history[key]!.forEach((v, i) => {
            expect(Math.abs(v - (expected[key]![i] as number)), `${key}[${i}]`).toBeLessThan(2e-4);
          });
        }
        other.getWeights().forEach((w, k) => {
          const got = numbers(model.weights[k]!);
          numbers(w).forEach((v, i) => {
            expect(Math.abs((got[i] as number) - v)).toBeLessThan(2e-3);
          });
        });
      });
    }
  }
});
