import type { Tensor } from "graphfn";

/** push in a loop; the array is returned, and so is its length. */
/** @graphFunction */
export function halves(x: Tensor): Tensor[] {
  const xs: Tensor[] = [];
  while (x > 1) {
    xs.push(x);
    x = x / 2;
  }
  const n = xs.length;
  xs.push(x * n);
  return xs;
}

/** A worklist: pop and push, until it is empty. */
/** @graphFunction */
export function countdown(n: Tensor): Tensor {
  const stack: Tensor[] = [n];
  let sum: Tensor = 0;
  while (stack.length > 0) {
    const top = stack.pop() as Tensor;
    sum += top;
    if (top > 1) {
      stack.push(top - 1);
      stack.push(top - 2);
    }
  }
  return sum;
}

/** Read and written by index, forwards and backwards. */
/** @graphFunction */
export function running(n: Tensor): Tensor {
  const sums: Tensor[] = [n * 0];
  for (let i: Tensor = 1; i <= n; i++) {
    sums.push(sums[sums.length - 1] + i);
    if (i % 2 === 0) sums[0] = sums[0] - i;
    sums[i] = sums[i] * 2;
  }
  let total: Tensor = 0;
  for (let i = sums.length - 1; i >= 0; i--) total = total * 3 + sums[i];
  for (const s of sums) {
    if (s > 20) break;
    total += s;
  }
  return total;
}

function append(list: Tensor[], x: Tensor): void {
  if (x.greater(0)) list.push(x);
}

class Stack {
  private readonly items: Tensor[] = [];
  push(x: Tensor): void {
    this.items.push(x);
  }
  get size(): number {
    return this.items.length;
  }
  pop(): Tensor {
    return this.items.pop() as Tensor;
  }
}

/** In helpers, methods and closures, and under another name. */
/** @graphFunction */
export function helpers(x: Tensor, n: Tensor): Tensor {
  const kept: Tensor[] = [];
  const alias = kept;
  const stack = new Stack();
  const seen: Tensor[] = [];
  const see = (v: Tensor): void => {
    seen.push(v);
  };
  for (let i: Tensor = 0; i < n; i++) {
    append(kept, x - i);
    stack.push(i);
    if (i % 2 === 0) see(x);
    if (i % 3 === 2) see(stack.pop());
  }
  alias.push(x * 100);
  return kept.length * 10000 + seen.reduce((a, b) => a + b, n) + kept.map((v) => v * 2).reduce((a, b) => a + b, n) + stack.pop();
}

/** An array of known length stays plain. */
/** @graphFunction */
export function fixed(x: Tensor, n: Tensor): Tensor {
  const weights: Tensor[] = [x, x + 1];
  weights.push(x + 2);
  const found: Tensor[] = [];
  for (let i = 0; i < weights.length; i++) if (weights[i] > n) found.push(weights[i]);
  return x * 0 + found.length + weights.length * 10;
}

/** Functions that decide by a tensor. */
/** @graphFunction */
export function decided(x: Tensor): Tensor[] {
  const rows: Tensor[] = [x, x - 2, x * 3, -x];
  const positive = rows.filter((row) => row > 0);
  const any: Tensor = rows.some((row) => row === 6) ? 1 : 0;
  const all: Tensor = rows.every((row) => row > -9) ? 1 : 0;
  const has: Tensor = positive.includes(x) ? 1 : 0;
  const more = positive.slice(1).concat([x, any, all, has]);
  return more.map((row) => row + positive.length);
}

export const runs = {
  halves: [[9], [0.5]],
  countdown: [[0], [5], [8]],
  running: [[0], [1], [6]],
  helpers: [[3, 7], [9, 4], [0, 1]],
  fixed: [[1, 1], [1, 9], [5, 0]],
  decided: [[1], [2], [-4], [5]],
};
