/** What people do to models that no tutorial does. */
import * as gf from "graphfn";
import { expect, test } from "vitest";

const numbers = (t: gf.Tensor | gf.Tensor[]) => Array.from((t as gf.Tensor).dataSync());

function net(units = 1): gf.Sequential {
  const m = gf.sequential({ layers: [gf.layers.dense({ units, inputShape: [3], kernelInitializer: "ones" })] });
  m.compile({ optimizer: gf.train.sgd(0.1), loss: "mse" });
  return m;
}

test("data disposed while fit runs: it trains on what they were", async () => {
  const results: number[][] = [];
  for (const early of [true, false]) {
    const m = net();
    const [x, y] = [gf.fill([64, 3], 2), gf.fill([64, 1], 1)];
    const training = m.fit(x, y, { epochs: 2, shuffle: false, verbose: 0, yieldEvery: "batch" });
    if (early) {
      gf.dispose([x, y]);
      gf.fill([64, 3], 99);
      gf.fill([64, 1], 99);
    }
    await training;
    results.push(m.getWeights().flatMap(numbers));
  }
  expect(results[0]).toEqual(results[1]);
});

test("data given as arrays, weights of classes: nothing stays behind", async () => {
  const m = gf.sequential({ layers: [gf.layers.dense({ units: 2, inputShape: [2], activation: "softmax" })] });
  m.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["acc"] });
  const run = async () => {
    await m.fit(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [0, 1, 1],
      { epochs: 2, verbose: 0, classWeight: { 0: 1, 1: 2 } },
    );
    gf.dispose(m.evaluate([[1, 2]], [0]));
    gf.dispose(m.predict([[1, 2]]));
    await m.trainOnBatch([[1, 2]], [1]);
  };
  await run();
  const before = gf.memory().numTensors;
  await run();
  expect(gf.memory().numTensors).toBe(before);
});

test("timers run while training", async () => {
  const m = net();
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const x = gf.ones([32, 3]);
  const y = gf.ones([32, 1]);
  await m.fit(x, y, { epochs: 40, batchSize: 1, verbose: 0, yieldEvery: 1 });
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(1);
});

test("a callback that throws ends training; the model can be trained again", async () => {
  const m = net();
  const [x, y] = [gf.ones([4, 3]), gf.ones([4, 1])];
  let ended = 0;
  const callbacks = {
    onEpochEnd: () => {
      throw new Error("enough");
    },
    onTrainEnd: () => void ended++,
  };
  await expect(m.fit(x, y, { verbose: 0, callbacks })).rejects.toThrow("enough");
  expect(ended).toBe(1);
  await m.fit(x, y, { verbose: 0 });
});

test("NaN and infinite data stop training; the weights before the bad batch can be kept by early stopping", async () => {
  const x = gf.tensor2d([
    [1, 1, 1],
    [Number.NaN, 1, 1],
  ]);
  await expect(net().fit(x, gf.ones([2, 1]), { batchSize: 1, shuffle: false, verbose: 0 })).rejects.toThrow(/is NaN in epoch 1, step 2/);
  const inf = gf.tensor2d([[Number.POSITIVE_INFINITY, 1, 1]]);
  await expect(net().fit(inf, gf.ones([1, 1]), { verbose: 0 })).rejects.toThrow(/E_NAN_LOSS.*is Infinity/);
});

test("a custom loop in a graph function equals fit", async () => {
  const [x, y] = [gf.randomNormal([16, 3], 0, 1, "float32", 4), gf.randomNormal([16, 1], 0, 1, "float32", 5)];
  const fitted = net();
  await fitted.fit(x, y, { epochs: 3, batchSize: 16, shuffle: false, verbose: 0 });
  const own = gf.sequential({ layers: [gf.layers.dense({ units: 1, kernelInitializer: "ones" })] });
  const optimizer = gf.train.sgd(0.1);
  const trainStep = gf.graphFunction((a: gf.Tensor, b: gf.Tensor) => {
    const tape = gf.gradientTape();
    const loss = gf.losses.meanSquaredError(b, own.apply(a, { training: true }));
    optimizer.applyGradients(tape.gradient(loss, own.trainableWeights), own.trainableWeights);
    return loss;
  });
  for (let i = 0; i < 3; i++) trainStep(x, y);
  expect(trainStep.traces).toBe(1);
  own
    .getWeights()
    .flatMap(numbers)
    .forEach((v, i) => {
      expect(v).toBeCloseTo(fitted.getWeights().flatMap(numbers)[i] as number, 5);
    });
});

test("a model of a thousand layers", () => {
  let x: gf.SymbolicTensor = gf.input({ shape: [2] });
  const first = x;
  const same = gf.layers.activation({ activation: "relu" });
  for (let i = 0; i < 1000; i++) x = same.apply(x);
  const m = gf.model({ inputs: first, outputs: x });
  expect(numbers(m.predict(gf.tensor2d([[1, -1]])))).toEqual([1, 0]);
});

test("wrong types everywhere are refused with E_ARGUMENT or E_SHAPE, and the model still works", async () => {
  const m = net();
  const bad: unknown[] = [null, undefined, "x", {}, [], Number.NaN, () => 1, [["a"]], Symbol("s")];
  for (const x of bad) {
    await expect(m.fit(x as never, gf.ones([1, 1]), { verbose: 0 }), String(x)).rejects.toThrow(/^[EU]_/);
    await expect(m.fit(gf.ones([1, 3]), x as never, { verbose: 0 }), String(x)).rejects.toThrow(/^[EU]_/);
    expect(() => m.predict(x as never), String(x)).toThrow(/^[EU]_/);
    expect(() => gf.layers.dense(x as never), String(x)).toThrow();
  }
  const gone = gf.ones([1, 3]);
  gone.dispose();
  await expect(m.fit(gone, gf.ones([1, 1]))).rejects.toThrow("E_DISPOSED");
  await m.fit(gf.ones([1, 3]), gf.ones([1, 1]), { verbose: 0 });
});

test("symbolic and plain inputs are not mixed; layers shared by models keep their weights", () => {
  const layer = gf.layers.dense({ units: 2, useBias: false, kernelInitializer: "ones" });
  const [a, b] = [gf.input({ shape: [2] }), gf.input({ shape: [2] })];
  const [m, n] = [gf.model({ inputs: a, outputs: layer.apply(a) }), gf.model({ inputs: b, outputs: layer.apply(b) })];
  m.setWeights([gf.zeros([2, 2])]);
  expect(numbers(n.predict(gf.ones([1, 2])))).toEqual([0, 0]);
  expect(() => gf.layers.add().apply([a, gf.ones([1, 2])] as never)).toThrow("but the others are symbolic");
});
