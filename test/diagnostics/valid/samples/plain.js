/** A plain JavaScript file, with and without JSDoc types. */
import * as gf from "graphfn";

/** @graphFunction */
export function collatz(n) {
  let steps = 0;
  while (n > 1) {
    n = n % 2 === 0 ? n / 2 : 3 * n + 1;
    steps += 1;
  }
  return steps;
}

/**
 * @graphFunction
 * @param {gf.Tensor} x
 * @param {number} [times]
 * @returns {gf.Tensor}
 */
export function halve(x, times = 2) {
  for (let i = 0; i < times; i++) {
    if (x < 1) break;
    x = x / 2;
  }
  return x;
}

export const clamp = gf.graphFunction(function clamp(x, lo, hi) {
  if (x < lo) return lo;
  return x > hi ? hi : x;
});

export class Meter {
  #total = gf.scalar(0);

  /** @graphFunction */
  static ratio(a, b) {
    return b === 0 ? 0 : a / b;
  }
}

export const ratio = Meter.ratio;

export const runs = {
  collatz: [[27]],
  halve: [[9], [9, { fixed: 5 }]],
  clamp: [
    [5, 1, 3],
    [0, 1, 3],
  ],
  ratio: [
    [1, 0],
    [1, 4],
  ],
};
