import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  const a = Math.random(); // here
  const b = Date.now(); // here
  const c = new Date(); // here
  return x * (a + b + c.getDay());
}

/** @eagerFunction */
export function allowed(x: Tensor): Tensor {
  return x * Math.random();
}
