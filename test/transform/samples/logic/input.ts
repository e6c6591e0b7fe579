import type { Tensor } from "graphfn";

/** @graphFunction */
export function both(a: Tensor, b: Tensor): Tensor {
  if (a > 0 && b > 0) return 3;
  if (a > 0 || b > 0) return 2;
  if (!(a === b)) return 1;
  return 0;
}

/** @graphFunction */
export function values(a: Tensor, b: Tensor, strict: boolean): Tensor {
  const inside = a > 0 && a < 10;
  const outside = !inside;
  const either = outside || b > a;
  return either && strict ? a : b;
}

export const runs = {
  both: [[1, 1], [1, -1], [-1, 1], [-1, -2], [-1, -1]],
  values: [[5, 7, true], [5, 3, true], [50, 3, true], [5, 7, false]],
};
