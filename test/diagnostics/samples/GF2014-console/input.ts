import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  console.log(x);
  console.time("f"); // here
  return x;
}
