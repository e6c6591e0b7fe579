import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor, pair: [Tensor, Tensor]): Tensor {
  const [a, b] = pair;
  const [c] = x as unknown as Tensor & Iterable<Tensor>; // here
  return a + b + c;
}
