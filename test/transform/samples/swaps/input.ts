import type { Tensor } from "graphfn";

/** Elements of tensors, and of arrays at places that the graph decides, are targets of destructuring. */
/** @graphFunction */
export function sorted(t: Tensor, n: Tensor): Tensor {
  for (let i: Tensor = 0; i < n; i++) {
    for (let j: Tensor = 0; j < n - 1 - i; j++) {
      if (t[j] > t[j + 1]) [t[j], t[j + 1]] = [t[j + 1], t[j]];
    }
  }
  return t;
}

/** @graphFunction */
export function nth(a: Tensor, b: Tensor, k: number): Tensor {
  let at: Tensor = a > b ? 2 : 0;
  const xs = [a, b, a + b];
  [xs[at], xs[1]] = [xs[1], xs[at]];
  let row: Tensor = a;
  ({ row, first: xs[at] = row } = { row: b, first: a } as { row: Tensor; first?: Tensor });
  [at, xs[at]] = [b % 2, a];
  xs[at]++;
  return xs[0] * 100 + xs[1] * 10 + xs[2] + xs[at] + row + k;
}

/** @graphFunction */
export function nested(t: Tensor, i: Tensor): Tensor {
  let rest: Tensor[] = [];
  [[t[i]], ...rest] = [[t[0] * 2], t[1], t[2]];
  const swap = (k: Tensor): void => {
    [t[k], t[2]] = [t[2], t[k]];
  };
  if (t[i] > 3) swap(i);
  return t[0] * 1000 + t[1] * 100 + t[2] * 10 + rest.length + (rest[0] as Tensor);
}

export const runs = {
  sorted: [
    [[3, 1, 2], 3],
    [[5, 4, 3, 2, 1], 5],
  ],
  nth: [[1, 2, 0], [5, 2, 1]],
  nested: [[[1, 2, 3], 0], [[4, 5, 6], 1]],
};
