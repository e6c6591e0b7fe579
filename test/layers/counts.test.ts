/** Training counted, not timed: calls into native code, traces, ops without a kernel, tensors left behind. */
import * as gf from "graphfn";
import { beforeEach, expect, test } from "vitest";
import { countCrossings, describeNative } from "../native/support.ts";

const [BATCH, BATCHES] = [8, 6];
function data(rows = BATCH * BATCHES): { x: gf.Tensor; y: gf.Tensor } {
  return { x: gf.randomNormal([rows, 64], 0, 1, "float32", 3), y: gf.randomUniform([rows, 10], 0, 1, "float32", 4) };
}

function perceptron(): gf.Sequential {
  const model = gf.sequential({
    layers: [
      gf.layers.dense({ units: 128, activation: "relu", inputShape: [64] }),
      gf.layers.dropout({ rate: 0.25 }),
      gf.layers.dense({ units: 10 }),
    ],
  });
  model.compile({ optimizer: "adam", loss: "meanSquaredError", metrics: ["mae", "mse"] });
  return model;
}

describeNative("training is counted", () => {
  const counts = countCrossings();
  beforeEach(() => {
    gf.setBackend("native");
    gf.setSeed(1);
  });

  /** What a piece of work adds to the counts. */
  async function counted(work: () => unknown): Promise<typeof counts> {
    Object.assign(counts, { createPlan: 0, runPlan: 0, runOp: 0 });
    await work();
    return { ...counts };
  }

  test("a step of fit is one call, and nothing else is called", async () => {
    const { x, y } = data();
    const model = perceptron();
    const fit = (epochs: number) => () => model.fit(x, y, { epochs, batchSize: BATCH, shuffle: false, verbose: 0 });
    expect(await counted(fit(1))).toEqual({ createPlan: 1, runPlan: BATCHES, runOp: 0 });
    expect(await counted(fit(5))).toEqual({ createPlan: 0, runPlan: 5 * BATCHES, runOp: 0 });
  });

  test("shuffling adds no call per step, but some per epoch", async () => {
    const model = perceptron();
    const perEpoch = [];
    for (const batches of [BATCHES, 3 * BATCHES]) {
      const { x, y } = data(batches * BATCH);
      const { runPlan, runOp } = await counted(() => model.fit(x, y, { epochs: 4, batchSize: BATCH, verbose: 0 }));
      expect(runPlan).toBe(4 * batches);
      perEpoch.push(runOp / 4);
    }
    expect(perEpoch[1]).toBe(perEpoch[0]);
    expect(perEpoch[0]).toBeLessThan(BATCHES);
  });

  test("a batch of evaluate and of predict is one call", async () => {
    const { x, y } = data();
    const model = perceptron();
    const evaluate = () => gf.dispose(model.evaluate(x, y, { batchSize: BATCH }));
    expect(await counted(evaluate)).toEqual({ createPlan: 1, runPlan: BATCHES, runOp: 0 });
    expect(await counted(evaluate)).toEqual({ createPlan: 0, runPlan: BATCHES, runOp: 0 });
    const predict = () => gf.dispose(model.predict(x, { batchSize: BATCH }));
    // One more op joins the batches.
    expect(await counted(predict)).toEqual({ createPlan: 1, runPlan: BATCHES, runOp: 1 });
    expect(await counted(() => gf.dispose(model.predict(x, { batchSize: BATCH * BATCHES })))).toEqual({
      createPlan: 1,
      runPlan: 1,
      runOp: 0,
    });
  });

  test("one trace per shape of a batch", async () => {
    const model = perceptron();
    const { x, y } = data(BATCH * BATCHES + 3);
    const fit = () => model.fit(x, y, { epochs: 3, batchSize: BATCH, shuffle: false, verbose: 0 });
    expect(await counted(fit)).toEqual({ createPlan: 2, runPlan: 3 * (BATCHES + 1), runOp: 0 });
    expect((await counted(fit)).createPlan).toBe(0);
    // The learning rate is a variable; which weights train is settled by compile().
    model.optimizer.learningRate = 1e-4;
    expect((await counted(fit)).createPlan).toBe(0);
    (model.layers[0] as gf.Layer).trainable = false;
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    expect((await counted(fit)).createPlan).toBe(2);
  });

  test("a marked step with a tape and an optimizer is one call", async () => {
    const { x, y } = data(BATCH);
    const model = gf.sequential({ layers: [gf.layers.dense({ units: 10, inputShape: [64] })] });
    const optimizer = gf.train.adam(1e-2);
    const step = gf.graphFunction((a: gf.Tensor, b: gf.Tensor): gf.Tensor => {
      const tape = gf.gradientTape();
      const loss = gf.losses.softmaxCrossEntropy(b, model.apply(a, { training: true }) as gf.Tensor);
      optimizer.applyGradients(tape.gradient(loss, model.trainableWeights) as gf.Tensor[], model.trainableWeights);
      return loss;
    });
    const losses: number[] = [];
    const train = (steps: number) => () => {
      for (let i = 0; i < steps; i++) {
        const loss = step(x, y);
        losses.push(loss.item() as number);
        loss.dispose();
      }
    };
    expect(await counted(train(1))).toEqual({ createPlan: 1, runPlan: 1, runOp: 0 });
    expect(await counted(train(19))).toEqual({ createPlan: 0, runPlan: 19, runOp: 0 });
    expect(step.traces).toBe(1);
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
  });

  test("a convolutional network with dropout and batchNormalization trains without falling back", async () => {
    const model = gf.sequential({
      layers: [
        gf.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [10, 10, 2] }),
        gf.layers.batchNormalization(),
        gf.layers.activation({ activation: "relu" }),
        gf.layers.maxPooling2d({ poolSize: 2 }),
        gf.layers.dropout({ rate: 0.5 }),
        gf.layers.flatten(),
        gf.layers.dense({ units: 3, activation: "softmax" }),
      ],
    });
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    const x = gf.randomNormal([BATCH * BATCHES, 10, 10, 2]);
    const y = gf.tensor(Array.from({ length: BATCH * BATCHES }, (_, i) => i % 3));
    const before = { ...gf.backendInfo().fallbacks };
    const fit = () => model.fit(x, y, { batchSize: BATCH, verbose: 0, validationSplit: 0.5 });
    await fit();
    const { numTensors, numBytes } = gf.memory();
    const { createPlan, runPlan } = await counted(fit);
    expect({ createPlan, runPlan }).toEqual({ createPlan: 0, runPlan: BATCHES });
    expect(gf.backendInfo().fallbacks).toEqual(before);
    expect(gf.memory()).toMatchObject({ numTensors, numBytes });
  });

  test("tensors and bytes stay the same, however long it trains", async () => {
    const { x, y } = data();
    const model = perceptron();
    const fit = (epochs: number) => model.fit(x, y, { epochs, batchSize: BATCH, verbose: 0 });
    await fit(1);
    const { numTensors, numDataBuffers, numBytes } = gf.memory();
    await fit(30);
    expect(gf.memory()).toMatchObject({ numTensors, numDataBuffers, numBytes });
  });
});
