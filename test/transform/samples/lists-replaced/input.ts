import type { Tensor } from "graphfn";

function digits(xs: Tensor[]): Tensor {
  let sum: Tensor = xs.length > 0 ? xs[0]!.mul(0) : (0 as unknown as Tensor);
  for (const x of xs) sum = sum.mul(10).add(x);
  return sum;
}

/** A queue. */
/** @graphFunction */
export function queue(n: Tensor): Tensor {
  const xs: Tensor[] = [n, n * 2];
  let sum: Tensor = 0;
  while (xs.length > 0 && sum < 50) {
    const x = xs.shift() as Tensor;
    sum += x;
    if (x > 2) {
      xs.push(x - 1);
      xs.push(x - 2);
    }
  }
  return sum * 100 + xs.length;
}

/** @graphFunction */
export function front(n: Tensor): Tensor {
  const xs: Tensor[] = [];
  let most: Tensor = 0;
  while (n > 0) {
    most = n * 0 + xs.unshift(n, n * 2);
    n -= 1;
  }
  let sum: Tensor = 0;
  for (const x of xs) sum = sum * 10 + x;
  return sum * 100 + most;
}

/** @graphFunction */
export function middle(n: Tensor): Tensor {
  const xs: Tensor[] = [n];
  for (let i: Tensor = 1; i < n; i++) xs.push(i);
  const gone = xs.splice(1, 2, n * 2, n * 3, n);
  const last = xs.splice(-2, 1);
  const none = xs.splice(20, 3);
  const end = xs.splice(3);
  let sum: Tensor = 0;
  for (const list of [xs, gone, last, none, end]) {
    for (const x of list) sum = sum * 10 + x;
    sum = sum * 10 + list.length;
  }
  return sum;
}

/** Another array each round; what another name holds stays. */
/** @graphFunction */
export function replaced(n: Tensor): Tensor {
  const first: Tensor[] = [n];
  let xs = first;
  while (n > 0) {
    const before = xs;
    xs = [n, ...xs, n * 2];
    if (before.length > 4) xs = xs.slice(1);
    n -= 1;
  }
  let sum: Tensor = 0;
  for (const x of xs) sum = sum * 10 + x;
  return sum * 10 + first.length;
}

/** @graphFunction */
export function joined(n: Tensor): Tensor {
  let xs: Tensor[] = [];
  let ys: Tensor[] = [n];
  while (n > 0) {
    xs = xs.concat([n, n * 2]);
    ys = ys.concat(xs).filter((y) => y > 1);
    n -= 1;
  }
  return digits(xs) * 100 + ys.length;
}

/** @graphFunction */
export function branches(n: Tensor): Tensor {
  let xs: Tensor[] = [n];
  let none: Tensor[] = [n, n];
  if (n > 2) xs = [...xs, n * 2];
  if (n > 3) none = [];
  xs = n > 4 ? xs : [...xs.map((x) => x + 1), ...none];
  return digits(xs) * 100 + xs.length * 10 + none.length;
}

/** @graphFunction */
export function emptied(n: Tensor): Tensor {
  const xs: Tensor[] = [];
  while (n > 0) {
    xs.push(n);
    if (n === 3) xs.length = 0;
    n -= 1;
  }
  return n + xs.length;
}

export const runs = {
  queue: [[3], [0], [5]],
  front: [[3], [1]],
  middle: [[1], [2], [3], [5]],
  replaced: [[3], [0], [5]],
  joined: [[3], [2]],
  branches: [[1], [3], [4], [5]],
  emptied: [[2], [5], [0]],
};
