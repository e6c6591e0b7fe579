/** Newton's square root, with an early return out of the loop. */
import * as gf from "graphfn";
import type { Sample } from "./sample.ts";

/** @graphFunction */
export function squareRoot(a: gf.Tensor): gf.Tensor {
  if (a < 0) return -1;
  let x = a > 1 ? a : a * 0 + 1;
  for (let i: gf.Tensor = 0; i < 50; i++) {
    const next = (x + a / x) / 2;
    if (x - next < 1e-12 && next - x < 1e-12) return next;
    x = next;
  }
  return x;
}

export function main(): void {
  squareRoot(gf.scalar(2, "float64")).print();
  squareRoot(gf.scalar(-3, "float64")).print();
}

export const sample: Sample = {
  title: "Newton's square root with early return",
  fn: squareRoot,
  inputs: [[2], [1e6], [0.01], [-3]],
  dtype: "float64",
  tolerance: 0,
};
