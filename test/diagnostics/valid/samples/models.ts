/** Machine learning: layers, losses, training steps, attention, recurrent cells. */

import type { Tensor, Tensor2D, Variable } from "graphfn";
import * as gf from "graphfn";

type Activation = "relu" | "tanh" | "none";

interface Dense {
  readonly kernel: Variable;
  readonly bias: Variable;
  readonly activation: Activation;
}

function dense(inputs: number, units: number, activation: Activation = "none"): Dense {
  return { kernel: gf.variable(gf.fill([inputs, units], 0.1)), bias: gf.variable(gf.zeros([units])), activation };
}

function activate(x: Tensor, activation: Activation): Tensor {
  switch (activation) {
    case "relu":
      return x.relu();
    case "tanh":
      return x.tanh();
    default:
      return x;
  }
}

const layers = [dense(2, 3, "relu"), dense(3, 3, "tanh"), dense(3, 1)];

/** @graphFunction */
export function forward(x: Tensor2D): Tensor {
  return layers.reduce((h: Tensor, { kernel, bias, activation }) => activate(gf.matMul(h as Tensor2D, kernel) + bias, activation), x);
}

const optimizer = gf.train.sgd(0.1);

export const trainStep = gf.graphFunction((x: Tensor2D, y: Tensor) => {
  const loss = optimizer.minimize(() => gf.losses.meanSquaredError(y, forward(x)), true);
  return loss!;
});

/** @graphFunction */
export function focalLoss(labels: Tensor, logits: Tensor, gamma = 2): Tensor {
  const p = logits.sigmoid();
  const pt = labels * p + (1 - labels) * (1 - p);
  return (-((1 - pt) ** gamma) * gf.log(pt + 1e-7)).mean();
}

/** @graphFunction */
export function attention(q: Tensor, k: Tensor, v: Tensor, mask?: Tensor): Tensor {
  const scale = 1 / Math.sqrt(q.shape[q.shape.length - 1]);
  let scores = gf.matMul(q, k, false, true) * scale;
  if (mask !== undefined) scores += (1 - mask) * -1e9;
  return gf.matMul(gf.softmax(scores), v);
}

/** @graphFunction */
export function rnn(xs: Tensor, w: Tensor, u: Tensor): Tensor {
  let h: Tensor = gf.zeros([1, 2], "float64");
  for (const x of xs) h = gf.tanh(x.expandDims(0).matMul(w) + h.matMul(u));
  return h;
}

/** @graphFunction */
export function gradientDescent(x: Tensor, rate: number): Tensor {
  const slope = gf.grad((z: Tensor) => z.square().sum());
  let rounds: Tensor = 0;
  for (;;) {
    const g = slope(x);
    if (g.norm() < 1e-3) break;
    x = x - rate * g;
    rounds++;
  }
  return rounds;
}

/** @graphFunction */
export function standardise(x: Tensor, axis: number | number[] = 0): Tensor {
  const mean = x.mean(axis, true);
  const variance = gf.mean((x - mean) ** 2, axis, true);
  return (x - mean) / gf.sqrt(variance + 1e-5);
}

const steps = gf.variable(gf.scalar(0));

/** @graphFunction */
export function countedStep(x: Tensor): Tensor {
  steps.assign(steps + 1);
  if (steps % 2 === 0) steps.assign(steps.add(10));
  return x * steps;
}

/** @graphFunction */
export function dropoutLike(x: Tensor, training: boolean): Tensor {
  if (!training) return x;
  const keep = gf.randomUniform(x.shape, 0, 1, "float32", 42) > 0.5;
  return (gf.where(keep, x, 0) * 2).sum() * 0;
}

/** @graphFunction */
export function accuracy(labels: Tensor, logits: Tensor): Tensor {
  const hits = labels.argMax(-1) === logits.argMax(-1);
  return hits.toFloat().mean();
}

/** @graphFunction */
export function clipByGlobalNorm(gradients: Tensor[], limit: number): Tensor[] {
  const norm = gradients
    .map((g) => g.square().sum())
    .reduce((a, b) => a.add(b))
    .sqrt();
  return norm > limit ? gradients.map((g) => (g * limit) / norm) : gradients;
}

class Ema {
  private readonly decay: number;
  value: Tensor | undefined;
  constructor(decay: number) {
    this.decay = decay;
  }
  update(x: Tensor): Tensor {
    const value = this.value === undefined ? x : this.value.mul(this.decay).add(x.mul(1 - this.decay));
    this.value = value;
    return value;
  }
}

/** @graphFunction */
export function smoothed(xs: Tensor): Tensor {
  const ema = new Ema(0.9);
  let last: Tensor = 0;
  for (let i = 0; i < 3; i++) last = ema.update(xs[i]);
  return last;
}

/** @graphFunction */
export function tapeLoss(w: Tensor, x: Tensor): { loss: Tensor; gradient: Tensor } {
  const tape = gf.gradientTape();
  tape.watch(w);
  const loss = ((w * x - 1) ** 2).sum();
  return { loss, gradient: tape.gradient(loss, w) };
}

/** @graphFunction */
export function beamScore(logits: Tensor, width: number): Tensor {
  let score: Tensor = 0;
  let row = logits;
  for (let k = 0; k < width; k++) {
    const best = row.max();
    score += best;
    row = gf.where(row === best, -Infinity, row);
  }
  return score;
}

const row = [[0.5, 1, -1]];
export const runs = {
  forward: [[[[1, 2]]]].map(([x]) => [gf.tensor(x as number[][])]),
  focalLoss: [
    [
      [1, 0],
      [0.3, -2],
    ],
  ],
  attention: [
    [
      [[1, 2]],
      [
        [1, 0],
        [0, 1],
      ],
      [[1], [2]],
    ],
  ],
  rnn: [
    [
      [
        [1, 2],
        [3, 4],
      ],
      [
        [0.1, 0],
        [0, 0.1],
      ],
      [
        [0.5, 0],
        [0, 0.5],
      ],
    ],
  ],
  gradientDescent: [[[1, 2], { fixed: 0.1 }]],
  standardise: [
    [
      [
        [1, 2],
        [3, 5],
      ],
    ],
  ],
  dropoutLike: [[gf.tensor([1, 2]), { fixed: true }]],
  accuracy: [[row, row]],
  smoothed: [[[1, 2, 3]]],
  tapeLoss: [[2, 3]],
  beamScore: [[[3, 1, 2], { fixed: 2 }]],
};
