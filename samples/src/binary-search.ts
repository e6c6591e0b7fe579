/** Binary search: returns from inside the loop, at three places. */
import * as gf from "graphfn";
import type { Sample } from "./sample.ts";

/** @graphFunction */
export function search(xs: gf.Tensor, n: gf.Tensor, key: gf.Tensor): gf.Tensor {
  if (n === 0) return -1;
  let low: gf.Tensor = 0;
  let high: gf.Tensor = n - 1;
  while (low <= high) {
    const middle = (low + high - ((low + high) % 2)) / 2;
    if (xs[middle] === key) return middle;
    if (xs[middle] < key) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

export function main(): void {
  const xs = gf.tensor([1, 3, 5, 7, 11, 13, 17]);
  search(xs, gf.scalar(7), gf.scalar(11)).print(); // 4
  search(xs, gf.scalar(7), gf.scalar(4)).print(); // -1
}

export const sample: Sample = {
  title: "Binary search with early returns",
  fn: search,
  inputs: [
    [[1, 3, 5, 7, 11, 13, 17], 7, 11],
    [[1, 3, 5, 7, 11, 13, 17], 7, 4],
    [[1, 3, 5, 7, 11, 13, 17], 7, 17],
    [[1, 3, 5, 7, 11, 13, 17], 0, 1],
  ],
  dtype: "float32",
  tolerance: 0,
};
