/**
 * Training that stops by itself, as one graph: epochs, batches in random order, Adam, a held-out loss after each epoch, and a `break`
 * when it has not fallen for a while. The weights of the best epoch are kept. One call trains.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as gf from "graphfn";
import { lineChart } from "./picture/chart.ts";
import type { Program } from "./sample.ts";

const BATCH = 16;

interface Points {
  readonly x: gf.Tensor;
  readonly y: gf.Tensor;
}

/** Six numbers, of which two matter, and an answer with noise: more training than is good learns the noise. */
export function points(count: number, seed: number): Points {
  const x = gf.randomUniform([count, 6], -2, 2, "float32", seed);
  const [first, second] = gf.split(x.slice([0, 0], [-1, 2]), 2, 1) as [gf.Tensor, gf.Tensor];
  return {
    x,
    y: first
      .sin()
      .add(second.mul(0.5))
      .add(gf.randomNormal([count, 1], 0, 0.3, "float32", seed + 1)),
  };
}

/** Two dense layers. */
export function build(): gf.Sequential {
  return gf.sequential({
    layers: [gf.layers.dense({ units: 64, activation: "tanh", inputShape: [6] }), gf.layers.dense({ units: 1 })],
  });
}

/** A function that trains `model`. It gives the losses of each epoch, those seen first, and how many epochs ran. */
export function trainer(model: gf.Sequential, most: number, patience: number, every: number) {
  const optimizer = gf.train.adam(0.003);
  const weights = model.trainableWeights;

  return gf.graphFunction((seen: Points, heldOut: Points): { losses: gf.Tensor; epochs: gf.Tensor } => {
    let losses: gf.Tensor = gf.zeros([most, 2]);
    let epochs: gf.Tensor = 0;
    let lowest: gf.Tensor = Infinity;
    let waited: gf.Tensor = 0;
    let best = weights.map((w) => w.clone());
    const count = seen.x.shape[0] as number;

    while (epochs < most) {
      let sum: gf.Tensor = 0;
      for (const rows of gf.randomPermutation(count).reshape([-1, BATCH])) {
        const tape = gf.gradientTape();
        const predicted = model.apply(gf.gather(seen.x, rows), { training: true }) as gf.Tensor;
        const loss = gf.losses.meanSquaredError(gf.gather(seen.y, rows), predicted);
        optimizer.applyGradients(tape.gradient(loss, weights), weights);
        sum += loss;
      }
      const held = gf.losses.meanSquaredError(heldOut.y, model.apply(heldOut.x) as gf.Tensor);
      losses[epochs] = gf.stack([sum / (count / BATCH), held]);
      epochs++;
      if (every > 0 && epochs % every === 0) console.log("epoch", epochs, "held-out loss", held);
      if (held < lowest) {
        lowest = held;
        waited = 0;
        best = weights.map((w) => w.clone());
      } else if (++waited >= patience) break;
    }
    for (const [i, w] of weights.entries()) w.assign(best[i] as gf.Tensor);
    return { losses, epochs };
  });
}

export function main(folder = "."): { seen: number[]; heldOut: number[]; kept: number } {
  gf.setSeed(6);
  const model = build();
  const [training, held] = [points(128, 1), points(256, 3)];
  const { losses, epochs } = trainer(model, 2000, 60, 20)(training, held);
  const rows = losses.slice([0], [epochs.item() as number]).arraySync() as [number, number][];
  const [seen, heldOut] = [rows.map(([loss]) => loss), rows.map(([, loss]) => loss)];
  const kept = gf.losses.meanSquaredError(held.y, model.predict(held.x) as gf.Tensor).item() as number;
  console.log(
    `stopped after ${rows.length} epochs, with the weights of epoch ${1 + heldOut.indexOf(Math.min(...heldOut))}: ${kept.toFixed(4)}`,
  );
  const file = path.join(folder, "early-stopping.svg");
  const beside = { label: "held out", values: heldOut };
  writeFileSync(
    file,
    lineChart({ title: "Early stopping", across: "epoch", up: "mean squared error", label: "seen", values: seen, beside }),
  );
  console.log(`wrote ${file}`);
  return { seen, heldOut, kept };
}

export const sample: Program = {
  title: "Early stopping: a whole training in one graph",
  async check() {
    gf.setSeed(6);
    const model = build();
    const { losses, epochs } = trainer(model, 12, 2, 0)(points(32, 1), points(16, 3));
    return [epochs.item() as number, ...losses.dataSync(), ...(model.predict(points(2, 5).x) as gf.Tensor).dataSync()];
  },
  tolerance: 1e-4,
};
