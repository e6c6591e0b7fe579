/**
 * A curve through measurements by the method of Levenberg and Marquardt: the Jacobian of the residuals, and a linear system in each
 * round. Which steps are kept and when it ends is decided in the graph.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as gf from "graphfn";
import { BLUE, GREY, ORANGE, plot } from "./picture/plot.ts";
import type { Program } from "./sample.ts";

/** A damped oscillation: amplitude, decay, frequency, phase, rest. */
export const TRUTH = [2, 0.35, 3, 0.5, 0.8];
export const NOISE = 0.08;

/** @graphFunction */
export function model(p: gf.Tensor, t: gf.Tensor): gf.Tensor {
  const [amplitude, decay, frequency, phase, rest] = p;
  return amplitude * gf.exp(-decay * t) * gf.cos(frequency * t + phase) + rest;
}

export function measurements(count: number): { t: gf.Tensor; y: gf.Tensor } {
  const t = gf.linspace(0, 8, count).cast("float64");
  return { t, y: model(gf.tensor(TRUTH, [5], "float64"), t).add(gf.randomNormal([count], 0, NOISE, "float64", 21)) };
}

/** Parameters for which the sum of the squared residuals is least, near `p`, that sum, and how many rounds it took. */
/** @graphFunction */
export function fit(p: gf.Tensor, t: gf.Tensor, y: gf.Tensor): { parameters: gf.Tensor; error: gf.Tensor; rounds: gf.Tensor } {
  const residuals = (q: gf.Tensor): gf.Tensor => model(q, t) - y;
  const unit = gf.eye(5, 5, undefined, "float64");
  const directions = gf.unstack(unit);
  let damping: gf.Tensor = 1e-2;
  let error = gf.sum(residuals(p) ** 2);
  let rounds: gf.Tensor = 0;
  while (rounds < 100) {
    rounds++;
    // Column by column: five parameters, but hundreds of residuals, for each of which gf.jacobian would go back once.
    const J = gf.stack(
      directions.map((direction) => gf.jvp(residuals, [p], [direction]).tangent),
      1,
    );
    const normal = gf.matMul(J, J, true, false);
    const slope = gf.matMul(J, residuals(p).reshape([-1, 1]), true, false);
    const system = normal + damping * unit * normal;
    const step = gf.linalg.solve(system, slope).reshape([5]);
    const next = gf.sum(residuals(p - step) ** 2);
    if (next < error) {
      p = p - step;
      error = next;
      damping /= 5;
      if (gf.norm(step) < 1e-9 * gf.norm(p)) break;
    } else {
      damping *= 4;
      // No step is short enough to get lower: this is the lowest that numbers can tell.
      if (damping > 1e12) break;
    }
  }
  return { parameters: p, error, rounds };
}

export function main(folder = "."): number[] {
  const { t, y } = measurements(120);
  const guess = gf.tensor([1, 0.1, 2.6, 0, 0], [5], "float64");
  const { parameters, error, rounds } = fit(guess, t, y);
  const found = [...parameters.dataSync()];
  console.log(`${rounds.item()} rounds, sum of squares ${(error.item() as number).toPrecision(5)}`);
  console.log(`parameters ${found.map((p) => p.toFixed(3)).join(", ")}; the data came from ${TRUTH.join(", ")}`);
  const fine = gf.linspace(0, 8, 400).cast("float64");
  const points = (x: gf.Tensor, up: gf.Tensor): [number, number][] => gf.stack([x, up], 1).arraySync() as [number, number][];
  const png = plot({
    title: "Levenberg-Marquardt: a damped oscillation",
    across: "time",
    up: "value",
    layers: [
      { points: points(t, y), kind: "dots", size: 5, colour: BLUE, label: "measured" },
      { points: points(fine, model(guess, fine)), kind: "line", size: 2, colour: GREY, label: "first guess" },
      { points: points(fine, model(parameters, fine)), kind: "line", size: 2.6, colour: ORANGE, label: "fit" },
    ],
  });
  const file = path.join(folder, "curve-fit.png");
  writeFileSync(file, png);
  console.log(`wrote ${file}`);
  return found;
}

export const sample: Program = {
  title: "Levenberg-Marquardt: a curve through measurements",
  async check() {
    const { t, y } = measurements(30);
    const { parameters, error } = fit(gf.tensor([1, 0.1, 2.6, 0, 0], [5], "float64"), t, y);
    return [...parameters.dataSync(), error.item() as number];
  },
  tolerance: 1e-6,
};
