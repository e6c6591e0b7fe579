import type { Tensor } from "graphfn";

/** @graphFunction */
export function sign(x: Tensor): Tensor {
  if (x < 0) return -1;
  if (x > 0) {
    return 1;
  }
  const zero = x * 0;
  return zero;
}

/** @graphFunction */
export function nested(x: Tensor, y: Tensor): Tensor {
  if (x > 0) {
    if (y > 0) return x + y;
    x = x * 10;
  } else if (y > 0) return y - x;
  else {
    y = y - 1;
  }
  return x * y;
}

export const runs = {
  sign: [[-3], [0], [4]],
  nested: [[1, 2], [1, -2], [-1, 2], [-1, -2]],
};
