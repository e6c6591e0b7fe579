import type { Tensor } from "graphfn";

/** @graphFunction */
export function pushed(n: Tensor): Tensor {
  let xs: Tensor[] = [];
  while (n > 0) {
    xs.push(n);
    if (n === 3) xs = [];
    n -= 1;
  }
  return n + xs.length;
}

/** @graphFunction */
export function turned(n: Tensor): Tensor[] {
  const xs: Tensor[] = [];
  while (n > 0) {
    xs.push(n);
    n -= 1;
  }
  return xs.reverse();
}

/** @graphFunction */
export function shifted(n: Tensor): Tensor {
  const xs: Tensor[] = [n];
  while (n > 0) {
    xs.shift();
    n -= 1;
  }
  return xs.shift()!;
}
