import type { Tensor } from "graphfn";

/** A closure sees what the loop left, not what it was made with. */
/** @graphFunction */
export function readsLater(n: Tensor): Tensor {
  let sum: Tensor = 0;
  const read = (): Tensor => sum;
  for (let i: Tensor = 0; i < n; i++) sum += i;
  return read();
}

/** JavaScript chooses the function. */
/** @graphFunction */
export function chosen(x: Tensor, up: boolean): Tensor {
  const first = up ? (y: Tensor): Tensor => y + 1 : (y: Tensor): Tensor => y - 1;
  return [first, (y: Tensor): Tensor => y * 2].reduce((value, next) => next(value), x);
}

/** The graph chooses the call. */
/** @graphFunction */
export function dispatched(x: Tensor, which: Tensor): Tensor {
  const half = (y: Tensor): Tensor => y / 2;
  const square = (y: Tensor): Tensor => y * y;
  switch (which) {
    case 0:
      return half(x);
    case 1:
      return square(x);
    default:
      return which > 2 ? half(square(x)) : square(half(x));
  }
}

/** Defaults see what stands before them, and closures over it. */
/** @graphFunction */
export function parameters(x: Tensor, k: Tensor = x * 2, ...more: Tensor[]): Tensor {
  const scoped = (a: Tensor, b: Tensor = a * 2, c = (): Tensor => b): Tensor => {
    b = b + 1;
    return a + c();
  };
  const product = (...values: Tensor[]): Tensor => values.reduce((a, b) => a * b);
  let sum = x + k;
  for (const value of more) sum += value;
  return sum + scoped(x) * 10 + scoped(x, k) * 100 + product(...[x, k], x + 1) * 1000;
}

/** Strings are JavaScript's. */
/** @graphFunction */
export function texts(x: Tensor, mode: string): Tensor {
  if (mode === "up" && x > 0) return x + 1;
  return mode.startsWith("d") ? x - 1 : x;
}

/** Callbacks of arrays. */
/** @graphFunction */
export function callbacks(xs: Tensor): Tensor {
  const squares = [...xs].map((x) => (x > 1 ? x * x : x));
  let largest = squares[0];
  squares.forEach((x) => {
    if (x > largest) largest = x;
  });
  return squares.reduce((a, b) => a + b) * 100 + largest;
}

/** Of calls that do not happen, the arguments are not evaluated. */
/** @graphFunction */
export function skipped(x: Tensor): Tensor {
  let steps: Tensor = 0;
  const missing = undefined as { f(v: Tensor): Tensor } | undefined;
  const y = missing?.f(steps++) ?? x;
  return y * 10 + steps;
}

export const runs = {
  readsLater: [[4], [0]],
  chosen: [[2, true], [2, false]],
  dispatched: [[6, 0], [6, 1], [6, 2], [6, 3]],
  parameters: [[1], [1, 2], [1, 2, 3, 4]],
  texts: [[1, "up"], [-1, "up"], [1, "down"]],
  callbacks: [[[1, 2, 3]], [[3, -2, 1]]],
  skipped: [[3]],
};
