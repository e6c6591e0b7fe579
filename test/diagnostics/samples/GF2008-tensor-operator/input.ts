import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor, y?: Tensor): Tensor {
  const a = x & 1; // here
  const b = ~x; // here
  const c = x++ * 2;
  x <<= 1; // here
  y ??= x;
  return x * a * b + c + y;
}
