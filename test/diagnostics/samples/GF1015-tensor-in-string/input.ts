import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  console.log(`x = ${x}`); // here
  const text = "x = " + x; // here
  return x * String(text).length;
}
