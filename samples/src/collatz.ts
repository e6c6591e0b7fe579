/** Collatz: how many steps until n is 1? A loop whose length only the data knows, as one native call. */
import * as gf from "graphfn";
import type { Sample } from "./sample.ts";

/** @graphFunction */
export function collatz(n: gf.Tensor): gf.Tensor {
  let steps: gf.Tensor = 0;
  while (n > 1) {
    n = n % 2 === 0 ? n / 2 : 3 * n + 1;
    steps += 1;
  }
  return steps;
}

export function main(): void {
  collatz(gf.scalar(27)).print(); // 111
}

export const sample: Sample = {
  title: "Collatz: steps until 1",
  fn: collatz,
  inputs: [[27], [1], [97], [871]],
  dtype: "float32",
  tolerance: 0,
};
