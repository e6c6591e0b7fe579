/** Eager arithmetic: every line runs at once and its value is there. */
import * as gf from "graphfn";
import type { Sample } from "./sample.ts";

export function main(): void {
  const a = gf.tensor([12]);
  const b = gf.tensor([3]);
  const c = gf.tensor([2]);
  a.mul(b).sub(c).print(); // 34, at once
}

export const fused = gf.graphFunction((a: gf.Tensor, b: gf.Tensor, c: gf.Tensor): gf.Tensor => a * b - c);

export const sample: Sample = {
  title: "Eager arithmetic: [12]·[3]−[2] = 34",
  fn: fused,
  inputs: [
    [12, 3, 2],
    [0.5, -4, 1],
  ],
  dtype: "float32",
  forms: { methods: (a, b, c) => a.mul(b).sub(c) },
  tolerance: 0,
};
