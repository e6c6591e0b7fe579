import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor, k: number): Tensor {
  switch (x) { // here
    case 1:
      return x;
  }
  switch (k) {
    case 1:
      x = x * 2;
      break;
    default:
      return x;
  }
  switch (k) { // here
    case 2:
      if (x > 0) return x;
  }
  return x;
}
