/** Bubble sort of a tensor: nested loops, `t[i]`, `t[i] = v`, and `break` when nothing was swapped. */
import * as gf from "graphfn";
import type { Sample } from "./sample.ts";

/** @graphFunction */
export function bubbleSort(xs: gf.Tensor, n: gf.Tensor): gf.Tensor {
  let t: gf.Tensor = xs;
  for (let end: gf.Tensor = n - 1; end > 0; end--) {
    let swaps: gf.Tensor = 0;
    for (let i: gf.Tensor = 0; i < end; i++) {
      if (t[i] > t[i + 1]) {
        const left = t[i];
        t[i] = t[i + 1];
        t[i + 1] = left;
        swaps += 1;
      }
    }
    if (swaps === 0) break;
  }
  return t;
}

export function main(): void {
  bubbleSort(gf.tensor([5, 3, 9, 1, 7, 7, -2]), gf.scalar(7, "int32")).print();
}

export const sample: Sample = {
  title: "Bubble sort of a tensor",
  fn: bubbleSort,
  inputs: [
    [[5, 3, 9, 1, 7, 7, -2], 7],
    [[1, 2, 3], 3],
    [[2.5], 1],
  ],
  dtype: "float32",
  tolerance: 0,
};
