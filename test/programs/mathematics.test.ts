/** Samples that compute with gradients, against what is known from mathematics or computed in another manner, without graphfn. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { decode } from "fast-png";
import * as gf from "graphfn";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { buildTransformed } from "../../samples/build.mjs";
import type * as CurveFit from "../../samples/src/curve-fit.ts";
import type * as Hamiltonian from "../../samples/src/hamiltonian.ts";
import type * as Kepler from "../../samples/src/kepler.ts";
import type * as Logistic from "../../samples/src/logistic-regression.ts";
import type * as Lorenz from "../../samples/src/lorenz.ts";
import { expectNear, expectWithin } from "./near.ts";
import { determinant, inverse, type Matrix, normalEquations, solve } from "./plain-algebra.ts";

/** The same module with what marked functions have beside their call. */
type Explained<M> = {
  [K in keyof M]: M[K] extends (...args: infer A) => unknown ? M[K] & { explain(...args: A): gf.Explanation } : M[K];
};

const { samples } = (await import(await buildTransformed())) as {
  samples: {
    "logistic-regression": Explained<typeof Logistic>;
    kepler: Explained<typeof Kepler>;
    lorenz: Explained<typeof Lorenz>;
    hamiltonian: Explained<typeof Hamiltonian>;
    "curve-fit": Explained<typeof CurveFit>;
  };
};
const folder = mkdtempSync(path.join(tmpdir(), "graphfn-samples-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** On busy machines, and without the addon. */
const LONG = { timeout: 180_000 };

let lines: string[];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((...args: unknown[]) => void lines.push(args.join(" ")));
  return () => vi.restoreAllMocks();
});

const written = (name: string): Buffer => readFileSync(path.join(folder, name));
const vector = (values: readonly number[]): gf.Tensor => gf.tensor([...values], [values.length], "float64");

it("logistic-regression: the weights of Newton's method, and of the formula as far as the data tell", LONG, () => {
  const { main, answers, FORMULA } = samples["logistic-regression"];
  const found = main(folder);
  const { x, y } = answers(20_000);
  const [rows, labels] = [x.arraySync() as Matrix, y.arraySync() as number[]];
  let weights = [0, 0, 0, 0];
  let information: number[][] = [];
  for (let i = 0; i < 12; i++) {
    const chances = rows.map((row) => 1 / (1 + Math.exp(-row.reduce((sum, value, k) => sum + value * weights[k]!, 0))));
    const { matrix, vector: slope } = normalEquations(
      rows,
      labels.map((label, k) => label - chances[k]!),
      chances.map((p) => p * (1 - p)),
    );
    weights = solve(matrix, slope).map((step, k) => weights[k]! + step);
    information = matrix;
  }
  expectNear(found, weights, 1e-6);
  const errors = inverse(information).map((row, k) => Math.sqrt(row[k]!));
  expect(Math.max(...errors)).toBeLessThan(0.05);
  expectWithin(found, FORMULA, errors, 3);
  expect(lines.filter((line) => line.startsWith("step")).length).toBeGreaterThan(3);
  expect(written("logistic-regression.svg").toString()).toContain("<polyline");
});

/** Steps of Runge and Kutta for the Lorenz system on plain numbers. */
function lorenzEnd(start: readonly number[], steps: number, dt: number): number[] {
  const flow = ([x, y, z]: readonly number[]): number[] => [10 * (y! - x!), x! * (28 - z!) - y!, x! * y! - (8 / 3) * z!];
  const along = (s: readonly number[], k: readonly number[], t: number): number[] => s.map((value, i) => value + t * k[i]!);
  let state = [...start];
  for (let i = 0; i < steps; i++) {
    const k1 = flow(state);
    const k2 = flow(along(state, k1, dt / 2));
    const k3 = flow(along(state, k2, dt / 2));
    const k4 = flow(along(state, k3, dt));
    state = state.map((value, j) => value + (dt / 6) * (k1[j]! + 2 * k2[j]! + 2 * k3[j]! + k4[j]!));
  }
  return state;
}

it("lorenz: the end of plain Runge-Kutta, gradients of differences, volumes that shrink as the divergence says", () => {
  const { end, sensitivity, trajectory, main } = samples.lorenz;
  const [start, steps, dt] = [[1, 1, 20], 400, 0.005];
  const n = gf.scalar(steps, "int32");
  const last = lorenzEnd(start, steps, dt);
  expectNear([...end(vector(start), n).dataSync()], last, 1e-11);
  const states = trajectory(vector(start), steps);
  expect(states.shape).toEqual([steps + 1, 3]);
  expectNear([...states.slice([steps], [1]).dataSync()], last, 1e-11);

  const rows = sensitivity(vector(start), n).arraySync() as number[][];
  const h = 1e-5;
  const columns = start.map((_, k) => {
    const moved = (by: number): number[] =>
      lorenzEnd(
        start.map((x, i) => (i === k ? x + by : x)),
        steps,
        dt,
      );
    const [up, down] = [moved(h), moved(-h)];
    return up.map((x, i) => (x - down[i]!) / (2 * h));
  });
  const differences = rows.map((_, i) => columns.map((column) => column[i]!));
  expectNear(rows.flat(), differences.flat(), 1e-6);
  // Liouville: the divergence of the flow is −(10 + 1 + 8/3) everywhere. Over longer times rounding is larger than the determinant.
  const early = sensitivity(vector(start), gf.scalar(50, "int32")).arraySync() as Matrix;
  expect(determinant(early) / Math.exp(-(11 + 8 / 3) * 50 * dt)).toBeCloseTo(1, 4);

  main(folder);
  expect(decode(written("lorenz.png")).width).toBeGreaterThan(600);
});

it("hamiltonian: mean and covariance of the distribution, as near as 4000 draws tell", LONG, () => {
  const { main, MEAN, COVARIANCE } = samples.hamiltonian;
  const { mean, covariance, accepted } = main(folder);
  const [xx, xy, yy] = [COVARIANCE[0]![0]!, COVARIANCE[0]![1]!, COVARIANCE[1]![1]!];
  // Errors of as many independent draws. Draws of a chain know less of the distribution: twice as much for that.
  const n = 4000;
  expectWithin(mean, MEAN, [Math.sqrt(xx / n), Math.sqrt(yy / n)], 6);
  const errors = [xx * Math.sqrt(2 / n), Math.sqrt((xx * yy + xy * xy) / n), yy * Math.sqrt(2 / n)];
  expectWithin([covariance[0]![0]!, covariance[0]![1]!, covariance[1]![1]!], [xx, xy, yy], errors, 6);
  // The leapfrog keeps the energy but for the square of its step.
  expect(accepted).toBeGreaterThan(0.95);
  expect(accepted).toBeLessThan(1);
  expect(decode(written("hamiltonian.png")).width).toBeGreaterThan(600);
});

it("curve-fit: the parameters of Gauss and Newton by derivatives on paper, and the truth as far as the noise allows", () => {
  const { main, measurements, model, TRUTH, NOISE } = samples["curve-fit"];
  const found = main(folder);
  const { t, y } = measurements(120);
  const [times, values] = [t.arraySync() as number[], y.arraySync() as number[]];
  let p = [...TRUTH];
  let normal: number[][] = [];
  let paper: number[][] = [];
  for (let i = 0; i < 30; i++) {
    const [amplitude, decay, frequency, phase, rest] = p as [number, number, number, number, number];
    const j = times.map((s) => {
      const [fading, angle] = [Math.exp(-decay * s), frequency * s + phase];
      const wave = fading * Math.cos(angle);
      const turn = -amplitude * fading * Math.sin(angle);
      return [wave, -s * amplitude * wave, s * turn, turn, 1];
    });
    const r = values.map((value, k) => value - amplitude * j[k]![0]! - rest);
    const { matrix, vector: slope } = normalEquations(j, r);
    p = solve(matrix, slope).map((step, k) => p[k]! + step);
    [normal, paper] = [matrix, j];
  }
  expectNear(found, p, 1e-7);
  const jacobian = gf
    .jacobian((q) => model(q, t))(vector(p))
    .arraySync() as number[][];
  expectNear(jacobian.flat(), paper.flat(), 1e-9);
  const errors = inverse(normal).map((row, k) => NOISE * Math.sqrt(row[k]!));
  expect(Math.max(...errors)).toBeLessThan(0.1);
  expectWithin(found, TRUTH, errors, 3);
  expect(decode(written("curve-fit.png")).width).toBeGreaterThan(600);
});

it("kepler, lorenz, hamiltonian, curve-fit: each is one plan, gradients included", () => {
  const [number, whole] = [gf.scalar(1, "float64"), gf.scalar(3, "int32")];
  const plans = [
    samples.kepler.sensitivity.explain(number, gf.scalar(0.5, "float64")),
    samples.lorenz.sensitivity.explain(vector([1, 1, 20]), whole),
    samples.lorenz.trajectory.explain(vector([1, 1, 20]), 3),
    samples.hamiltonian.chain.explain(vector([0, 0]), 3),
    samples["curve-fit"].fit.explain(vector([1, 1, 1, 1, 1]), vector([1, 2]), vector([1, 2])),
    samples["logistic-regression"].fit.explain(gf.ones([5, 4], "float64"), gf.ones([5], "float64"), 3, 0),
  ].map(({ plan }) => plan.split(":")[0]);
  expect(plans).toEqual(["sensitivity", "sensitivity", "trajectory", "chain", "fit", "fit"].map((name) => `plan ${name}`));
});
