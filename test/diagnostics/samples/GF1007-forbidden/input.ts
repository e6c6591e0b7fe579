import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  const n = arguments.length; // here
  eval("1"); // here
  with (x) { } // here
  for (const key in x) console.log(key); // here
  return x * n;
}

/** @graphFunction */
export function missing(x: Tensor): Tensor {
  const found: { a?: Tensor; b: Tensor } = { a: x, b: x };
  if (x > 0) delete found.a; // here
  delete found.a;
  return "a" in found ? x : found.b;
}
