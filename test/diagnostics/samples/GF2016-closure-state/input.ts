import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(a: Tensor, b: Tensor): Tensor {
  const fine = (y: Tensor): Tensor => {
    a = a + 1;
    if (y > 5) return y;
    return -y;
  };
  const early = (y: Tensor): Tensor => {
    if (y > 5) return y;
    a = y; // here
    fine(y); // here
    return -y;
  };
  if (b > 0) return early(b);
  return fine(a);
}
