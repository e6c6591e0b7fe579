import type { Tensor } from "graphfn";

/** @graphFunction */
export function log2(x: Tensor): Tensor {
  let count: Tensor = 0;
  while (true) {
    if (x < 2) break;
    x /= 2;
    count++;
  }
  return count;
}

/** @graphFunction */
export function returns(x: Tensor): Tensor {
  for (;;) {
    x = x * 3;
    if (x > 100) return x;
  }
}

export const runs = { log2: [[1], [9], [1024]], returns: [[1], [200]] };
