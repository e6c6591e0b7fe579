import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor, y?: Tensor): Tensor {
  const a = x >>> 1; // here
  const b = x | 0;
  x >>>= 1; // here
  let c: Tensor = 0;
  [x[0], c] = [c, x[1]];
  y ??= x;
  return x * a * b + c + y;
}

/** @graphFunction */
export function chosen(x: Tensor): Tensor {
  const table = [(y: Tensor): Tensor => y + 1, (y: Tensor): Tensor => y * 2];
  return table[x](x); // here
}
