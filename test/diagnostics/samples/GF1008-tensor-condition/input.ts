import * as gf from "graphfn";

/** @graphFunction */
export function marked(x: gf.Tensor): gf.Tensor {
  return x > 0 ? x : -x;
}

export function unmarked(x: gf.Tensor, maybe: gf.Tensor | null): number {
  if (x.greater(0)) return 1; // here
  while (!marked(x)) return 2; // here
  if (maybe) return 3;
  return x ? 4 : 5; // here
}
