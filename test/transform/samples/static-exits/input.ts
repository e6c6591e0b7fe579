import type { Tensor } from "graphfn";

/** A static `if` around an exit that the graph decides.
 * @graphFunction */
export function guarded(x: Tensor, check: boolean): Tensor {
  if (check) {
    if (x < 0) return 0;
    x = x + 1;
  }
  return x * 2;
}

/** A loop over numbers whose exit the graph decides.
 * @graphFunction */
export function firstAbove(x: Tensor, limit: Tensor): Tensor {
  let power: Tensor = 1;
  for (let i = 0; i < 6; i++) {
    if (power > limit) break;
    power = power * x;
  }
  return power;
}

/** Static loops stay JavaScript, also inside staged code.
 * @graphFunction */
export function unrolled(x: Tensor): Tensor {
  let sum: Tensor = 0;
  while (x > 0) {
    for (let i = 1; i <= 3; i++) {
      if (i === 2) continue;
      sum += x * i;
    }
    x -= 1;
  }
  return sum;
}

export const runs = {
  guarded: [[-3, true], [3, true], [-3, false]],
  firstAbove: [[2, 10], [2, 1000], [3, 0]],
  unrolled: [[3], [0]],
};
