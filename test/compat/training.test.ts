/** Optimizers of static graphs against TensorFlow 1's formulas; types with unknown lengths. */
import * as gf from "graphfn";
import { expect, test } from "vitest";

const v1 = gf.compat.v1;
const list = (t: gf.Tensor): number[] => [...t.dataSync()];
const message = (f: () => unknown): string => {
  try {
    f();
  } catch (error) {
    return (error as Error).message;
  }
  return "none";
};

type Step = (w: number, g: number, state: Record<string, number>, t: number) => number;
const CASES: readonly (readonly [string, () => gf.compat.v1.train.Optimizer, Step])[] = [
  ["gradient descent", () => new v1.train.GradientDescentOptimizer(0.1), (w, g) => w - 0.1 * g],
  [
    "momentum",
    () => new v1.train.MomentumOptimizer(0.1, 0.9),
    (w, g, s) => {
      s.a = 0.9 * (s.a ?? 0) + g;
      return w - 0.1 * s.a;
    },
  ],
  [
    "Nesterov",
    () => new v1.train.MomentumOptimizer(0.1, 0.9, true),
    (w, g, s) => {
      s.a = 0.9 * (s.a ?? 0) + g;
      return w - 0.1 * (g + 0.9 * s.a);
    },
  ],
  [
    "Adam",
    () => new v1.train.AdamOptimizer(0.1),
    (w, g, s, t) => {
      s.m = 0.9 * (s.m ?? 0) + 0.1 * g;
      s.v = 0.999 * (s.v ?? 0) + 0.001 * g * g;
      return w - ((0.1 * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t)) * (s.m / (Math.sqrt(s.v) + 1e-8));
    },
  ],
];

test.each(CASES)("twenty steps of %s", (_name, make, step) => {
  const g = v1.graph(() => {
    const w = v1.variable(gf.tensor([1, -2], [2], "float64"), true, "w");
    const count = v1.variable(0, false, "count", "int32");
    // Depends on w twice, with another curvature per element.
    const loss = gf.sum(
      w
        .square()
        .mul(gf.tensor([0.5, 2], [2], "float64"))
        .add(w.sin()),
    );
    const train = make().minimize(loss, { globalStep: count });
    return { w, count, loss, train, init: v1.globalVariablesInitializer() };
  });
  const session = new v1.Session();
  session.run(g.init);
  let want = [1, -2];
  const states: Record<string, number>[] = [{}, {}];
  for (let t = 1; t <= 20; t++) {
    session.run([g.train, g.loss]);
    want = want.map((w, i) => step(w, 2 * ([0.5, 2][i] as number) * w + Math.cos(w), states[i] as Record<string, number>, t));
    for (const [i, x] of list(session.run(g.w)).entries()) expect(x).toBeCloseTo(want[i] as number, 9);
  }
  expect(list(session.run(g.count))).toEqual([20]);
  // Another session starts anew, with slots of its own.
  const other = new v1.Session();
  other.run(g.init);
  other.run(g.train);
  const first = [1, -2].map((w, i) => step(w, 2 * ([0.5, 2][i] as number) * w + Math.cos(w), {}, 1));
  for (const [i, x] of list(other.run(g.w)).entries()) expect(x).toBeCloseTo(first[i] as number, 9);
});

test("a rate that is fed; variables that are not meant, or not reached", () => {
  const g = v1.graph(() => {
    const rate = v1.placeholder("float32", [], "rate");
    const [a, b] = [v1.variable(1, true, "a"), v1.variable(1, true, "b")];
    const loss = a.mul(3).add(b);
    const optimizer = new v1.train.GradientDescentOptimizer(rate);
    const train = optimizer.minimize(loss, { varList: [a] });
    expect(message(() => optimizer.minimize(v1.constant(3)))).toMatch(/^E_GRADIENT.*none of the variables \(a, b\)/);
    expect(message(() => new v1.train.AdamOptimizer("fast" as never))).toMatch(/^E_ARGUMENT/);
    return { rate, a, b, train, init: v1.globalVariablesInitializer() };
  });
  const session = new v1.Session();
  session.run(g.init);
  session.run(g.train, { rate: 0.5 });
  expect(session.run([g.a, g.b]).map((t) => list(t))).toEqual([[-0.5], [1]]);
  expect(message(() => session.run(g.train))).toMatch(/^E_FEED.*placeholder rate /);
});

test("unknown lengths: what may fit is taken, what cannot is refused while the graph is built", () => {
  v1.graph(() => {
    const [a, b] = [v1.placeholder("float32", [null, 1], "a"), v1.placeholder("float32", [null, 1], "b")];
    expect(String(a.sub(b))).toMatch(/shape=\(\?, 1\)/);
    const row = v1.placeholder("float32", [null]);
    expect(String(row.add(gf.ones([3])))).toMatch(/shape=\(3,\)/);
    expect(message(() => row.add(gf.ones([3])).add(gf.ones([4])))).toMatch(/^E_SHAPE/);
    expect(message(() => gf.matMul(v1.placeholder("float32", [null, 2]), gf.ones([3, 4])))).toMatch(/^E_SHAPE/);
    expect(String(gf.matMul(v1.placeholder("float32", [null, null]), gf.ones([3, 4])))).toMatch(/shape=\(\?, 4\)/);
    expect(String(gf.concat([a, b]))).toMatch(/shape=\(\?, 1\)/);
    const any = v1.placeholder("float32");
    expect(message(() => gf.matMul(any, gf.ones([3, 4])))).toMatch(/^E_SHAPE.*placeholder without a shape/);
    expect(String(any.mul(2).tanh())).toMatch(/shape=<unknown>/);
    expect(String(gf.mean(any))).toMatch(/shape=\(\)/);
    expect(message(() => v1.variable(any.mul(2)))).toMatch(/^E_SHAPE/);
    expect(message(() => v1.placeholder("float32", [1.5]))).toMatch(/^E_SHAPE/);
    expect(message(() => v1.placeholder("string" as never))).toMatch(/^E_DTYPE/);
    expect(message(() => v1.placeholder("float32", [], "bad name"))).toMatch(/^E_ARGUMENT/);
  });
  const g = v1.graph(() => {
    const x = v1.placeholder("float32", null, "x");
    return { x, mean: gf.mean(x), row: v1.placeholder("float32", [null], "row").add(gf.ones([3])) };
  });
  const session = new v1.Session();
  expect(
    list(
      session.run(g.mean, {
        x: [
          [1, 2],
          [3, 6],
        ],
      }),
    ),
  ).toEqual([3]);
  expect(list(session.run(g.mean, { x: 5 }))).toEqual([5]);
  expect(list(session.run(g.row, { row: [1] }))).toEqual([2, 2, 2]);
  expect(message(() => session.run(g.row, { row: [1, 2] }))).toMatch(/^E_SHAPE.*operation add/);
  expect(list(session.run(g.mean, { x: [NaN, 1] }))).toEqual([NaN]);
  expect(list(session.run(g.x, { x: [] }))).toEqual([]);
});
