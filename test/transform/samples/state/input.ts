import type { Tensor } from "graphfn";

/** Only what is used afterwards is state: `t` is not, `a` and `b` are.
 * @graphFunction */
export function fibonacci(n: Tensor): Tensor {
  let a: Tensor = 0;
  let b: Tensor = 1;
  let t: Tensor;
  let unused: Tensor = 0;
  for (let i: Tensor = 0; i < n; i++) {
    t = a + b;
    a = b;
    b = t;
    unused = t;
  }
  return a;
}

/** The second arm needs the value from before the first.
 * @graphFunction */
export function arms(x: Tensor): Tensor {
  let y: Tensor = x;
  if (x > 0) {
    y = y * 2;
    return y;
  }
  y = y - 1;
  return y;
}

/** A closure's variable belongs to the state of whatever calls it.
 * @graphFunction */
export function closure(n: Tensor): Tensor {
  let count: Tensor = 0;
  const bump = (by: Tensor): void => {
    count += by;
  };
  while (n > 0) {
    bump(n);
    if (n > 3) bump(100);
    n -= 1;
  }
  return count;
}

/** Swapped at the same time.
 * @graphFunction */
export function shadowed(x: Tensor): Tensor {
  let y: Tensor = x;
  while (x > 1) {
    const y: Tensor = x / 2;
    x = y;
    {
      let x: Tensor = 100;
      x += y;
    }
  }
  y = y + x;
  return y;
}

export const runs = { fibonacci: [[0], [1], [10]], arms: [[2], [-2]], closure: [[5], [0]], shadowed: [[9]] };
