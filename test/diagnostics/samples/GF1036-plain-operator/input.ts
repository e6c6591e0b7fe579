import * as gf from "graphfn";

export function plain(x: gf.Tensor, n: number): number {
  const y = -x; // here
  const less = x < y; // here
  const same = x === gf.scalar(1);
  return less || same ? n + 1 : -n;
}

/** @graphFunction */
export function f(x: gf.Tensor): gf.Tensor {
  return -x < x ? x : -x;
}
