import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor, parse: (text: string) => number): Tensor {
  let k = 0;
  try {
    k = parse("1");
  } catch {
    k = 1;
  }
  try { // here
    x = x / k;
  } catch {
    x = x * 2;
  }
  try { // here
    if (x > 0) return x;
  } finally {
    k = 2;
  }
  return x * k;
}
