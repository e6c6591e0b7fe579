import type { Tensor } from "graphfn";

/** @graphFunction */
export function pattern(t: Tensor): Tensor {
  const [a, , b = 1, ...rest] = t;
  const [x = 5, y = 6] = rest;
  return a * 100 + b * 10 + x + y * 1000;
}
/** @graphFunction */
export function swaps(x: Tensor, n: Tensor): Tensor {
  let a: Tensor = 1, b: Tensor = 1;
  for (let i: Tensor = 0; i < n; i++) {
    [a, b] = [b, a + b];
    if (a > 50) break;
  }
  const p = { a, b };
  ({ a: b, b: a } = p);
  return a * 1000 + b + x;
}
/** @graphFunction */
export function parameters([x, y]: Tensor, { k, by: [z = 3] }: { k: Tensor; by: Tensor[] }): Tensor {
  return x * 100 + y * 10 + z + k;
}
/** @graphFunction */
export function rows(t: Tensor): Tensor {
  let sum: Tensor = 0;
  for (const [a, b] of t) {
    if (a > 4) break;
    sum += a * b;
  }
  let c: Tensor = 0, d: Tensor = 0;
  for ([c, d] of t) sum += c - d;
  return sum * 100 + c + d;
}
/** @graphFunction */
export function spread(t: Tensor): Tensor {
  const list = [...t, ...t];
  const total = (...values: Tensor[]): Tensor => values.reduce((a, b) => a + b);
  return total(...t) + list[4];
}
/** @graphFunction */
export function assigned(t: Tensor, x: Tensor): Tensor {
  let a: Tensor = 0, b: Tensor = 0;
  if (x > 0) [a, b] = t;
  else ({ a, b = x } = { a: x, b: undefined });
  const last = ([a, b] = [b, a + 1])[1];
  return a * 100 + b * 10 + last;
}
export const runs = {
  pattern: [[[1, 2, 3, 4]]],
  swaps: [[1, 0], [1, 3], [1, 30]],
  rows: [[[[1, 2], [3, 4], [5, 6]]]],
  spread: [[[1, 2, 3]]],
  assigned: [[[1, 2], 3], [[1, 2], -3]],
};
