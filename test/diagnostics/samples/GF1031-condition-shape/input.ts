import * as gf from "graphfn";

/** @graphFunction */
export function f(x: gf.Tensor): gf.Tensor {
  const limits = gf.tensor([1, 2, 3]);
  if (limits > 0) x = x + 1; // here
  while (!(x < 10 && gf.zeros([2, 2]) === 0)) x = x + 1; // here
  const one = gf.scalar(1);
  return one > 0 && limits.max() > 0 ? x : -x;
}
