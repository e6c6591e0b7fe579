import type { Tensor } from "graphfn";

const $ = 2;

/** @graphFunction */
export function jquery(x: Tensor): Tensor {
  while (x > 1) x /= $;
  return x;
}
