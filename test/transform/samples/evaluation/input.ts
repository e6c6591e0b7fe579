import type { Tensor } from "graphfn";

/** The place of an assignment is evaluated first, then its value. */
/** @graphFunction */
export function order(x: Tensor): Tensor {
  const a = [x, x, x];
  let i = 0;
  a[i] += (i = 1, x * 10);
  let j = 0;
  [j, a[j]] = [2, x * 99];
  void (i = 2);
  return a[0] * 10000 + a[1] * 100 + a[2] + i + j;
}

/** Assignments in conditions, and chained. */
/** @graphFunction */
export function inConditions(x: Tensor): Tensor {
  let v: Tensor;
  let n: Tensor = 0;
  while ((v = x * 2 - n * n) > 0) n++;
  let a: Tensor, b: Tensor;
  a = b = v;
  return a * 10 + b + n * 1000;
}

/** What stands left of && and || is JavaScript's: its value may be the result. */
/** @graphFunction */
export function operands(x: Tensor, k: number, name: string): Tensor {
  const a = k && x;
  const b = name || "none";
  return (a === 0 ? x : (a as Tensor)) * b.length;
}

/** A condition is looked at each time anew. */
/** @graphFunction */
export function predicates(x: Tensor): Tensor {
  const positive = x > 0;
  let rounds: Tensor = 0;
  do {
    x -= 1;
    if (x > 3) continue;
    rounds += 10;
  } while (x > 0 || (rounds += 1) < 3);
  return (positive ? x : -x) * 100 + rounds;
}

/** A getter runs at each read. */
/** @graphFunction */
export function getters(x: Tensor): Tensor {
  let reads: Tensor = 0;
  const source = {
    get value(): Tensor {
      reads += 1;
      return x;
    },
  };
  let sum: Tensor = 0;
  while (sum < 10) sum += source.value;
  return sum * 100 + reads;
}

/** The value of a return is taken before `finally`; `continue` and `break` run it, too. */
/** @graphFunction */
export function captured(n: Tensor): Tensor {
  let y: Tensor = 1;
  const early = (): Tensor => {
    try {
      return y;
    } finally {
      y = 2;
    }
  };
  let sum = early() * 10000 + y * 100000;
  for (let i: Tensor = 0; i < n; i++) {
    try {
      if (i === 2) continue;
      if (i === 4) break;
      sum += 1;
    } finally {
      sum += 10;
    }
    sum += 100;
  }
  return sum;
}

/** An array is read as it is when the loop gets there; missing elements are undefined. */
/** @graphFunction */
export function arrays(x: Tensor): Tensor {
  const growing = [x];
  let sum: Tensor = 0;
  for (const value of growing) {
    sum += value;
    if (growing.length < 4) growing.push(value * 2);
  }
  const holes: (Tensor | undefined)[] = [x, , x * 2];
  return sum + (holes[1] ?? x * 100) + (holes[-1] ?? x * 1000);
}

/** What a block uses is disposed of on every way out of it, after the value of a return was taken. */
/** @graphFunction */
export function disposed(x: Tensor): Tensor {
  let closed: Tensor = 0;
  if (x > 1) {
    using _scope = {
      [Symbol.dispose](): void {
        closed = closed + 1;
      },
    };
    if (x > 3) return closed;
    x = x * 2;
  }
  return x * 10 + closed;
}

export const runs = {
  order: [[1]],
  inConditions: [[3], [-1]],
  operands: [[2, { fixed: 0 }, ""], [2, { fixed: 3 }, "ab"]],
  predicates: [[5], [-5]],
  getters: [[3]],
  captured: [[6], [1]],
  arrays: [[1]],
  disposed: [[0], [2], [5]],
};
