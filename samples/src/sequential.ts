/** Three dense layers: compile, fit, evaluate, predict. */
import * as gf from "graphfn";
import type { Program } from "./sample.ts";

/** A hundred rows of ten features, and the number that belongs to each: a weighted sum with some noise. */
export function rows(): { x: gf.Tensor; y: gf.Tensor } {
  const x = gf.randomNormal([100, 10]);
  const weights = gf.randomNormal([10, 1]);
  return { x, y: x.matMul(weights).add(gf.randomNormal([100, 1], 0, 0.1)) };
}

export function build(): gf.Sequential {
  const model = gf.sequential({
    layers: [
      gf.layers.dense({ units: 32, activation: "relu", inputShape: [10] }),
      gf.layers.dense({ units: 16, activation: "relu" }),
      gf.layers.dense({ units: 1 }),
    ],
  });
  model.compile({ optimizer: gf.train.adam(0.02), loss: "meanSquaredError", metrics: ["mae"] });
  return model;
}

export async function main(): Promise<void> {
  gf.setSeed(1);
  const { x, y } = rows();
  const model = build();
  model.summary();

  const history = await model.fit(x, y, { epochs: 5, batchSize: 10 });
  const losses = history.history["loss"] as number[];
  console.log(`loss from ${losses[0]?.toFixed(3)} to ${losses[4]?.toFixed(3)}`);

  const [loss, mae] = model.evaluate(x, y) as gf.Tensor[];
  console.log(`evaluated: mean squared error ${loss?.item()}, mean absolute error ${mae?.item()}`);

  const predicted = model.predict(x.slice(0, 3)) as gf.Tensor;
  console.log("predicted", predicted.flatten());
  console.log("asked for", y.slice(0, 3).flatten());
}

export const sample: Program = {
  title: "A Sequential model: three dense layers, five epochs",
  async check() {
    gf.setSeed(1);
    const { x, y } = rows();
    const model = build();
    const history = await model.fit(x, y, { epochs: 5, batchSize: 10, verbose: 0 });
    const predicted = model.predict(x.slice(0, 3)) as gf.Tensor;
    return [...(history.history["loss"] as number[]), ...(history.history["mae"] as number[]), ...predicted.dataSync()];
  },
  tolerance: 1e-4,
};
