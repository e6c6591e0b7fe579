import type { Tensor } from "graphfn";

/** Calls that push on their way up: the list goes through them. */
/** @graphFunction */
export function digits(n: Tensor): Tensor {
  const found: Tensor[] = [];
  function walk(x: Tensor): void {
    if (x < 1) return;
    walk((x - x % 10) / 10);
    found.push(x % 10);
  }
  walk(n);
  let total: Tensor = 0;
  for (const d of found) total = total * 3 + d;
  return total * 100 + found.length;
}
/** @graphFunction */
export function grown(a: Tensor, b: Tensor): Tensor {
  const l0: Tensor[] = [b % 13, b];
  function f4(p5: Tensor): Tensor {
    if (p5 < 1) return b;
    if (p5 > 2) l0.push(p5 * 2);
    return f4(p5 - 1) + l0.length;
  }
  const r = f4(a);
  return r * 100 + l0[l0.length - 1];
}
export const runs = {
  digits: [[0], [7], [1234]],
  grown: [[3, 5], [1, 2], [6, 3]],
};
