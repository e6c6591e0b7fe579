import * as gf from "graphfn";
import { describe, expect, test } from "vitest";
import { tf } from "../io/tfjs.ts";

const numbers = (t: { dataSync(): ArrayLike<number> }) => Array.from(t.dataSync());

const Y = [
  [0, 1, 0],
  [1, 0, 0],
  [0, 0, 1],
  [0, 1, 0],
];
const P = [
  [0.2, 0.7, 0.1],
  [0.5, 0.25, 0.25],
  [0.3, 0.3, 0.4],
  [0.9, 0.05, 0.05],
];
const WEIGHTS = [[1], [0], [2], [0.5]];

describe("gf.losses equal TensorFlow.js's", () => {
  const cases: [string, readonly unknown[]][] = [
    ["absoluteDifference", []],
    ["meanSquaredError", []],
    ["hingeLoss", []],
    ["huberLoss", [0.25]],
    ["logLoss", [1e-7]],
    ["sigmoidCrossEntropy", [0.1]],
  ];
  for (const [name, extra] of cases) {
    for (const reduction of ["NONE", "MEAN", "SUM", "SUM_BY_NONZERO_WEIGHTS"] as const) {
      test(`${name}, ${reduction}`, () => {
        for (const weighted of [false, true]) {
          const ours = (gf.losses as unknown as Record<string, (...args: unknown[]) => gf.Tensor>)[name]!;
          const theirs = (tf.losses as unknown as Record<string, (...args: unknown[]) => { dataSync(): Float32Array; shape: number[] }>)[
            name
          ]!;
          const expected = theirs(
            tf.tensor2d(Y),
            tf.tensor2d(P),
            weighted ? tf.tensor2d(WEIGHTS) : undefined,
            ...extra,
            tf.Reduction[reduction],
          );
          const got = ours(gf.tensor2d(Y), gf.tensor2d(P), weighted ? gf.tensor2d(WEIGHTS) : undefined, ...extra, gf.Reduction[reduction]);
          expect(got.shape).toEqual(expected.shape);
          numbers(got).forEach((v, i) => {
            expect(v).toBeCloseTo(numbers(expected)[i] as number, 5);
          });
        }
      });
    }
  }

  test("softmaxCrossEntropy and cosineDistance", () => {
    const weights = [1, 0, 2, 0.5];
    const ours = gf.losses.softmaxCrossEntropy(gf.tensor2d(Y), gf.tensor2d(P), gf.tensor1d(weights), 0.1);
    const theirs = tf.losses.softmaxCrossEntropy(tf.tensor2d(Y), tf.tensor2d(P), tf.tensor1d(weights), 0.1);
    expect(numbers(ours)[0]).toBeCloseTo(numbers(theirs)[0] as number, 5);
    const distance = gf.losses.cosineDistance(gf.tensor2d(Y), gf.tensor2d(P), 1);
    expect(numbers(distance)[0]).toBeCloseTo(numbers(tf.losses.cosineDistance(tf.tensor2d(Y), tf.tensor2d(P), 1))[0] as number, 5);
  });
});

test("weights that are all zero give 0, not NaN", () => {
  for (const reduction of [gf.Reduction.MEAN, gf.Reduction.SUM_BY_NONZERO_WEIGHTS]) {
    expect(numbers(gf.losses.meanSquaredError([1, 2], [3, 4], [0, 0], reduction))).toEqual([0]);
  }
});

test("Keras's losses: labels as numbers, logits, options", () => {
  const logits = gf.tensor2d(
    [
      [2, 0],
      [0, 1000],
      [-1000, 0],
    ],
    [3, 2],
    "float64",
  );
  const labels = gf.tensor1d([0, 1, 1], "int32");
  const expected = Math.log(1 + Math.exp(-2)) / 3;
  expect(numbers(gf.losses.sparseCategoricalCrossentropy(labels, logits, { fromLogits: true }))[0]).toBeCloseTo(expected, 12);
  expect(numbers(gf.losses.sparseCategoricalCrossentropy(labels.cast("float32"), logits.softmax(), null))[0]).toBeCloseTo(expected, 6);
  expect(numbers(gf.losses.binaryCrossentropy([1, 0], [0.5, 0.5]))[0]).toBeCloseTo(Math.LN2, 6);
  expect(numbers(gf.losses.huber([[0], [0]], [[0.5], [3]], [1, 2], { delta: 1, reduction: gf.Reduction.NONE }))).toEqual([0.125, 5]);
  const ignored = gf.losses.sparseCategoricalCrossentropy(
    [0, -1],
    gf.tensor2d([
      [0, 0],
      [5, 1],
    ]),
    { fromLogits: true, ignoreClass: -1 },
  );
  expect(numbers(ignored)[0]).toBeCloseTo(Math.LN2, 6);
});

test("gradients through probabilities of 0 and 1 are finite", () => {
  const p = gf.tensor2d([
    [0, 1],
    [1, 0],
  ]);
  const y = gf.tensor2d([
    [1, 0],
    [1, 0],
  ]);
  for (const loss of [
    gf.losses.binaryCrossentropy,
    gf.losses.categoricalCrossentropy,
    gf.losses.kullbackLeiblerDivergence,
    gf.losses.cosineProximity,
  ]) {
    expect(numbers(gf.grad((q) => loss(y, q))(p)).every(Number.isFinite)).toBe(true);
  }
  expect(numbers(gf.grad((q) => gf.losses.cosineProximity(y, q))(gf.zeros([2, 2]))).every(Number.isFinite)).toBe(true);
});

test("bad use", () => {
  expect(() => gf.losses.meanSquaredError([1, 2], [1, 2, 3])).toThrow("meanSquaredError: labels have shape [2], but predictions [3]");
  expect(() => gf.losses.softmaxCrossEntropy([[1, 0]], [[1, 0, 0]])).toThrow("onehotLabels have shape [1,2], but logits [1,3]");
  expect(() => gf.losses.meanSquaredError([1, 2], [1, 2], [1, 2, 3])).toThrow("does not broadcast to the losses [2]");
  expect(() => gf.losses.meanSquaredError([1], [1], null, 9 as never)).toThrow("9 is not a reduction");
  expect(() => gf.losses.sparseCategoricalCrossentropy([3], [[1, 2]])).toThrow("E_INDEX");
  expect(() => gf.losses.sparseCategoricalCrossentropy([0.5], [[1, 2]])).toThrow("E_INDEX");
  expect(() => gf.losses.sparseCategoricalCrossentropy([[1, 0]], [[1, 2]])).toThrow(/class numbers of shape \[1\].*one-hot/s);
  expect(() => gf.losses.meanSquaredError("a" as never, [1])).toThrow("E_SHAPE");
  expect(() => gf.losses.meanSquaredError(["a"] as never, [1])).toThrow("E_DTYPE");
});
