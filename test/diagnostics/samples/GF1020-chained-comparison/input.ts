import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  const inside = 0 < x < 10; // here
  return inside && 0 < x ? x : -x;
}
