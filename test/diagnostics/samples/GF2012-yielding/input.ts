import type { Tensor } from "graphfn";

function* down(n: Tensor): Generator<Tensor> {
  yield n;
  if (n.greater(0)) yield* down(n.sub(1)); // here
}

/** @graphFunction */
export function f(n: Tensor): Tensor {
  let sum: Tensor = 0;
  for (const item of down(n)) sum += item;
  return sum;
}
