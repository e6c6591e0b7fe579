import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  x = early(x);
  if (x < 0) return x;
  function early(y: Tensor): Tensor { // here
    return y * 2;
  }
  function late(y: Tensor): Tensor {
    return y * 2;
  }
  return late(x);
}
