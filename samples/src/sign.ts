/** `if` on a tensor: one graph decides when it runs. */
import * as gf from "graphfn";
import type { Sample } from "./sample.ts";

/** @graphFunction */
export function bend(x: gf.Tensor): gf.Tensor {
  if (x > 0) {
    return x * 2;
  } else {
    return x / 4;
  }
}

export function main(): void {
  bend(gf.scalar(5)).print();
  bend(gf.scalar(-8)).print();
}

export const sample: Sample = {
  title: "if (x > 0) on a tensor",
  fn: bend,
  inputs: [[5], [-8], [0]],
  dtype: "float32",
  tolerance: 0,
};
