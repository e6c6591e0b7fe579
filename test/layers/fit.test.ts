import * as gf from "graphfn";
import { beforeEach, describe, expect, test } from "vitest";

const numbers = (t: gf.Tensor | gf.Tensor[]) => Array.from((t as gf.Tensor).dataSync());

beforeEach(() => gf.setSeed(1));

/** y = x · [1, −2, 3] + 0.5, exactly learnable. */
function line(count: number): { x: gf.Tensor; y: gf.Tensor } {
  const x = gf.randomNormal([count, 3], 0, 1, "float32", 7);
  return { x, y: x.matMul(gf.tensor([[1], [-2], [3]])).add(0.5) };
}

function dense(units = 1): gf.Sequential {
  return gf.sequential({ layers: [gf.layers.dense({ units, inputShape: [3] })] });
}

describe("fit", () => {
  test("learns a line, epoch by epoch, and tells in the history", async () => {
    const { x, y } = line(64);
    const model = dense();
    model.compile({ optimizer: gf.train.sgd(0.1), loss: "meanSquaredError", metrics: ["mae"] });
    const { history, epoch } = await model.fit(x, y, { epochs: 60, batchSize: 16, verbose: 0 });
    expect(epoch).toHaveLength(60);
    expect(history.loss?.at(-1)).toBeLessThan(1e-6);
    expect(history.mae?.at(-1)).toBeLessThan(1e-3);
    const [kernel, bias] = model.getWeights();
    for (const [i, w] of [1, -2, 3].entries()) expect(numbers(kernel as gf.Tensor)[i]).toBeCloseTo(w, 3);
    expect(numbers(bias as gf.Tensor)[0]).toBeCloseTo(0.5, 3);
  });

  test.each([1, 3000, 20000])("shuffled rows of %i elements are all seen once per epoch", async (width) => {
    const x = gf.randomNormal([23, width], 0, 1, "float32", 5);
    const y = gf.range(0, 23).reshape([23, 1]);
    const model = gf.sequential({ layers: [gf.layers.dense({ units: 1, inputShape: [width], kernelInitializer: "ones" })] });
    model.compile({ optimizer: gf.train.sgd(0), loss: "meanAbsoluteError" });
    const { history } = await model.fit(x, y, { epochs: 3, batchSize: 3, verbose: 0 });
    const whole = (model.evaluate(x, y) as gf.Tensor).item() as number;
    for (const loss of history.loss ?? []) expect(Math.abs(loss - whole)).toBeLessThan(1e-5 * whole);
  });

  test("a batch that someone keeps is disposed of, whether shuffled or not", async () => {
    const kept: gf.Tensor[] = [];
    const { x, y } = line(8);
    const model = dense();
    const loss = (yTrue: gf.Tensor, yPred: gf.Tensor): gf.Tensor => {
      kept.push(yTrue);
      return yTrue.sub(yPred).square();
    };
    model.compile({ optimizer: "sgd", loss, runEagerly: true });
    await model.fit(x, y, { batchSize: 4, verbose: 0 });
    await model.fit(x, y, { batchSize: 4, verbose: 0, shuffle: false });
    expect(kept.filter((t) => t.isDisposed)).toHaveLength(4);
    expect(() => kept[0]?.dataSync()).toThrow(/dispose/);
    expect(y.isDisposed).toBe(false);
  });

  test("the compiled step equals layers run one op at a time, for batches of unequal size", async () => {
    const { x, y } = line(23);
    const start = [gf.tensor([[0.1], [0.2], [0.3]]), gf.tensor([0.05])];
    const results = [];
    for (const runEagerly of [false, true]) {
      const model = gf.sequential({
        layers: [gf.layers.dense({ units: 1, inputShape: [3], kernelRegularizer: "l2", biasConstraint: "nonNeg" })],
      });
      model.setWeights(start);
      model.compile({ optimizer: gf.train.adam(0.05), loss: "huber", metrics: ["mae", "mse"], runEagerly });
      const { history } = await model.fit(x, y, { epochs: 3, batchSize: 8, shuffle: false, verbose: 0 });
      results.push([...model.getWeights().flatMap(numbers), ...Object.values(history).flat()]);
    }
    const [compiled, eager] = results as [number[], number[]];
    expect(compiled.length).toBe(4 + 9);
    compiled.forEach((v, i) => {
      expect(v).toBeCloseTo(eager[i] as number, 5);
    });
  });

  test("is one trace per shape of a batch, and one call per batch", async () => {
    const { x, y } = line(20);
    const model = dense();
    let calls = 0;
    class Counting extends gf.layers.Layer {
      static override className = "Counting";
      call(t: gf.Tensor): gf.Tensor {
        calls++;
        return t;
      }
    }
    model.add(new Counting());
    calls = 0;
    model.compile({ optimizer: "sgd", loss: "mse" });
    await model.fit(x, y, { epochs: 4, batchSize: 8, verbose: 0 });
    expect(calls).toBe(2);
    model.layers[0]!.trainable = false;
    model.compile({ optimizer: "sgd", loss: "mse" });
    await expect(model.fit(x, y, { verbose: 0 })).rejects.toThrow("E_NOTHING_TO_TRAIN");
  });

  test("leaves no tensors behind", async () => {
    const { x, y } = line(40);
    const model = dense();
    model.compile({ optimizer: "adam", loss: "mse", metrics: ["mae"] });
    await model.fit(x, y, { epochs: 1, validationSplit: 0.25, verbose: 0 });
    const before = gf.memory().numTensors;
    await model.fit(x, y, { epochs: 3, validationSplit: 0.25, verbose: 0, sampleWeight: gf.ones([40]) });
    expect(gf.memory().numTensors).toBe(before + 1);
  });

  test("the learning rate may change between epochs without another trace", async () => {
    const { x, y } = line(8);
    const model = dense();
    const optimizer = gf.train.sgd(0.1);
    model.compile({ optimizer, loss: "mse" });
    await model.fit(x, y, { verbose: 0 });
    const before = model.getWeights().flatMap(numbers);
    optimizer.learningRate = 0;
    await model.fit(x, y, { epochs: 2, verbose: 0 });
    expect(model.getWeights().flatMap(numbers)).toEqual(before);
    expect(optimizer.iterations).toBe(3);
  });

  test("validation: the last samples, or other data; batches are weighed by their size", async () => {
    const { x, y } = line(10);
    const model = dense();
    model.compile({ optimizer: gf.train.sgd(0), loss: "mse" });
    const { history } = await model.fit(x, y, { validationSplit: 0.3, batchSize: 4, verbose: 0 });
    const [train, last] = [gf.slice(x, 0, 7), gf.slice(x, 7)].map((part, i) => {
      const labels = i === 0 ? gf.slice(y, 0, 7) : gf.slice(y, 7);
      return numbers(gf.losses.meanSquaredError(labels, model.predict(part) as gf.Tensor))[0] as number;
    });
    expect(history.loss?.[0]).toBeCloseTo(train as number, 5);
    expect(history.val_loss?.[0]).toBeCloseTo(last as number, 5);
    const other = await model.fit(x, y, { validationData: [x, y], verbose: 0 });
    expect(other.history.val_loss?.[0]).toBeCloseTo(numbers(model.evaluate(x, y))[0] as number, 6);
  });

  test("sample weights and class weights scale the losses", async () => {
    const x = gf.tensor([[1], [1], [1], [1]]);
    const y = gf.tensor([0, 1, 1, 0], [4], "int32");
    const losses = [];
    for (const weighting of [{ sampleWeight: gf.tensor([1, 3, 3, 1]) }, { classWeight: { 0: 1, 1: 3 } }]) {
      const model = gf.sequential({
        layers: [gf.layers.dense({ units: 2, inputShape: [1], kernelInitializer: "zeros", activation: "softmax" })],
      });
      model.compile({ optimizer: gf.train.sgd(0.1), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
      const { history } = await model.fit(x, y, { ...weighting, verbose: 0 });
      losses.push(history.loss?.[0]);
      expect(Object.keys(history)).toEqual(["loss", "acc"]);
    }
    expect(losses[0]).toBeCloseTo(2 * Math.LN2, 5);
    expect(losses[1]).toBeCloseTo(2 * Math.LN2, 5);
  });

  test("callbacks run in order, may wait, and can end training", async () => {
    const { x, y } = line(6);
    const model = dense();
    model.compile({ optimizer: "sgd", loss: "mse" });
    const seen: string[] = [];
    await model.fit(x, y, {
      epochs: 5,
      batchSize: 4,
      verbose: 0,
      callbacks: {
        onTrainBegin: () => void seen.push("train"),
        onEpochBegin: async (e) => {
          await new Promise((r) => setTimeout(r, 1));
          seen.push(`epoch ${e}`);
        },
        onBatchEnd: (b, logs) => void seen.push(`batch ${b} of ${logs?.size} ${logs?.loss === undefined ? "" : "loss"}`),
        onEpochEnd: (e) => {
          if (e === 1) model.stopTraining = true;
        },
        onTrainEnd: () => void seen.push("end"),
      },
    });
    const epoch = (e: number) => [`epoch ${e}`, "batch 0 of 4 loss", "batch 1 of 2 loss"];
    expect(seen).toEqual(["train", ...epoch(0), ...epoch(1), "end"]);
  });

  test("early stopping puts the best weights back", async () => {
    const { x, y } = line(8);
    const model = dense();
    model.compile({ optimizer: gf.train.sgd(3), loss: "mse", allowNaN: true });
    const before = model.getWeights().flatMap(numbers);
    const stop = gf.callbacks.earlyStopping({ monitor: "loss", patience: 2, restoreBestWeights: true });
    const { epoch } = await model.fit(x, y, { epochs: 50, verbose: 0, callbacks: stop });
    expect(epoch.length).toBe(3);
    expect(stop.stoppedEpoch).toBe(2);
    expect(model.getWeights().flatMap(numbers)).not.toEqual(before);
    await expect(model.fit(x, y, { verbose: 0, callbacks: gf.callbacks.earlyStopping() })).rejects.toThrow(
      /"val_loss", which is not among the logs/,
    );
  });

  test("a loss that is no number ends training with epoch and step", async () => {
    const { x, y } = line(12);
    const model = dense();
    model.compile({ optimizer: gf.train.sgd(1e30), loss: "mse" });
    await expect(model.fit(x, y, { epochs: 9, batchSize: 4, verbose: 0 })).rejects.toThrow(
      /E_NAN_LOSS: The loss of sequential_Sequential\d+ is \w+ in epoch 1, step [23]\./,
    );
    model.compile({ optimizer: gf.train.sgd(1e30), loss: "mse" });
    const quiet = await model.fit(x, y, { epochs: 9, verbose: 0, callbacks: gf.callbacks.terminateOnNaN() });
    expect(quiet.epoch).toHaveLength(1);
  });
});

test("trainOnBatch, testOnBatch, predictOnBatch", async () => {
  const { x, y } = line(8);
  const model = dense();
  model.compile({ optimizer: "sgd", loss: "mse", metrics: ["mae"] });
  const before = (await model.testOnBatch(x, y)) as number[];
  const [loss, mae] = (await model.trainOnBatch(x, y)) as number[];
  expect([loss, mae]).toEqual([before[0], before[1]]);
  expect(((await model.testOnBatch(x, y)) as number[])[0]).toBeLessThan(loss as number);
  expect((model.predictOnBatch(x) as gf.Tensor).shape).toEqual([8, 1]);
});

test("fitDataset trains on batches of a dataset and frees what the pipeline made", async () => {
  const { x, y } = line(20);
  const model = dense();
  model.compile({ optimizer: gf.train.sgd(0.05), loss: "mse" });
  const ds = gf.data.zip({ xs: gf.data.fromTensorSlices(x), ys: gf.data.fromTensorSlices(y) }).batch(8);
  const { history } = await model.fitDataset(ds, { epochs: 30, verbose: 0, validationData: ds });
  expect(history.loss?.at(-1)).toBeLessThan(0.05);
  expect(history.val_loss).toHaveLength(30);
  const before = gf.memory().numTensors;
  await model.fitDataset(ds, { epochs: 2, batchesPerEpoch: 2, verbose: 0 });
  const value = await model.evaluateDataset(ds);
  expect(gf.memory().numTensors).toBe(before + 1);
  expect(numbers(value)[0]).toBeCloseTo(numbers(model.evaluate(x, y, { batchSize: 20 }))[0] as number, 5);
});

test("both backends train alike", async () => {
  const { x, y } = line(12);
  const results: number[][] = [];
  const before = gf.activeBackend().name;
  for (const backend of ["reference", before]) {
    gf.setBackend(backend as never);
    const model = gf.sequential({
      layers: [
        gf.layers.dense({ units: 4, inputShape: [3], activation: "relu", kernelInitializer: gf.initializers.heNormal({ seed: 1 }) }),
        gf.layers.dense({ units: 1, kernelInitializer: "ones" }),
      ],
    });
    model.compile({ optimizer: gf.train.rmsprop(0.01), loss: "mse" });
    const { history } = await model.fit(x, y, { epochs: 3, batchSize: 5, shuffle: false, verbose: 0 });
    results.push([...(history.loss ?? []), ...model.getWeights().flatMap(numbers)]);
  }
  (results[0] as number[]).forEach((v, i) => {
    expect(v).toBeCloseTo(results[1]?.[i] as number, 5);
  });
});
