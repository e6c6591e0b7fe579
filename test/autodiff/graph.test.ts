import * as gf from "graphfn";
import { expect, test } from "vitest";

const f64 = (x: number | number[]) => gf.tensor(x, undefined, "float64");

test("straight code", () => {
  const g = gf.graphFunction((x: gf.Tensor) => {
    const tape = gf.gradientTape();
    tape.watch(x);
    const y = x.square().sin().sum();
    return tape.gradient(y, x);
  });
  const x = f64([0.3, 1.2, -0.7]);
  const expected = gf.grad((t) => t.square().sin().sum())(x);
  expect([...g(x).dataSync()]).toEqual([...expected.dataSync()]);
});
