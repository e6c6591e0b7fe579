/** Two spirals, one inside the other: a small network learns which is which, and its decision is drawn as a map. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as gf from "graphfn";
import { decisionMap } from "./picture/decision-map.ts";
import type { Program } from "./sample.ts";

const TURNS = 1.75;
const RADIUS = 5;

/**
 * Points of two spirals: radius and angle grow together, the second spiral is the first one turned by half a turn. With a `shift`
 * of a half the points lie in the middle between those without.
 */
export function spirals(count: number, shift = 0): { points: gf.Tensor; labels: gf.Tensor } {
  // The root spreads the points evenly along the way.
  const t = gf.range(0, count).add(shift).div(count).sqrt().mul(0.95).add(0.05);
  const angle = t.mul(2 * Math.PI * TURNS);
  const first = gf.stack([angle.cos(), angle.sin()], 1).mul(t.mul(RADIUS).expandDims(1));
  return {
    points: gf.concat([first, first.neg()]),
    labels: gf.concat([gf.zeros([count, 1]), gf.ones([count, 1])]),
  };
}

function build(): gf.Sequential {
  const model = gf.sequential({
    layers: [
      gf.layers.dense({ units: 32, activation: "tanh", inputShape: [2] }),
      gf.layers.dense({ units: 32, activation: "tanh" }),
      gf.layers.dense({ units: 1, activation: "sigmoid" }),
    ],
  });
  model.compile({ optimizer: gf.train.adam(0.01), loss: "binaryCrossentropy", metrics: ["accuracy"] });
  return model;
}

/** Share of points on whose side the model is. */
function accuracy(model: gf.Sequential, { points, labels }: { points: gf.Tensor; labels: gf.Tensor }): number {
  const [, share] = model.evaluate(points, labels) as gf.Tensor[];
  return share?.item() as number;
}

export interface Result {
  readonly training: number;
  readonly between: number;
}

export async function main(folder = "."): Promise<Result> {
  gf.setSeed(4);
  const seen = spirals(120);
  const between = spirals(120, 0.5);
  const model = build();
  await model.fit(seen.points, seen.labels, {
    epochs: 300,
    verbose: 0,
    callbacks: {
      onEpochEnd: (epoch, logs) => {
        if ((epoch + 1) % 50 === 0)
          console.log(`epoch ${epoch + 1}: loss ${logs?.["loss"]?.toFixed(4)}, accuracy ${logs?.["acc"]?.toFixed(3)}`);
      },
    },
  });
  const result = { training: accuracy(model, seen), between: accuracy(model, between) };
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  console.log(`right: ${percent(result.training)} of the points it has seen, ${percent(result.between)} of those between them`);
  const png = decisionMap({
    reach: 1.12 * RADIUS,
    title: `Two spirals, ${percent(result.training)} right`,
    probability: (points) => model.predict(points, { batchSize: 4096 }) as gf.Tensor,
    seen,
    between,
  });
  const file = path.join(folder, "two-spiral.png");
  writeFileSync(file, png);
  console.log(`wrote ${file}`);
  return result;
}

export const sample: Program = {
  title: "Two spirals: a classifier and its decision map",
  async check() {
    gf.setSeed(4);
    const { points, labels } = spirals(32);
    const model = build();
    const history = await model.fit(points, labels, { epochs: 3, verbose: 0 });
    return [...(history.history["loss"] as number[]), ...(model.predict(points.slice(0, 4)) as gf.Tensor).dataSync()];
  },
  tolerance: 1e-4,
};
