/**
 * Ops over windows as users call them: forms of data, against TensorFlow.js on its own arguments, and arguments that go wrong. Values
 * of the kernels themselves are judged by records and by test/native.
 */
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { Random } from "../support/random.ts";

function values(random: Random, shape: readonly number[]): number[] {
  return Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => (random.next() - 0.5) * 4);
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof gf.GraphFnError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

/** The same call in both libraries. */
function same(shapes: readonly (readonly number[])[], call: (t: typeof gf, ...xs: gf.Tensor[]) => gf.Tensor, seed = 1): void {
  const random = new Random(seed);
  const given = shapes.map((shape) => values(random, shape));
  const ours = call(gf, ...given.map((v, i) => gf.tensor(v, [...(shapes[i] as number[])])));
  const theirs = call(
    tf as unknown as typeof gf,
    ...given.map((v, i) => tf.tensor(v, [...(shapes[i] as number[])]) as unknown as gf.Tensor),
  );
  expect(ours.shape).toEqual(theirs.shape);
  const [a, b] = [ours.dataSync(), theirs.dataSync()];
  for (let i = 0; i < b.length; i++) expect(a[i]).toBeCloseTo(b[i] as number, 4);
}

describe("like TensorFlow.js", () => {
  it("conv3d, conv3dTranspose", () => {
    for (const pad of ["valid", "same"] as const) {
      same([[2, 5, 6, 7, 3], [2, 3, 2, 3, 4]], (t, x, f) => t.conv3d(x as gf.Tensor, f as gf.Tensor, [2, 1, 3], pad)); // biome-ignore format: short
      same([[5, 6, 7, 3], [2, 3, 2, 3, 4]], (t, x, f) => t.conv3d(x as gf.Tensor, f as gf.Tensor, 1, pad, "NDHWC", [2, 1, 3])); // biome-ignore format: short
    }
    same([[1, 2, 3, 2, 2], [2, 2, 3, 3, 2]], (t, x, f) => t.conv3dTranspose(x as gf.Tensor, f as gf.Tensor, [1, 4, 6, 4, 3], 2, "same")); // biome-ignore format: short
  });

  it("depthwiseConv2d, separableConv2d", () => {
    for (const pad of ["valid", "same", 1] as const) {
      same([[2, 7, 6, 5], [3, 3, 5, 2]], (t, x, f) => t.depthwiseConv2d(x as gf.Tensor, f as gf.Tensor, 2, pad)); // biome-ignore format: short
      same([[9, 8, 3], [3, 3, 3, 1]], (t, x, f) => t.depthwiseConv2d(x as gf.Tensor, f as gf.Tensor, 1, pad, "NHWC", 2)); // biome-ignore format: short
    }
    same([[1, 6, 6, 3], [3, 3, 3, 2], [1, 1, 6, 4]], (t, x, f, g) =>
      t.separableConv2d(x as gf.Tensor, f as gf.Tensor, g as gf.Tensor, 2, "same")); // biome-ignore format: short
  });

  it("pools of volumes, dilation2d, localResponseNormalization", () => {
    for (const pad of ["valid", "same", 1] as const) {
      same([[2, 5, 6, 7, 3]], (t, x) => t.maxPool3d(x as gf.Tensor, 3, [2, 1, 3], pad));
      same([[5, 6, 7, 3]], (t, x) => t.avgPool3d(x as gf.Tensor, 2, 2, pad));
    }
    for (const pad of ["valid", "same"] as const) {
      same([[2, 7, 6, 3], [2, 3, 3]], (t, x, f) => t.dilation2d(x as gf.Tensor, f as gf.Tensor, [1, 2], pad, [2, 1])); // biome-ignore format: short
    }
    same([[2, 3, 3, 9]], (t, x) => t.localResponseNormalization(x as gf.Tensor, 2, 1.5, 0.3, 0.7));
    same([[6, 7, 3]], (t, x) => t.pool(x as gf.Tensor, [2, 3], "max", "valid", [2, 1]));
    same([[6, 7, 3]], (t, x) => t.pool(x as gf.Tensor, [2, 3], "avg", "valid", [2, 2]));
  });
});

describe("forms", () => {
  it("channels first are those last, moved", () => {
    const random = new Random(4);
    const x = gf.tensor(values(random, [2, 4, 5, 6, 3]), [2, 4, 5, 6, 3]);
    const f = gf.tensor(values(random, [2, 2, 2, 3, 2]), [2, 2, 2, 3, 2]);
    const first = (t: gf.Tensor) => gf.transpose(t, [0, 4, 1, 2, 3]);
    const pad = [[0, 0], [0, 0], [1, 0], [0, 1], [1, 1]] as const; // biome-ignore format: short
    const moved = [pad[0], pad[2], pad[3], pad[4], pad[1]] as const;
    expect([...gf.conv3d(first(x), f, 2, pad, "NCDHW").dataSync()]).toEqual([...first(gf.conv3d(x, f, 2, moved)).dataSync()]);
    const pools = [gf.maxPool3d(first(x), 2, 2, "same", undefined, "NCDHW"), first(gf.maxPool3d(x, 2, 2, "same"))];
    expect([...(pools[0] as gf.Tensor).dataSync()]).toEqual([...(pools[1] as gf.Tensor).dataSync()]);
    const [image, own] = [gf.slice(x, 0, 1).reshape([4, 5, 18]), gf.tensor(values(random, [2, 2, 18, 1]), [2, 2, 18, 1])];
    const turned = gf.depthwiseConv2d(gf.transpose(image, [2, 0, 1]), own, 1, "same", "NCHW");
    expect([...turned.dataSync()]).toEqual([...gf.transpose(gf.depthwiseConv2d(image, own, 1, "same"), [2, 0, 1]).dataSync()]);
  });

  it("methods are the functions", () => {
    const random = new Random(5);
    const x = gf.tensor(values(random, [1, 4, 4, 2]), [1, 4, 4, 2]);
    const [f, cells] = [gf.tensor(values(random, [2, 2, 2, 1]), [2, 2, 2, 1]), gf.tensor(values(random, [2, 2, 2]), [2, 2, 2])];
    const point = gf.tensor(values(random, [1, 1, 2, 3]), [1, 1, 2, 3]);
    for (const [a, b] of [
      [x.depthwiseConv2d(f, 1, "same"), gf.depthwiseConv2d(x, f, 1, "same")],
      [x.separableConv2d(f, point, 1, "same"), gf.separableConv2d(x, f, point, 1, "same")],
      [x.dilation2d(cells, 1, "same"), gf.dilation2d(x, cells, 1, "same")],
      [x.pool(2, "max", "valid", 2), gf.pool(x, 2, "max", "valid", 2)],
      [x.localResponseNormalization(1), gf.localResponseNormalization(x, 1)],
      [x.batchNorm([0, 1], [1, 2]), gf.batchNorm(x, [0, 1], [1, 2])],
    ] as const) {
      expect([...a.dataSync()]).toEqual([...b.dataSync()]);
    }
  });

  it("maxPoolWithArgmax: the largest, and where it is", () => {
    const x = gf.tensor([1, 9, 3, 4, 5, 6, 7, 8, 2, 0, 2, 2, 2, 2, 2, 2], [2, 2, 4, 1]);
    const { result, indexes } = gf.maxPoolWithArgmax(x, 2, 2, "valid");
    expect([...result.dataSync()]).toEqual([9, 8, 2, 2]);
    expect(indexes.dtype).toBe("int32");
    expect([...indexes.dataSync()]).toEqual([1, 7, 0, 2]);
    expect([...gf.maxPoolWithArgmax(x, 2, 2, "valid", true).indexes.dataSync()]).toEqual([1, 7, 8, 10]);
  });

  it("dilated pools leave padding out", () => {
    const x = gf.tensor([-1, -2, -3, -4, -5, -6, -7, -8, -9], [3, 3, 1]);
    // Every other cell, with a cell of padding around: the four corners of each window that lie in the image.
    expect([...gf.pool(x, 2, "max", "same", 2).dataSync()]).toEqual([-5, -4, -5, -2, -1, -2, -5, -4, -5]);
    expect([...gf.pool(x, 2, "avg", "same", 2).dataSync()]).toEqual([-5, -5, -5, -5, -5, -5, -5, -5, -5]);
  });
});

describe("in graph functions", () => {
  it("the same results as at once", () => {
    const random = new Random(6);
    const of = (shape: number[]): gf.Tensor => gf.tensor(values(random, shape), shape);
    const body = (x: gf.Tensor, f: gf.Tensor, v: gf.Tensor, g: gf.Tensor): gf.Tensor[] => [
      gf.relu(gf.depthwiseConv2d(x, f, 2, "same")),
      gf.conv3d(v, g, 1, "same"),
      gf.maxPool3d(v, 2, 2, "same"),
      gf.maxPoolWithArgmax(x, 2, 2, "same").indexes,
      gf.localResponseNormalization(x, 1),
      gf.dilation2d(x, gf.sum(f, 3), 1, "same"),
      gf.fused.conv2d({ x, filter: f, strides: 1, pad: "same", bias: [1, 2], activation: "leakyrelu" }),
    ];
    const args = [of([1, 5, 6, 3]), of([3, 3, 3, 2]), of([1, 3, 4, 5, 2]), of([2, 2, 2, 2, 3])] as const;
    const eager = body(...args);
    for (const [i, t] of (gf.graphFunction(body)(...args) as gf.Tensor[]).entries()) {
      const want = (eager[i] as gf.Tensor).dataSync();
      for (const [k, v] of t.dataSync().entries()) expect(v).toBeCloseTo(want[k] as number, 5);
    }
  });
});

describe("what goes wrong has a code", () => {
  const image = gf.ones([1, 4, 4, 2]);
  const volume = gf.ones([1, 3, 3, 3, 2]);
  it.each<[string, string, () => unknown]>([
    ["conv3d of an image", "E_SHAPE", () => gf.conv3d(gf.ones([4, 4, 2]), gf.ones([1, 1, 1, 2, 1]), 1, "same")],
    ["conv3d, channels", "E_SHAPE", () => gf.conv3d(volume, gf.ones([2, 2, 2, 3, 1]), 1, "same")],
    ["conv3d, format", "E_ARGUMENT", () => gf.conv3d(volume, gf.ones([2, 2, 2, 2, 1]), 1, "same", "NHWC" as never)],
    ["conv3d, two strides", "E_ARGUMENT", () => gf.conv3d(volume, gf.ones([2, 2, 2, 2, 1]), [1, 1] as never, "same")],
    ["conv3d, a huge stride", "E_ARGUMENT", () => gf.conv3d(volume, gf.ones([2, 2, 2, 2, 1]), 2 ** 31, "valid")],
    ["conv3d, pads that overflow", "E_SHAPE", () => gf.conv3d(volume, gf.ones([1, 1, 1, 2, 1]), 1, 2 ** 31 - 1)],
    ["conv3dTranspose, shape", "E_SHAPE", () => gf.conv3dTranspose(volume, gf.ones([2, 2, 2, 1, 2]), [1, 9, 9, 9, 1], 1, "same")],
    ["depthwiseConv2d, channels", "E_SHAPE", () => gf.depthwiseConv2d(image, gf.ones([2, 2, 3, 1]), 1, "same")],
    ["depthwiseConv2d, an empty window", "E_SHAPE", () => gf.depthwiseConv2d(image, gf.ones([0, 2, 2, 1]), 1, "same")],
    ["depthwiseConv2d, a dilation of 0", "E_ARGUMENT", () => gf.depthwiseConv2d(image, gf.ones([2, 2, 2, 1]), 1, "same", "NHWC", 0)],
    ["separableConv2d, channels", "E_SHAPE", () => gf.separableConv2d(image, gf.ones([2, 2, 2, 2]), gf.ones([1, 1, 3, 1]), 1, "same")],
    ["separableConv2d, channels first", "E_ARGUMENT", () => gf.separableConv2d(image, gf.ones([2, 2, 2, 1]), gf.ones([1, 1, 2, 1]), 1, "same", 1, "NCHW" as never)], // biome-ignore format: one row each
    ["maxPool3d of an image", "E_SHAPE", () => gf.maxPool3d(gf.ones([4, 4, 2]), 2, 2, "same")],
    ["maxPool3d, a window in the padding", "E_ARGUMENT", () => gf.maxPool3d(volume, 2, 2, 2)],
    ["pool, kind", "E_ARGUMENT", () => gf.pool(image, 2, "sum" as never, "same")],
    ["pool, cells that miss the image", "E_SHAPE", () => gf.pool(gf.ones([1, 1, 1, 1]), 2, "max", "same", 2)],
    ["pool, a huge dilation", "E_SHAPE", () => gf.pool(image, 2, "max", "valid", 2 ** 31 - 1)],
    ["maxPoolWithArgmax without batch", "E_SHAPE", () => gf.maxPoolWithArgmax(gf.ones([4, 4, 2]), 2, 2, "same")],
    ["dilation2d, channels", "E_SHAPE", () => gf.dilation2d(image, gf.ones([2, 2, 3]), 1, "same")],
    ["dilation2d, rank of the filter", "E_SHAPE", () => gf.dilation2d(image, gf.ones([2, 2, 2, 1]), 1, "same")],
    ["dilation2d, an empty filter", "E_SHAPE", () => gf.dilation2d(image, gf.ones([0, 2, 2]), 1, "valid")],
    ["localResponseNormalization, radius", "E_ARGUMENT", () => gf.localResponseNormalization(image, 1.5)],
    ["localResponseNormalization, rank", "E_SHAPE", () => gf.localResponseNormalization(gf.ones([4, 4]))],
    ["fused, activation", "E_ARGUMENT", () => gf.fused.matMul({ a: [[1]], b: [[1]], activation: "tanh" as never })],
    ["fused, prelu without weights", "E_ARGUMENT", () => gf.fused.matMul({ a: [[1]], b: [[1]], activation: "prelu" })],
    ["fused, a bias that is too large", "E_SHAPE", () => gf.fused.matMul({ a: [[1]], b: [[1]], bias: [1, 2] })],
    ["basicLSTMCell, kernel", "E_SHAPE", () => gf.basicLSTMCell(1, gf.ones([3, 7]), gf.ones([7]), gf.ones([1, 1]), gf.ones([1, 2]), gf.ones([1, 2]))], // biome-ignore format: one row each
    ["multiRNNCell, states", "E_ARGUMENT", () => gf.multiRNNCell([], gf.ones([1, 1]), [gf.ones([1, 1])], [])],
    ["movingAverage without step", "E_ARGUMENT", () => gf.movingAverage([1], [2], 0.9)],
    ["movingAverage, shapes", "E_SHAPE", () => gf.movingAverage([1], [2, 3], 0.9, 1)],
  ])("%s: %s", (_, code, run) => {
    expect(codeOf(run)).toBe(code);
  });

  it("no batch, no filters: empty results and gradients of zero", () => {
    expect(gf.conv3d(gf.zeros([0, 3, 3, 3, 2]), gf.ones([2, 2, 2, 2, 4]), 1, "same").shape).toEqual([0, 3, 3, 3, 4]);
    expect(gf.depthwiseConv2d(gf.zeros([0, 3, 3, 2]), gf.ones([2, 2, 2, 3]), 1, "same").shape).toEqual([0, 3, 3, 6]);
    const g = gf.grad((f) => gf.sum(gf.depthwiseConv2d(gf.zeros([0, 3, 3, 2]), f, 1, "same")))(gf.ones([2, 2, 2, 1]));
    expect([...g.dataSync()]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(gf.dilation2d(gf.zeros([2, 3, 3, 0]), gf.zeros([2, 2, 0]), 1, "same").shape).toEqual([2, 3, 3, 0]);
    expect(gf.maxPool3d(gf.zeros([0, 2, 2, 2, 1]), 2, 2, "same").shape).toEqual([0, 1, 1, 1, 1]);
  });

  it("windows far larger than the image, strides far larger than windows", () => {
    const far = gf.conv3d(gf.ones([1, 2, 2, 2, 1]), gf.ones([5, 5, 5, 1, 1]), 1000, 4);
    expect([far.shape, ...far.dataSync()]).toEqual([[1, 1, 1, 1, 1], 1]);
    const wide = gf.depthwiseConv2d(gf.ones([1, 2, 2, 1]), gf.ones([2, 2, 1, 1]), 1, "same", "NHWC", 1_000_000);
    // One cell of each window at most lies in the image.
    expect([...wide.dataSync()]).toEqual([0, 0, 0, 0]);
    expect([...gf.pool(gf.ones([1, 4, 4, 1]), 1, "avg", "valid", 1, 2 ** 31 - 1).dataSync()]).toEqual([1]);
  });
});
