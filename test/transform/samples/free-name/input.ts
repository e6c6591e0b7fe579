import type { Tensor } from "graphfn";

const $ = 2;

/** @graphFunction */
export function jquery(x: Tensor): Tensor {
  while (x > 1) x /= $;
  return x;
}

/** The checker's helpers have another name then. */
const __gf$ = 3;

/** @graphFunction */
export function helpers(x: Tensor): Tensor {
  return x > 1 ? x * __gf$ : x;
}
