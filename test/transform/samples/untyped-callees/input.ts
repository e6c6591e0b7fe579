import type { Tensor } from "graphfn";

/** Nothing is known of `x`: what is computed with it may be a tensor, in whatever name it goes on. */
function doubled(x: any) {
  if (x > 3) return 2 * x;
  return x;
}

function farther(x: any) {
  const twice = doubled(x) + 1;
  return twice > 9 ? -twice : twice;
}

/** @graphFunction */
export function branches(x: Tensor): Tensor {
  if (doubled(x) > 5) return doubled(x);
  return x;
}

/** @graphFunction */
export function chains(x: Tensor): Tensor {
  let sum: Tensor = 0;
  while (farther(sum) > 0) sum += x;
  return sum;
}

/** Numbers stay what they are. */
/** @graphFunction */
export function counted(x: Tensor, n: number): Tensor {
  let y = x;
  for (let i = 0; i < (doubled(n) as number); i++) y += 1;
  return y;
}

export const runs = {
  branches: [[2], [3], [4]],
  chains: [[1], [2]],
  counted: [[1, { fixed: 2 }], [1, { fixed: 4 }]],
};
