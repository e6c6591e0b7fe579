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
/** The list belongs to the body of a call; behind the function that throws nobody can reach it. */
/** @graphFunction */
export function left(a: Tensor, b: Tensor): Tensor {
  function f(x: Tensor): Tensor {
    if (x < 1) return b;
    if (x > 60) throw new Error("too deep");
    const l3: Tensor[] = [x % 13, b];
    if (b > x) l3.pop();
    return l3.length + f(x % 5 - 1);
  }
  if (a < 3) b = f(a);
  return a * 100 + b;
}
export const runs = {
  digits: [[0], [7], [1234]],
  grown: [[3, 5], [1, 2], [6, 3]],
  left: [[3, 2], [1, 2], [2, 1], [1, 0]],
};
