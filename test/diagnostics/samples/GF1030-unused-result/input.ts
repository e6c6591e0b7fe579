import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor, scale: number): Tensor {
  x.add(1); // here
  x * 2; // here
  const y = x.relu();
  y.square(); // here
  scale * 2;
  x.print();
  return x + y;
}
