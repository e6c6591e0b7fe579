/** Static graphs and sessions: the classic programs of TensorFlow 1, with the values that TensorFlow documents or a formula gives. */
import * as gf from "graphfn";
import { expect, test } from "vitest";

const v1 = gf.compat.v1;
const value = (t: gf.Tensor | null): number => (t as gf.Tensor).dataSync()[0] as number;
const list = (t: gf.Tensor): number[] => [...t.dataSync()];

test("two placeholders added: fed scalars and vectors", () => {
  const { a, b, sum, triple } = v1.graph(() => {
    const [a, b] = [v1.placeholder("float32"), v1.placeholder("float32")];
    const sum = gf.add(a, b);
    return { a, b, sum, triple: sum.mul(3) };
  });
  using session = new v1.Session();
  expect(
    value(
      session.run(
        sum,
        new Map([
          [a, 3],
          [b, 4.5],
        ]),
      ),
    ),
  ).toBe(7.5);
  expect(
    list(
      session.run(sum, [
        [a, [1, 3]],
        [b, [2, 4]],
      ]),
    ),
  ).toEqual([3, 7]);
  expect(
    value(
      session.run(triple, [
        [a, 3],
        [b, 4.5],
      ]),
    ),
  ).toBe(22.5);
});

test("the linear model of TensorFlow's introduction: trained by gradient descent to W = -1, b = 1", () => {
  const m = v1.graph(() => {
    const w = v1.variable([0.3], true, "W");
    const b = v1.variable([-0.3], true, "b");
    const [x, y] = [v1.placeholder("float32"), v1.placeholder("float32")];
    const model = w.mul(x).add(b);
    const loss = gf.sum(gf.square(model.sub(y)));
    const train = new v1.train.GradientDescentOptimizer(0.01).minimize(loss);
    return { w, b, x, y, model, loss, train, init: v1.globalVariablesInitializer() };
  });
  const session = new v1.Session();
  expect(session.run(m.init)).toBe(null);
  const feeds = [
    [m.x, [1, 2, 3, 4]],
    [m.y, [0, -1, -2, -3]],
  ] as const;
  const first = list(session.run(m.model, [[m.x, [1, 2, 3, 4]]]));
  for (const [i, want] of [0, 0.3, 0.6, 0.9].entries()) expect(first[i]).toBeCloseTo(want, 6);
  expect(value(session.run(m.loss, feeds))).toBeCloseTo(23.66, 5);
  for (let i = 0; i < 1000; i++) session.run(m.train, feeds);
  const { w, b, loss } = session.run({ w: m.w, b: m.b, loss: m.loss }, feeds);
  expect(value(w)).toBeCloseTo(-0.9999969, 5);
  expect(value(b)).toBeCloseTo(0.99999082, 5);
  expect(value(loss)).toBeLessThan(1e-10);
});
