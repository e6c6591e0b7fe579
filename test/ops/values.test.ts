/**
 * Reference results against plain JavaScript written again here, on random inputs: naive loops over index tuples, no strides.
 * What the records' own loops get wrong (an axis, a broadcast, a transpose) shows.
 */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { random, sizeOf } from "./support.ts";

type Index = number[];
interface Plain {
  shape: number[];
  at(index: Index): number;
}

function* indices(shape: readonly number[]): Generator<Index> {
  const index = shape.map(() => 0);
  for (let n = sizeOf(shape); n > 0; n--) {
    yield [...index];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
}

function plain(t: gf.Tensor): Plain {
  const data = t.dataSync();
  return { shape: [...t.shape], at: (index) => data[index.reduce((n, i, axis) => n * (t.shape[axis] as number) + i, 0)] as number };
}

/** Index into an operand that was broadcast. */
function broadcastAt(p: Plain, index: Index): number {
  return p.at(p.shape.map((d, axis) => (d === 1 ? 0 : (index[index.length - p.shape.length + axis] as number))));
}

function tensorOf(shape: number[], seed: number, dtype: gf.DType = "float64"): gf.Tensor {
  const next = random(seed);
  return gf.tensor(
    Array.from({ length: sizeOf(shape) }, () =>
      dtype === "bool" ? Number(next() < 0.5) : Math.round((next() - 0.5) * 40) / (dtype === "int32" ? 1 : 4),
    ),
    shape,
    dtype,
  );
}

/** Compares element by element with `want(index)`. */
function check(got: gf.Tensor, shape: number[], want: (index: Index) => number, digits = 12): void {
  expect([...got.shape]).toEqual(shape);
  const p = plain(got);
  for (const index of indices(shape)) expect(p.at(index), `[${index}]`).toBeCloseTo(want(index), digits);
}

const PAIRS: [number[], number[], number[]][] = [
  [
    [2, 3],
    [2, 3],
    [2, 3],
  ],
  [[4], [], [4]],
  [[], [5], [5]],
  [
    [3, 1],
    [1, 4],
    [3, 4],
  ],
  [
    [2, 1, 3],
    [5, 1],
    [2, 5, 3],
  ],
  [[1, 1], [7], [1, 7]],
  [[0, 3], [3], [0, 3]],
  [
    [40, 2],
    [40, 1],
    [40, 2],
  ],
];

describe("broadcasting", () => {
  const rules: [string, (a: gf.Tensor, b: gf.Tensor) => gf.Tensor, (x: number, y: number) => number][] = [
    ["add", gf.add, (x, y) => x + y],
    ["sub", gf.sub, (x, y) => x - y],
    ["mul", gf.mul, (x, y) => x * y],
    ["maximum", gf.maximum, Math.max],
    ["squaredDifference", gf.squaredDifference, (x, y) => (x - y) ** 2],
    ["less", gf.less, (x, y) => (x < y ? 1 : 0)],
    ["equal", gf.equal, (x, y) => (x === y ? 1 : 0)],
  ];
  for (const dtype of ["int32", "float32", "float64"] as const) {
    it.each(rules)(`%s of ${dtype}`, (_, fn, rule) => {
      for (const [k, [a, b, shape]] of PAIRS.entries()) {
        const [x, y] = [tensorOf(a, k, dtype), tensorOf(b, k + 50, dtype)];
        check(fn(x, y), shape, (i) => rule(broadcastAt(plain(x), i), broadcastAt(plain(y), i)));
      }
    });
  }

  it("where broadcasts its three operands", () => {
    const [c, a, b] = [tensorOf([3, 1], 1, "bool"), tensorOf([4], 2), tensorOf([2, 1, 1], 3)];
    check(gf.where(c, a, b), [2, 3, 4], (i) => broadcastAt(plain(broadcastAt(plain(c), i) === 1 ? a : b), i));
  });
});

describe("reductions", () => {
  const rules: [string, typeof gf.sum, (list: number[]) => number][] = [
    ["sum", gf.sum, (l) => l.reduce((x, y) => x + y, 0)],
    ["mean", gf.mean, (l) => l.reduce((x, y) => x + y, 0) / l.length],
    ["max", gf.max, (l) => Math.max(...l)],
    ["min", gf.min, (l) => Math.min(...l)],
    ["logSumExp", gf.logSumExp, (l) => Math.log(l.reduce((x, y) => x + Math.exp(y), 0))],
  ];
  it.each(rules)("%s over any axes", (_, fn, rule) => {
    for (const axes of [[0], [1], [2], [-1], [0, 2], [1, 2], [0, 1, 2], []]) {
      for (const keepDims of [false, true]) {
        const x = tensorOf([3, 4, 2], 7);
        const reduced = axes.map((a) => (a < 0 ? a + 3 : a));
        const kept = [3, 4, 2].map((d, i) => (reduced.includes(i) ? 1 : d));
        const shape = keepDims ? kept : kept.filter((_, i) => !reduced.includes(i));
        check(
          fn(x, axes, keepDims),
          shape,
          (index) => {
            const full = keepDims ? [...index] : [0, 1, 2].map((i) => (reduced.includes(i) ? 0 : (index.shift() as number)));
            return rule(
              [...indices([3, 4, 2])]
                .filter((i) => i.every((v, axis) => reduced.includes(axis) || v === full[axis]))
                .map((i) => plain(x).at(i)),
            );
          },
          10,
        );
      }
    }
  });

  it("argMax and argMin give the first of equals, NaN before all", () => {
    expect(
      gf
        .argMax(
          [
            [1, 5, 5],
            [7, 2, 7],
          ],
          1,
        )
        .arraySync(),
    ).toEqual([1, 0]);
    expect(gf.argMin([3, 1, 1]).item()).toBe(1);
    expect(gf.argMax([1, NaN, 9, NaN]).item()).toBe(1);
    expect(
      gf
        .argMax([
          [1, 2],
          [3, 0],
        ])
        .arraySync(),
    ).toEqual([1, 0]);
  });

  it("of nothing gives the neutral element", () => {
    const empty = gf.zeros([0, 2]);
    expect(empty.sum(0).arraySync()).toEqual([0, 0]);
    expect(empty.prod(0).arraySync()).toEqual([1, 1]);
    expect(empty.max(0).arraySync()).toEqual([-Infinity, -Infinity]);
    expect(empty.mean(0).arraySync()).toEqual([NaN, NaN]);
    expect(empty.cast("bool").all(0).arraySync()).toEqual([1, 1]);
    expect(() => empty.argMax(0)).toThrow(/empty/);
  });
});

describe("matMul", () => {
  const cases: [number[], number[], boolean, boolean, number[]][] = [
    [[2, 3], [3, 4], false, false, [2, 4]],
    [[3, 2], [3, 4], true, false, [2, 4]],
    [[2, 3], [4, 3], false, true, [2, 4]],
    [[3, 2], [4, 3], true, true, [2, 4]],
    [[5, 2, 3], [3, 4], false, false, [5, 2, 4]],
    [[3, 1, 2, 2], [2, 2, 1], false, false, [3, 2, 2, 1]],
    [[2, 0], [0, 3], false, false, [2, 3]],
    [[7, 9], [9, 8], false, false, [7, 8]],
  ];
  it.each(cases)("%j · %j %s %s", (a, b, ta, tb, shape) => {
    for (const dtype of ["float64", "float32", "int32"] as const) {
      const [x, y] = [tensorOf(a, 1, dtype), tensorOf(b, 2, dtype)];
      const k = a[a.length - (ta ? 2 : 1)] as number;
      check(gf.matMul(x, y, ta, tb), shape, (index) => {
        const batch = index.slice(0, -2);
        const [i, j] = index.slice(-2) as [number, number];
        let total = 0;
        for (let p = 0; p < k; p++) {
          total +=
            broadcastAt(plain(x), [...batch, ...(ta ? [p, i] : [i, p])]) * broadcastAt(plain(y), [...batch, ...(tb ? [j, p] : [p, j])]);
        }
        return total;
      });
    }
  });
});

describe("movement", () => {
  const x = tensorOf([2, 3, 4], 11);
  const p = plain(x);
  it("transpose", () => check(x.transpose([2, 0, 1]), [4, 2, 3], ([i, j, k]) => p.at([j as number, k as number, i as number])));
  it("transpose without perm reverses", () =>
    check(x.transpose(), [4, 3, 2], ([i, j, k]) => p.at([k as number, j as number, i as number])));
  it("slice", () => check(x.slice([1, 0, 2], [1, 2, -1]), [1, 2, 2], ([, j, k]) => p.at([1, j as number, (k as number) + 2])));
  it("slice by number", () => check(x.slice(1), [1, 3, 4], ([, j, k]) => p.at([1, j as number, k as number])));
  it("reverse", () => check(x.reverse([0, 2]), [2, 3, 4], ([i, j, k]) => p.at([1 - (i as number), j as number, 3 - (k as number)])));
  it("tile", () => check(x.tile([1, 2, 2]), [2, 6, 8], ([i, j, k]) => p.at([i as number, (j as number) % 3, (k as number) % 4])));
  it("pad", () =>
    check(
      x.pad(
        [
          [1, 0],
          [0, 0],
          [0, 2],
        ],
        9,
      ),
      [3, 3, 6],
      ([i, j, k]) => ((i as number) < 1 || (k as number) > 3 ? 9 : p.at([(i as number) - 1, j as number, k as number])),
    ));
  it("broadcastTo", () => check(gf.tensor([[1], [2]]).broadcastTo([3, 2, 2]), [3, 2, 2], ([, j]) => (j as number) + 1));
  it("gather", () => check(x.gather([2, 0], 1), [2, 2, 4], ([i, j, k]) => p.at([i as number, j === 0 ? 2 : 0, k as number])));
  it("gather with batchDims", () =>
    check(x.gather(gf.tensor([[2], [0]], undefined, "int32"), 1, 1), [2, 1, 4], ([i, , k]) =>
      p.at([i as number, i === 0 ? 2 : 0, k as number]),
    ));
  it("index and setIndex", () => {
    check(gf.index(x, 1), [3, 4], ([j, k]) => p.at([1, j as number, k as number]));
    check(gf.setIndex(x, 0, 5), [2, 3, 4], (i) => (i[0] === 0 ? 5 : p.at(i)));
    expect(gf.setIndex(gf.tensor([1, 2, 3]), gf.scalar(2), 9).arraySync()).toEqual([1, 2, 9]);
  });
  it("cumsum", () => {
    expect(gf.cumsum([1, 2, 3, 4]).arraySync()).toEqual([1, 3, 6, 10]);
    expect(gf.cumsum([1, 2, 3, 4], 0, true).arraySync()).toEqual([0, 1, 3, 6]);
    expect(
      gf
        .cumsum(
          [
            [1, 2],
            [3, 4],
          ],
          1,
          false,
          true,
        )
        .arraySync(),
    ).toEqual([
      [3, 2],
      [7, 4],
    ]);
    expect(gf.cumprod([1, 2, 3, 4], 0, true, true).arraySync()).toEqual([24, 12, 4, 1]);
  });
  it("concat, stack, split and unstack undo each other", () => {
    const parts = x.split([1, 2], 1);
    check(gf.concat(parts, 1), [2, 3, 4], (i) => p.at(i));
    check(gf.stack(x.unstack(2), 2), [2, 3, 4], (i) => p.at(i));
  });
  it("oneHot", () =>
    expect(gf.oneHot([1, 3, -1], 3).arraySync()).toEqual([
      [0, 1, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]));
  it("stridedSlice follows Python", () => {
    const v = [0, 1, 2, 3, 4, 5];
    expect(gf.stridedSlice(v, [1], [5], [2]).arraySync()).toEqual([1, 3]);
    expect(gf.stridedSlice(v, [-2], [-100], [-1]).arraySync()).toEqual([4, 3, 2, 1, 0]);
    expect(gf.stridedSlice(v, [10], [20]).arraySync()).toEqual([]);
    expect(
      gf
        .stridedSlice(
          [
            [1, 2],
            [3, 4],
          ],
          [0, 1],
          [2, 2],
          [1, 1],
          0,
          0,
          0,
          0,
          2,
        )
        .arraySync(),
    ).toEqual([2, 4]);
    expect(
      gf.stridedSlice(
        [
          [1, 2],
          [3, 4],
        ],
        [0, 0, 0],
        [0, 1, 1],
        [1, 1, 1],
        0,
        0,
        1,
        2,
      ).shape,
    ).toEqual([2, 1, 1]);
  });
  it("meshgrid", () => {
    expect(gf.meshgrid([1, 2, 3], [4, 5]).map((t) => t.arraySync())).toEqual([
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
      [
        [4, 4, 4],
        [5, 5, 5],
      ],
    ]);
    expect(gf.meshgrid([1, 2, 3], [4, 5], { indexing: "ij" })[1]?.shape).toEqual([3, 2]);
  });
});

describe("special values", () => {
  const table: [string, gf.Tensor, number[]][] = [
    ["round half to even", gf.round([0.5, 1.5, 2.5, -0.5, -1.5, 2.4]), [0, 2, 2, -0, -2, 2]],
    ["sign keeps −0 and NaN", gf.sign([-3, -0, 0, 2, NaN]), [-1, -0, 0, 1, NaN]],
    ["mod has the divisor's sign", gf.mod([-7, 7, -7], [3, -3, -3]), [2, -2, -1]],
    ["truncMod has the dividend's sign", gf.truncMod([-7, 7, -7], [3, -3, -3]), [-1, 1, -1]],
    ["floorDiv", gf.floorDiv([-7, 7, 1], [2, 2, 0]), [-4, 3, Infinity]],
    ["maximum with NaN", gf.maximum([1, NaN], [NaN, 1]), [NaN, NaN]],
    ["clip", gf.clipByValue([-9, 1, 9, NaN], -2, 3), [-2, 1, 3, NaN]],
    ["erf", gf.erf(gf.tensor([0, 0.5, 2, -Infinity], [4], "float64")), [0, 0.5204998778130465, 0.9953222650189527, -1]],
    ["pow is IEEE", gf.pow([1, -1, 2, 0], [NaN, Infinity, -1, 0]), [1, 1, 0.5, 1]],
    ["jsPow is JavaScript", gf.jsPow([1, -1, 2, 0], [NaN, Infinity, -1, 0]), [NaN, NaN, 0.5, 1]],
    ["cast to int32 truncates and saturates", gf.cast([1.9, -1.9, 1e20, NaN, -Infinity], "int32"), [1, -1, 2147483647, 0, -2147483648]],
    ["cast to bool", gf.cast([0, 0.5, NaN, -0], "bool"), [0, 1, 1, 0]],
    ["int32 wraps", gf.add(gf.scalar(2147483647, "int32"), 1), [-2147483648]],
    ["int32 product wraps", gf.mul(gf.scalar(65537, "int32"), 65537), [131073]],
    ["int32 power wraps", gf.pow(gf.scalar(3, "int32"), 21), [1870418611]],
    ["divNoNan", gf.divNoNan([1, 0, 4], [0, 0, 2]), [0, 0, 2]],
    ["softplus does not overflow", gf.softplus([1000, -1000]), [1000, 0]],
    ["softmax of large numbers", gf.softmax([1000, 1000]), [0.5, 0.5]],
    ["logSumExp of nothing but −∞", gf.logSumExp([-Infinity, -Infinity]), [-Infinity]],
  ];
  it.each(table)("%s", (_, got, want) => expect([...got.dataSync()]).toEqual(want));
});
