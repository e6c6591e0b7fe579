import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  const t = x * 2;
  t[0] = 1; // here
  return t;
}
