import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(n: Tensor): Tensor {
  function* upTo(): Generator<Tensor> {
    for (let i: Tensor = 0; i < n; i++) yield i;
  }
  let sum: Tensor = 0;
  let count = 0;
  for (const item of upTo()) {
    sum += item;
    count++; // here
  }
  return sum * count;
}
