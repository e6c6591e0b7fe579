import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  let y: Tensor;
  if (x > 0) y = x;
  return y; // here
}
