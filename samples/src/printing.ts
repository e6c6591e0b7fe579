/** Intermediate values: `console.log` of a tensor prints when the graph runs, in order, also inside loops. */
import * as gf from "graphfn";
import type { Sample } from "./sample.ts";

/** @graphFunction */
export function halvings(x: gf.Tensor): gf.Tensor {
  let count: gf.Tensor = 0;
  while (x >= 1) {
    console.log("x is", x);
    x = x / 2;
    count += 1;
  }
  console.log("done after", count, "halvings");
  return count;
}

export function main(): void {
  const x = gf.tensor([1, 2, 3]);
  const squares = x.square();
  console.log("eager, in the middle of a computation:", squares);
  squares.sum().print();
  halvings(gf.scalar(5)).print();
}

export const sample: Sample = {
  title: "Printing intermediate values, in order",
  fn: halvings,
  inputs: [[5], [0.25]],
  dtype: "float32",
  tolerance: 0,
};
