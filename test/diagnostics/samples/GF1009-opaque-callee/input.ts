import type { Tensor } from "graphfn";

declare const unknown: any;
declare function native(x: Tensor): Tensor;

/** @graphFunction */
export function f(x: Tensor, given: (x: Tensor) => Tensor): Tensor {
  const y = unknown(x) as Tensor; // here
  const z = native(x); // here
  const count = unknown(3) as number;
  return given(y) + z * count;
}
