import type { Tensor } from "graphfn";

function* multiples(x: Tensor, n: number): Generator<Tensor, void> {
  let seen: Tensor = x.mul(0);
  for (let i = 1; i <= n; i++) {
    if (x.greater(2)) seen = seen.add(1);
    yield x.mul(i).add(seen.mul(100));
  }
}

/** A generator whose own loops are static is unrolled; what the loop over it decides is in the graph. */
/** @graphFunction */
export function total(x: Tensor, limit: Tensor): Tensor {
  let sum: Tensor = 0;
  for (const value of multiples(x, 4)) {
    if (value > limit) break;
    sum += value;
  }
  return sum;
}

/** Inside a loop of the graph. */
/** @graphFunction */
export function nested(x: Tensor, n: Tensor): Tensor {
  let sum: Tensor = 0;
  for (let i: Tensor = 0; i < n; i++) {
    for (const [k, value] of [...multiples(x + i, 2)].entries()) sum += value * (k + 1);
  }
  return sum;
}

export const runs = {
  total: [[1, 3], [2, 100], [3, 250], [5, 0]],
  nested: [[1, 3], [4, 0]],
};
