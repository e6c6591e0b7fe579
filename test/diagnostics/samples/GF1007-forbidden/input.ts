import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  const n = arguments.length; // here
  eval("1"); // here
  with (x) { } // here
  for (const key in x) console.log(key); // here
  return x * n;
}
