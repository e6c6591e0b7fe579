/** Values that may be missing: null on one path, and variables that their author says are assigned. */

import type { Tensor } from "graphfn";

/** @graphFunction */
export function nullBoth(x: Tensor): Tensor {
  let best: Tensor | null = null;
  if (x > 0) {
    best = null;
  } else {
    best = null;
  }
  let other: Tensor | null | undefined;
  if (x > 1) other = null;
  else if (x < -1) other = x;
  else other = null;
  const r: Tensor = best ?? 4;
  if (other === null) return r + 100;
  if (other === undefined) return r + 200;
  return r + other;
}

/** @graphFunction */
export function nullLoop(xs: Tensor): Tensor {
  let a: Tensor | null = null,
    b: Tensor | null = null;
  for (const x of xs) {
    if (x < 0) {
      a = null;
      continue;
    }
    b = a;
    a = x;
    if (b !== null && a !== null && a === b) break;
  }
  const p: Tensor = a ?? -1,
    q: Tensor = b ?? -1;
  return p * 100 + q;
}

/** @graphFunction */
export function firstInLoop(n: Tensor): Tensor {
  let a!: Tensor;
  for (let i: Tensor = 0; i < n; i++) a = i === 0 ? 1 : a + i;
  return a;
}

/** @graphFunction */
export function asserted(x: Tensor, n: Tensor): Tensor {
  let y!: Tensor, p!: { a: Tensor }, f!: Tensor[];
  for (let i: Tensor = 0; i < n; i++) {
    y = x + i;
    p = { a: y };
    f = [y, i];
  }
  const g = (): Tensor => y * 2;
  y += 1;
  y++;
  return y + p.a * 10 + f[1]! * 100 + g();
}

export const runs = {
  nullBoth: [[0], [2], [-3]],
  nullLoop: [[[1, 2]], [[1, -1, 3]], [[]], [[2, 2, 5]], [[-1]]],
  firstInLoop: [[1], [5]],
  asserted: [
    [1, 1],
    [2, 3],
  ],
};
