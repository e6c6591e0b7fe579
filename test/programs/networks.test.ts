/** Samples that train networks of their own: what they compute against plain numbers, what they learn at full size. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as gf from "graphfn";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import { buildTransformed } from "../../samples/build.mjs";
import type * as EarlyStopping from "../../samples/src/early-stopping.ts";
import type * as Sequences from "../../samples/src/sequences.ts";
import { expectNear } from "./near.ts";
import type { Matrix } from "./plain-algebra.ts";

const { samples } = (await import(await buildTransformed())) as {
  samples: { "early-stopping": typeof EarlyStopping; sequences: typeof Sequences };
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

const written = (name: string): string => readFileSync(path.join(folder, name)).toString();
const numbers = (t: gf.Tensor): number[] => [...t.dataSync()];

/** A network of two dense layers, tanh and none, on plain numbers: losses, gradients by the chain rule, Adam. */
class PlainNetwork {
  readonly weights: number[][];
  readonly #units: number;
  readonly #moments: { m: number[]; v: number[] }[];
  #steps = 0;

  constructor(weights: readonly gf.Tensor[]) {
    this.weights = weights.map(numbers);
    this.#units = this.weights[1]!.length;
    this.#moments = this.weights.map((w) => ({ m: w.map(() => 0), v: w.map(() => 0) }));
  }

  hidden(x: readonly number[]): number[] {
    const [kernel, bias] = this.weights as [number[], number[]];
    return bias.map((b, u) => Math.tanh(x.reduce((sum, value, i) => sum + value * kernel[i * this.#units + u]!, b)));
  }

  predict(x: readonly number[]): number {
    const [, , kernel, bias] = this.weights;
    return this.hidden(x).reduce((sum, h, u) => sum + h * kernel![u]!, bias![0]!);
  }

  loss(xs: Matrix, ys: readonly number[]): number {
    return xs.reduce((sum, x, i) => sum + (this.predict(x) - ys[i]!) ** 2, 0) / xs.length;
  }

  step(xs: Matrix, ys: readonly number[], rate: number): void {
    const slopes = this.weights.map((w) => w.map(() => 0));
    const [kernel, bias, out, last] = slopes as [number[], number[], number[], number[]];
    xs.forEach((x, i) => {
      const up = (2 * (this.predict(x) - ys[i]!)) / xs.length;
      last[0]! += up;
      this.hidden(x).forEach((h, u) => {
        out[u]! += up * h;
        const inner = up * this.weights[2]![u]! * (1 - h * h);
        bias[u]! += inner;
        for (const [k, value] of x.entries()) kernel[k * this.#units + u]! += inner * value;
      });
    });
    this.#steps++;
    const scale = (rate * Math.sqrt(1 - 0.999 ** this.#steps)) / (1 - 0.9 ** this.#steps);
    slopes.forEach((slope, layer) => {
      const { m, v } = this.#moments[layer]!;
      slope.forEach((g, k) => {
        m[k] = 0.9 * m[k]! + 0.1 * g;
        v[k] = 0.999 * v[k]! + 0.001 * g * g;
        this.weights[layer]![k]! -= (scale * m[k]!) / (Math.sqrt(v[k]!) + 1e-7);
      });
    });
  }
}

it("early-stopping: the losses of plain numbers in the same order of rows, epoch by epoch", () => {
  const { build, points, trainer } = samples["early-stopping"];
  const [seen, heldOut] = [points(32, 1), points(16, 3)];
  gf.setSeed(6);
  const model = build();
  const plain = new PlainNetwork(model.getWeights());
  const { losses, epochs } = trainer(model, 5, 2, 0)(seen, heldOut);
  expect(epochs.item()).toBe(5);
  gf.setSeed(6);
  build();
  const [xs, ys] = [seen.x.arraySync() as Matrix, numbers(seen.y)];
  const expected = Array.from({ length: 5 }, () => {
    const order = numbers(gf.randomPermutation(32));
    let sum = 0;
    for (let first = 0; first < 32; first += 16) {
      const rows = order.slice(first, first + 16);
      const [x, y] = [rows.map((r) => xs[r]!), rows.map((r) => ys[r]!)];
      sum += plain.loss(x, y);
      plain.step(x, y, 0.003);
    }
    return [sum / 2, plain.loss(heldOut.x.arraySync() as Matrix, numbers(heldOut.y))];
  });
  expectNear(numbers(losses), expected.flat(), 1e-5);
  expectNear(numbers(model.getWeights()[0]!), plain.weights[0]!, 1e-4);
});

it("early-stopping: ends when the held-out loss has not fallen for 60 epochs, with the weights of its lowest", LONG, () => {
  const { seen, heldOut, kept } = samples["early-stopping"].main(folder);
  const lowest = Math.min(...heldOut);
  expect(heldOut.length - 1 - heldOut.indexOf(lowest)).toBe(60);
  expect(kept).toBeCloseTo(lowest, 6);
  // The noise alone is 0.09.
  expect(lowest).toBeLessThan(0.12);
  expect(lowest).toBeGreaterThan(0.07);
  expect(seen.at(-1)).toBeLessThan(0.09);
  expect(lines.filter((line) => line.startsWith("epoch")).length).toBe(Math.floor(heldOut.length / 20));
  expect(written("early-stopping.svg").match(/<polyline/g)).toHaveLength(2);
});

/** The loss of the recurrent network on plain numbers. */
function plainLoss(batch: Matrix, [input, recurrent, bias, output]: readonly number[][]): number {
  const units = bias!.length;
  let [sum, read] = [0, 0];
  for (const sequence of batch) {
    let state = Array<number>(units).fill(0);
    let odd = 0;
    for (const bit of sequence) {
      if (bit === 2) break;
      const before = state;
      state = bias!.map((b, u) =>
        Math.tanh(before.reduce((total, h, k) => total + h * recurrent![k * units + u]!, b + input![bit * units + u]!)),
      );
      odd = (odd + bit) % 2;
      const logit = state.reduce((total, h, u) => total + h * output![u]!, 0);
      sum += Math.log1p(Math.exp(odd === 1 ? -logit : logit));
      read++;
    }
  }
  return sum / read;
}

it("sequences: loss of plain numbers, gradients of differences, whatever follows the end", () => {
  const { Network, sequences } = samples.sequences;
  gf.setSeed(2);
  const network = new Network();
  const batch = sequences(6, 9, 5);
  const rows = batch.arraySync() as number[][];
  expect(new Set(rows.map((row) => row.indexOf(2))).size).toBeGreaterThan(3);
  const weights = network.weights.map(numbers);
  const { value, grads } = gf.variableGrads(() => network.loss(batch), network.weights);
  expectNear([value.item() as number], [plainLoss(rows, weights)], 1e-5);
  Object.values(grads).forEach((gradient, layer) => {
    const h = 1e-4;
    const moved = (k: number, by: number): number =>
      plainLoss(
        rows,
        weights.map((w, l) => (l === layer ? w.map((x, i) => (i === k ? x + by : x)) : w)),
      );
    const differences = weights[layer]!.map((_, k) => (moved(k, h) - moved(k, -h)) / (2 * h));
    expectNear(numbers(gradient), differences, 1e-4);
  });
  // After its first end a row may hold anything.
  const filled = rows.map((row) => row.map((bit, i) => (i > row.indexOf(2) && row.includes(2) ? i % 2 : bit)));
  expect(filled).not.toEqual(rows);
  expect(network.loss(gf.tensor(filled, undefined, "int32")).item()).toBe(network.loss(batch).item());
});

it("sequences: right about those it has not seen, and about longer ones", LONG, () => {
  const { short, long } = samples.sequences.main(folder);
  expect(short).toBeGreaterThanOrEqual(0.99);
  expect(long).toBeGreaterThanOrEqual(0.97);
  const losses = lines.flatMap((line) => /loss: ([\d.]+)/.exec(line)?.[1] ?? []).map(Number);
  expect(losses).toHaveLength(8);
  expect(losses.at(-1)).toBeLessThan(0.03);
  expect(written("sequences.svg")).toContain("<polyline");
});
