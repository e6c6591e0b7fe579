/**
 * Gradients of convolutions and pools in float64: against central differences, of first and second order, and by identities
 * that hold to rounding (each gradient op is the transpose of a linear map).
 */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { Random } from "../support/random.ts";

function normal(random: Random, shape: readonly number[]): gf.Tensor {
  const n = shape.reduce((a, b) => a * b, 1);
  const values = Array.from({ length: n }, () => (random.next() - 0.5) * 4);
  return gf.tensor(values, [...shape], "float64");
}

const inner = (a: gf.Tensor, b: gf.Tensor): gf.Tensor => gf.sum(gf.mul(a, b));
const number = (t: gf.Tensor): number => t.dataSync()[0] as number;

/** (f(x + h·v) − f(x − h·v)) / 2h for a scalar function. */
function slope(f: (x: gf.Tensor) => gf.Tensor, x: gf.Tensor, v: gf.Tensor, h = 1e-5): number {
  return (number(f(gf.add(x, gf.mul(v, h)))) - number(f(gf.sub(x, gf.mul(v, h))))) / (2 * h);
}

/** The gradient, and the gradient of ⟨gradient, w⟩, along random directions. */
function checkAlong(f: (x: gf.Tensor) => gf.Tensor, x: gf.Tensor, random: Random, what: string): void {
  const [v, w] = [normal(random, x.shape), normal(random, x.shape)];
  expect(number(inner(gf.grad(f)(x), v)), what).toBeCloseTo(slope(f, x, v), 5);
  const along = (t: gf.Tensor): gf.Tensor => inner(gf.grad(f)(t), w);
  expect(number(inner(gf.grad(along)(x), v)), `${what}, second order`).toBeCloseTo(slope(along, x, v), 4);
}

interface Form {
  readonly x: readonly number[];
  readonly filter: readonly number[];
  readonly strides: [number, number];
  readonly pad: "valid" | "same" | 1;
  readonly dilations: [number, number];
}

function formOf(random: Random): Form {
  return {
    x: [random.int(1, 2), random.int(5, 7), random.int(5, 7), random.int(1, 2)],
    filter: [random.int(1, 3), random.int(1, 3), 0, random.int(1, 3)],
    strides: [random.int(1, 3), random.int(1, 3)],
    pad: random.pick(["valid", "same", 1] as const),
    dilations: [random.int(1, 2), random.int(1, 2)],
  };
}

describe("conv2d", () => {
  it("first and second order with respect to image and filter", () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = new Random(seed);
      const { x: shape, filter, strides, pad, dilations } = formOf(random);
      const [x, k] = [normal(random, shape), normal(random, [...filter.slice(0, 2), shape[3] as number, filter[3] as number])];
      const conv = (a: gf.Tensor, b: gf.Tensor): gf.Tensor => gf.conv2d(a, b, strides, pad, "NHWC", dilations);
      const weight = normal(random, conv(x, k).shape);
      // The tanh makes second derivatives that are not zero.
      checkAlong((t) => inner(gf.tanh(conv(t, k)), weight), x, random, `seed ${seed}, image`);
      checkAlong((t) => inner(gf.tanh(conv(x, t)), weight), k, random, `seed ${seed}, filter`);
      // Mixed: how the gradient of one changes with the other.
      const w = normal(random, k.shape);
      const mixed = (t: gf.Tensor): gf.Tensor => inner(gf.grad((b) => inner(gf.tanh(conv(t, b)), weight))(k), w);
      const v = normal(random, shape);
      expect(number(inner(gf.grad(mixed)(x), v)), `seed ${seed}, mixed`).toBeCloseTo(slope(mixed, x, v), 4);
    }
  });

  it("conv1d and conv2dTranspose", () => {
    const random = new Random(5);
    const [line, k] = [normal(random, [2, 7, 2]), normal(random, [3, 2, 3])];
    checkAlong((t) => gf.sum(gf.tanh(gf.conv1d(t, k, 2, "same"))), line, random, "line");
    checkAlong(
      (t) => gf.sum(gf.tanh(gf.conv2d(gf.expandDims(line, 0), t, 1, "valid", "NCHW"))),
      normal(random, [2, 2, 2, 3]),
      random,
      "channels first",
    );
    const [x, f] = [normal(random, [1, 3, 4, 2]), normal(random, [3, 2, 3, 2])];
    checkAlong((t) => gf.sum(gf.tanh(gf.conv2dTranspose(t, f, [1, 6, 8, 3], 2, "same"))), x, random, "image");
    checkAlong((t) => gf.sum(gf.tanh(gf.conv2dTranspose(x, t, [1, 6, 8, 3], 2, "same"))), f, random, "filter");
  });
});

describe("pools", () => {
  it.each([
    ["maxPool", gf.maxPool],
    ["avgPool", gf.avgPool],
  ] as const)("%s, first and second order", (_, pool) => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = new Random(seed);
      const x = normal(random, [random.int(1, 2), random.int(4, 7), random.int(4, 7), random.int(1, 3)]);
      const window = [random.int(2, 3), random.int(2, 3)] as const;
      const stride = [random.int(1, 3), random.int(1, 3)] as const;
      const pad = random.pick(["valid", "same", 1] as const);
      checkAlong((t) => gf.sum(gf.square(gf.tanh(pool(t, window, stride, pad)))), x, random, `seed ${seed}`);
    }
  });

  it("the first of equal cells gets the gradient of maxPool", () => {
    const g = gf.grad((t) => gf.sum(gf.maxPool(t, 2, 2, "valid")));
    expect([...g(gf.zeros([1, 2, 4, 1], "float64")).dataSync()]).toEqual([1, 0, 1, 0, 0, 0, 0, 0]);
    expect([...g(gf.tensor([1, 3, 3, 3], [1, 2, 2, 1])).dataSync()]).toEqual([0, 1, 0, 0]);
  });
});

describe("compositions", () => {
  const random = new Random(12);
  const of = (...shape: number[]): gf.Tensor => normal(random, shape);
  const [x, own, point] = [of(1, 5, 4, 3), of(3, 2, 3, 2), of(1, 1, 6, 2)];
  const [v, filter] = [of(1, 3, 4, 3, 2), of(2, 3, 2, 2, 2)];
  const [bias, alpha] = [of(6), of(6)];
  const [kernel, gates, c, h] = [of(5, 8), of(8), of(2, 2), of(2, 2)];
  const total = (t: gf.Tensor): gf.Tensor => gf.sum(gf.square(gf.tanh(t)));
  const CASES: readonly (readonly [string, gf.Tensor, (t: gf.Tensor) => gf.Tensor])[] = [
    ["depthwiseConv2d, image", x, (t) => gf.depthwiseConv2d(t, own, 2, "same")],
    ["depthwiseConv2d, filter", own, (t) => gf.depthwiseConv2d(x, t, 1, "same", "NHWC", 2)],
    ["separableConv2d", x, (t) => gf.separableConv2d(t, own, point, 1, "same")],
    ["conv3d, volume", v, (t) => gf.conv3d(t, filter, [1, 2, 1], "same")],
    ["conv3d, filter", filter, (t) => gf.conv3d(v, t, 2, "same")],
    ["conv3dTranspose", v, (t) => gf.conv3dTranspose(t, filter, [1, 6, 8, 6, 2], 2, "same")],
    ["maxPool3d", v, (t) => gf.maxPool3d(t, 2, [1, 2, 1], "same")],
    ["avgPool3d", v, (t) => gf.avgPool3d(t, 2, [2, 1, 1], "same")],
    ["pool, dilated", x, (t) => gf.pool(t, 2, "max", "same", 2)],
    ["pool of averages, dilated", x, (t) => gf.pool(t, [2, 3], "avg", "same", [2, 1])],
    ["maxPoolWithArgmax", x, (t) => gf.maxPoolWithArgmax(t, 2, 2, "same").result],
    ["dilation2d", x, (t) => gf.dilation2d(t, own.slice([0, 0, 0, 0], [3, 2, 3, 1]).squeeze(3), 1, "same")],
    ["localResponseNormalization", x, (t) => gf.localResponseNormalization(t, 1, 1.2, 0.4, 0.75)],
    ["fused.conv2d", x, (t) => gf.fused.conv2d({ x: t, filter: point.reshape([1, 2, 3, 2]), strides: 1, pad: "same", bias: [1, 2], activation: "sigmoid" })], // biome-ignore format: one row each
    ["fused.depthwiseConv2d, weights", alpha, (t) => gf.fused.depthwiseConv2d({ x, filter: own, strides: 1, pad: "same", bias, activation: "prelu", preluActivationWeights: t })], // biome-ignore format: one row each
    ["fused.matMul, bias", bias, (t) => gf.fused.matMul({ a: kernel, b: of(8, 6).mul(0).add(0.3), bias: t, activation: "leakyrelu" })],
    ["basicLSTMCell, kernel", kernel, (t) => gf.concat([...gf.basicLSTMCell(1, t, gates, x.reshape([20, 3]).slice(0, 2), c, h)], 0)],
    ["movingAverage", c, (t) => gf.movingAverage(t, h, 0.9, 3)],
  ];
  it.each(CASES)("%s, first and second order", (name, at, f) => {
    checkAlong((t) => total(f(t)), at, random, name);
  });
});

it("the same gradients in a graph function", () => {
  const random = new Random(9);
  const [x, k] = [normal(random, [2, 6, 5, 2]), normal(random, [3, 3, 2, 4])];
  const net = (a: gf.Tensor, b: gf.Tensor): gf.Tensor => {
    const hidden = gf.relu(gf.conv2d(a, b, 1, "same"));
    return gf.sum(gf.square(gf.add(gf.maxPool(hidden, 2, 2, "same"), gf.avgPool(hidden, 3, 2, "same"))));
  };
  const eager = gf.valueAndGrads(net)([x, k]);
  const graph = gf.graphFunction((a: gf.Tensor, b: gf.Tensor) => {
    const { value, grads } = gf.valueAndGrads(net)([a, b]);
    return [value, ...grads];
  });
  const got = graph(x, k) as gf.Tensor[];
  for (const [i, t] of [eager.value, ...eager.grads].entries()) {
    const values = t.dataSync();
    // Sums of a few elements are added in another order outside of graphs.
    for (const [k, v] of (got[i] as gf.Tensor).dataSync().entries()) expect(v).toBeCloseTo(values[k] as number, 9);
  }
});
