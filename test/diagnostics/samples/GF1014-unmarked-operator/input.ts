import type { Tensor } from "graphfn";

function helper(x: Tensor): unknown {
  const y = x * 2; // here
  const nothing = !x; // here
  return x.greater(0) ? y : nothing;
}

/** @graphFunction */
export function f(x: Tensor): Tensor {
  helper(x);
  return x;
}
