/** Options of loops: bounds, unrolling, checkpoints for gradients. Plain JavaScript does not count rounds: the runs stay within. */

import type { Tensor } from "graphfn";
import * as gf from "graphfn";
import { loop } from "graphfn";

/** @graphFunction */
export function bounded(n: Tensor): Tensor {
  let steps: Tensor = 0;
  while (n > 1) {
    loop.options({ maxIterations: 9, onMax: "stop" }); // nine at most
    n = n % 2 === 0 ? n / 2 : 3 * n + 1;
    steps++;
  }
  return n * 100 + steps;
}

const LIMITS = { steps: 5 };

/** @graphFunction */
export function caught(x: Tensor): Tensor {
  let rounds: Tensor = 0;
  try {
    do {
      gf.loop.options({ maxIterations: LIMITS.steps });
      x -= 1;
      rounds++;
    } while (x > 0);
  } catch {
    return -rounds;
  }
  return rounds;
}

/** @graphFunction */
export function unrolled(xs: Tensor): Tensor {
  let sum: Tensor = 0;
  rows: for (const x of xs) { loop.options({ unroll: 2, checkpoint: "sqrt" });
    for (const y of xs) {
      loop.options({ unroll: true });
      if (y > 3) continue rows;
      if (x * y > 20) break rows;
      sum += x * y;
    }
    sum += 1000;
  }
  return sum;
}

/** @graphFunction */
export function plain(x: Tensor, n: number): Tensor {
  let last = 0;
  for (let i = 0; i < 5; i++) {
    loop.options({ maxIterations: n, onMax: "stop" });
    x += i;
    last = i;
  }
  for (const k of [1, 2, 3]) {
    loop.options({ maxIterations: 3, onMax: "stop" });
    if (x > 100) break;
    x *= k;
  }
  do {
    loop.options({ maxIterations: 6, onMax: "stop" });
    last++;
  } while (last < 10);
  return x * 10 + last;
}

export const runs = {
  bounded: [[6], [1], [4], [32], [64]],
  caught: [[3], [4], [5]],
  unrolled: [[[1, 2]], [[1, 2, 3]], [[1, 4, 2]], [[]]],
  plain: [[1, { fixed: 5 }], [1, { fixed: 9 }], [90, { fixed: 5 }]],
};
