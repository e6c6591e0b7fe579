/** Every function of the tensor API gives in a graph what it gives eagerly: values, dtype, shape. */
import * as gf from "graphfn";
import { describe, expect, it, vi } from "vitest";
import { graph, type V } from "./emitted.ts";

const m = gf.tensor([
  [1, -2, 3],
  [0.5, 4, -6],
]);
const v = gf.tensor([3, 1, 2]);
const n = gf.tensor([4, -7, 9], [3], "int32");
const d = gf.tensor([0.25, 2, 8], [3], "float64");
const b = gf.tensor([true, false, true]);
const i = gf.tensor([2, 0], [2], "int32");

const calls: [string, gf.Tensor[], (...t: gf.Tensor[]) => gf.Tensor | gf.Tensor[]][] = [
  ["arithmetic with numbers", [v], (x) => x.add(1).mul(0.5).sub(2).div(3).pow(2)],
  ["mixed dtypes", [n, v, d, b], (x, y, z, w) => gf.concat([x.add(y).cast("float64"), y.mul(z), w.add(x).cast("float64")])],
  ["int32 and fractions", [n], (x) => x.mul(0.5)],
  ["div of int32 tensors", [n, i.slice([0], [1])], (x, y) => x.div(y)],
  ["div of int32 and a number", [n], (x) => x.div(2)],
  ["floorDiv and mod", [n], (x) => gf.stack([x.floorDiv(4), x.mod(4), x.truncMod(4)])],
  ["comparison and logic", [v, n], (x, y) => x.greater(y).logicalOr(x.equal(1)).logicalAnd(y.less(9).logicalNot()).logicalXor(true)],
  ["where with numbers", [b, v], (c, x) => gf.where(c, x, 0.5).add(gf.where(c, 1, -1))],
  ["method where", [b, v], (c, x) => x.where(c, -1)],
  ["functions", [d], (x) => gf.stack([x.exp(), x.log(), x.sqrt(), x.tanh(), x.erf(), x.sigmoid(), x.floor(), x.neg().softplus()])],
  ["functions with numbers", [m], (x) => gf.stack([x.clipByValue(-1, 2), x.step(0.5), x.leakyRelu(0.1), x.prelu([0.1, 0.2, 0.3])])],
  ["tests", [m], (x) => x.isNaN().logicalOr(x.isFinite()).logicalOr(x.isInf())],
  ["casts", [m], (x) => gf.stack([x.toInt().toFloat(), x.toBool().toFloat(), x.cast("float64").toFloat()])],
  ["divNoNan", [m], (x) => x.divNoNan(x.relu())],
  ["reductions", [m], (x) => gf.stack([x.sum(), x.mean(), x.max(), x.min(), x.prod(), x.logSumExp(), x.norm()])],
  ["reductions along axes", [m], (x) => gf.concat([x.sum(0), x.mean([1]), x.max(-1, true).flatten(), x.norm(1, 0)])],
  ["any and all", [b], (x) => gf.stack([x.any(), x.all()])],
  ["argMax and argMin", [m], (x) => gf.concat([x.argMax(), x.argMin(1)])],
  ["softmax", [m], (x) => gf.stack([x.softmax(), x.logSoftmax(), x.softmax(0)])],
  ["moments", [m], (x) => Object.values(gf.moments(x, 0))],
  ["scans", [m], (x) => gf.stack([x.cumsum(1), x.cumsum(0, true, true), x.cumprod(1)])],
  ["matMul", [m], (x) => gf.stack([x.matMul(x, false, true), x.matMul(x.transpose())])],
  ["dot and outerProduct", [v, m], (x, y) => [gf.dot(x, x), gf.dot(y, x), gf.outerProduct(x, x)]],
  [
    "shape",
    [m],
    (x) => [x.reshape([3, -1]), x.flatten(), x.expandDims(1), x.expandDims(-1).squeeze(), x.transpose(), x.as3D(1, 2, 3), x.reshapeAs(x)],
  ],
  [
    "tile, reverse, pad, broadcastTo",
    [m],
    (x) => [
      x.tile([2, 1]),
      x.reverse(),
      x.reverse(1),
      x.pad(
        [
          [1, 0],
          [0, 2],
        ],
        5,
      ),
      x.broadcastTo([2, 2, 3]),
    ],
  ],
  [
    "slices",
    [m],
    (x) => [
      x.slice(1),
      x.slice([0, 1], [2, 1]),
      x.stridedSlice([0, 2], [2, 0], [1, -1]),
      gf.stridedSlice(x, [0, 1], [0, 2], [1, 1], 0, 0, 0, 1, 2),
    ],
  ],
  ["gather", [m, i], (x, at) => [x.gather(at, 1), x.gather([1, 1, 0])]],
  [
    "index and setIndex",
    [m, gf.scalar(1, "int32"), gf.scalar(0)],
    (x, k, f) => [gf.index(x, k), gf.index(x, f), gf.setIndex(x, k, [7, 8, 9]), gf.setIndex(x, 0, 1)],
  ],
  ["joins", [v, n], (x, y) => [gf.concat([x, y]), gf.stack([x, y], 1), x.concat(y), x.stack(y), ...x.unstack(), ...x.split([1, -1])]],
  ["oneHot and meshgrid", [n.abs(), v], (x, y) => [x.oneHot(10), ...gf.meshgrid(x, y)]],
  [
    "creation",
    [v],
    (x) => [
      gf.zerosLike(x),
      gf.onesLike(x),
      gf.zeros([2]).add(x.slice([0], [2])),
      gf.fill([3], true),
      gf.eye(2, 2, [2]),
      gf.range(0, 3).mul(x),
      x.clone(),
    ],
  ],
  ["values that are constants", [v], (x) => x.add(gf.tensor([1, 2, 3])).mul(gf.linspace(0, 1, 3))],
];

/** Tiny eager tensors are computed in JavaScript: functions that are not rounded correctly may differ in their last bits from native ones. */
function expectSame(a: gf.Tensor | gf.Tensor[], b: gf.Tensor | gf.Tensor[]): void {
  const [left, right] = [a, b].map((t) => (Array.isArray(t) ? t : [t]));
  expect(left.map((t) => [t.dtype, t.shape])).toEqual(right.map((t) => [t.dtype, t.shape]));
  left.forEach((t, k) => {
    const [x, y] = [[...t.dataSync()], [...right[k].dataSync()]];
    const ulps = t.dtype === "float32" ? 4 * 2 ** -23 : t.dtype === "float64" ? 4 * 2 ** -52 : 0;
    const differ = x.flatMap((v, i) =>
      Object.is(v, y[i]) || Math.abs(Number(v) - Number(y[i])) <= ulps * Math.abs(Number(v)) ? [] : [[i, v, y[i]]],
    );
    expect(differ).toEqual([]);
  });
}

describe("an API call in a graph", () => {
  it.each(calls)("%s", (name, inputs, fn) => {
    const body = (...args: V[]): V => fn(...(args as gf.Tensor[])) as V;
    const params = inputs.map((_, k) => `p${k}`);
    const staged = graph(name.replaceAll(/\W+/g, "_"), params, body as never) as unknown as (...t: gf.Tensor[]) => gf.Tensor | gf.Tensor[];
    expectSame(staged(...inputs), fn(...inputs));
    expectSame(staged(...inputs), fn(...inputs));
  });

  const refused: [string, (x: gf.Tensor) => unknown][] = [
    ["dataSync", (x) => x.dataSync()],
    ["arraySync", (x) => x.arraySync()],
    ["item", (x) => x.item()],
  ];
  it.each(refused)("%s is refused: there are no elements yet", (name, use) => {
    const f = graph(name, ["x"], ((x: V) => use(x as gf.Tensor)) as never);
    expect(() => (f as unknown as (x: gf.Tensor) => unknown)(v)).toThrow(expect.objectContaining({ code: "E_SYMBOLIC" }));
  });

  it("print writes when the graph runs", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const f = graph("printing", ["x"], ((x: V) => {
      (x as gf.Tensor).print();
      return (x as gf.Tensor).add(1);
    }) as never) as unknown as (x: gf.Tensor) => gf.Tensor;
    f(v);
    f(v);
    expect(log).toHaveBeenCalledTimes(2);
    log.mockRestore();
  });
});
