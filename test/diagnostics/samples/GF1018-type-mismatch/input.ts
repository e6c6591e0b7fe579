import type { Tensor } from "graphfn";

function plain(k: number): number {
  return k;
}

/** @graphFunction */
export function f(x: Tensor): number {
  plain(x); // here
  return x * 2; // here
}
