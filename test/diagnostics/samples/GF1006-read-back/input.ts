import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  const values = x.dataSync(); // here
  const first = (x * 2).arraySync(); // here
  return x.mul(values.length + String(first).length);
}
