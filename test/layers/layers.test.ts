import * as gf from "graphfn";
import { beforeEach, describe, expect, test } from "vitest";
import { tf, tfl } from "../io/tfjs.ts";

const numbers = (t: { dataSync(): ArrayLike<number> }) => Array.from(t.dataSync());

beforeEach(() => gf.setSeed(3));

/** Numbers of a shape, the same for both libraries. */
function values(shape: readonly number[], seed = 1): Float32Array {
  return gf.randomNormal([...shape], 0, 1, "float32", seed).dataSync() as Float32Array;
}

/** Name, arguments, shapes of inputs without the batch axis. */
const cases: [string, Record<string, unknown>, number[][]][] = [
  ["dense", { units: 3, activation: "tanh" }, [[4]]],
  ["dense", { units: 2, useBias: false, activation: "softmax" }, [[3, 4]]],
  ["activation", { activation: "selu" }, [[5]]],
  ["activation", { activation: "hardSigmoid" }, [[5]]],
  ["activation", { activation: "swish" }, [[5]]],
  ["activation", { activation: "softsign" }, [[5]]],
  ["flatten", {}, [[2, 3]]],
  ["flatten", { dataFormat: "channelsFirst" }, [[2, 3, 2]]],
  ["reshape", { targetShape: [3, -1] }, [[2, 6]]],
  ["permute", { dims: [2, 1] }, [[2, 3]]],
  ["repeatVector", { n: 3 }, [[4]]],
  ["reLU", { maxValue: 0.5 }, [[6]]],
  ["leakyReLU", { alpha: 0.1 }, [[6]]],
  ["elu", {}, [[6]]],
  ["thresholdedReLU", { theta: 0.3 }, [[6]]],
  ["softmax", {}, [[4]]],
  ["prelu", { alphaInitializer: "ones" }, [[6]]],
  ["conv1d", { filters: 2, kernelSize: 3, padding: "same", dilationRate: 2 }, [[7, 3]]],
  ["conv2d", { filters: 2, kernelSize: [3, 2], strides: [2, 1], padding: "same", activation: "relu" }, [[6, 5, 3]]],
  ["conv2d", { filters: 2, kernelSize: 2, dilationRate: 2 }, [[6, 5, 3]]],
  ["conv2dTranspose", { filters: 2, kernelSize: 3, strides: 2, padding: "same" }, [[3, 4, 2]]],
  ["conv2dTranspose", { filters: 2, kernelSize: 3, strides: 2 }, [[3, 4, 2]]],
  ["maxPooling1d", { poolSize: 2 }, [[6, 2]]],
  ["averagePooling1d", { poolSize: 3, strides: 2, padding: "same" }, [[6, 2]]],
  ["maxPooling2d", { poolSize: [2, 3], strides: 1, padding: "same" }, [[4, 5, 2]]],
  ["averagePooling2d", {}, [[4, 5, 2]]],
  ["globalAveragePooling1d", {}, [[4, 3]]],
  ["globalMaxPooling2d", {}, [[4, 3, 2]]],
  [
    "zeroPadding2d",
    {
      padding: [
        [1, 0],
        [2, 1],
      ],
    },
    [[2, 3, 1]],
  ],
  [
    "cropping2D",
    {
      cropping: [
        [1, 0],
        [0, 1],
      ],
    },
    [[3, 4, 2]],
  ],
  ["upSampling2d", { size: [2, 3] }, [[2, 3, 2]]],
  ["batchNormalization", {}, [[4]]],
  ["layerNormalization", { axis: -1 }, [[2, 5]]],
  ["dropout", { rate: 0.5 }, [[4]]],
  ["add", {}, [[3], [3], [3]]],
  ["multiply", {}, [[3], [3]]],
  ["multiply", {}, [[3], [1, 3]]],
  ["add", {}, [[2, 3], [3], [4, 2, 3]]],
  ["average", {}, [[3], [3]]],
  ["maximum", {}, [[3], [3]]],
  ["minimum", {}, [[3], [3]]],
  [
    "concatenate",
    { axis: 1 },
    [
      [2, 3],
      [4, 3],
    ],
  ],
  ["dot", { axes: 1 }, [[4], [4]]],
  [
    "dot",
    { axes: [2, 1], normalize: false },
    [
      [2, 3],
      [3, 4],
    ],
  ],
];

describe("layers compute what TensorFlow.js's do, with the same weights", () => {
  cases.forEach(([name, args, shapes], k) => {
    test(`${name} ${JSON.stringify(args)}`, () => {
      const batch = 2;
      const data = shapes.map((shape, i) => values([batch, ...shape], 10 * k + i));
      const ours = (gf.layers as unknown as Record<string, (a: unknown) => gf.Layer>)[name]!(args);
      const theirs = (tfl.layers as unknown as Record<string, (a: unknown) => tfl.layers.Layer>)[name]!(args);
      const inputs = shapes.map((shape) => tfl.input({ shape }));
      const model = tfl.model({ inputs, outputs: theirs.apply(inputs.length === 1 ? inputs[0]! : inputs) as tfl.SymbolicTensor });
      const xs = data.map((d, i) => gf.tensor(d, [batch, ...shapes[i]!]));
      const apply = (): gf.Tensor | gf.Tensor[] => (xs.length === 1 ? ours.apply(xs[0]!) : ours.apply(xs));
      apply();
      const weights = ours.weights.map((w, i) => values(w.shape, 100 + i).map(Math.abs));
      expect(theirs.getWeights().map((w) => w.shape)).toEqual(ours.weights.map((w) => [...w.shape]));
      ours.setWeights(weights.map((w, i) => gf.tensor(w, ours.weights[i]!.shape)));
      theirs.setWeights(weights.map((w, i) => tf.tensor(w, [...ours.weights[i]!.shape])));
      const got = apply() as gf.Tensor;
      const expected = model.predict(data.map((d, i) => tf.tensor(d, [batch, ...shapes[i]!]))) as tf.Tensor;
      expect(got.shape).toEqual(expected.shape);
      const [a, b] = [numbers(got), numbers(expected)];
      a.forEach((v, i) => {
        expect(Math.abs(v - (b[i] as number))).toBeLessThan(2e-5 * Math.max(1, Math.abs(b[i] as number)));
      });
      // The shape is known before there are numbers.
      const open = shapes.map((shape) => [null, ...shape]);
      expect(ours.computeOutputShape(open.length === 1 ? open[0]! : open)).toEqual([null, ...got.shape.slice(1)]);
      // A configuration makes an equal layer.
      const config = JSON.parse(JSON.stringify(ours.getConfig())) as Record<string, unknown>;
      const cls = ours.constructor as unknown as { fromConfig(cls: unknown, config: unknown): gf.Layer };
      expect(JSON.parse(JSON.stringify(cls.fromConfig(cls, config).getConfig()))).toEqual(config);
    });
  });

  test("what TensorFlow.js does not have: other axes, causal windows", () => {
    const x = gf.randomNormal([2, 3, 4]);
    const swapped = (t: gf.Tensor) => t.transpose([0, 2, 1]);
    for (const make of [
      () => [gf.layers.batchNormalization({ axis: 1, scale: false }), gf.layers.batchNormalization({ scale: false })],
      () => [gf.layers.softmax({ axis: 1 }), gf.layers.softmax()],
    ] as const) {
      const [first, last] = make() as readonly gf.Layer[] as [gf.Layer, gf.Layer];
      first.apply(x);
      last.apply(swapped(x));
      const weights = first.weights.map((w) => gf.randomUniform(w.shape));
      first.setWeights(weights);
      last.setWeights(weights);
      expect(numbers(first.apply(x))).toEqual(numbers(swapped(last.apply(swapped(x)))));
    }
    const causal = gf.layers.conv1d({ filters: 1, kernelSize: 2, dilationRate: 2, padding: "causal", kernelInitializer: "ones" });
    expect(numbers(causal.apply(gf.tensor3d([1, 10, 100, 1000], [1, 4, 1])))).toEqual([1, 10, 101, 1010]);
  });

  test("embedding", () => {
    const table = values([5, 3]);
    const layer = gf.layers.embedding({ inputDim: 5, outputDim: 3, weights: [gf.tensor(table, [5, 3])] });
    const got = layer.apply(
      gf.tensor(
        [
          [0, 4],
          [1, 1],
        ],
        [2, 2],
        "int32",
      ),
    );
    expect(got.shape).toEqual([2, 2, 3]);
    expect(numbers(got).slice(3, 6)).toEqual(Array.from(table.slice(12, 15)));
    expect(numbers(layer.apply(gf.tensor([[2]])))).toEqual(Array.from(table.slice(6, 9)));
    expect(() => layer.apply(gf.tensor([[5]], [1, 1], "int32"))).toThrow("E_INDEX");
    expect(() => layer.apply(gf.tensor([[0.5]]))).toThrow("E_INDEX");
  });
});

describe("layers while training", () => {
  test("dropout drops a share and keeps the mean; compiled steps draw anew", async () => {
    const layer = gf.layers.dropout({ rate: 0.25 });
    const x = gf.ones([100, 100]);
    const [a, b] = [layer.apply(x, { training: true }), layer.apply(x, { training: true })];
    const kept = numbers(a).filter((v) => v !== 0);
    expect(kept.length / 1e4).toBeCloseTo(0.75, 1);
    expect(new Set(kept.map((v) => v.toFixed(4)))).toEqual(new Set(["1.3333"]));
    expect(numbers(a)).not.toEqual(numbers(b));
    expect(layer.apply(x)).toBe(x);
    const seeded = gf.layers.dropout({ rate: 0.5, seed: 7 });
    const [c, d] = [seeded.apply(x, { training: true }), seeded.apply(x, { training: true })];
    expect(numbers(c)).not.toEqual(numbers(d));
    const again = gf.layers.dropout({ rate: 0.5, seed: 7 });
    expect(numbers(again.apply(x, { training: true }))).toEqual(numbers(c));
  });

  test("batch normalisation moves its averages in the compiled step; not where it is frozen", async () => {
    const norm = gf.layers.batchNormalization({ momentum: 0.5, inputShape: [1] });
    const model = gf.sequential({ layers: [norm, gf.layers.dense({ units: 1 })] });
    model.compile({ optimizer: gf.train.sgd(0), loss: "mse" });
    const [x, y] = [gf.tensor2d([[1], [3]]), gf.tensor2d([[0], [0]])];
    await model.fit(x, y, { epochs: 2, verbose: 0 });
    const state = () => norm.nonTrainableWeights.map((w) => numbers(w)[0]);
    expect(state()).toEqual([1.5, 1]);
    norm.trainable = false;
    model.compile({ optimizer: gf.train.sgd(0), loss: "mse" });
    const before = norm
      .getWeights()
      .slice(-2)
      .map((w) => numbers(w)[0]);
    await model.fit(x, y, { verbose: 0 });
    expect(
      norm
        .getWeights()
        .slice(-2)
        .map((w) => numbers(w)[0]),
    ).toEqual(before);
  });

  test("constraints hold after each update", async () => {
    const layer = gf.layers.dense({
      units: 1,
      inputShape: [2],
      kernelConstraint: "nonNeg",
      biasConstraint: gf.constraints.maxNorm({ maxValue: 0.1 }),
    });
    const model = gf.sequential({ layers: [layer] });
    model.compile({ optimizer: gf.train.sgd(0.5), loss: "mse" });
    await model.fit(gf.ones([4, 2]), gf.fill([4, 1], -5), { epochs: 3, verbose: 0 });
    expect(numbers(layer.weights[0]!).every((v) => v >= 0)).toBe(true);
    expect(Math.abs(numbers(layer.weights[1]!)[0]!)).toBeCloseTo(0.1, 4);
  });
});

describe("initializers", () => {
  const spread = (name: string, shape: number[]) => {
    const v = numbers(
      (gf.initializers as unknown as Record<string, (a?: unknown) => { apply(s: number[]): gf.Tensor }>)[name]!({ seed: 11 }).apply(shape),
    );
    const mean = v.reduce((a, b) => a + b, 0) / v.length;
    return { mean, deviation: Math.sqrt(v.reduce((a, b) => a + (b - mean) ** 2, 0) / v.length), most: Math.max(...v.map(Math.abs)) };
  };

  test.each([
    ["glorotUniform", Math.sqrt(2 / 500), Math.sqrt(6 / 500)],
    ["glorotNormal", Math.sqrt(2 / 500), (2 * Math.sqrt(2 / 500)) / 0.8796],
    ["heUniform", Math.sqrt(2 / 300), Math.sqrt(6 / 300)],
    ["heNormal", Math.sqrt(2 / 300), (2 * Math.sqrt(2 / 300)) / 0.8796],
    ["leCunNormal", Math.sqrt(1 / 300), (2 * Math.sqrt(1 / 300)) / 0.8796],
    ["randomUniform", 0.05 / Math.sqrt(3), 0.05],
    ["truncatedNormal", 0.05 * 0.8796, 0.1],
  ])("%s", (name, deviation, most) => {
    const s = spread(name, [300, 200]);
    expect(s.mean / deviation).toBeCloseTo(0, 1);
    expect(s.deviation / deviation).toBeCloseTo(1, 1);
    expect(s.most).toBeLessThanOrEqual(most * 1.0001);
    expect(s.most).toBeGreaterThan(most * 0.95);
  });

  test("orthogonal, identity, constant; equal seeds give equal values", () => {
    const q = gf.initializers.orthogonal({ seed: 2 }).apply([5, 3]);
    numbers(gf.matMul(q, q, true)).forEach((v, i) => {
      expect(v).toBeCloseTo(i % 4 === 0 ? 1 : 0, 5);
    });
    expect(numbers(gf.initializers.identity({ gain: 2 }).apply([2, 3]))).toEqual([2, 0, 0, 0, 2, 0]);
    expect(numbers(gf.initializers.constant({ value: 3 }).apply([2], "float64"))).toEqual([3, 3]);
    expect(numbers(gf.initializers.heNormal({ seed: 5 }).apply([4]))).toEqual(numbers(gf.initializers.heNormal({ seed: 5 }).apply([4])));
    expect(() => gf.initializers.identity().apply([3])).toThrow("E_SHAPE");
    expect(() => gf.initializers.varianceScaling({ scale: -1 })).toThrow("scale must be positive");
  });
});
