/** What gradients are where there is none: TensorFlow's answers (2.21, float64). And no NaN from a side that was not taken. */
import * as gf from "graphfn";
import { describe, expect, it, test } from "vitest";

const f64 = (values: number[]): gf.Tensor => gf.tensor(values, [values.length], "float64");
const AT = [-2, -1, -0.5, -0, 0, 0.5, 1, 2, 6, 7];

/** Equal to 15 digits; NaN, infinities and signs of zero aside, exactly. */
function expectClose(given: gf.Tensor, wanted: readonly number[]): void {
  const values = [...given.dataSync()];
  expect(values.length).toBe(wanted.length);
  values.forEach((v, i) => {
    const w = wanted[i] as number;
    if (Number.isFinite(w) && w !== 0) expect(Math.abs(v - w) / Math.abs(w), `[${i}] ${v}, want ${w}`).toBeLessThan(1e-14);
    else expect(v === w || (Number.isNaN(v) && Number.isNaN(w)), `[${i}] ${v}, want ${w}`).toBe(true);
  });
}

const { exp } = Math;
describe.each<[string, (x: gf.Tensor) => gf.Tensor, number[]]>([
  ["abs", gf.abs, [-1, -1, -1, 0, 0, 1, 1, 1, 1, 1]],
  ["sign", gf.sign, AT.map(() => 0)],
  ["floor", gf.floor, AT.map(() => 0)],
  ["reciprocal", gf.reciprocal, [-0.25, -1, -4, -Infinity, -Infinity, -4, -1, -0.25, -1 / 36, -1 / 49]],
  ["sqrt", gf.sqrt, [NaN, NaN, NaN, -Infinity, Infinity, Math.SQRT1_2, 0.5, 0.5 / Math.SQRT2, 0.5 / Math.sqrt(6), 0.5 / Math.sqrt(7)]],
  ["log", gf.log, [-0.5, -1, -2, -Infinity, Infinity, 2, 1, 0.5, 1 / 6, 1 / 7]],
  ["acosh", gf.acosh, [NaN, NaN, NaN, NaN, NaN, NaN, Infinity, 1 / Math.sqrt(3), 1 / Math.sqrt(35), 1 / Math.sqrt(48)]],
  ["relu", gf.relu, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]],
  ["relu6", gf.relu6, [0, 0, 0, 0, 0, 1, 1, 1, 0, 0]],
  ["elu", gf.elu, [exp(-2), exp(-1), exp(-0.5), 1, 1, 1, 1, 1, 1, 1]],
  ["leakyRelu", (x) => gf.leakyRelu(x, 0.25), [0.25, 0.25, 0.25, 1, 1, 1, 1, 1, 1, 1]],
  ["clipByValue, bounds included", (x) => gf.clipByValue(x, -1, 2), [0, 1, 1, 1, 1, 1, 1, 1, 0, 0]],
  ["x / (1 + |x|)", (x) => gf.realDiv(x, gf.add(gf.abs(x), 1)), AT.map((x) => (1 + Math.abs(x)) ** -2)],
])("%s", (_, f, wanted) => {
  it("has TensorFlow's gradient", () => expectClose(gf.grad(f)(f64(AT)), wanted));
});

type Pair = readonly [number[], number[]];
describe.each<[string, (a: gf.Tensor, b: gf.Tensor) => gf.Tensor, Pair, Pair]>([
  [
    "realDiv",
    gf.realDiv,
    [
      [1, 0, -1],
      [0, 0, 0],
    ],
    [
      [Infinity, Infinity, Infinity],
      [-Infinity, NaN, Infinity],
    ],
  ],
  [
    "atan2",
    gf.atan2,
    [
      [0, 0, 1],
      [0, 1, 0],
    ],
    [
      [NaN, 1, 0],
      [NaN, 0, -1],
    ],
  ],
  [
    "maximum",
    gf.maximum,
    [
      [1, 2, 3, NaN],
      [2, 2, 2, 0],
    ],
    [
      [0, 1, 1, 0],
      [1, 0, 0, 1],
    ],
  ],
  [
    "minimum",
    gf.minimum,
    [
      [1, 2, 3, NaN],
      [2, 2, 2, 0],
    ],
    [
      [1, 1, 0, 0],
      [0, 0, 1, 1],
    ],
  ],
  // 0⁰ is constant in its base: 0, as in JAX and PyTorch (TensorFlow: NaN).
  [
    "pow",
    gf.pow,
    [
      [0, 0, 0, 0, -2, -2],
      [2, 1, 0, 0.5, 2, 3],
    ],
    [
      [0, 1, 0, Infinity, -4, 12],
      [0, 0, 0, 0, 0, 0],
    ],
  ],
  [
    "mod",
    gf.mod,
    [
      [5, -5, 4],
      [3, 3, 2],
    ],
    [
      [1, 1, 1],
      [-1, 2, -2],
    ],
  ],
  [
    "truncMod",
    gf.truncMod,
    [
      [5, -5, 4],
      [3, 3, 2],
    ],
    [
      [1, 1, 1],
      [-1, 1, -2],
    ],
  ],
  [
    "floorDiv",
    gf.floorDiv,
    [
      [5, 4],
      [3, 2],
    ],
    [
      [0, 0],
      [0, 0],
    ],
  ],
  [
    "divNoNan",
    gf.divNoNan,
    [
      [1, 0, -1, 1],
      [0, 0, 0, 2],
    ],
    [
      [0, 0, 0, 0.5],
      [0, 0, 0, -0.25],
    ],
  ],
])("%s", (_, f, [a, b], wanted) => {
  it("has the usual gradients", () => {
    const given = gf.grads(f)([f64(a), f64(b)]);
    for (const [i, g] of given.entries()) expectClose(g, wanted[i] as number[]);
  });
});

test("max and min share the gradient among ties", () => {
  const x = gf.tensor([1, 3, 3, 2, 2, 2, 5, 0], [2, 4], "float64");
  const dy = f64([6, 12]);
  expectClose(gf.grad((t) => gf.max(t, 1))(x, dy), [0, 3, 3, 0, 0, 0, 12, 0]);
  expectClose(gf.grad((t) => gf.min(t, 1))(x, dy), [6, 0, 0, 0, 0, 0, 0, 12]);
  expectClose(gf.grad((t) => gf.max(t))(gf.fill([4], 7, "float64")), [0.25, 0.25, 0.25, 0.25]);
});

test("the product of elements of which some are zero", () => {
  const product = (t: gf.Tensor) => gf.prod(t, 0);
  expectClose(gf.grad(product)(f64([2, 3, 4])), [12, 8, 6]);
  expectClose(gf.grad(product)(f64([2, 0, 4])), [0, 8, 0]);
  expectClose(gf.grad(product)(f64([0, 0, 4])), [0, 0, 0]);
  const matrix = gf.tensor([1, 0, 2, 3, 4, 5], [2, 3], "float64");
  expectClose(gf.grad((t) => gf.prod(t, 0))(matrix), [3, 4, 5, 1, 0, 2]);
  expectClose(gf.grad((t) => gf.prod(t))(matrix), [0, 120, 0, 0, 0, 0]);
  expectClose(gf.grad((t) => gf.prod(t, [1], true))(matrix), [0, 2, 0, 20, 15, 12]);
});

test("where: the side that was not taken adds nothing, whatever it is", () => {
  const x = f64([-1, 0, 4]);
  const safeLog = (t: gf.Tensor) => gf.where(gf.greater(t, 0), gf.log(gf.where(gf.greater(t, 0), t, gf.onesLike(t))), gf.zerosLike(t));
  expectClose(gf.grad(safeLog)(x), [0, 0, 0.25]);
  const [da, db] = gf.grads((a, b) => gf.where(gf.greater(a, 0), a, b))([f64([NaN, 2]), f64([1, Infinity])]);
  expectClose(da as gf.Tensor, [0, 1]);
  expectClose(db as gf.Tensor, [1, 0]);
});

test("nothing reduced, and nothing there", () => {
  const empty = gf.zeros([0, 3], "float64");
  for (const f of [gf.prod, gf.max, gf.min, gf.sum, gf.mean]) {
    expect(gf.grad((t) => f(t, 0))(empty).shape).toEqual([0, 3]);
    expectClose(gf.grad((t) => f(t, []))(f64([3, 0])), [1, 1]);
  }
});

test("integers have no gradient, and floats that come from them are constants", () => {
  expect(() => gf.grad((t) => gf.mul(t, 2))(gf.tensor([1], [1], "int32"))).toThrow("E_GRADIENT");
  const x = f64([2]);
  expectClose(gf.grad((t) => gf.mul(t, gf.cast(gf.cast(t, "int32"), "float64")))(x), [2]);
});

test("a number is a float32 scalar", () => {
  const g = gf.grad((t) => gf.square(t))(3);
  expect([g.dtype, ...g.dataSync()]).toEqual(["float32", 6]);
  expect(
    gf
      .grads((a, b) => gf.mul(a, b))([2, 0.5])
      .map((t) => [t.dtype, t.dataSync()[0]]),
  ).toEqual([
    ["float32", 0.5],
    ["float32", 2],
  ]);
});
