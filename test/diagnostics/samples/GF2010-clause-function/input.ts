import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  switch (x) {
    case 0:
      function early(y: Tensor): Tensor { // here
        return y * 2;
      }
      function own(y: Tensor): Tensor {
        return y * 3;
      }
      return early(own(x));
    default:
      return early(x + 1);
  }
}
