/** Returns from anywhere. */

import type { Tensor } from "graphfn";

/** @graphFunction */
export function partial(a: Tensor, b: Tensor): Tensor {
  if (a > 0) {
    if (b > 0) return 1;
  }
  return 2;
}

/** @graphFunction */
export function tuples(a: Tensor, b: Tensor): [Tensor, Tensor] {
  if (a > 0) return [a, b];
  else if (b > 0) return [b, a];
  let c = a;
  if (c < -5) {
    c = 3;
    if (b < -5) return [c, c];
    c += 1;
  }
  return [c, b];
}

/** @graphFunction */
export function nested(a: Tensor, n: Tensor): Tensor {
  for (let i: Tensor = 0; i < n; i++) {
    for (const k of [1, 2, 3]) {
      if (i * k === a) return i * 10 + k;
    }
    let j: Tensor = 0;
    do {
      if (i + j === a - 100) return j * 10 - 1;
      j++;
    } while (j < 3);
  }
  return -10;
}

/** @graphFunction */
export function atOnce(n: Tensor): Tensor {
  while (n > 0) return n * 2;
  return -1;
}

/** @graphFunction */
export function helper(x: Tensor): Tensor {
  const f = (y: Tensor): Tensor => {
    for (let i: Tensor = 0; ; i++) {
      if (i * i >= y) return i;
    }
  };
  let s: Tensor = 0;
  for (let k: Tensor = 0; k < x; k++) {
    if (f(k) > 3) return s;
    s += f(k);
  }
  return 0 - s;
}

/** @graphFunction */
export function nothing(x: Tensor): Tensor {
  let s: Tensor = 0;
  const f = (y: Tensor): void => {
    if (y > 3) return;
    s += y;
    if (y > 1) return;
    s += 100;
  };
  for (let k: Tensor = 0; k < x; k++) f(k);
  return s;
}

export const runs = {
  partial: [
    [1, 1],
    [1, -1],
    [-1, 1],
  ],
  tuples: [
    [1, 1],
    [-1, 1],
    [-1, -1],
    [-9, -9],
    [-9, -2],
  ],
  nested: [
    [6, 5],
    [102, 3],
    [50, 2],
    [1, 0],
  ],
  atOnce: [[3], [0]],
  helper: [[3], [0], [30]],
  nothing: [[0], [2], [6]],
};
