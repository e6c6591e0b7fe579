import type { Tensor } from "graphfn";

/** @graphFunction */
export function nested(x: Tensor): Tensor {
  return x > 10 ? 3 : x > 5 ? 2 : x > 0 ? (x > 2 ? 1.5 : 1) : 0;
}

/** @graphFunction */
export function fixed(x: Tensor, big: boolean): Tensor {
  const scale = big ? 100 : 1;
  return big ? x * scale : x / 2;
}

export const runs = {
  nested: [[11], [7], [4], [1], [-1]],
  fixed: [[3, true], [3, false]],
};
