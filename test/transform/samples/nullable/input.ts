import type { Tensor } from "graphfn";

/** A running maximum that starts without a value. */
/** @graphFunction */
export function largest(xs: Tensor, n: Tensor): Tensor {
  let best: Tensor | null = null;
  for (let i: Tensor = 0; i < n; i++) {
    const x = xs[i];
    if (best === null || x > best) best = x;
  }
  return best ?? -100;
}

/** No value at all is returned as null. */
/** @graphFunction */
export function find(xs: Tensor, limit: Tensor): Tensor | null {
  let found: Tensor | null = null;
  for (const x of xs) {
    if (x > limit) {
      found = x;
      break;
    }
  }
  return found;
}

/** Undefined, and a structure. */
/** @graphFunction */
export function closest(xs: Tensor, to: Tensor): Tensor {
  let best: { value: Tensor; distance: Tensor } | undefined;
  for (const x of xs) {
    const distance = x > to ? x - to : to - x;
    if (best === undefined || distance < best.distance) best = { value: x, distance };
  }
  if (best === undefined) return -1;
  return best.value * 10 + best.distance;
}

/** Conditions on the value being there, in all their forms. */
/** @graphFunction */
export function forms(x: Tensor): Tensor {
  let a: Tensor | null = x;
  let b: Tensor | null = null;
  if (x > 1) {
    a = null;
    b = x * 2;
  }
  const none = a === null && b === null;
  let y: Tensor = 0;
  if (a) y += 1;
  if (!b) y += 10;
  if (none) y += 100;
  if (a != null && a < 0) y += 1000;
  y += b === null ? 0 : b;
  b ??= 7;
  a = null === a ? b : a;
  return y * 10 + b + a;
}

class Cell {
  value: Tensor | null = null;
  previous?: Tensor;
  put(x: Tensor): void {
    if (this.value !== null) this.previous = this.value;
    this.value = x;
  }
}

/** Fields of objects. */
/** @graphFunction */
export function fields(xs: Tensor): Tensor {
  const cell = new Cell();
  for (const x of xs) if (x > 2) cell.put(x);
  const last: Tensor = cell.value ?? -1;
  if (cell.previous === undefined) return last;
  return last * 100 + cell.previous;
}

/** `?.` and `!`. */
/** @graphFunction */
export function chains(x: Tensor): Tensor {
  let box: { at: Tensor } | null = { at: x };
  if (x > 3) box = null;
  const seen = box?.at;
  const y: Tensor = seen ?? -5;
  if (x > 2 && x < 4) return box!.at;
  return y;
}

export const runs = {
  largest: [[[3, 9, 2], 3], [[-3, -9, -4], 3], [[1, 2], 0]],
  find: [[[1, 5, 7], 4], [[1, 2], 4]],
  closest: [[[1, 5, 8], 6], [[4], 1]],
  forms: [[0.5], [1], [5], [-1]],
  fields: [[[1, 2]], [[3, 1]], [[5, 3, 4]]],
  chains: [[1], [5]],
};
