import * as gf from "graphfn";
import { expect, test } from "vitest";
import { Progress, showTime } from "../../runtime/src/layers/progress.ts";

const numbers = (t: gf.Tensor) => Array.from(t.dataSync());

test("metrics add up over batches of unequal size", () => {
  const [y, p] = [
    [1, 0, 1, 1, 0],
    [0.9, 0.6, 0.4, 0.8, 0.1],
  ];
  for (const make of [
    () => new gf.metrics.Precision(),
    () => new gf.metrics.Recall(),
    () => new gf.metrics.AUC({ numThresholds: 11 }),
    () => new gf.metrics.R2Score(),
  ]) {
    const [whole, parts] = [make(), make()];
    const column = (x: number[]) => gf.tensor2d(x, [x.length, 1]);
    whole.updateState(column(y), column(p));
    parts.updateState(column(y.slice(0, 2)), column(p.slice(0, 2)));
    parts.updateState(column(y.slice(2)), column(p.slice(2)));
    expect(parts.result()).toBeCloseTo(whole.result() as number, 12);
  }
  const precision = new gf.metrics.Precision();
  expect(precision.result()).toBeNaN();
  precision.updateState([y], [p]);
  expect(precision.result()).toBeCloseTo(2 / 3, 12);
  precision.reset();
  expect(precision.result()).toBeNaN();
});

test("accuracy asks the shapes what it means", async () => {
  const cases = [
    { units: 1, loss: "binaryCrossentropy", activation: "sigmoid", y: gf.tensor2d([[1], [0]]) },
    {
      units: 3,
      loss: "categoricalCrossentropy",
      activation: "softmax",
      y: gf.tensor2d([
        [1, 0, 0],
        [0, 1, 0],
      ]),
    },
    { units: 3, loss: "sparseCategoricalCrossentropy", activation: "softmax", y: gf.tensor1d([0, 1], "int32") },
  ];
  for (const { units, loss, activation, y } of cases) {
    const model = gf.sequential({ layers: [gf.layers.dense({ units, activation, inputShape: [2], kernelInitializer: "ones" })] });
    model.compile({ optimizer: "sgd", loss, metrics: ["accuracy"] });
    model.setWeights([
      gf.tensor2d(
        units === 1
          ? [[9], [9]]
          : [
              [9, 0, 0],
              [9, 0, 0],
            ],
      ),
      gf.zeros([units]),
    ]);
    const [, accuracy] = model.evaluate(gf.ones([2, 2]), y) as gf.Tensor[];
    expect(numbers(accuracy as gf.Tensor)).toEqual([0.5]);
  }
});

test("metrics by function, object and name; two of one name are told apart", async () => {
  const model = gf.sequential({ layers: [gf.layers.dense({ units: 1, inputShape: [1], kernelInitializer: "ones" })] });
  const largest = (y: gf.Tensor, p: gf.Tensor) => y.sub(p).abs().max();
  model.compile({
    optimizer: "sgd",
    loss: "mse",
    metrics: ["mse", largest, new gf.metrics.RootMeanSquaredError(), gf.metrics.meanAbsoluteError, "mse"],
  });
  expect(model.metricsNames).toEqual(["loss", "mse", "largest", "rootMeanSquaredError", "meanAbsoluteError", "mse_1"]);
  const values = (model.evaluate(gf.tensor2d([[1], [2], [5]]), gf.tensor2d([[0], [2], [3]]), { batchSize: 2 }) as gf.Tensor[]).map(
    (t) => numbers(t)[0],
  );
  const expected = [5 / 3, 5 / 3, (1 * 2 + 2) / 3, Math.sqrt(5 / 3), 1, 5 / 3];
  values.forEach((v, i) => {
    expect(v).toBeCloseTo(expected[i] as number, 5);
  });
});

test("functions of gf.metrics", () => {
  expect(numbers(gf.metrics.binaryAccuracy([[1, 0]], [[0.7, 0.6]]))).toEqual([0.5]);
  expect(
    numbers(
      gf.metrics.categoricalAccuracy(
        [
          [0, 1],
          [0, 1],
        ],
        [
          [0.1, 0.9],
          [0.8, 0.2],
        ],
      ),
    ),
  ).toEqual([1, 0]);
  expect(numbers(gf.metrics.precision([[1, 0, 1]], [[1, 1, 1]]))[0]).toBeCloseTo(2 / 3, 6);
  expect(numbers(gf.metrics.recall([[1, 0, 1]], [[1, 1, 0]]))).toEqual([0.5]);
  expect(numbers(gf.metrics.cosineProximity([[3, 4]], [[6, 8]]))[0]).toBeCloseTo(-1, 6);
});

test("progress: a bar on a terminal, a line per epoch elsewhere", () => {
  const written: string[] = [];
  const bar = new Progress({ verbose: 1, epochs: 2, screen: { isTTY: true, write: (text) => written.push(text) } });
  bar.begin(0, 4);
  bar.update(1, () => ({ loss: 0.5 }));
  bar.update(2, () => {
    throw new Error("drawn too often");
  });
  bar.end(4, { loss: 0.25, mae: 1e-5 });
  expect(written[0]).toBe("Epoch 1/2\n");
  expect(written[1]).toMatch(/^\r1\/4 \[======>\.{23}\] - ETA: \w+ - loss: 0\.5000$/);
  expect(written[2]).toMatch(/^\r4\/4 \[={30}\] - \w+ \w+\/step - loss: 0\.2500 - mae: 1\.0000e-5 *$/);
  expect(written[3]).toBe("\n");
  expect([0.5, 12, 5000, 61_000].map(showTime)).toEqual(["500us", "12ms", "5s", "1:01"]);
  const lines: string[] = [];
  const log = console.log;
  console.log = (line: string) => lines.push(line);
  const plain = new Progress({ verbose: 1, epochs: 2, screen: { write: () => undefined } });
  plain.begin(1, null);
  plain.update(1, () => ({}));
  plain.end(3, { loss: 2 });
  new Progress({ verbose: 0, epochs: 1, screen: { isTTY: true, write: (t) => lines.push(t) } }).end(1, {});
  console.log = log;
  expect(lines).toEqual([expect.stringMatching(/^Epoch 2\/2 - 3 steps - \w+ \w+\/step - loss: 2\.0000$/)]);
});
