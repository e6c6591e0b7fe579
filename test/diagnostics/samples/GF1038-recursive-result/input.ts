import type { Tensor } from "graphfn";

/** @graphFunction */
export function power(x: Tensor, n: number) {
  if (n === 0) return x ** 0;
  return x * power(x, n - 1);
}

/** @graphFunction */
export function factorial(n: Tensor) {
  if (n <= 1) return n;
  return n * factorial(n - 1); // here
}
