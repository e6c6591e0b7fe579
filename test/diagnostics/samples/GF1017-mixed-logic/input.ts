import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor, flag: boolean): Tensor {
  const fine = x > 0 && flag;
  const mixed = x && x.rank > 1; // here
  return mixed ? x : fine ? -x : x;
}
