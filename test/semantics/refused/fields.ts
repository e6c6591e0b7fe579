import type { Tensor } from "graphfn";

/** @graphFunction */
export function has(x: Tensor): Tensor {
  const object: { a: Tensor; b?: Tensor } = { a: x };
  if (x > 3) object.b = x;
  return "b" in object ? object.a : -object.a;
}
