import type { Tensor } from "graphfn";

/** @graphFunction */
export function primesBelow(n: Tensor): Tensor {
  let count: Tensor = 0;
  for (let p: Tensor = 2; p < n; p++) {
    let prime: Tensor = true;
    for (let d: Tensor = 2; d * d <= p; d++) {
      if (p % d === 0) {
        prime = false;
        break;
      }
    }
    if (prime) count++;
  }
  return count;
}

/** @graphFunction */
export function search(limit: Tensor, target: Tensor): Tensor {
  for (let a: Tensor = 1; a < limit; a++) {
    let b: Tensor = a;
    while (b < limit) {
      if (a * a + b * b === target) return a * 100 + b;
      b += 1;
    }
  }
  return -1;
}

export const runs = { primesBelow: [[2], [30]], search: [[20, 25], [20, 169], [5, 169]] };
