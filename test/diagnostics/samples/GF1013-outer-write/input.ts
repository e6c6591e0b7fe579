import * as gf from "graphfn";

let calls = 0;

/** @graphFunction */
export function f(x: gf.Tensor): gf.Tensor {
  calls++; // here
  return x * 2;
}

export function make(): number {
  let last: gf.Tensor | undefined;
  const g = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    last = x; // here
    return x;
  });
  g(gf.scalar(1));
  return calls + (last === undefined ? 0 : 1);
}
