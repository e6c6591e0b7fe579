/** for…of over datasets in graph functions: a loop over rows, read at each call. */
import * as gf from "graphfn";
import { expect, test } from "vitest";

const numbers = (t: gf.Tensor): number[] => [...t.dataSync()];
const xs = gf.tensor(
  [
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 8],
    [9, 10],
  ],
  undefined,
  "float64",
);

test("batches, the last one smaller, in the order of each call", () => {
  const ds = gf.data.fromTensorSlices({ x: xs }).shuffle(5, 3).batch(2);
  const sums = gf.graphFunction((scale: gf.Tensor) => {
    let total: gf.Tensor = gf.zeros([2], "float64");
    let weighted: gf.Tensor = gf.zeros([2], "float64");
    let k: gf.Tensor = 1;
    for (const { x } of ds) {
      total = total.add(x.sum(0)).mul(scale);
      weighted = weighted.add(x.sum(0).mul(k));
      k = k.add(1);
    }
    return [total, weighted];
  });
  const one = gf.scalar(1, "float64");
  const results = [1, 2, 3].map(() => (sums(one) as gf.Tensor[]).map(numbers));
  for (const [total] of results) expect(total).toEqual([25, 30]);
  expect(new Set(results.map(([, weighted]) => String(weighted))).size).toBeGreaterThan(1);
  expect(sums.traces).toBe(1);
});

test("break and return leave the loop, also before a smaller last batch", () => {
  const ds = gf.data.fromTensorSlices(xs).batch(2);
  const find = gf.graphFunction((limit: gf.Tensor): gf.Tensor => {
    let seen: gf.Tensor = gf.scalar(0, "float64");
    for (const x of ds) {
      if (x.sum() > limit) return seen.neg();
      seen = seen.add(x.sum());
      if (seen > 30) break;
    }
    return seen;
  });
  expect([5, 11, 100].map((limit) => numbers(find(gf.scalar(limit, "float64")))[0])).toEqual([-0, -10, 36]);
});

test("another number of batches is another trace; an endless dataset is refused", () => {
  let n = 2;
  const ds = gf.data.generator(function* () {
    for (let i = 0; i < n; i++) yield gf.fill([3], i + 1);
  });
  const total = gf.graphFunction((start: gf.Tensor): gf.Tensor => {
    let sum = start;
    for (const x of ds) sum = sum.add(x);
    return sum;
  });
  expect(numbers(total(gf.zeros([3])))).toEqual([3, 3, 3]);
  n = 4;
  expect(numbers(total(gf.zeros([3])))).toEqual([10, 10, 10]);
  expect(total.traces).toBe(2);
  const endless = gf.data.fromTensorSlices(xs).repeat();
  const never = gf.graphFunction((start: gf.Tensor): gf.Tensor => {
    let sum = start;
    for (const x of endless) sum = sum.add(x);
    return sum;
  });
  expect(() => never(gf.zeros([2], "float64"))).toThrow("has no end");
});

test("a whole epoch of training in one call", () => {
  const w = gf.variable(gf.zeros([2], "float64"), true, "w");
  const ds = gf.data.fromTensorSlices({ x: xs, y: xs.mul(gf.tensor([2, -1], undefined, "float64")).sum(1) }).batch(2);
  const epoch = gf.graphFunction((rate: gf.Tensor): gf.Tensor => {
    let last: gf.Tensor = gf.scalar(0, "float64");
    for (const { x, y } of ds) {
      const tape = gf.gradientTape();
      const loss = x.mul(w).sum(1).sub(y).square().mean();
      w.assignSub(tape.gradient(loss, w).mul(rate));
      last = loss;
    }
    return last;
  });
  const rate = gf.scalar(0.005, "float64");
  for (let i = 0; i < 3; i++) epoch(rate);
  // The same by hand.
  const v = [0, 0];
  const rows = xs.arraySync() as [number, number][];
  for (let i = 0; i < 3; i++) {
    for (const batch of [rows.slice(0, 2), rows.slice(2, 4), rows.slice(4)]) {
      const errors = batch.map(([a, b]) => a * (v[0] as number) + b * (v[1] as number) - (2 * a - b));
      for (const k of [0, 1])
        v[k] =
          (v[k] as number) -
          (0.005 * 2 * batch.reduce((sum, row, r) => sum + (errors[r] as number) * (row[k] as number), 0)) / batch.length;
    }
  }
  numbers(w).forEach((x, k) => {
    expect(x).toBeCloseTo(v[k] as number, 12);
  });
});
