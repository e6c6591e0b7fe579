import type { Tensor } from "graphfn";

/** @graphFunction */
export function sum(xs: Tensor): Tensor {
  let total: Tensor = 0;
  for (const x of xs) {
    if (x < 0) continue;
    total += x;
  }
  return total;
}

/** @graphFunction */
export function firstNegative(xs: Tensor): Tensor {
  for (const x of xs) if (x < 0) return x;
  return 0;
}

/** An array of numbers is walked while tracing.
 * @graphFunction */
export function horner(x: Tensor): Tensor {
  let y: Tensor = 0;
  for (const c of [2, -1, 3]) y = y * x + c;
  return y;
}

/** Unless the graph decides on an exit.
 * @graphFunction */
export function bounded(x: Tensor): Tensor {
  let y: Tensor = 1;
  for (const c of [2, 3, 4]) {
    if (y > 5) break;
    y = y * x + c;
  }
  return y;
}

export const runs = {
  sum: [[[1, -2, 3]], [[-1]]],
  firstNegative: [[[1, -2, -3]], [[1, 2]]],
  horner: [[2], [-1]],
  bounded: [[2], [0.5], [10]],
};
