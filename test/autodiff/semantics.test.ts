/** What tapes see, when, and what they leave behind: eager and in graph functions alike. */
import * as gf from "graphfn";
import { expect, test } from "vitest";

const f64 = (x: number | number[]) => gf.tensor(x, undefined, "float64");
const numbers = (t: gf.Tensor | null | undefined): number[] => [...(t as gf.Tensor).dataSync()];

test("a variable beside a watched tensor is seen, eager, in a graph and compiled", () => {
  const w = gf.variable(f64([2, 3]), true, "w");
  const f = (x: gf.Tensor): gf.Tensor => x.mul(w).sum();
  const gradients = (h: typeof f) => (x: gf.Tensor) => {
    const tape = gf.gradientTape();
    tape.watch(x);
    return tape.gradient(h(x), [x, w]);
  };
  const x = f64([5, 7]);
  for (const g of [gradients(f), gf.graphFunction(gradients(f)), gradients(gf.graphFunction(f))]) {
    expect((g(x) as gf.Tensor[]).map(numbers)).toEqual([
      [2, 3],
      [5, 7],
    ]);
  }
});

test("operators on variables", () => {
  const v = gf.variable(f64(3), true, "v");
  const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    let y: gf.Tensor = v * 0.5;
    if (v > 1) y = y + v ** 2;
    return y + x - -v;
  });
  expect(numbers(f(f64(1)))).toEqual([14.5]);
});

test("a tape keeps what an inner tape computed, when that ends", () => {
  const w = gf.variable(f64([2, 3]), true, "w");
  const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => x.mul(w).square().sum());
  const x = f64([5, 7]);
  for (const h of [f, f.original as typeof f]) {
    const outer = gf.gradientTape();
    outer.watch(x);
    const inner = gf.gradientTape();
    inner.watch(x);
    const y = gf.tidy(() => h(x));
    const dw = inner.gradient(y, w);
    // d/dw Σ x²w² = 2x²w; d/dx of its sum = 4xw, d/dw = 2x²
    expect(outer.gradient(dw, [x, w]).map(numbers)).toEqual([
      [40, 84],
      [50, 98],
    ]);
  }
});
