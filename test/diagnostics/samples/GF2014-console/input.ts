import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  console.log(x);
  console.table(x); // here
  return x;
}
