import type { Tensor } from "graphfn";

/** @graphFunction */
export function polynomial(x: Tensor): Tensor {
  return x ** 2 + 2 * x + 1;
}

/** @graphFunction */
export function all(a: Tensor, b: Tensor): Tensor {
  const sum = a + b - 1;
  const ratio = a / b % 3; // JavaScript's truncated remainder
  return -(sum * ratio) + +a;
}

/** @graphFunction */
export function compare(a: Tensor, b: Tensor): Tensor {
  const less = a < b ? 1 : 0;
  const atMost = a <= b ? 2 : 0;
  const more = a > b ? 4 : 0;
  const atLeast = a >= b ? 8 : 0;
  const same = a === b ? 16 : 0;
  const other = a !== b ? 32 : 0;
  return less + atMost + more + atLeast + same + other + 0 * a;
}

/** Operators on numbers stay as they are.
 * @graphFunction */
export function numbers(x: Tensor): Tensor {
  const half = 1 / 2;
  const name = "n" + half;
  return x * (half + name.length - 2 ** 3 % 5);
}

export const runs = {
  polynomial: [[3], [-1]],
  all: [[7, 2], [-7, 2], [0.5, -3]],
  compare: [[1, 2], [2, 1], [2, 2]],
  numbers: [[4]],
};
