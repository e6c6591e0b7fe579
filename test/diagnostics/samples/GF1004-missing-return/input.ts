import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor { // here
  if (x > 0) return x;
}
