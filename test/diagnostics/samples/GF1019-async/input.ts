import type { Tensor } from "graphfn";

/** @graphFunction */
export async function f(x: Tensor): Promise<Tensor> { // here
  return x;
}

/** @graphFunction */
export function* g(x: Tensor): Generator<Tensor> { // here
  yield x;
}
