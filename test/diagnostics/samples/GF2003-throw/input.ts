import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor, k: number): Tensor {
  if (k < 0) throw new Error("k is negative");
  if (x < 0) throw new Error("x is negative"); // here
  if (x > 10) return x;
  throw new Error("small"); // here
}
