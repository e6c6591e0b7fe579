/** batchNorm against its formula, and what it refuses. */
import { describe, expect, it } from "vitest";
import * as gf from "../../runtime/src/index.ts";

function expectClose(got: gf.Tensor, want: readonly number[]): void {
  const values = [...got.dataSync()];
  for (const [i, y] of want.entries()) expect(values[i]).toBeCloseTo(y, 14);
}

describe("batchNorm", () => {
  const x = gf.tensor([1, 2, 3, 4, 5, 6], [3, 2], "float64");
  const [m, v, offset, scale] = [
    [3, 4],
    [2, 8],
    [1, -1],
    [2, 0.5],
  ].map((list) => gf.tensor(list, [2], "float64")) as [gf.Tensor, gf.Tensor, gf.Tensor, gf.Tensor];
  const want = (epsilon: number) =>
    [1, 2, 3, 4, 5, 6].map((value, i) => {
      const k = i % 2;
      return ((value - [3, 4][k]!) / Math.sqrt([2, 8][k]! + epsilon)) * [2, 0.5][k]! + [1, -1][k]!;
    });

  it("normalises by channel, with 0.001 added to the variance by default", () => {
    expectClose(gf.batchNorm(x, m, v, offset, scale), want(0.001));
    expectClose(gf.batchNorm2d(x, m, v, offset, scale, 1), want(1));
  });

  it("goes without offset and scale, and takes statistics of x's rank", () => {
    const bare = want(0).map((y, i) => (y - [1, -1][i % 2]!) / [2, 0.5][i % 2]!);
    expectClose(gf.batchNorm(x, gf.reshape(m, [1, 2]), gf.reshape(v, [1, 2]), null, null, 0), bare);
    const { mean, variance } = gf.moments(x, 0);
    expectClose(gf.moments(gf.batchNorm(x, mean, variance, undefined, undefined, 0), 0).variance, [1, 1]);
  });

  it("refuses what does not fit", () => {
    expect(() => gf.batchNorm(x, [1, 2, 3], v)).toThrow(/E_SHAPE/);
    expect(() => gf.batchNorm(x, m, gf.ones([3, 1, 2]))).toThrow(/variance has shape \[3,1,2\], but must have rank 1, or rank 2/);
    expect(() => gf.batchNorm([1, 2], gf.ones([2]), gf.ones([2]), gf.ones([2]), undefined, -1)).toThrow(/varianceEpsilon/);
    expect(() => gf.batchNorm(gf.ones([1, 2]), gf.ones([5, 2]), gf.ones([2]))).toThrow(/would make \[5,2\] of x \[1,2\]/);
    expect(() => gf.batchNorm4d(x, m, v)).toThrow(/batchNorm4d: x has shape \[3,2\], but must have rank 4/);
  });
});
