import * as gf from "graphfn";

const table = gf.tensor([[1, 2], [3, 4]]);

/** @graphFunction */
export function f(x: gf.Tensor): gf.Tensor {
  const steps = gf.tensor1d([1, 2, 4]);
  const last = steps[3]; // here
  const before = steps[-1]; // here
  return x + last + before + table[2] + table[1][1]; // here
}
