import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor, y?: Tensor): Tensor {
  const a = x >>> 1; // here
  const b = x | 0;
  x >>>= 1; // here
  let c: Tensor = 0;
  [x[0], c] = [c, x[1]]; // here
  y ??= x;
  return x * a * b + c + y;
}
