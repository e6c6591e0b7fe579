/** A training loop of one's own: a tape, Adam, and a marked step that compiles into one graph. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as gf from "graphfn";
import { lineChart } from "./picture/chart.ts";
import type { Program } from "./sample.ts";

/** Points of a sine with noise, in batches; another order in each epoch. */
function batches(seed: number): gf.data.Dataset<{ x: gf.Tensor; y: gf.Tensor }> {
  const x = gf.randomUniform([256, 1], -3, 3, "float32", seed);
  const y = x.sin().add(gf.randomNormal([256, 1], 0, 0.05, "float32", seed + 1));
  return gf.data.fromTensorSlices({ x, y }).shuffle(256, seed).batch(32);
}

/** Trains, and returns the mean loss of each epoch. `report` hears of each. */
export function train(epochs: number, report: (epoch: number, loss: number) => void = () => {}): number[] {
  gf.setSeed(3);
  const model = gf.sequential({
    layers: [
      gf.layers.dense({ units: 32, activation: "tanh", inputShape: [1] }),
      gf.layers.dense({ units: 32, activation: "tanh" }),
      gf.layers.dense({ units: 1 }),
    ],
  });
  const optimizer = gf.train.adam(0.01);

  const trainStep = gf.graphFunction((x: gf.Tensor, y: gf.Tensor): gf.Tensor => {
    const tape = gf.gradientTape();
    const predicted = model.apply(x, { training: true }) as gf.Tensor;
    const loss = gf.losses.meanSquaredError(y, predicted);
    const weights = model.trainableWeights;
    optimizer.applyGradients(tape.gradient(loss, weights), weights);
    return loss;
  });

  const dataset = batches(5);
  const losses: number[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let sum = 0;
    let steps = 0;
    for (const { x, y } of dataset) {
      sum += trainStep(x, y).item() as number;
      steps++;
    }
    losses.push(sum / steps);
    report(epoch, sum / steps);
  }
  return losses;
}

export function main(folder = "."): void {
  const epochs = 60;
  const terminal = process.stdout.isTTY;
  const losses = train(epochs, (epoch, loss) => {
    const line = `epoch ${String(epoch).padStart(2)}/${epochs} - loss: ${loss.toFixed(4)}`;
    if (terminal) process.stdout.write(`\r${line}${epoch === epochs ? "\n" : ""}`);
    else if (epoch % 10 === 0) console.log(line);
  });
  const file = path.join(folder, "loss.svg");
  writeFileSync(file, lineChart({ title: "Fitting a noisy sine", across: "epoch", up: "mean squared error", values: losses }));
  console.log(`wrote ${file}`);
}

export const sample: Program = {
  title: "A training loop of one's own: tape, Adam, marked train step",
  check: async () => train(3),
  tolerance: 1e-4,
};
