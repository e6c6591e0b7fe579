import type { Tensor } from "graphfn";

/** @graphFunction */
export function staged(n: Tensor): Tensor {
  let sum: Tensor = 0;
  for (let i: Tensor = 0; i < n; i++) {
    const square = (): Tensor => i * i;
    if (square() > 30) break;
    sum += square();
  }
  return sum;
}

/** @graphFunction */
export function several(n: Tensor): Tensor {
  let steps: Tensor = 0;
  for (let i: Tensor = 0, j: Tensor = n; i < j; i++, j -= 2) {
    if (i === 3) continue;
    steps += i * 10 + j;
  }
  return steps;
}

export const runs = {
  staged: [[0], [3], [20]],
  several: [[0], [7], [20]],
};
