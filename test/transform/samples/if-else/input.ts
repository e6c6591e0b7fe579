import type { Tensor } from "graphfn";

/** @graphFunction */
export function pieces(x: Tensor): Tensor {
  let y: Tensor;
  let sign: Tensor = 1;
  if (x > 10) {
    y = x - 10;
  } else if (x > 0) y = x;
  else {
    // negative values are mirrored
    y = -x;
    sign = -1;
  }
  return y * sign * 2;
}

/** Both conditions: a number decides while tracing, a tensor in the graph.
 * @graphFunction */
export function mixed(x: Tensor, k: number): Tensor {
  if (k > 2) {
    if (x > 0) x = x * k;
  } else {
    x = x - k;
  }
  return x;
}

export const runs = { pieces: [[12], [4], [-3], [0]], mixed: [[2, { fixed: 3 }], [-2, { fixed: 3 }], [2, { fixed: 1 }]] };
