/** Greatest common divisor: two carried values that change places. */
import * as gf from "graphfn";
import type { Sample } from "./sample.ts";

/** @graphFunction */
export function gcd(a: gf.Tensor, b: gf.Tensor): gf.Tensor {
  while (b !== 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

export function main(): void {
  gcd(gf.scalar(1071, "int32"), gf.scalar(462, "int32")).print(); // 21
}

export const sample: Sample = {
  title: "Greatest common divisor",
  fn: gcd,
  inputs: [
    [1071, 462],
    [17, 5],
    [12, 0],
    [1134903170, 701408733],
  ],
  dtype: "int32",
  tolerance: 0,
};
