/**
 * Models between TensorFlow.js and us, through files: what one saves, the other loads, and predicts the same. TensorFlow.js is the
 * package from npm with a handler of its own (tfjs.ts).
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { failure, folder } from "./files.ts";
import { tf, tfFolder, tfl } from "./tfjs.ts";

/** What both APIs offer, as far as the models below need it: they are written once. */
interface Api {
  readonly layers: typeof tfl.layers;
  readonly constraints: typeof tfl.constraints;
  input(args: { shape: number[]; name?: string; dtype?: "float32" | "int32" }): tfl.SymbolicTensor;
  model(args: { inputs: tfl.SymbolicTensor | tfl.SymbolicTensor[]; outputs: tfl.SymbolicTensor | tfl.SymbolicTensor[] }): tfl.LayersModel;
  sequential(args?: { layers?: tfl.layers.Layer[]; name?: string }): tfl.Sequential;
}

interface Sample {
  make(api: Api): tfl.LayersModel;
  /** Shapes of inputs for two samples. */
  readonly inputs: readonly (readonly number[])[];
  /** Inputs are numbers of classes below this. */
  readonly classes?: number;
}

const SAMPLES: Readonly<Record<string, Sample>> = {
  "a perceptron": {
    inputs: [[2, 10]],
    make: (api) =>
      api.sequential({
        layers: [
          api.layers.dense({ units: 16, activation: "relu", inputShape: [10], kernelInitializer: "heNormal" }),
          api.layers.dropout({ rate: 0.5 }),
          api.layers.dense({ units: 8, activation: "hardSigmoid", kernelRegularizer: "l1l2", name: "myHiddenLayer" }),
          api.layers.activation({ activation: "tanh" }),
          api.layers.dense({
            units: 3,
            activation: "softmax",
            useBias: false,
            kernelConstraint: api.constraints.maxNorm({ maxValue: 50 }),
            trainable: false,
          }),
        ],
      }),
  },
  "a convolutional network": {
    inputs: [[2, 12, 12, 1]],
    make: (api) =>
      api.sequential({
        layers: [
          api.layers.conv2d({ filters: 4, kernelSize: 3, padding: "same", inputShape: [12, 12, 1] }),
          api.layers.batchNormalization({ epsilon: 0.01 }),
          api.layers.activation({ activation: "relu" }),
          api.layers.maxPooling2d({ poolSize: 2 }),
          api.layers.conv2d({ filters: 3, kernelSize: [3, 2], strides: [1, 2], activation: "elu" }),
          api.layers.averagePooling2d({ poolSize: [2, 1] }),
          api.layers.flatten(),
          api.layers.dense({ units: 5, activation: "softmax" }),
        ],
      }),
  },
  "an embedding": {
    inputs: [[2, 6]],
    classes: 7,
    make: (api) =>
      api.sequential({
        layers: [
          api.layers.embedding({ inputDim: 7, outputDim: 4, inputLength: 6 }),
          api.layers.flatten(),
          api.layers.reshape({ targetShape: [6, 4] }),
          api.layers.permute({ dims: [2, 1] }),
          api.layers.dense({ units: 2 }),
        ],
      }),
  },
  "two inputs and a shared layer": {
    inputs: [
      [2, 4],
      [2, 4],
    ],
    make: (api) => {
      const [a, b] = [api.input({ shape: [4], name: "leftInput" }), api.input({ shape: [4], name: "right_input" })];
      const shared = api.layers.dense({ units: 5, activation: "sigmoid" });
      const [u, v] = [shared.apply(a), shared.apply(b)] as tfl.SymbolicTensor[];
      const sum = api.layers.add().apply([u!, v!]) as tfl.SymbolicTensor;
      const joined = api.layers.concatenate().apply([sum, u!]) as tfl.SymbolicTensor;
      const out = api.layers.dense({ units: 2 }).apply(joined) as tfl.SymbolicTensor;
      return api.model({ inputs: [a, b], outputs: [out, sum] });
    },
  },
};

const ours = gf as unknown as Api;
const theirs: Api = tfl as unknown as Api;

/** Numbers that both sides get. */
function numbers({ inputs, classes }: Sample): Float32Array[] {
  let seed = 17;
  const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  return inputs.map((shape) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => (classes ? Math.floor(next() * classes) : 2 * next() - 1)),
  );
}

type Values = number[][];
function flat(outputs: unknown): Values {
  return [outputs].flat().map((t) => Array.from((t as tf.Tensor).dataSync()));
}

function predictions(model: unknown, sample: Sample, tensor: (data: Float32Array, shape: number[]) => unknown): Values {
  const xs = numbers(sample).map((data, i) => tensor(data, [...sample.inputs[i]!]));
  return flat((model as tfl.LayersModel).predict((xs.length === 1 ? xs[0] : xs) as tf.Tensor));
}
const ourPredictions = (model: unknown, sample: Sample) => predictions(model, sample, (data, shape) => gf.tensor(data, shape));
const theirPredictions = (model: unknown, sample: Sample) => predictions(model, sample, (data, shape) => tf.tensor(data, shape));

/** Random weights, so that biases and moving averages count too. */
function shuffleWeights(model: tfl.LayersModel, tensor: (data: Float32Array, shape: number[]) => unknown): void {
  let seed = 5;
  const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const weights = model.weights.map((w) => {
    const shape = w.shape as number[];
    const positive = w.name.includes("variance");
    return tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => (positive ? 0.5 + next() : next() - 0.5)),
      shape,
    );
  });
  model.setWeights(weights as tf.Tensor[]);
}

function close(a: Values, b: Values): void {
  expect(a.map((x) => x.length)).toEqual(b.map((x) => x.length));
  const difference = Math.max(...a.flatMap((x, i) => x.map((v, j) => Math.abs(v - b[i]![j]!))));
  expect(difference).toBeLessThanOrEqual(1e-6);
}

describe.each(Object.entries(SAMPLES))("%s", (_, sample) => {
  it("made in TensorFlow.js predicts the same here", async () => {
    const place = folder();
    const model = sample.make(theirs);
    shuffleWeights(model, (data, shape) => tf.tensor(data, shape));
    await model.save(tfFolder(place));
    const loaded = await gf.loadLayersModel(`file://${place}/model.json`);
    close(ourPredictions(loaded, sample), theirPredictions(model, sample));
  });

  it("made here predicts the same in TensorFlow.js", async () => {
    const place = folder();
    const model = sample.make(ours);
    shuffleWeights(model, (data, shape) => gf.tensor(data, shape));
    const result = await (model as unknown as gf.LayersModel).save(`file://${place}`);
    expect(result.modelArtifactsInfo.weightDataBytes).toBe(4 * model.countParams());
    const loaded = await tfl.loadLayersModel(tfFolder(place));
    close(ourPredictions(model, sample), theirPredictions(loaded, sample));
  });

  it("comes back through TensorFlow.js with the same weights and topology", async () => {
    const [first, second] = [folder(), folder()];
    const model = sample.make(ours);
    await (model as unknown as gf.LayersModel).save(first);
    await (await tfl.loadLayersModel(tfFolder(first))).save(tfFolder(second));
    const back = await gf.loadLayersModel(second);
    close(flat(back.getWeights()), flat(model.getWeights()));
    expect(back.namedWeights.map((w) => w.name)).toEqual((model as unknown as gf.LayersModel).namedWeights.map((w) => w.name));
    expect(back.toJSON()).toEqual((model as unknown as gf.LayersModel).toJSON());
  });
});

const dense = () => gf.sequential({ name: "small", layers: [gf.layers.dense({ units: 2, inputShape: [3], name: "first" })] });

describe("settings of training", () => {
  it.each([
    ["sgd", () => tf.train.sgd(0.3), { learningRate: 0.3 }],
    ["momentum", () => tf.train.momentum(0.3, 0.7, true), { learningRate: 0.3, momentum: 0.7, useNesterov: true }],
    ["adam", () => tf.train.adam(0.02, 0.8, 0.99, 1e-5), { learningRate: 0.02, beta1: 0.8, beta2: 0.99, epsilon: 1e-5 }],
    [
      "rmsprop",
      () => tf.train.rmsprop(0.02, 0.8, 0.1, 1e-5, true),
      { learningRate: 0.02, decay: 0.8, momentum: 0.1, epsilon: 1e-5, centered: true },
    ],
    ["adagrad", () => tf.train.adagrad(0.02, 0.3), { learningRate: 0.02, initialAccumulatorValue: 0.3 }],
    ["adadelta", () => tf.train.adadelta(0.02, 0.9, 1e-5), { learningRate: 0.02, rho: 0.9, epsilon: 1e-5 }],
  ] as const)("of %s come from TensorFlow.js and go back", async (_, optimizer, config) => {
    const [first, second] = [folder(), folder()];
    const model = tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [3] })] });
    model.compile({ optimizer: optimizer(), loss: "meanSquaredError", metrics: ["accuracy", "mse"] });
    await model.save(tfFolder(first), { includeOptimizer: true });
    const loaded = await gf.loadLayersModel(first);
    expect([loaded.optimizer.getClassName(), loaded.loss]).toEqual([model.optimizer.getClassName(), "meanSquaredError"]);
    expect(loaded.optimizer.getConfig()).toMatchObject(config);
    await loaded.save(second, { includeOptimizer: true });
    const back = await tfl.loadLayersModel(tfFolder(second));
    expect([back.optimizer.getClassName(), back.loss, back.metrics]).toEqual([
      model.optimizer.getClassName(),
      "meanSquaredError",
      ["accuracy", "mse"],
    ]);
    expect(back.optimizer.getConfig()).toMatchObject(config);
  });

  it("are left out unless they are asked for", async () => {
    const place = folder();
    const model = dense();
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    await model.save(place);
    expect((await gf.loadLayersModel(place)).isCompiled).toBe(false);
    expect(await failure(dense().save(place, { includeOptimizer: true }))).toMatch(/^E_NOT_COMPILED/);
    model.compile({ optimizer: "adam", loss: (a: gf.Tensor, b: gf.Tensor) => a.sub(b).square() });
    expect(await failure(model.save(place, { includeOptimizer: true }))).toMatch(
      /^E_SAVE: The settings of training cannot be saved: a loss is a function\. Compile the model with the name of a loss/,
    );
  });
});

describe("saving", () => {
  it("gives what a handler asks for, and TensorFlow.js takes our handlers", async () => {
    let seen: gf.io.ModelArtifacts | undefined;
    const model = dense();
    await model.save(
      gf.io.withSaveHandler(async (artifacts) => {
        seen = artifacts;
        return {
          modelArtifactsInfo: {
            dateSaved: new Date(),
            modelTopologyType: "JSON",
            modelTopologyBytes: 0,
            weightSpecsBytes: 0,
            weightDataBytes: 0,
          },
        };
      }),
    );
    expect(seen).toMatchObject({ format: "layers-model", weightSpecs: [{ name: "first/kernel" }, { name: "first/bias" }] });
    const loaded = await tfl.loadLayersModel(gf.io.fromMemory(seen!) as tf.io.IOHandler);
    close(flat(loaded.getWeights()), flat(model.getWeights()));
    close(flat((await gf.loadLayersModel(gf.io.fromMemory(seen!))).getWeights()), flat(model.getWeights()));
  });

  it("may leave out weights that training does not change", async () => {
    const place = folder();
    const model = gf.sequential({
      layers: [
        gf.layers.dense({ units: 2, inputShape: [3], name: "first" }),
        gf.layers.dense({ units: 2, name: "second", trainable: false }),
      ],
    });
    await model.save(place, { trainableOnly: true });
    const { weightSpecs } = await gf.io.fileSystem(place).load();
    expect(weightSpecs!.map((s) => s.name)).toEqual(["first/kernel", "first/bias"]);
    expect(await failure(gf.loadLayersModel(place))).toMatch(/^E_WEIGHTS: .*no values for 2 weights of .*"second\/kernel", "second\/bias"/);
    expect(flat((await gf.loadLayersModel(place, { strict: false })).getWeights()).slice(0, 2)).toEqual(
      flat(model.getWeights()).slice(0, 2),
    );
  });

  it("writes the shape that a model learnt from its data", async () => {
    const place = folder();
    const model = gf.sequential({ layers: [gf.layers.dense({ units: 2 })] });
    expect(await failure(model.save(place))).toMatch(/^E_NOT_BUILT: .* cannot be saved: it has no weights yet/);
    const y = model.apply(gf.ones([4, 3]));
    await model.save(place);
    const loaded = await tfl.loadLayersModel(tfFolder(place));
    close(flat(loaded.predict(tf.ones([4, 3]))), flat(y));
  });

  it("refuses models that are code", async () => {
    class Twice extends gf.Model {
      inner = gf.layers.dense({ units: 1 });
      call(x: gf.Tensor): gf.Tensor {
        return this.inner.apply(x).mul(2);
      }
    }
    const model = new Twice({ name: "twice" });
    model.apply(gf.ones([1, 2]));
    expect(await failure(model.save("f"))).toMatch(
      /^E_SAVE: twice cannot be saved: it is a Twice, whose topology is code\. Save its weights with/,
    );
  });

  it.each<[string, unknown, RegExp]>([
    ["a number", 3, /^E_ARGUMENT: save: expected "file:\/\/" and a path, or a handler, but got number/],
    ["another scheme", "indexeddb://x", /^E_ARGUMENT: .*names the scheme indexeddb/],
    ["a handler that only loads", gf.io.fromMemory({}), /^E_ARGUMENT: save: the handler has no save/],
  ])("refuses %s", async (_, where, message) => {
    expect(await failure(dense().save(where as string))).toMatch(message);
  });

  it("refuses float64 weights, which the format lacks", async () => {
    const model = gf.sequential({ layers: [gf.layers.dense({ units: 1, inputShape: [2], dtype: "float64", name: "wide" })] });
    expect(await failure(model.save("f"))).toMatch(/^E_DTYPE: encodeWeights: "wide\/kernel" is float64, which TensorFlow.js does not know/);
  });
});

describe("loading", () => {
  type Json = { modelTopology: any; weightsManifest: { weights: { name: string; shape: number[] }[] }[]; trainingConfig?: any };
  async function changed(edit: (json: Json) => unknown, options?: gf.io.LoadOptions): Promise<gf.LayersModel> {
    const place = folder();
    const model = dense();
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    await model.save(place, { includeOptimizer: true });
    const file = join(place, "model.json");
    const json = JSON.parse(readFileSync(file, "utf8")) as Json;
    edit(json);
    writeFileSync(file, JSON.stringify(json));
    return gf.loadLayersModel(place, options);
  }

  it("knows names of Keras: model_config, Functional, cells, numbered weights", async () => {
    const wrapped = await changed((json) => (json.modelTopology = { model_config: json.modelTopology, keras_version: "2.15.0" }));
    expect(wrapped.name).toBe("small");
    const cells = await changed((json) => {
      for (const w of json.weightsManifest[0]!.weights) w.name = w.name.replace("/", "/first_cell/");
    });
    expect(cells.weights).toHaveLength(2);
    const numbers = await changed((json) => {
      for (const [i, w] of json.weightsManifest[0]!.weights.entries()) w.name = `first/${i}`;
    });
    expect(numbers.weights).toHaveLength(2);
  });

  it("makes layers of classes that are given", async () => {
    class Scale extends gf.layers.Layer {
      static override className = "Scale";
      factor: gf.Variable | undefined;
      override build(): void {
        this.factor = this.addWeight("factor", [], undefined, "ones");
      }
      call(x: gf.Tensor): gf.Tensor {
        return x.mul(this.factor!);
      }
    }
    const place = folder();
    const model = gf.sequential({ layers: [gf.layers.dense({ units: 1, inputShape: [2] }), new Scale({})] });
    model.layers[1]!.setWeights([3]);
    await model.save(place);
    expect(await failure(gf.loadLayersModel(place))).toMatch(
      /^E_ARGUMENT: There is no layer class "Scale"\. If it is your own, register it/,
    );
    const loaded = await gf.loadLayersModel(place, { customObjects: { Scale: Scale as never } });
    close(flat(loaded.predict(gf.ones([2, 2]))), flat(model.predict(gf.ones([2, 2]))));
  });

  it.each<[string, Parameters<typeof changed>[0], RegExp]>([
    [
      "no topology",
      (j) => delete j.modelTopology,
      /^E_FILE_FORMAT: .* is not a layers model: its modelTopology has no class_name and config/,
    ],
    ["a graph model", (j) => (j.modelTopology = { node: [], versions: {} }), /is not a layers model/],
    [
      "an unknown layer",
      (j) => (j.modelTopology.config.layers[0].class_name = "Mystery"),
      /^E_ARGUMENT: There is no layer class "Mystery"/,
    ],
    [
      "an unknown activation",
      (j) => (j.modelTopology.config.layers[0].config.activation = "wavy"),
      /^E_ARGUMENT: There is no activation named "wavy"/,
    ],
    ["a wrong number of units", (j) => (j.modelTopology.config.layers[0].config.units = -1), /^E_/],
    ["layers that are none", (j) => (j.modelTopology.config.layers = 3), /^E_/],
    ["layers of null", (j) => (j.modelTopology.config.layers = [null]), /^E_/],
    [
      "a layer for a model",
      (j) => (j.modelTopology = j.modelTopology.config.layers[0]),
      /^E_FILE_FORMAT: .* is not a layers model, but a Dense/,
    ],
    [
      "another weight",
      (j) => (j.weightsManifest[0]!.weights[0]!.name = "first/other"),
      /^E_WEIGHTS: .*: small has no weight "first\/other"\. Without value: "first\/kernel"/,
    ],
    [
      "a weight of another shape",
      (j) => (j.weightsManifest[0]!.weights[0]!.shape = [2, 3]),
      /^E_SHAPE: .*: weight "first\/kernel" has shape \[2,3\], but small needs \[3,2\]/,
    ],
    [
      "an unknown optimizer",
      (j) => (j.trainingConfig.optimizer_config.class_name = "Rocket"),
      /^E_ARGUMENT: .*: there is no optimizer "Rocket"\. Known ones: SGD/,
    ],
    [
      "a learning rate of text",
      (j) => (j.trainingConfig.optimizer_config.config.learningRate = "fast"),
      /^E_FILE_FORMAT: .* learningRate of its optimizer is "fast", not a number/,
    ],
    ["an unknown loss", (j) => (j.trainingConfig.loss = "pain"), /^E_ARGUMENT: There is no loss named "pain"/],
    ["no optimizer", (j) => (j.trainingConfig = {}), /^E_FILE_FORMAT: .* its trainingConfig has no loss and optimizer_config/],
  ])("refuses %s", async (_, edit, message) => {
    expect(await failure(changed(edit))).toMatch(message);
  });

  it("changes nothing where weights do not fit", () => {
    const model = dense();
    const before = flat(model.getWeights());
    expect(() => model.loadWeights({ "first/bias": gf.ones([2]), "first/kernel": gf.ones([2, 2]) })).toThrow(
      /^E_SHAPE: loadWeights: weight/,
    );
    expect(flat(model.getWeights())).toEqual(before);
    model.loadWeights({ "first/bias": gf.ones([2]) }, false);
    expect(flat(model.getWeights())).toEqual([before[0], [1, 1]]);
  });

  it("leaves no tensor behind but the weights", async () => {
    const place = folder();
    await dense().save(place);
    const before = gf.memory().numTensors;
    const loaded = await gf.loadLayersModel(place);
    expect(gf.memory().numTensors - before).toBe(loaded.weights.length);
    expect(readdirSync(place).sort()).toEqual(["group1-shard1of1.bin", "model.json"]);
  });
});

describe("a graph function that calls a model", () => {
  it("is saved with its weights as variables, also where the model is code", async () => {
    class Repeated extends gf.Model {
      inner = gf.layers.dense({ units: 3, activation: "tanh" });
      call(x: gf.Tensor): gf.Tensor {
        let y = x;
        for (let i = 0; i < 3; i++) y = this.inner.apply(y);
        return y;
      }
    }
    const model = new Repeated({ name: "repeated" });
    const x = gf.tensor([[0.5, -1, 2]]);
    const expected = flat(model.predict(x));
    const place = folder();
    await gf.graphFunction((input: gf.Tensor) => model.apply(input)).save(place, gf.tensorSpec([1, 3]));
    const loaded = await gf.loadFunction(place);
    close(flat(loaded(x)), expected);
    expect(loaded.variables.map((v) => v.shape)).toEqual([[3, 3], [3]]);
    loaded.variables[0]!.assign(gf.zeros([3, 3]));
    expect(flat(loaded(x))).toEqual([[0, 0, 0]]);
  });
});

describe("modelFromJSON", () => {
  it("makes the model of a topology, ours or TensorFlow.js's, with weights of its own", async () => {
    const theirs = tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [3], activation: "relu", name: "first" })] });
    const json = theirs.toJSON(null, false);
    const made = await gf.models.modelFromJSON({ modelTopology: json } as never);
    expect(made.toJSON(null, false)).toMatchObject({ class_name: "Sequential" });
    expect(made.layers.map((layer) => layer.name)).toEqual(["first"]);
    const again = await gf.models.modelFromJSON(made.toJSON() as string);
    expect(again.toJSON()).toEqual(made.toJSON());
    expect(again.countParams()).toBe(8);
    expect(again.weights[0] === made.weights[0]).toBe(false);
  });

  it("refuses what is no model", async () => {
    await expect(gf.models.modelFromJSON("{")).rejects.toThrow(/E_FILE_FORMAT.*modelFromJSON.*not JSON/);
    await expect(gf.models.modelFromJSON({})).rejects.toThrow(/E_FILE_FORMAT.*no class_name/);
    await expect(gf.models.modelFromJSON({ modelTopology: {}, weightsManifest: [] } as never)).rejects.toThrow(
      /U_UNSUPPORTED.*loadLayersModel/,
    );
  });
});
