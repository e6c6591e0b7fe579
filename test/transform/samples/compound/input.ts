import type { Tensor } from "graphfn";

/** @graphFunction */
export function updates(x: Tensor): Tensor {
  let y: Tensor = x;
  y += 3;
  y -= 1;
  y *= x;
  y /= 2;
  y **= 2;
  y %= 7;
  y++;
  ++y;
  y--;
  let z: Tensor = 5;
  z = y = y + z;
  return y + z;
}

/** @graphFunction */
export function numbers(x: Tensor): Tensor {
  let k = 1;
  k += 2;
  k *= k++;
  return x * k;
}

export const runs = { updates: [[2], [-3]], numbers: [[2]] };
