/**
 * 20 steps of a small network under each optimizer, in float64: losses and weights are those of Keras 3, eager and with the whole step as
 * one graph. `trajectories.py` made the numbers and says what network it is.
 */
import { readFileSync } from "node:fs";
import * as gf from "graphfn";
import { describe, expect, test } from "vitest";

interface Case {
  readonly loss: readonly number[];
  readonly weights: readonly number[];
}
const { by, ...cases } = JSON.parse(readFileSync(new URL("./trajectories.json", import.meta.url), "utf8")) as Record<string, Case> & {
  readonly by: string;
};

const { train } = gf;
const OPTIMIZERS: Record<string, () => gf.Optimizer> = {
  sgd: () => train.sgd(0.1),
  momentum: () => train.momentum(0.05, 0.9),
  nesterov: () => train.momentum(0.05, 0.9, true),
  adagrad: () => train.adagrad(0.1),
  adadelta: () => train.adadelta(1),
  rmsprop: () => train.rmsprop(0.01),
  "rmsprop with momentum": () => train.rmsprop(0.01, 0.8, 0.5),
  "rmsprop, centered": () => train.rmsprop(0.01, 0.9, 0, 1e-3, true),
  adam: () => train.adam(0.02),
  "adam with a large epsilon": () => train.adam(0.05, 0.8, 0.95, 0.1),
  amsgrad: () => train.adam(0.05, 0.9, 0.7, 1e-7, { amsgrad: true }),
  adamw: () => train.adamw(0.02, 0.1),
  adamax: () => train.adamax(0.02),
  nadam: () => train.nadam(0.02),
  lion: () => train.lion(0.005),
  ftrl: () => train.ftrl(0.1),
  "ftrl, regularised": () =>
    train.ftrl(0.1, {
      l1RegularizationStrength: 0.01,
      l2RegularizationStrength: 0.01,
      l2ShrinkageRegularizationStrength: 0.02,
      beta: 0.1,
    }),
  clipped: () => train.adam(0.02, 0.9, 0.999, 1e-7, { globalClipNorm: 0.1 }),
  "decayed rate": () => train.momentum(train.exponentialDecay(0.2, 5, 0.5), 0.5),
};
const [STEPS, ROWS, BATCH] = [20, 32, 8];

function wave(seed: number, ...shape: readonly number[]): gf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return gf.tensor(
    Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + seed)),
    [...shape],
    "float64",
  );
}

function run(make: () => gf.Optimizer, staged: boolean): Case & { readonly traces: number } {
  const first = [wave(1, 4, 5).mul(0.7), wave(2, 5).mul(0.1), wave(3, 5, 2).mul(0.9), wave(4, 2).mul(0.1)];
  const weights = first.map((w) => gf.variable(w));
  const [w1, b1, w2, b2] = weights as [gf.Variable, gf.Variable, gf.Variable, gf.Variable];
  const optimizer = make();
  const plain = (x: gf.Tensor, y: gf.Tensor): gf.Tensor =>
    optimizer.minimize(() => x.matMul(w1).add(b1).tanh().matMul(w2).add(b2).sub(y).square().mean(), true, weights) as gf.Tensor;
  const compiled = gf.graphFunction((x: gf.Tensor, y: gf.Tensor): gf.Tensor => plain(x, y));
  const [xs, ys] = [wave(5, ROWS, 4), wave(6, ROWS, 2)];
  const loss = Array.from({ length: STEPS }, (_, step) => {
    const [x, y] = [xs, ys].map((all) => all.slice([(step * BATCH) % ROWS], [BATCH])) as [gf.Tensor, gf.Tensor];
    return (staged ? compiled : plain)(x, y).dataSync()[0] as number;
  });
  return { loss, weights: weights.flatMap((w) => [...(w.dataSync() as Float64Array)]), traces: compiled.traces };
}

test(`every case of ${by} has its optimizer`, () => {
  expect(Object.keys(OPTIMIZERS).sort()).toEqual(Object.keys(cases).sort());
});

describe.each(Object.entries(OPTIMIZERS))("%s", (name, make) => {
  const expected = cases[name] as Case;
  test.each([
    ["eager", false],
    ["as one graph", true],
  ])("%s", (_, staged) => {
    const found = run(make, staged);
    expect(found.traces).toBe(staged ? 1 : 0);
    for (const what of ["loss", "weights"] as const) {
      expect(found[what]).toHaveLength(expected[what].length);
      const off = found[what].map((v, i) => Math.abs(v - (expected[what][i] as number)));
      expect(Math.max(...off), what).toBeLessThan(1e-6);
    }
    // The numbers tell optimizers apart: they have moved.
    expect(Math.abs((expected.loss[19] as number) - (expected.loss[3] as number))).toBeGreaterThan(1e-4);
  });
});
