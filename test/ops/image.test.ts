/** gf.image: values by hand, eager and compiled, gradients, what is refused. */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { compiled } from "../../runtime/src/staged/compiled.ts";
import { Random } from "../support/random.ts";

const { image } = gf;
const int = (values: gf.NestedValues, shape?: number[]) => gf.tensor(values, shape, "int32");

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof gf.GraphFnError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

/** One image of one channel. */
const grey = (rows: number[][]): gf.Tensor => gf.tensor(rows.flat(), [1, rows.length, rows[0]?.length ?? 0, 1]);
const small = grey([
  [0, 2],
  [4, 6],
]);
const row = grey([[1, 2, 3, 4]]);
/** Shifts what is seen by whole pixels. */
const shift = (dx: number): gf.Tensor => gf.tensor([1, 0, dx, 0, 1, 0, 0, 0], [1, 8]);
const colours = gf.tensor([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255], [2, 2, 3]);

const cases: [string, (...xs: gf.Tensor[]) => gf.Tensor, gf.Tensor[], unknown][] = [
  ["bilinear, left edges meet", (x) => image.resizeBilinear(x, [1, 4]), [grey([[0, 4]])], [0, 2, 4, 4]],
  ["bilinear, corners meet", (x) => image.resizeBilinear(x, [3, 3], true), [small], [0, 1, 2, 2, 3, 4, 4, 5, 6]],
  ["bilinear, centres meet", (x) => image.resizeBilinear(x, [1, 4], false, true), [grey([[0, 4]])], [0, 1, 3, 4]],
  ["bilinear of rank 3 and int32", (x) => image.resizeBilinear(x, [1, 2]), [int([1, 3, 5, 7], [1, 4, 1])], [1, 5]],
  ["nearest, left edges meet", (x) => image.resizeNearestNeighbor(x, [1, 3]), [row], [1, 2, 3]],
  ["nearest, corners meet", (x) => image.resizeNearestNeighbor(x, [1, 3], true), [row], [1, 3, 4]],
  ["nearest, centres meet", (x) => image.resizeNearestNeighbor(x, [1, 2], false, true), [row], [2, 4]],
  ["nearest keeps bool", (x) => image.resizeNearestNeighbor(x, [1, 4]), [gf.tensor([true, false], [1, 2, 1])], [1, 1, 0, 0]],
  ["crop of the whole", (x, b) => image.cropAndResize(x, b, [0], [2, 2]), [small, gf.tensor([[0, 0, 1, 1]])], [0, 2, 4, 6]],
  ["crop turned around", (x, b) => image.cropAndResize(x, b, [0], [2, 2]), [small, gf.tensor([[1, 1, 0, 0]])], [6, 4, 2, 0]],
  [
    "crop with places outside",
    (x, b) => image.cropAndResize(x, b, [0], [1, 3], "nearest", -1),
    [small, gf.tensor([[0, -1, 0, 1]])],
    [-1, 0, 2],
  ],
  ["flipLeftRight", (x) => image.flipLeftRight(x), [small], [2, 0, 6, 4]],
  ["grayscaleToRGB", (x) => image.grayscaleToRGB(x), [int([5, 7], [2, 1])], [5, 5, 5, 7, 7, 7]],
  ["rgbToGrayscale keeps int32", (x) => image.rgbToGrayscale(x), [colours.cast("int32")], [76, 149, 29, 254]],
  ["threshold, binary", (x) => image.threshold(x), [colours], [0, 255, 0, 255]],
  ["threshold, inverted", (x) => image.threshold(x, "binary", true, 0.2), [colours], [0, 0, 255, 0]],
  ["threshold, otsu", (x) => image.threshold(x, "otsu"), [int([10, 12, 200, 11, 210, 205], [2, 3, 1])], [0, 0, 255, 0, 255, 255]],
  ["threshold, otsu of one level", (x) => image.threshold(x, "otsu"), [int([9, 9], [1, 2, 1])], [255, 255]],
  ["a quarter turn", (x) => image.rotateWithOffset(x, Math.PI / 2, 9, [0, 0]), [small], [0, 4, 9, 9]],
  ["a quarter turn in its place", (x) => image.rotateWithOffset(x, Math.PI / 2, 9, 0.25), [small], [2, 6, 0, 4]],
  ["turned, with a fill", (x) => image.rotateWithOffset(x, 0.3, [1, 2, 3], 40), [gf.zeros([1, 1, 1, 4])], [1, 2, 3, 255]],
  ["shift, constant", (x, t) => image.transform(x, t, "nearest", "constant", 9), [row, shift(-2)], [9, 9, 1, 2]],
  ["shift, reflect", (x, t) => image.transform(x, t, "nearest", "reflect"), [row, shift(-2)], [2, 1, 1, 2]],
  ["shift, wrap", (x, t) => image.transform(x, t, "nearest", "wrap"), [row, shift(2)], [3, 4, 1, 2]],
  ["shift, nearest", (x, t) => image.transform(x, t, "nearest", "nearest"), [row, shift(2)], [3, 4, 4, 4]],
  ["shift by half", (x, t) => image.transform(x, t, "bilinear", "constant", 0, [1, 2]), [row, shift(0.5)], [1.5, 2.5]],
];

describe("values", () => {
  it.each(cases)("%s", async (_, run, xs, expected) => {
    const flat = [expected].flat(2).map((v) => expect.closeTo(v as number, 4));
    expect([...run(...xs).dataSync()]).toEqual(flat);
    const staged = compiled(run, { name: "f" })(...xs);
    expect([...(await staged.data())]).toEqual(flat);
  });

  it("infinite pixels stay what they are where nothing lies between", () => {
    const x = grey([[Infinity, 1]]);
    expect([...image.resizeBilinear(x, [1, 2]).dataSync()]).toEqual([Infinity, 1]);
    expect([...image.cropAndResize(x, [[0, 0, 1, 1]], [0], [1, 2]).dataSync()]).toEqual([Infinity, 1]);
    expect([...image.transform(x, shift(0), "bilinear").dataSync()]).toEqual([Infinity, 1]);
  });
});

describe("gradients", () => {
  const kinds = [
    [false, false],
    [true, false],
    [false, true],
  ] as const;
  const resizers = [image.resizeBilinear, image.resizeNearestNeighbor];

  it("are transposes: ⟨resize x, y⟩ = ⟨x, gradient of y⟩, and so is their gradient", () => {
    const random = new Random(3);
    const fill = (shape: number[]): gf.Tensor => {
      const n = shape.reduce((a, b) => a * b, 1);
      return gf.tensor(
        Array.from({ length: n }, () => random.next() - 0.5),
        shape,
        "float64",
      );
    };
    const inner = (a: gf.Tensor, b: gf.Tensor): number => gf.sum(gf.mul(a, b)).dataSync()[0] as number;
    for (let round = 0; round < 40; round++) {
      const length = () => random.int(1, 9);
      const x = fill([random.int(1, 2), length(), length(), random.int(1, 3)]);
      const size: [number, number] = [length(), length()];
      const [align, half] = kinds[round % 3] ?? [false, false];
      const resize = (t: gf.Tensor) => (resizers[round % 2] as typeof image.resizeBilinear)(t, size, align, half);
      const y = fill(resize(x).shape as number[]);
      const dx = gf.grad(resize)(x, y);
      expect(inner(resize(x), y)).toBeCloseTo(inner(x, dx), 10);
      // Linear in dy: its gradient with respect to dy is the forward op again.
      const back = gf.grad((dy) => gf.sum(gf.mul(gf.grad(resize)(x, dy), x)));
      expect([...back(y).dataSync()]).toEqual([...resize(x).dataSync()].map((v) => expect.closeTo(v as number, 10)));
    }
  });

  it("of a turned image reach the pixels that were taken", () => {
    const dx = gf.grad((x) => image.rotateWithOffset(x, Math.PI / 2, 0, [0, 0]))(small);
    expect([...dx.dataSync()]).toEqual([1, 0, 1, 0]);
  });

  it("cropAndResize and transform refuse, as in TensorFlow.js", () => {
    const boxes = gf.tensor([[0, 0, 1, 1]]);
    expect(codeOf(() => gf.grad((x) => image.cropAndResize(x, boxes, [0], [2, 2]))(small))).toBe("E_GRADIENT");
    expect(codeOf(() => gf.grad((x) => image.transform(x, shift(1)))(small))).toBe("E_GRADIENT");
  });
});

describe("nonMaxSuppression", () => {
  const boxes = gf.tensor([
    [0, 0, 1, 1],
    [0, 0.1, 1, 1.1],
    [0, -0.1, 1, 0.9],
    [0, 10, 1, 11],
    [1, 11.1, 0, 10.1],
    [0, 100, 1, 101],
  ]);
  const scores = [0.9, 0.75, 0.6, 0.95, 0.5, 0.3];
  const list = (t: gf.Tensor): number[] => [...t.dataSync()] as number[];

  it("keeps the best of those that overlap", () => {
    expect(list(image.nonMaxSuppression(boxes, scores, 3))).toEqual([3, 0, 5]);
    expect(list(image.nonMaxSuppression(boxes, scores, 2))).toEqual([3, 0]);
    expect(list(image.nonMaxSuppression(boxes, scores, 9, 0.5, 0.4))).toEqual([3, 0]);
    expect(list(image.nonMaxSuppression(boxes, scores, 9, 1))).toEqual([3, 0, 1, 2, 4, 5]);
    expect(list(image.nonMaxSuppression(gf.zeros([0, 4]), gf.zeros([0]), 3))).toEqual([]);
  });

  it("equal scores go by index; NaN is no score", () => {
    expect(list(image.nonMaxSuppression(boxes, [0.5, 0.5, 0.5, NaN, 0.5, 0.5], 9, 1))).toEqual([0, 1, 2, 4, 5]);
  });

  it("with scores, which overlaps lower", () => {
    const { selectedIndices, selectedScores } = image.nonMaxSuppressionWithScore(boxes, scores, 6, 1, 0, 0.5);
    expect(list(selectedIndices)).toEqual([3, 0, 1, 5, 4, 2]);
    const [iou1, iou2] = [0.9 / 1.1, 0.8 / 1.2];
    const lowered = [
      0.95,
      0.9,
      0.75 * Math.exp(-iou1 * iou1),
      0.3,
      0.5 * Math.exp(-iou1 * iou1),
      0.6 * Math.exp(-iou1 * iou1 - iou2 * iou2),
    ];
    expect(list(selectedScores)).toEqual(lowered.map((v) => expect.closeTo(v, 5)));
  });

  it("padded", () => {
    const { selectedIndices, validOutputs } = image.nonMaxSuppressionPadded(boxes, scores, 5, 0.5, 0, true);
    expect(list(selectedIndices)).toEqual([3, 0, 5, 0, 0]);
    expect(list(validOutputs)).toEqual([3]);
    expect(validOutputs.shape).toEqual([]);
    expect(list(image.nonMaxSuppressionPadded(boxes, scores, 5).selectedIndices)).toEqual([3, 0, 5]);
  });

  it("by promise, and leaves no tensors behind", async () => {
    const before = gf.memory().numTensors;
    const plain = await image.nonMaxSuppressionAsync(boxes, scores, 3);
    const scored = await image.nonMaxSuppressionWithScoreAsync(boxes, scores, 3);
    const padded = await image.nonMaxSuppressionPaddedAsync(boxes, scores, 3);
    expect([plain, scored.selectedIndices, padded.selectedIndices].map(list)).toEqual([
      [3, 0, 5],
      [3, 0, 5],
      [3, 0, 5],
    ]);
    expect(gf.memory().numTensors).toBe(before + 5);
  });

  it("is refused in a graph function, also the promises", () => {
    for (const f of [image.nonMaxSuppression, image.nonMaxSuppressionAsync, image.nonMaxSuppressionPaddedAsync]) {
      expect(codeOf(() => compiled((b: gf.Tensor) => f(b, scores, 3) as gf.Tensor, { name: "f" })(boxes))).toBe("E_SYMBOLIC");
    }
  });
});

describe("refused", () => {
  const refused: [string, () => unknown, string][] = [
    ["resize of a matrix", () => image.resizeBilinear(gf.zeros([2, 2]), [1, 1]), "E_SHAPE"],
    ["resize to nothing", () => image.resizeBilinear(small, [0, 1]), "E_ARGUMENT"],
    ["resize to one number", () => image.resizeBilinear(small, 3 as never), "E_ARGUMENT"],
    ["resize to fractions", () => image.resizeNearestNeighbor(small, [1.5, 2]), "E_ARGUMENT"],
    ["both conventions", () => image.resizeNearestNeighbor(small, [2, 2], true, true), "E_ARGUMENT"],
    ["no pixels", () => image.resizeBilinear(gf.zeros([1, 0, 2, 1]), [2, 2]), "E_SHAPE"],
    ["box of no image", () => image.cropAndResize(small, [[0, 0, 1, 1]], [1], [2, 2]), "E_INDEX"],
    ["method", () => image.cropAndResize(small, [[0, 0, 1, 1]], [0], [2, 2], "cubic" as never), "E_ARGUMENT"],
    ["boxes", () => image.cropAndResize(small, [[0, 0, 1]], [0], [2, 2]), "E_SHAPE"],
    ["flip of rank 3", () => image.flipLeftRight(gf.zeros([2, 2, 1])), "E_SHAPE"],
    ["fill of two", () => image.rotateWithOffset(small, 1, [1, 2] as never), "E_ARGUMENT"],
    ["no angle", () => image.rotateWithOffset(small, NaN), "E_ARGUMENT"],
    ["transforms", () => image.transform(small, gf.zeros([2, 8])), "E_SHAPE"],
    ["fill mode", () => image.transform(small, shift(0), "nearest", "mirror" as never), "E_ARGUMENT"],
    ["interpolation", () => image.transform(small, shift(0), "cubic" as never), "E_ARGUMENT"],
    ["two channels", () => image.rgbToGrayscale(gf.zeros([2, 2])), "E_SHAPE"],
    ["grey of three", () => image.grayscaleToRGB(gf.zeros([2, 3])), "E_SHAPE"],
    ["threshold of bool", () => image.threshold(gf.zeros([2, 2, 1], "bool")), "E_DTYPE"],
    ["threshold method", () => image.threshold(gf.zeros([2, 2, 1]), "mean" as never), "E_ARGUMENT"],
    ["otsu of negative pixels", () => image.threshold(gf.fill([2, 2, 1], -3), "otsu"), "E_INDEX"],
    ["iouThreshold", () => image.nonMaxSuppression([[0, 0, 1, 1]], [1], 1, 2), "E_ARGUMENT"],
    ["maxOutputSize", () => image.nonMaxSuppression([[0, 0, 1, 1]], [1], -1), "E_ARGUMENT"],
    ["scores", () => image.nonMaxSuppression([[0, 0, 1, 1]], [1, 2], 1), "E_SHAPE"],
  ];
  it.each(refused)("%s", (_, run, code) => expect(codeOf(run)).toBe(code));
});
