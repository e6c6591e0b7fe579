/** Gradients of functions that pick, place and run along axes, where the samples of records do not look: zeros, repeats, other axes. */
import * as gf from "graphfn";
import { expect, it } from "vitest";

const f64 = (values: gf.NestedValues): gf.Tensor => gf.tensor(values, undefined, "float64");

/** Central differences of Σ weight · f(x), exact for f linear or quadratic in each element. */
function differences(f: (x: gf.Tensor) => gf.Tensor, x: gf.Tensor, weights: gf.Tensor): number[] {
  const data = x.dataSync();
  const at = (i: number, h: number): number => {
    const moved = data.map((v, k) => (k === i ? v + h : v));
    return f(gf.tensor(moved, x.shape, "float64"))
      .mul(weights)
      .sum()
      .dataSync()[0]!;
  };
  return [...data.keys()].map((i) => (at(i, 1e-4) - at(i, -1e-4)) / 2e-4);
}

function weightsFor(y: gf.Tensor): gf.Tensor {
  return gf.tensor(
    Float64Array.from({ length: y.size }, (_, i) => Math.cos(3 * i + 1)),
    y.shape,
    "float64",
  );
}

const m = f64([
  [1, -2, 3],
  [0.5, 4, -1],
]);
const cube = gf.tensor(
  Float64Array.from({ length: 24 }, (_, i) => Math.sin(i)),
  [2, 3, 4],
  "float64",
);
const CASES: [string, (x: gf.Tensor) => gf.Tensor, gf.Tensor][] = [
  ["cumprod through a zero", (x) => gf.cumprod(x), f64([2, 0, 3, -4])],
  ["cumprod through two zeros", (x) => gf.cumprod(x), f64([2, 0, 3, 0, 5])],
  ["cumprod that starts with a zero, exclusive", (x) => gf.cumprod(x, 0, true), f64([0, 3, -4, 2])],
  ["cumprod from the end, exclusive", (x) => gf.cumprod(x, 0, true, true), f64([2, 3, 0, 2, 7])],
  [
    "cumprod along another axis",
    (x) => gf.cumprod(x, 0),
    f64([
      [1, 0, 0],
      [0, 2, 0],
      [5, 6, 7],
    ]),
  ],
  ["gather of one row, many times", (x) => gf.gather(x, [1, 1, 0, 1]), m],
  [
    "gather along an inner axis",
    (x) =>
      gf.gather(
        x,
        gf.tensor(
          [
            [2, 0],
            [1, 2],
          ],
          [2, 2],
          "int32",
        ),
        1,
      ),
    cube,
  ],
  [
    "gather along the last axis by batch",
    (x) =>
      gf.gather(
        x,
        gf.tensor(
          [
            [3, 3],
            [0, 1],
          ],
          [2, 2],
          "int32",
        ),
        2,
        1,
      ),
    cube,
  ],
  ["gather of nothing", (x) => gf.gather(x, gf.tensor([], [0], "int32")), m],
  ["unsortedSegmentSum", (x) => gf.unsortedSegmentSum(x, [2, 0], 4), m],
  ["softmax along axis 0", (x) => gf.softmax(x, 0), m],
  ["logSoftmax along an inner axis", (x) => gf.logSoftmax(x, 1), cube],
  ["logSumExp over two axes", (x) => gf.logSumExp(x, [0, 2]), cube],
  ["logSumExp over all, kept", (x) => gf.logSumExp(x, null, true), cube],
  [
    "split and stack",
    (x) =>
      gf.stack(
        gf.split(x, [1, 2], 1).map((t) => t.sum(1)),
        1,
      ),
    m,
  ],
  ["unstack", (x) => gf.unstack(x, 1).reduce((a, b, i) => a.add(b.mul(i))), m],
  ["tile of several axes", (x) => gf.tile(x, [2, 1, 3]), cube],
  ["stridedSlice backwards, in steps", (x) => gf.stridedSlice(x, [1, 2, 3], [-3, -4, -5], [-1, -2, -3]), cube],
  ["moments", (x) => gf.moments(x, 0).variance, m],
  ["batchNorm by its own moments", (x) => gf.batchNorm(x, gf.moments(x, 0).mean, gf.moments(x, 0).variance, null, null, 0.5), m],
  ["dropout", (x) => gf.dropout(x, 0.5, null, 8), m],
  ["norm", (x) => gf.norm(x, "euclidean", 1), m],
];
it.each(CASES)("%s", (_, f, x) => {
  const weights = weightsFor(f(x));
  const given = gf.grad((t) => f(t).mul(weights).sum())(x);
  expect(given.shape).toEqual(x.shape);
  const want = differences(f, x, weights);
  given.dataSync().forEach((v, i) => {
    expect(v).toBeCloseTo(want[i]!, 6);
  });
});

it("the gradient of float32 rows picked many times is added up, natively too", () => {
  const table = gf.ones([100, 64]);
  const ids = gf.tensor(Int32Array.from({ length: 1000 }, (_, i) => (i * i) % 100));
  const counts = new Array<number>(100).fill(0);
  for (const id of ids.dataSync()) counts[id]!++;
  const dx = gf.grad((t) => gf.gather(t, ids).sum())(table);
  expect([...dx.slice([0, 5], [-1, 1]).dataSync()]).toEqual(counts);
});

it("softmax cross entropy has the gradient softmax − labels, for logits that overflow exp as well", () => {
  const logits = f64([
    [1000, 0, -1000],
    [1, 2, 3],
  ]);
  const labels = f64([
    [0, 1, 0],
    [0, 0, 1],
  ]);
  const dx = gf.grad((x) => gf.logSoftmax(x).mul(labels).sum().neg())(logits);
  const want = gf.softmax(logits).sub(labels).dataSync();
  dx.dataSync().forEach((v, i) => {
    expect(v).toBeCloseTo(want[i]!, 14);
  });
});
