/**
 * A Hamiltonian Monte Carlo sampler: proposals follow the gradient of the log density, and the whole chain, with its random numbers
 * and its choices, is one graph.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as gf from "graphfn";
import { BLUE, ORANGE, plot } from "./picture/plot.ts";
import type { Program } from "./sample.ts";

/** The normal distribution to draw from. */
export const MEAN = [1, -1];
export const COVARIANCE = [
  [2, 1.2],
  [1.2, 1],
];

const LEAPS = 12;
const STEP = 0.2;

/** The logarithm of the density, up to a constant; any differentiable function may stand here. */
/** @graphFunction */
function logDensity(place: gf.Tensor): gf.Tensor {
  const away = place - gf.tensor(MEAN, [2], "float64");
  const covariance = gf.tensor(COVARIANCE, [2, 2], "float64");
  return -0.5 * gf.dot(away, gf.linalg.solve(covariance, away.reshape([2, 1])).reshape([2]));
}

/** `count` draws, [count, 2], and the share of proposals that were accepted. Other draws for another gf.setSeed. */
/** @graphFunction */
export function chain(place: gf.Tensor, count: number): { draws: gf.Tensor; accepted: gf.Tensor } {
  const slope = gf.grad(logDensity);
  let draws: gf.Tensor = gf.zeros([count, 2], "float64");
  let accepted: gf.Tensor = 0;
  for (let i: gf.Tensor = 0; i < count; i++) {
    let momentum = gf.randomNormal([2], 0, 1, "float64");
    const before = logDensity(place) - 0.5 * gf.sum(momentum ** 2);
    let there = place;
    // Leapfrog: half a step of the momentum before and after each step of the place.
    for (let leap: gf.Tensor = 0; leap < LEAPS; leap++) {
      momentum += (STEP / 2) * slope(there);
      there += STEP * momentum;
      momentum += (STEP / 2) * slope(there);
    }
    const after = logDensity(there) - 0.5 * gf.sum(momentum ** 2);
    if (gf.randomUniform([], 0, 1, "float64") < gf.exp(after - before)) {
      place = there;
      accepted++;
    }
    draws[i] = place;
  }
  return { draws, accepted: accepted / count };
}

/** Mean and covariance of draws [n, 2]. */
export function moments(draws: gf.Tensor): { mean: gf.Tensor; covariance: gf.Tensor } {
  const mean = draws.mean(0);
  const away = draws.sub(mean);
  return {
    mean,
    covariance: away
      .transpose()
      .matMul(away)
      .div(draws.shape[0] as number),
  };
}

/** Where the distance from the mean is `radius` standard deviations: a circle under a root of the covariance. */
function ellipse(radius: number): [number, number][] {
  const root = gf.linalg.cholesky(gf.tensor(COVARIANCE)).arraySync() as number[][];
  return Array.from({ length: 121 }, (_, i) => {
    const [x, y] = [radius * Math.cos((i * Math.PI) / 60), radius * Math.sin((i * Math.PI) / 60)];
    return [MEAN[0]! + root[0]![0]! * x, MEAN[1]! + root[1]![0]! * x + root[1]![1]! * y];
  });
}

export function main(folder = "."): { mean: number[]; covariance: number[][]; accepted: number } {
  gf.setSeed(8);
  const { draws, accepted } = chain(gf.zeros([2], "float64"), 4000);
  const { mean, covariance } = moments(draws);
  const found = {
    mean: mean.arraySync() as number[],
    covariance: covariance.arraySync() as number[][],
    accepted: accepted.item() as number,
  };
  const show = (numbers: readonly number[]): string => numbers.map((n) => n.toFixed(2)).join(", ");
  console.log(`4000 draws, ${(100 * found.accepted).toFixed(1)} % accepted`);
  console.log(`mean ${show(found.mean)} (${show(MEAN)}), covariance ${show(found.covariance.flat())} (${show(COVARIANCE.flat())})`);
  const png = plot({
    title: "Hamiltonian Monte Carlo, a normal distribution",
    across: "x",
    up: "y",
    layers: [
      { points: draws.arraySync() as [number, number][], kind: "dots", size: 3, colour: BLUE, label: "draws" },
      ...[1, 2, 3].map((radius) => ({
        points: ellipse(radius),
        kind: "line" as const,
        size: 2.4,
        colour: ORANGE,
        ...(radius === 1 ? { label: "1, 2, 3 standard deviations" } : {}),
      })),
    ],
  });
  const file = path.join(folder, "hamiltonian.png");
  writeFileSync(file, png);
  console.log(`wrote ${file}`);
  return found;
}

export const sample: Program = {
  title: "Hamiltonian Monte Carlo: a sampler that follows gradients",
  async check() {
    gf.setSeed(8);
    const { draws, accepted } = chain(gf.zeros([2], "float64"), 20);
    return [...draws.dataSync(), accepted.item() as number];
  },
  tolerance: 1e-6,
};
