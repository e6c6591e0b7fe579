import * as gf from "graphfn";
import { type Tensor, zip } from "graphfn";

/** @graphFunction */
export function weighted(xs: Tensor): Tensor {
  let sum: Tensor = 0;
  for (const [i, x] of xs.entries()) {
    if (x < 0) continue;
    sum += i * x;
  }
  return sum;
}

/** @graphFunction */
export function dot(xs: Tensor, ys: Tensor): Tensor {
  let sum: Tensor = 0;
  for (const [x, y] of zip(xs, ys)) sum += x * y;
  return sum;
}

/** @graphFunction */
export function horner(coefficients: Tensor, x: Tensor): Tensor {
  let value: Tensor = 0;
  for (const c of gf.reversed(coefficients)) value = value * x + c;
  return value;
}

/** @graphFunction */
export function lastPair(xs: Tensor, ys: Tensor): Tensor {
  for (const [x, y] of gf.reversed(zip(xs, ys))) if (x > y) return x * 10 + y;
  return -1;
}

/** @graphFunction */
export function overArray(x: Tensor): Tensor {
  for (const [i, row] of [x, x * 2, x * 3].entries()) if (row > 5) return i + row;
  return x;
}

/** @graphFunction */
export function overKeys(x: Tensor): Tensor {
  const table: Record<string, number> = { b: 2, a: 5, 1: 7 };
  let found: Tensor = -1;
  for (const key in table) {
    if (table[key] === 2) continue;
    if (x * table[key] > 20) return x + table[key];
    found += table[key];
  }
  return found;
}

export const runs = {
  weighted: [[[3, -1, 5]]],
  dot: [[[1, 2, 3], [4, 5, 6]], [[1, 2, 3], [4, 5]]],
  horner: [[[1, 2, 3], 2]],
  lastPair: [[[1, 5, 2], [3, 4, 6]], [[1, 1], [3, 4]]],
  overArray: [[1], [2], [6]],
  overKeys: [[1], [3], [5]],
};
