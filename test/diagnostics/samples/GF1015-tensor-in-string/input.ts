import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  const named = `x = ${x}`; // here
  const text = "x = " + x; // here
  console.log(`x = ${x}`);
  return x * named.length * String(text).length;
}
