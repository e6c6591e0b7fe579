import type { Tensor } from "graphfn";

/** @graphFunction */
export function reverse(xs: Tensor, n: Tensor): Tensor {
  let t: Tensor = xs;
  let i: Tensor = 0;
  let j: Tensor = n - 1;
  while (i < j) {
    const left = t[i];
    t[i] = t[j];
    t[j] = left;
    i++;
    j--;
  }
  return t;
}

/** @graphFunction */
export function steps(xs: Tensor): Tensor {
  let t: Tensor = xs;
  t[0] += 10;
  t[1] *= t[0];
  t[2]++;
  return t;
}

/** Arrays keep JavaScript's indexing.
 * @graphFunction */
export function table(x: Tensor): Tensor {
  const weights = [1, 10, 100];
  weights[1] += 5;
  const terms: Tensor[] = [];
  for (let i = 0; i < weights.length; i++) terms[i] = x * weights[i]!;
  return terms[0] + terms[1] + terms[2];
}

export const runs = { reverse: [[[1, 2, 3, 4], 4], [[5], 1]], steps: [[[1, 2, 3]]], table: [[2]] };
