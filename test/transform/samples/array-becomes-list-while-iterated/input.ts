import type { Tensor } from "graphfn";

/** A round pushes as often as the graph decides: the rounds that are left are staged. */
/** @graphFunction */
export function spread(a: Tensor, b: Tensor): Tensor {
  const list: Tensor[] = [b % 13, a];
  function grow(n: Tensor): Tensor {
    if (n < 1) return a;
    list.push(n);
    return n + grow((n % 5) - 1);
  }
  let sum: Tensor = 0;
  for (const x of list) {
    sum = sum * 2 + x;
    grow(b);
    b = -3;
  }
  return sum;
}

/** The same with a loop. */
/** @graphFunction */
export function halves(n: Tensor): Tensor {
  const list: Tensor[] = [n];
  let sum: Tensor = 0;
  for (const x of list) {
    let rest: Tensor = x - 1;
    while (rest > 2) {
      list.push((rest - (rest % 2)) / 2);
      rest -= 3;
    }
    if (sum > 100) break;
    sum += x;
  }
  return sum * 100 + list.length;
}

export const runs = { spread: [[3, 5], [-4, 1], [0, -7]], halves: [[2], [9], [14]] };
