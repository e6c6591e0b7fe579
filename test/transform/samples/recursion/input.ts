/** Functions that call themselves where the graph decides how deep, and where JavaScript does. */
import type { Tensor } from "graphfn";

/** @graphFunction */
export function fib(n: Tensor): Tensor {
  if (n < 2) return n;
  return fib(n - 1) + fib(n - 2);
}

/** @graphFunction */
export function factorial(n: Tensor): Tensor {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

/** @graphFunction */
export function ackermann(m: Tensor, n: Tensor): Tensor {
  if (m === 0) return n + 1;
  if (n === 0) return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}

/** @graphFunction */
export function isEven(n: Tensor): Tensor {
  if (n === 0) return true;
  return isOdd(n - 1);
}

/** @graphFunction */
export function isOdd(n: Tensor): Tensor {
  if (n === 0) return false;
  return isEven(n - 1);
}

/** @graphFunction */
export function total(n: Tensor, sum: Tensor = 0): Tensor {
  if (n === 0) return sum;
  return total(n - 1, sum + n);
}

/** @graphFunction */
export const gcd = (a: Tensor, b: Tensor): Tensor => (b === 0 ? a : gcd(b, a % b));

/** A nested one, which reads what is around it. */
/** @graphFunction */
export function steps(n: Tensor, by: Tensor): Tensor {
  const down = (x: Tensor, count: Tensor): Tensor => {
    if (x <= 0) return count;
    return down(x - by, count + 1);
  };
  return down(n, 0);
}

/** JavaScript decides: unrolled. */
/** @graphFunction */
export function power(x: Tensor, n: number): Tensor {
  return n === 0 ? 1 : x * power(x, n - 1);
}

interface Tree {
  readonly at: number;
  readonly low: Tree | number;
  readonly high: Tree | number;
}

/** The graph decides which way, JavaScript where it ends: unrolled. */
function decide(tree: Tree | number, x: Tensor): Tensor {
  if (typeof tree === "number") return x.mul(0).add(tree);
  return x.less(tree.at) ? decide(tree.low, x) : decide(tree.high, x);
}

/** @graphFunction */
export function classify(x: Tensor): Tensor {
  return decide({ at: 5, low: { at: 2, low: 0, high: 1 }, high: { at: 8, low: 2, high: { at: 9, low: 3, high: 4 } } }, x);
}

export const runs = {
  fib: [[0], [1], [10]],
  factorial: [[0], [1], [10]],
  ackermann: [[0, 3], [2, 3]],
  isEven: [[0], [1], [10]],
  isOdd: [[0], [7]],
  total: [[0], [10], [3, 4]],
  gcd: [[12, 18], [7, 0]],
  steps: [[10, 3], [0, 1]],
  power: [[3, { fixed: 0 }], [3, { fixed: 4 }]],
  classify: [[1], [3], [6], [8.5], [12]],
};
