import type { Tensor } from "graphfn";

/** @graphFunction */
export function firstSquareAbove(limit: Tensor, max: Tensor): Tensor {
  let i: Tensor = 0;
  while (i < max) {
    if (i * i > limit) return i;
    i += 1;
  }
  return -1;
}

/** @graphFunction */
export function sumWithSkips(n: Tensor): Tensor {
  let sum: Tensor = 0;
  for (let i: Tensor = 0; i < n; i++) {
    if (i % 3 === 0) continue;
    if (i > 10) break;
    sum += i;
  }
  return sum;
}

/** @graphFunction */
export function halving(x: Tensor): Tensor {
  let count: Tensor = 0;
  do {
    x = x / 2;
    count++;
    if (count > 5) break;
  } while (x > 1);
  return count + x;
}

export const runs = {
  firstSquareAbove: [[50, 100], [50, 3], [0, 5]],
  sumWithSkips: [[0], [5], [20]],
  halving: [[0.5], [10], [100000]],
};
