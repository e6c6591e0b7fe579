import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  let y: Tensor = 0;
  const z = x > 0 ? (y = x) : x; // here
  const fine = ((y = y + 1), y > 1);
  return y + z + (fine ? 1 : 0);
}
