import type { Tensor } from "graphfn";

/** @graphFunction */
export function power(x: Tensor, n: number): Tensor {
  return n === 0 ? x ** 0 : x * power(x, n - 1);
}

/** @graphFunction */
export function factorial(n: Tensor): Tensor {
  if (n <= 1) return 1;
  return n * factorial(n - 1); // here
}

function odd(n: Tensor): Tensor {
  return even(n.sub(1));
}

/** @graphFunction */
export function even(n: Tensor): Tensor {
  if (n === 0) return 1;
  return odd(n); // here
}
