import type { Tensor } from "graphfn";

/** @graphFunction */
export function grid(n: Tensor, limit: Tensor): Tensor {
  let sum: Tensor = 0;
  outer: for (let i: Tensor = 0; i < n; i++) {
    for (let j: Tensor = 0; j < n; j++) {
      if (j > i) continue outer;
      if (sum > limit) break outer;
      sum += i * 10 + j;
    }
    sum += 1000;
  }
  return sum;
}

/** @graphFunction */
export function block(x: Tensor): Tensor {
  let y: Tensor = 0;
  found: {
    if (x > 10) {
      y = 1;
      break found;
    }
    if (x > 5) break found;
    y = 2;
  }
  return y + x;
}

export const runs = { grid: [[3, 1000000], [4, 40], [0, 1]], block: [[11], [7], [1]] };
