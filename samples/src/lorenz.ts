/**
 * The Lorenz system by the method of Runge and Kutta, and how far the place where it ends depends on the place where it starts: the
 * Jacobian of the end state, back through thousands of steps in one graph.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as gf from "graphfn";
import { BLUE, ORANGE, plot } from "./picture/plot.ts";
import type { Program } from "./sample.ts";

const SIGMA = 10;
const RHO = 28;
const BETA = 8 / 3;
const STEP = 0.005;

/** @graphFunction */
function flow(state: gf.Tensor): gf.Tensor {
  const [x, y, z] = state;
  return gf.stack([SIGMA * (y - x), x * (RHO - z) - y, x * y - BETA * z]);
}

/** @graphFunction */
function next(state: gf.Tensor): gf.Tensor {
  const k1 = flow(state);
  const k2 = flow(state + (STEP / 2) * k1);
  const k3 = flow(state + (STEP / 2) * k2);
  const k4 = flow(state + STEP * k3);
  return state + (STEP / 6) * (k1 + 2 * k2 + 2 * k3 + k4);
}

/** The state after so many steps. */
/** @graphFunction */
export function end(state: gf.Tensor, steps: gf.Tensor): gf.Tensor {
  for (let i: gf.Tensor = 0; i < steps; i++) state = next(state);
  return state;
}

/** All states on the way, [steps + 1, 3]. */
/** @graphFunction */
export function trajectory(state: gf.Tensor, steps: number): gf.Tensor {
  let states: gf.Tensor = gf.zeros([steps + 1, 3], "float64");
  states[0] = state;
  for (let i: gf.Tensor = 1; i <= steps; i++) {
    state = next(state);
    states[i] = state;
  }
  return states;
}

/** ∂ end / ∂ start, [3, 3]: one way back through all steps for each coordinate of the end. */
/** @graphFunction */
export function sensitivity(start: gf.Tensor, steps: gf.Tensor): gf.Tensor {
  return gf.jacobian((state) => end(state, steps))(start);
}

export function main(folder = "."): void {
  const start = gf.tensor([1, 1, 20], [3], "float64");
  for (const time of [1, 2, 4, 8]) {
    const steps = gf.scalar(time / STEP, "int32");
    const growth = gf.norm(sensitivity(start, steps)).item() as number;
    console.log(`after ${time} s a small change at the start is up to ${growth.toPrecision(3)} times as large`);
  }
  const nearby = start.add(gf.tensor([1e-3, 0, 0], [3], "float64"));
  const xz = (from: gf.Tensor): [number, number][] =>
    (trajectory(from, 20 / STEP).arraySync() as number[][]).map(([x, , z]) => [x as number, z as number]);
  const png = plot({
    title: "Lorenz system, 20 s from two starts 0.001 apart",
    across: "x",
    up: "z",
    layers: [
      { points: xz(start), kind: "line", size: 1.6, colour: BLUE, label: "from (1, 1, 20)" },
      { points: xz(nearby), kind: "line", size: 1.6, colour: ORANGE, label: "from (1.001, 1, 20)" },
    ],
  });
  const file = path.join(folder, "lorenz.png");
  writeFileSync(file, png);
  console.log(`wrote ${file}`);
}

export const sample: Program = {
  title: "Lorenz system by Runge-Kutta, and the gradient of where it ends",
  async check() {
    const start = gf.tensor([1, 1, 20], [3], "float64");
    const steps = gf.scalar(100, "int32");
    return [...end(start, steps).dataSync(), ...sensitivity(start, steps).dataSync()];
  },
  tolerance: 1e-9,
};
