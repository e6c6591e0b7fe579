import * as gf from "graphfn";
import { describe, expect, test, vi } from "vitest";
import { tf, tfl } from "../io/tfjs.ts";

const numbers = (t: gf.Tensor | gf.Tensor[]) => Array.from((t as gf.Tensor).dataSync());

describe("functional models", () => {
  test("several inputs and outputs, a shared layer, losses with weights", async () => {
    const [a, b] = [gf.input({ shape: [2], name: "a" }), gf.input({ shape: [2], name: "b" })];
    const shared = gf.layers.dense({ units: 3, useBias: false, name: "shared", kernelInitializer: "ones" });
    const both = gf.layers.concatenate().apply([shared.apply(a), shared.apply(b)]);
    const sum = gf.layers.dense({ units: 1, name: "sum", kernelInitializer: "ones" }).apply(both);
    const kind = gf.layers.dense({ units: 2, activation: "softmax", name: "kind" }).apply(both);
    const model = gf.model({ inputs: [a, b], outputs: [sum, kind] });
    expect(model.weights.map((w) => w.shape)).toEqual([[2, 3], [6, 1], [1], [6, 2], [2]]);
    const x = [gf.tensor([[1, 2]]), gf.tensor([[3, 4]])];
    const [total, classes] = model.predict(x) as gf.Tensor[];
    expect(numbers(total as gf.Tensor)).toEqual([30]);
    expect(numbers((classes as gf.Tensor).sum())[0]).toBeCloseTo(1, 6);
    model.compile({
      optimizer: "sgd",
      loss: { sum: "meanSquaredError", kind: "sparseCategoricalCrossentropy" },
      lossWeights: { kind: 0.5 },
      metrics: { kind: "accuracy" },
    });
    expect(model.metricsNames).toEqual(["loss", "sum_loss", "kind_loss", "kind_acc"]);
    const y = { sum: gf.tensor([[31]]), kind: gf.tensor([1], [1], "int32") };
    const [loss, sumLoss, kindLoss] = (model.evaluate({ a: x[0] as gf.Tensor, b: x[1] as gf.Tensor }, y) as gf.Tensor[]).map(
      (t) => numbers(t)[0] as number,
    );
    expect(sumLoss).toBeCloseTo(1, 5);
    expect(loss).toBeCloseTo(1 + 0.5 * (kindLoss as number), 5);
    const { history } = await model.fit(x, y, { epochs: 2, verbose: 0 });
    expect(Object.keys(history)).toEqual(["loss", "sum_loss", "kind_loss", "kind_acc"]);
    expect(() => model.compile({ optimizer: "sgd", loss: { sum: "mse" } })).toThrow('the output "kind" has no loss');
    expect(() => model.compile({ optimizer: "sgd", loss: { sum: "mse", kind: "mse", more: "mse" } })).toThrow('names an output "more"');
  });

  test("configurations give an equal model", () => {
    const a = gf.input({ shape: [4, 4, 1] });
    const conv = gf.layers.conv2d({ filters: 2, kernelSize: 3, padding: "same", activation: "relu" });
    const twice = gf.layers.add().apply([conv.apply(a), conv.apply(a)]);
    const out = gf.layers
      .dense({ units: 3, kernelRegularizer: "l2", biasConstraint: "nonNeg" })
      .apply(gf.layers.flatten().apply(gf.layers.maxPooling2d().apply(twice)));
    const model = gf.model({ inputs: a, outputs: out, name: "nets" });
    const config = JSON.parse(JSON.stringify(model.getConfig())) as Record<string, unknown>;
    const again = gf.LayersModel.fromConfig(gf.LayersModel as never, config) as gf.LayersModel;
    expect(JSON.parse(JSON.stringify(again.getConfig()))).toEqual(config);
    again.setWeights(model.getWeights());
    const x = gf.randomNormal([2, 4, 4, 1]);
    expect(numbers(again.predict(x))).toEqual(numbers(model.predict(x)));
    expect(again.namedWeights.map((w) => w.name)).toEqual(model.namedWeights.map((w) => w.name));
  });

  test("a model is a layer of another", () => {
    const inner = gf.sequential({ layers: [gf.layers.dense({ units: 2, inputShape: [3], kernelInitializer: "ones" })] });
    const outer = gf.sequential({ layers: [inner, gf.layers.dense({ units: 1, kernelInitializer: "ones" })] });
    expect(numbers(outer.predict(gf.ones([1, 3])))).toEqual([6]);
    expect(outer.weights.length).toBe(4);
    inner.trainable = false;
    expect(outer.trainableWeights.length).toBe(2);
    const x = gf.input({ shape: [3] });
    const reused = gf.model({ inputs: x, outputs: outer.apply(x) });
    expect(reused.outputs[0]?.shape).toEqual([null, 1]);
  });

  test("of models that share layers, each trains what was trainable when it was compiled", async () => {
    const discriminator = gf.sequential({ layers: [gf.layers.dense({ units: 1, inputShape: [2] })] });
    discriminator.compile({ optimizer: "sgd", loss: "mse" });
    const noise = gf.input({ shape: [3] });
    const generator = gf.sequential({ layers: [gf.layers.dense({ units: 2, inputShape: [3] })] });
    discriminator.trainable = false;
    const fakes = discriminator.apply(generator.apply(noise));
    const combined = gf.model({ inputs: noise, outputs: fakes });
    combined.compile({ optimizer: "sgd", loss: "mse" });
    const kernels = () => [generator, discriminator].map((m) => numbers(m.getWeights()[0] as gf.Tensor));
    const before = kernels();
    await combined.trainOnBatch(gf.ones([4, 3]), gf.ones([4, 1]));
    const between = kernels();
    expect(between[0]).not.toEqual(before[0]);
    expect(between[1]).toEqual(before[1]);
    await discriminator.trainOnBatch(gf.ones([4, 2]), gf.ones([4, 1]));
    const after = kernels();
    expect(after[0]).toEqual(between[0]);
    expect(after[1]).not.toEqual(between[1]);
    expect([discriminator.trainable, discriminator.trainableWeights.length, combined.trainableWeights.length]).toEqual([false, 0, 2]);
  });

  test("fit says once that trainable was changed after compile", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const model = gf.sequential({ name: "net", layers: [gf.layers.dense({ units: 1, inputShape: [2], name: "only" })] });
    model.compile({ optimizer: "sgd", loss: "mse" });
    const fit = () => model.fit(gf.ones([4, 2]), gf.ones([4, 1]), { verbose: 0 });
    await fit();
    expect(warn).not.toHaveBeenCalled();
    (model.layers[0] as gf.Layer).trainable = false;
    await fit();
    await fit();
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/trainable of layer only .* net\.compile\(\).*compile\(\) again/)]]);
    model.compile({ optimizer: "sgd", loss: "mse" });
    await expect(fit()).rejects.toThrow("E_NOTHING_TO_TRAIN");
    warn.mockRestore();
  });

  test("called as a layer, it takes what its layers take, with the values of TensorFlow.js", () => {
    const outputs = [gf, tfl].map((lib) => {
      const inner = lib.sequential();
      inner.add(lib.layers.dense({ units: 2, inputShape: [3], kernelInitializer: "ones" }) as never);
      const [a, b] = [lib.input({ shape: [3] }), lib.input({ shape: [1, 3] })];
      const joint = lib.layers.multiply().apply([a, b] as never);
      return lib.model({ inputs: [a, b] as never, outputs: inner.apply(joint as never) as never });
    });
    const [ours, theirs] = outputs as [gf.LayersModel, ReturnType<typeof tfl.model>];
    expect(ours.outputs[0].shape).toEqual([null, 1, 2]);
    const [a, b] = [Float32Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(1, 0, 2, -1, 3, 1)];
    const y = ours.predict([gf.tensor(a, [2, 3]), gf.tensor(b, [2, 1, 3])]) as gf.Tensor;
    const expected = theirs.predict([tf.tensor(a, [2, 3]), tf.tensor(b, [2, 1, 3])]) as ReturnType<typeof tf.tensor>;
    expect(y.shape).toEqual(expected.shape);
    expect(Array.from(y.dataSync())).toEqual(Array.from(expected.dataSync()));
    const net = gf.sequential({ name: "net", layers: [gf.layers.dense({ units: 2, inputShape: [3] })] });
    expect(() => net.apply(gf.ones([2, 1, 4]))).toThrow("Layer net expects an input of shape [null,3], but was given one of shape [2,1,4]");
    expect(() => net.apply(gf.ones([3]))).toThrow("E_SHAPE");
  });

  test("summary prints a table of layers", () => {
    const model = gf.sequential({
      layers: [
        gf.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 1], name: "conv" }),
        gf.layers.batchNormalization({ name: "norm" }),
        gf.layers.flatten({ name: "flat" }),
        gf.layers.dense({ units: 2, name: "out" }),
      ],
    });
    const lines: string[] = [];
    model.summary(undefined, undefined, (line) => lines.push(line));
    expect(lines.join("\n")).toMatchInlineSnapshot(`
      "_________________________________________________________________
      Layer (type)                 Output shape              Param #
      =================================================================
      conv (Conv2D)                [null,6,6,4]              40
      _________________________________________________________________
      norm (BatchNormalization)    [null,6,6,4]              16
      _________________________________________________________________
      flat (Flatten)               [null,144]                0
      _________________________________________________________________
      out (Dense)                  [null,2]                  290
      =================================================================
      Total params: 346
      Trainable params: 338
      Non-trainable params: 8
      _________________________________________________________________"
    `);
    expect(model.countParams()).toBe(346);
  });
});

describe("sequential models", () => {
  test("pop takes the last layer away", () => {
    const model = gf.sequential({ layers: [gf.layers.dense({ units: 4, inputShape: [3] }), gf.layers.dense({ units: 2 })] });
    model.pop();
    expect(model.outputs[0]?.shape).toEqual([null, 4]);
    expect((model.predict(gf.ones([2, 3])) as gf.Tensor).shape).toEqual([2, 4]);
    model.add(gf.layers.dense({ units: 1 }));
    expect(model.outputs[0]?.shape).toEqual([null, 1]);
  });

  test("without a shape it is built by its first data, in their dtype", () => {
    const model = gf.sequential({ layers: [gf.layers.dense({ units: 2 }), gf.layers.activation({ activation: "tanh" })] });
    const out = model.predict(gf.ones([2, 3], "float64")) as gf.Tensor;
    expect(out.dtype).toBe("float64");
    expect(model.weights.map((w) => w.dtype)).toEqual(["float64", "float64"]);
    expect((model.predict(gf.ones([2, 3])) as gf.Tensor).dtype).toBe("float64");
  });

  test("fromConfig", () => {
    const model = gf.sequential({
      layers: [
        gf.layers.embedding({ inputDim: 5, outputDim: 2, inputLength: 3 }),
        gf.layers.globalAveragePooling1d(),
        gf.layers.dropout({ rate: 0.5 }),
      ],
    });
    const config = JSON.parse(JSON.stringify(model.getConfig())) as Record<string, unknown>;
    const again = gf.Sequential.fromConfig(gf.Sequential as never, config) as gf.Sequential;
    expect(JSON.parse(JSON.stringify(again.getConfig()))).toEqual(config);
  });
});

describe("classes of one's own", () => {
  class Twice extends gf.layers.Layer {
    static override className = "Twice";
    factor: gf.Variable | undefined;
    override build(): void {
      this.factor = this.addWeight("factor", [], "float32", "ones");
    }
    call(x: gf.Tensor): gf.Tensor {
      return x.mul(this.factor as gf.Variable).mul(2);
    }
  }

  test("a layer: weights, shapes, configuration", () => {
    gf.serialization.registerClass(Twice);
    const model = gf.sequential({ layers: [new Twice({ inputShape: [4] })] });
    expect(model.outputs[0]?.shape).toEqual([null, 4]);
    expect(numbers(model.predict(gf.ones([1, 4])))).toEqual([2, 2, 2, 2]);
    expect(model.weights[0]?.name).toMatch(/twice_Twice\d+\/factor/);
    const again = gf.Sequential.fromConfig(gf.Sequential as never, model.getConfig());
    expect(again.weights.length).toBe(1);
  });

  test("a layer written for TensorFlow.js: constructor without arguments, masking flag, call hook, shape of its own", () => {
    class Antirectifier extends gf.layers.Layer {
      static override className = "Antirectifier";
      constructor() {
        super({});
        this.supportsMasking = true;
      }
      override computeOutputShape(shape: number[]): number[] {
        return [...shape.slice(0, -1), 2 * (shape.at(-1) as number)];
      }
      call(inputs: gf.Tensor | gf.Tensor[], kwargs: gf.CallArgs): gf.Tensor {
        const input = Array.isArray(inputs) ? (inputs[0] as gf.Tensor) : inputs;
        this.invokeCallHook(inputs, kwargs);
        const centered = gf.sub(input, input.mean(-1).expandDims(-1));
        return gf.concat([centered.relu(), centered.neg().relu()], -1);
      }
    }
    const model = gf.sequential({ layers: [gf.layers.inputLayer({ inputShape: [2] }), new Antirectifier()] });
    expect(model.outputs[0].shape).toEqual([null, 4]);
    expect(numbers(model.predict(gf.tensor([[1, 3]])))).toEqual([0, 1, 1, 0]);
  });

  test("a model whose call branches and loops over tensors trains as one graph", async () => {
    class Deep extends gf.Model {
      hidden = gf.layers.dense({ units: 3, activation: "tanh", kernelInitializer: "ones" });
      parts = [gf.layers.dense({ units: 3, kernelInitializer: "identity", useBias: false })];
      out = gf.layers.dense({ units: 1, kernelInitializer: "ones" });
      /** @graphFunction */
      call(x: gf.Tensor): gf.Tensor {
        let h = this.hidden.apply(x);
        let n: gf.Tensor = gf.scalar(0, "int32");
        while (h.abs().sum() < 40 && n < 5) {
          h = this.parts[0]!.apply(h) * 2;
          n += 1;
        }
        if (n > 100) h = h * 0;
        return this.out.apply(h);
      }
    }
    const results = [];
    for (const runEagerly of [false, true]) {
      const model = new Deep();
      model.compile({ optimizer: gf.train.sgd(1e-4), loss: "mse", runEagerly });
      const { history } = await model.fit(gf.ones([2, 3]), gf.ones([2, 1]), { epochs: 3, shuffle: false, verbose: 0 });
      expect(model.layers.length).toBe(3);
      expect(model.weights.length).toBe(5);
      results.push([...(history.loss ?? []), ...model.getWeights().flatMap(numbers)]);
    }
    const [graph, eager] = results as [number[], number[]];
    graph.forEach((v, i) => {
      expect(v).toBeCloseTo(eager[i] as number, 3);
    });
  });
});
