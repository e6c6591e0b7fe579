/** W06 to W09, W16 and the step of native.md: gradients, whole training steps, fit. */
import * as gf from "graphfn";
import * as D from "../data.mjs";
import { EAGER, emit, GRAPH, measure, timed, total, totalOf } from "./measure.ts";

const rnn = gf.graphFunction((wx: gf.Tensor, wh: gf.Tensor, b: gf.Tensor, x: gf.Tensor, lengths: gf.Tensor): gf.Tensor => {
  const [, batch] = x.shape as [number, number];
  let h = gf.zeros([batch, wh.shape[0] as number]);
  const last = gf.max(lengths);
  for (let t: gf.Tensor = 0; t < last; t++) {
    const next = gf.tanh(gf.matMul(x[t], wx) + gf.matMul(h, wh) + b);
    h = gf.where(gf.expandDims(t < lengths, 1), next, h);
  }
  return gf.mean(h * h);
});
const rnnGradients = gf.graphFunction((wx: gf.Tensor, wh: gf.Tensor, b: gf.Tensor, x: gf.Tensor, lengths: gf.Tensor): gf.Tensor[] =>
  gf.grads((p: gf.Tensor, q: gf.Tensor, r: gf.Tensor) => rnn(p, q, r, x, lengths))([wx, wh, b]),
);

export async function W06(): Promise<void> {
  const { time, batch, inputs, hidden } = D.RNN;
  const d = D.rnnData();
  const given = [
    gf.tensor(d.wx, [inputs, hidden]),
    gf.tensor(d.wh, [hidden, hidden]),
    gf.tensor(d.b),
    gf.tensor(d.x, [time, batch, inputs]),
    gf.tensor(d.lengths),
  ] as const;
  await timed(GRAPH, "W06.fwd", () => rnn(...given), { check: total });
  const gradient = () => {
    const [dwx, dwh, db] = rnnGradients(...given) as [gf.Tensor, gf.Tensor, gf.Tensor];
    gf.dispose([dwx, db]);
    return dwh;
  };
  await timed(GRAPH, "W06.grad", gradient, { check: totalOf(Math.abs) });
}

type Step = (x: gf.Tensor, y: gf.Tensor) => gf.Tensor;
const variables = (values: { data: Float32Array; shape: number[] }[]) =>
  values.map(({ data, shape }) => gf.variable(gf.tensor(data, shape)));

function dense(weights: gf.Variable[], x: gf.Tensor): gf.Tensor {
  let h = x;
  for (let k = 0; k < weights.length; k += 2) {
    h = h.matMul(weights[k] as gf.Variable).add(weights[k + 1] as gf.Variable);
    if (k + 2 < weights.length) h = h.relu();
  }
  return h;
}

/** Forward, loss, gradients and update, in one marked function. */
function trainer(weights: gf.Variable[], logits: (ws: gf.Variable[], x: gf.Tensor) => gf.Tensor, optimizer: gf.Optimizer): Step {
  return gf.graphFunction((x: gf.Tensor, y: gf.Tensor): gf.Tensor => {
    const tape = gf.gradientTape();
    const loss = gf.losses.softmaxCrossEntropy(y, logits(weights, x));
    optimizer.applyGradients(tape.gradient(loss, weights) as gf.Tensor[], weights);
    return loss;
  });
}

/** The same step, op by op. */
function eagerTrainer(weights: gf.Variable[], logits: (ws: gf.Variable[], x: gf.Tensor) => gf.Tensor, optimizer: gf.Optimizer): Step {
  return (x, y) => optimizer.minimize(() => gf.losses.softmaxCrossEntropy(y, logits(weights, x)), true, weights) as gf.Tensor;
}

function read(step: Step, x: gf.Tensor, y: gf.Tensor): number {
  const loss = step(x, y);
  const value = loss.item() as number;
  loss.dispose();
  return value;
}

/** The loss of step number `steps`, counted from fresh weights. */
const after = (steps: number, run: () => number) => () => {
  let loss = Number.NaN;
  for (let i = 1; i < steps; i++) loss = run();
  return loss;
};

function batchOf(count: number, shape: number[]): [gf.Tensor, gf.Tensor] {
  const { x, labels } = D.images(count);
  return [gf.tensor(x, [count, ...shape]), gf.cast(gf.oneHot(gf.tensor(labels), 10), "float32")];
}

export async function W07(): Promise<void> {
  for (const batch of [32, 256]) {
    const [x, y] = batchOf(batch, [784]);
    for (const [peer, make] of [
      [GRAPH, trainer],
      [EAGER, eagerTrainer],
    ] as const) {
      const step = make(variables(D.mlpWeights()), dense, gf.train.adam(1e-3));
      const run = () => read(step, x, y);
      await measure(peer, `W07.b${batch}`, run, { check: after(10, run) });
    }
  }
}

export async function W08(): Promise<void> {
  const { x, labels } = D.images(12_800);
  const [xs, ys] = [gf.tensor(x, [12_800, 784]), gf.tensor(labels)];
  const model = gf.sequential({
    layers: [gf.layers.dense({ units: 128, activation: "relu", inputShape: [784] }), gf.layers.dense({ units: 10, activation: "softmax" })],
  });
  model.setWeights(D.mlpWeights([784, 128, 10]).map(({ data, shape }: { data: Float32Array; shape: number[] }) => gf.tensor(data, shape)));
  model.compile({ optimizer: gf.train.adam(1e-3), loss: "sparseCategoricalCrossentropy" });
  const epoch = async () => {
    const { history } = await model.fit(xs, ys, { batchSize: 32, epochs: 1, shuffle: false, verbose: 0, yieldEvery: "never" });
    return (history["loss"] as number[])[0] as number;
  };
  await measure(GRAPH, "W08.fit", epoch, { unit: "s", budget: 3, check: Number });
}

const network = (w: gf.Variable[], x: gf.Tensor): gf.Tensor => {
  const [k1, b1, k2, b2, ...rest] = w as [gf.Variable, gf.Variable, gf.Variable, gf.Variable, ...gf.Variable[]];
  const first = gf.maxPool(
    gf.relu(gf.conv2d(x as gf.Tensor4D, k1 as unknown as gf.Tensor4D, 1, "valid").add(b1)) as gf.Tensor4D,
    2,
    2,
    "valid",
  );
  const second = gf.maxPool(
    gf.relu(gf.conv2d(first as gf.Tensor4D, k2 as unknown as gf.Tensor4D, 1, "valid").add(b2)) as gf.Tensor4D,
    2,
    2,
    "valid",
  );
  return dense(rest, second.reshape([32, 1600]));
};

export async function W09(): Promise<void> {
  const [x, y] = batchOf(32, [28, 28, 1]);
  const step = trainer(variables(D.cnnWeights()), network, gf.train.adam(1e-3));
  const run = () => read(step, x, y);
  await measure(GRAPH, "W09.cnn", run, { check: after(5, run) });
}

/** The first call, in a process that has done nothing else; imports are not counted. */
export async function W16(): Promise<void> {
  const [x, y] = batchOf(32, [784]);
  const step = trainer(variables(D.mlpWeights()), dense, gf.train.adam(1e-3));
  const start = performance.now();
  const loss = read(step, x, y);
  const took = performance.now() - start;
  emit({ peer: GRAPH, case: "W16.mlp", unit: "ms", median: took, min: took, max: took, samples: 1, check: loss });
}

export async function N07(): Promise<void> {
  const [x, y] = batchOf(32, [784]);
  const step = trainer(variables(D.mlpWeights([784, 256, 10])), dense, gf.train.sgd(0.1));
  const run = () => read(step, x, y);
  await measure(GRAPH, "N07.sgd", run, { unit: "us", check: after(10, run) });
}
