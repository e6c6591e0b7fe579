import type { Tensor } from "graphfn";

/** @graphFunction */
export function collatz(n: Tensor): Tensor {
  let steps: Tensor = 0;
  while (n > 1) {
    n = n % 2 === 0 ? n / 2 : 3 * n + 1;
    steps += 1;
  }
  return steps;
}

export const runs = { collatz: [[27], [1], [97]] };
