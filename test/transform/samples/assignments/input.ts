import type { Tensor } from "graphfn";

/** @graphFunction */
export function whileAssigns(x: Tensor): Tensor {
  let y: Tensor = 0;
  let count: Tensor = 0;
  while ((y = x * 2) < 100) {
    x = y + 1;
    count++;
  }
  return y * 1000 + count;
}
/** @graphFunction */
export function doAssigns(x: Tensor): Tensor {
  let y: Tensor;
  let n: Tensor = 0;
  do {
    y = x;
    n++;
  } while ((x = x - 3) > 0 && n < 5);
  return x * 1000 + y * 10 + n;
}
/** @graphFunction */
export function exits(x: Tensor): Tensor {
  let y: Tensor = 0;
  for (let i: Tensor = 0; (y = y + i) < 50; i++) {
    if (i > x) break;
    if (i % 2 === 0) continue;
    y += 1;
  }
  return y;
}
/** @graphFunction */
export function lazy(x: Tensor, y: Tensor): Tensor {
  let a: Tensor = 1, b: Tensor = 2;
  const both = x > 0 && (a = x * 10) > 20;
  const either = x > 5 || (b = y) > 0;
  const z = y > 0 ? (a = a + 1) : (b = b + 100, b * 2);
  return a * 10000 + b * 100 + z + (both ? 1 : 0) + (either ? 3 : 0);
}
/** @graphFunction */
export function chained(x: Tensor): Tensor {
  let a: Tensor, b: Tensor;
  a = b = x * 2;
  if ((b = a + 1) > 5) a = 0;
  return a * 100 + b;
}
/** @graphFunction */
export function closures(x: Tensor): Tensor {
  let calls: Tensor = 0;
  const check = (v: Tensor): Tensor => {
    calls++;
    return v > 2;
  };
  const r = check(x) && check(x - 1) || check(x + 5);
  while (check(x)) x = x - 1;
  return calls * 100 + x + (r ? 1 : 0);
}
export const runs = {
  whileAssigns: [[1], [50], [200]],
  doAssigns: [[0], [10], [100]],
  exits: [[3], [100]],
  lazy: [[1, 1], [3, 4], [-1, -2], [6, 0]],
  chained: [[1], [5]],
  closures: [[0], [3], [8]],
};
