import * as gf from "graphfn";
import { describe, expect, test } from "vitest";

function model(units = 1): gf.Sequential {
  const m = gf.sequential({ name: "net", layers: [gf.layers.dense({ units, inputShape: [3], name: "first" })] });
  m.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  return m;
}

const fit = (m: gf.Model, x: gf.Tensor, y: gf.Tensor, args: gf.FitArgs = {}) => m.fit(x, y, { verbose: 0, ...args });

describe("bad use is answered with names and both facts", () => {
  test("shapes of inputs", async () => {
    const layer = gf.layers.dense({ units: 2, name: "hidden" });
    layer.apply(gf.ones([1, 3]));
    expect(() => layer.apply(gf.ones([1, 4]))).toThrow(
      "Layer hidden expects an input of rank 2 or more and with length 3 along axis -1, but was given one of shape [1,4]",
    );
    expect(() => layer.apply(gf.ones([3]))).toThrow("E_SHAPE");
    await expect(fit(model(), gf.ones([4, 5]), gf.ones([4, 1]))).rejects.toThrow(
      "Layer net expects an input of shape [null,3], but was given one of shape [4,5]",
    );
    expect(() => model().predict(gf.ones([4, 5]))).toThrow("Layer net expects");
    expect(() => model().predict(gf.ones([4, 2, 3]))).toThrow("of shape [null,3], but was given one of shape [4,2,3]");
    expect(() => gf.sequential({ layers: [gf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [28, 28] })] })).toThrow(
      /conv2d_Conv2D\d+ expects an input of rank 4, but was given one of shape \[null,28,28\]/,
    );
    expect(() =>
      gf.sequential({ layers: [gf.layers.flatten({ inputShape: [null, 2] }), gf.layers.dense({ units: 1, name: "out" })] }),
    ).toThrow(/the weight kernel would have the shape \[null,1\]/);
  });

  test("an op that fails names its layer", () => {
    const big = gf.layers.conv2d({ filters: 1, kernelSize: 9, name: "lookout" });
    expect(() => big.apply(gf.ones([1, 4, 4, 1]))).toThrow(/in layer lookout/);
  });

  test("labels that do not fit the loss", async () => {
    await expect(fit(model(2), gf.ones([4, 3]), gf.ones([4, 3]))).rejects.toThrow(
      "meanSquaredError: the labels have shape [4,3], but the predictions [4,2]",
    );
    const m = model(3);
    m.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy" });
    await expect(fit(m, gf.ones([4, 3]), gf.ones([4, 3]))).rejects.toThrow(
      /labels must be class numbers of shape \[4\].*categoricalCrossentropy/s,
    );
    await expect(fit(m, gf.ones([4, 3]), gf.tensor([0, 1, 2, 3], [4], "int32"))).rejects.toThrow("E_INDEX");
    m.compile({ optimizer: "sgd", loss: "categoricalCrossentropy" });
    await expect(fit(m, gf.ones([4, 3]), gf.tensor([0, 1, 2, 1]))).rejects.toThrow(
      /categoricalCrossentropy: the labels have shape \[4\], but the predictions \[4,3\].*sparseCategoricalCrossentropy/s,
    );
  });

  test("numbers of samples", async () => {
    await expect(fit(model(), gf.ones([4, 3]), gf.ones([5, 1]))).rejects.toThrow("x has 4 samples, but y has 5 (shape [5,1])");
    await expect(fit(model(), gf.ones([0, 3]), gf.ones([0, 1]))).rejects.toThrow("x has no samples");
    await expect(fit(model(), gf.ones([4, 3]), gf.ones([4, 1]), { sampleWeight: gf.ones([3]) })).rejects.toThrow("sampleWeight has 3");
    await expect(fit(model(), gf.scalar(1), gf.ones([4, 1]))).rejects.toThrow("x is a scalar");
    await expect(model().fit([gf.ones([4, 3]), gf.ones([4, 3])], gf.ones([4, 1]))).rejects.toThrow(
      /x has 2 tensors, but the model 1: first_input/,
    );
    await expect(model().fit({ other: gf.ones([4, 3]) }, gf.ones([4, 1]))).rejects.toThrow(/has nothing for "first_input"/);
  });

  test("options out of range", async () => {
    const data = [gf.ones([4, 3]), gf.ones([4, 1])] as const;
    const cases: [gf.FitArgs, RegExp][] = [
      [{ validationSplit: 1.5 }, /validationSplit must be between 0 and 1, but is 1.5/],
      [{ validationSplit: -0.1 }, /validationSplit must be between 0 and 1/],
      [{ validationSplit: 0.99 }, /leaves none of 4 samples/],
      [{ batchSize: 0 }, /batchSize must be a positive whole number, but is 0/],
      [{ batchSize: 2.5 }, /batchSize/],
      [{ epochs: 0 }, /epochs must be a whole number of at least 1/],
      [{ epochs: Number.NaN }, /epochs/],
      [{ shuffle: "yes" as never }, /shuffle/],
      [{ yieldEvery: "often" as never }, /yieldEvery/],
      [{ validationData: [gf.ones([2, 3])] as never }, /validationData must be/],
      [{ validationData: [gf.ones([2, 4]), gf.ones([2, 1])] }, /expects an input of shape \[null,3\]/],
      [{ callbacks: "stop" as never }, /callbacks contains "stop"/],
      [{ classWeight: { 7: 1 } }, /classWeight has no weight for class 1/],
    ];
    for (const [args, message] of cases) await expect(fit(model(), ...data, args), String(message)).rejects.toThrow(message);
  });

  test("things that were forgotten", async () => {
    const m = gf.sequential({ name: "raw", layers: [gf.layers.dense({ units: 1 })] });
    await expect(fit(m, gf.ones([4, 3]), gf.ones([4, 1]))).rejects.toThrow("E_NOT_COMPILED: fit: raw was not compiled");
    expect(() => m.evaluate(gf.ones([4, 3]), gf.ones([4, 1]))).toThrow("E_NOT_COMPILED");
    expect(() => m.summary()).toThrow("E_NOT_BUILT");
    expect(() => m.countParams()).toThrow("E_NOT_BUILT");
    expect(() => gf.sequential().predict(gf.ones([1, 2]))).toThrow("has no layers");
    m.predict(gf.ones([4, 3]));
    expect(m.countParams()).toBe(4);
    expect(() => m.setWeights([gf.ones([2])])).toThrow("raw has 2 weights, but was given 1");
    expect(() => m.setWeights([gf.ones([2, 1]), gf.ones([1])])).toThrow(/kernel has shape \[3,1\], but was given a value of shape \[2,1\]/);
    expect(() => m.compile({ optimizer: "sgd" } as never)).toThrow("there is no loss");
  });

  test("unknown names list the known ones", () => {
    const m = model();
    expect(() => m.compile({ optimizer: "adma", loss: "mse" })).toThrow(/no optimizer named "adma".*sgd, momentum, adagrad/);
    expect(() => m.compile({ optimizer: "adam", loss: "mean_square" })).toThrow(/no loss named "mean_square".*meanSquaredError/);
    expect(() => m.compile({ optimizer: "adam", loss: "mse", metrics: ["f2"] })).toThrow(/no metric named "f2".*accuracy/);
    expect(() => gf.layers.dense({ units: 1, activation: "rleu" })).toThrow(/no activation named "rleu".*relu/);
    expect(() => gf.layers.dense({ units: 1, kernelInitializer: "glorot" })).toThrow(/no initializer "glorot".*glorotUniform/);
    expect(() => gf.layers.dense({ units: 1, kernelRegularizer: "l3" as never })).toThrow(/no regularizer "l3".*l1/);
    expect(() => gf.layers.dense({ units: 0 })).toThrow("units must be a whole number of at least 1");
    expect(() => gf.layers.dense({ units: 1.5 })).toThrow("units");
    expect(() => gf.layers.dropout({ rate: 1 })).toThrow("rate must be from 0 up to");
    expect(() => m.getLayer("last")).toThrow(/net has no layer "last".*first/);
    m.compile({ optimizer: "Adam", loss: "mean_squared_error", metrics: ["MSE"] });
  });

  test("a training under way keeps a second one out", async () => {
    const m = model();
    const first = fit(m, gf.ones([4, 3]), gf.ones([4, 1]), { epochs: 2 });
    await expect(fit(m, gf.ones([4, 3]), gf.ones([4, 1]))).rejects.toThrow("E_BUSY");
    await first;
  });

  test("code that cannot be traced says so, and runs eagerly on request", async () => {
    class Peeking extends gf.Model {
      out = gf.layers.dense({ units: 1 });
      call(x: gf.Tensor): gf.Tensor {
        return this.out.apply(x.mul(x.dataSync()[0] as number));
      }
    }
    const m = new Peeking();
    m.compile({ optimizer: "sgd", loss: "mse" });
    await expect(fit(m, gf.ones([4, 3]), gf.ones([4, 1]))).rejects.toThrow(/E_SYMBOLIC/);
  });
});

test("models are connected, and say where they are not", () => {
  const [a, b] = [gf.input({ shape: [2], name: "a" }), gf.input({ shape: [3], name: "b" })];
  const sum = gf.layers.concatenate().apply([a, b]);
  expect(() => gf.model({ inputs: a, outputs: sum })).toThrow(/E_GRAPH: model: an output depends on b, which is none of the inputs/);
  expect(() => gf.model({ inputs: [a, a], outputs: sum })).toThrow("an input is listed twice");
  expect(() => gf.layers.add({ name: "plus" }).apply([a, b])).toThrow("Layer plus cannot merge inputs of shapes [null,2] and [null,3]");
  expect(() => gf.layers.add({ name: "plus" }).apply([a])).toThrow(/merges 2 inputs or more/);
  expect(() => gf.input({})).toThrow("there is no shape");
  expect(() => gf.sequential({ layers: [gf.layers.dense({ units: 1, name: "n" }), gf.layers.dense({ units: 1, name: "n" })] })).toThrow(
    'there is a layer named "n" already',
  );
  expect(() => gf.sequential({ layers: [{} as never] })).toThrow("add() needs a layer");
});
