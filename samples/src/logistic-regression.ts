/**
 * Logistic regression on answers drawn from a formula: gradient descent with momentum finds the formula again. The whole descent is
 * one graph: it runs until the gradient is small, prints its progress from inside, and notes the loss of each step.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as gf from "graphfn";
import { lineChart } from "./picture/chart.ts";
import type { Program } from "./sample.ts";

/** The formula: yes with probability σ(1.5 x₀ − 2 x₁ + 0.5 x₂ + 0.25). */
export const FORMULA = [1.5, -2, 0.5, 0.25];

/** Points with a last column of ones, which meets the constant, and answers 0 or 1. */
export function answers(count: number): { x: gf.Tensor; y: gf.Tensor } {
  const x = gf.concat([gf.randomNormal([count, 3], 0, 1, "float64", 11), gf.ones([count, 1], "float64")], 1);
  const chance = x.dot(gf.tensor(FORMULA, [4], "float64")).sigmoid();
  const y = gf.randomUniform([count], 0, 1, "float64", 12).less(chance).cast("float64");
  return { x, y };
}

/** @graphFunction */
export function fit(x: gf.Tensor, y: gf.Tensor, most: number, every: number): { weights: gf.Tensor; losses: gf.Tensor; steps: gf.Tensor } {
  let weights: gf.Tensor = gf.zeros([4], "float64");
  let speed: gf.Tensor = gf.zeros([4], "float64");
  let losses: gf.Tensor = gf.zeros([most], "float64");
  let steps: gf.Tensor = 0;
  while (steps < most) {
    const { value, grad } = gf.valueAndGrad((w) => gf.losses.sigmoidCrossEntropy(y, x.dot(w)))(weights);
    losses[steps] = value;
    steps++;
    if (every > 0 && steps % every === 0) console.log("step", steps, "loss", value);
    if (gf.norm(grad) < 1e-7) break;
    speed = 0.8 * speed - 2 * grad;
    weights = weights + speed;
  }
  return { weights, losses, steps };
}

export function main(folder = "."): number[] {
  const { x, y } = answers(20_000);
  const { weights, losses: noted, steps } = fit(x, y, 1000, 20);
  const losses = noted.slice([0], [steps.item() as number]);
  const found = [...weights.dataSync()];
  console.log(`${losses.size} steps, weights ${found.map((w) => w.toFixed(3)).join(", ")}; the formula has ${FORMULA.join(", ")}`);
  const file = path.join(folder, "logistic-regression.svg");
  const values = [...losses.sub(losses.min()).dataSync()].filter((above) => above > 0);
  writeFileSync(file, lineChart({ title: "Logistic regression", across: "step", up: "cross entropy above its lowest", values }));
  console.log(`wrote ${file}`);
  return found;
}

export const sample: Program = {
  title: "Logistic regression finds the formula behind its data",
  async check() {
    const { x, y } = answers(200);
    const { weights, losses, steps } = fit(x, y, 100, 0);
    return [...weights.dataSync(), ...losses.dataSync(), steps.item() as number];
  },
  tolerance: 1e-6,
};
