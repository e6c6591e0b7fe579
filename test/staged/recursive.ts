/** Functions that call themselves where the graph decides: for recursion.test.ts, which also runs them without a graph. */

import type { Tensor, Variable } from "graphfn";
import * as gf from "graphfn";

/** @graphFunction */
export function sumTo(n: Tensor): Tensor {
  if (n <= 0) return 0;
  return n + sumTo(n - 1);
}

/** @graphFunction */
export function endless(n: Tensor): Tensor {
  if (n < 0) return n;
  return endless(n + 1);
}

export const shallow = gf.graphFunction(
  (n: Tensor): Tensor => {
    if (n <= 0) return 0;
    return 1 + shallow(n - 1);
  },
  { maxDepth: 5 },
);

/**
 * @graphFunction({
 *   maxDepth: 7,
 * })
 */
export function commented(n: Tensor): Tensor {
  if (n <= 0) return 0;
  return 1 + commented(n - 1);
}

/** @graphFunction({ maxdepth: 7 }) */
export function misspelt(n: Tensor): Tensor {
  return n;
}

/** @graphFunction */
export function noEnd(n: Tensor): Tensor {
  if (n > 0) return noEnd(n - 1);
  return noEnd(n + 1);
}

/** Twice as many elements each time. */
/** @graphFunction */
export function halves(x: Tensor, limit: Tensor): Tensor {
  if (x.sum() <= limit) return x;
  return halves(gf.concat([x / 4, x / 4]), limit);
}

/** @graphFunction */
export function bounds(n: Tensor): { lo: Tensor; hi: Tensor } {
  if (n <= 1) return { lo: n, hi: n * 10 };
  const { lo, hi } = bounds(n - 1);
  return { lo: lo - n, hi: hi + n };
}

/** @graphFunction */
function halving(n: Tensor, best: Tensor | null): Tensor | null {
  if (n < 1) return best;
  if (n % 2 !== 0) return halving(n - 1, n);
  return halving(n / 2, best);
}

/** The last odd number on the way down. */
/** @graphFunction */
export function lastOdd(n: Tensor): Tensor | null {
  return halving(n, null);
}

/** @graphFunction */
export function calls(n: Tensor): Tensor {
  let count: Tensor = 0;
  const walk = (k: Tensor): Tensor => {
    count = count + 1;
    if (k < 2) return k;
    return walk(k - 1) + walk(k - 2);
  };
  const result = walk(n);
  return result * 1000 + count;
}

/** @graphFunction */
export function inObject(n: Tensor): Tensor {
  const seen = { most: n * 0, last: n };
  function walk(k: Tensor): void {
    const local = { twice: k };
    if (k > 0) {
      local.twice = k * 2;
      seen.most = seen.most + local.twice;
      walk(k - 1);
      seen.last = k;
    }
  }
  walk(n);
  return seen.most * 100 + seen.last;
}

export const counter: Variable = gf.variable(gf.scalar(0));

/** @graphFunction */
export function counting(n: Tensor): Tensor {
  counter.assign(counter.add(1));
  if (n <= 0) return counter.add(0);
  return counting(n - 1);
}

/** @graphFunction */
export function tooStatic(n: Tensor, depth: number): Tensor {
  if (depth > 1000) return n;
  if (n <= 0) return n * 0 + depth;
  return tooStatic(n - 1, depth + 1);
}

/** @graphFunction */
export function staticBound(n: Tensor, depth: number): Tensor {
  if (depth === 0) return n;
  if (n > 10) return staticBound(n - depth, depth - 1);
  return staticBound(n + 1, depth - 1);
}

/** @graphFunction */
export function withLoop(n: Tensor): Tensor {
  let sum: Tensor = n;
  for (let i: Tensor = 1; i < n; i++) sum = sum + withLoop(i);
  return sum;
}

/** @graphFunction */
export function repeated(n: Tensor, times: Tensor): Tensor {
  let x = n;
  for (let i: Tensor = 0; i < times; i++) x = sumTo(x) - sumTo(x - 1) + 1;
  return x;
}

class Scaled {
  readonly factor: number;
  constructor(factor: number) {
    this.factor = factor;
  }
  /** @graphFunction */
  power(n: Tensor): Tensor {
    if (n <= 0) return 1;
    return this.power(n - 1) * this.factor;
  }
}
export const scaled = new Scaled(3);
export const power = (n: Tensor): Tensor => scaled.power(n);

/** @graphFunction */
function pick<T extends { value: Tensor }>(n: Tensor, a: T, b?: T, ...rest: readonly Tensor[]): Tensor {
  if (n <= 0) return a.value + (b?.value ?? 0) + rest.length;
  return pick(n - 1, a, b, ...rest) + (rest[0] ?? 0);
}

/** @graphFunction */
export function generic(n: Tensor): Tensor {
  return pick(n, { value: n }) + pick(n, { value: n * 2 }, { value: n }, n, n * 3);
}

/** @graphFunction */
export function failing(n: Tensor): Tensor {
  if (n < 0) throw new RangeError("below zero");
  if (n === 0) return n;
  return failing(n - 2);
}

/** @graphFunction */
export function caught(n: Tensor): Tensor {
  try {
    return failing(n);
  } catch {
    return -1;
  }
}

/** @graphFunction */
export function product(x: Tensor, n: Tensor): Tensor {
  if (n <= 0) return x * 0 + 1;
  return x * product(x, n - 1);
}

/** @graphFunction */
export function slope(x: Tensor): Tensor {
  return gf.grad((y: Tensor) => product(y, gf.scalar(3)))(x);
}

/** Its only way out is the function around it. */
function inner(n: Tensor, k: Tensor): Tensor {
  return k.greater(0) ? inner(n.add(1), k.sub(1)) : outer(n.sub(4), k);
}

/** @graphFunction */
export function outer(n: Tensor, k: Tensor): Tensor {
  if (n <= 0) return n;
  return inner(n, k + 2) + 1;
}
