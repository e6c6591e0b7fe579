/** Tapes outside of graph functions: their gradient is compiled as well. */
import * as gf from "graphfn";
import { expect, test } from "vitest";

const f64 = (x: number | number[]) => gf.tensor(x, undefined, "float64");
const numbers = (t: gf.Tensor): number[] => [...t.dataSync()];

const f = gf.graphFunction((x: gf.Tensor, w: gf.Tensor): gf.Tensor => x.mul(w).tanh().square().sum());

test("a graph function under a tape has the gradient of its body", () => {
  const [x, w] = [f64([0.2, -1, 3]), f64([1, 0.5, -0.25])];
  const [dx, dw] = gf.grads((a, b) => f(a, b))([x, w]) as [gf.Tensor, gf.Tensor];
  const [ex, ew] = gf.grads((a, b) => f.original(a, b) as gf.Tensor)([x, w]) as [gf.Tensor, gf.Tensor];
  expect([numbers(dx), numbers(dw)]).toEqual([numbers(ex), numbers(ew)]);
});

test("gradients of gradients of graph functions", () => {
  const g = gf.graphFunction((x: gf.Tensor): gf.Tensor => x.mul(x).mul(x).sum());
  const second = gf.grad((x) => gf.grad((y) => g(y))(x));
  expect(numbers(second(f64([1, 2, -3])))).toEqual([6, 12, -18]);
});

test("captured tensors and variables are sources too, by the value they had", () => {
  const c = f64([2, 3]);
  const v = gf.variable(f64([5, 7]), true, "v");
  const h = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    const y = x.mul(c).mul(v).sum();
    v.assign(v.mul(0));
    return y;
  });
  const tape = gf.gradientTape({ persistent: true });
  const x = f64([1, 10]);
  tape.watch([x, c]);
  const y = h(x);
  expect(numbers(tape.gradient(y, x))).toEqual([10, 21]);
  expect(numbers(tape.gradient(y, c))).toEqual([5, 70]);
  expect(numbers(tape.gradient(y, v))).toEqual([2, 30]);
  expect(numbers(v)).toEqual([0, 0]);
  tape.dispose();
});

test("several results, in a structure; integers among them; some unused", () => {
  const h = gf.graphFunction((x: gf.Tensor) => ({ a: x.square(), n: x.argMax(), b: [x.mul(3), 7] }));
  const tape = gf.gradientTape();
  const x = f64([1, 2]);
  tape.watch(x);
  const { a, n } = h(x) as { a: gf.Tensor; n: gf.Tensor };
  expect(numbers(tape.gradient(a.mul(n.add(1)).sum(), x))).toEqual([4, 8]);
});
