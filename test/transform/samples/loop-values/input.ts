/** What loops go over, and what they carry. */

import * as gf from "graphfn";
import type { Tensor } from "graphfn";

/** @graphFunction */
export function overRows(xs: Tensor): Tensor {
  let s: Tensor = 0,
    n: Tensor = 0;
  for (let x of xs) {
    x += 1;
    s += x;
    n++;
    xs = xs;
  }
  for (const x of xs) {
    for (const y of xs) {
      if (y > x) break;
      s += y;
    }
  }
  return s * 100 + n;
}

/** @graphFunction */
export function reassigned(xs: Tensor, ys: Tensor): Tensor {
  let s: Tensor = 0;
  for (const x of xs) {
    s += x;
    xs = ys;
  }
  for (const x of xs) s += x * 10;
  return s;
}

/** @graphFunction */
export function targets(xs: Tensor): Tensor {
  let x: Tensor = -1;
  const box = { at: x };
  for (x of xs);
  for (box.at of xs) if (box.at > 1) break;
  return x * 10 + box.at;
}

/** @graphFunction */
export function helpers(xs: Tensor, ys: Tensor): Tensor {
  let s: Tensor = 0;
  for (const [i, x] of xs.entries()) {
    if (x < 0) continue;
    s += i * x;
  }
  for (const [x, y] of gf.zip(xs, ys)) {
    s += x * y * 100;
    if (s > 5000) break;
  }
  for (const x of gf.reversed(xs)) s = s * 2 + x;
  return s;
}

/** @graphFunction */
export function arrays(x: Tensor): Tensor {
  const list: Tensor[] = [x, x * 2, x * 3];
  let s: Tensor = 0;
  for (const [i, v] of list.entries()) {
    if (v > 5) break;
    s += v * i;
  }
  for (const v of list.map((y) => y + 1)) s += v;
  s += list.reduce((a, b) => a * b);
  for (const v of [...list, 1]) {
    if (v < 0) continue;
    s += v;
  }
  for (const v of new Set([1, 2])) s += v;
  for (const [k, v] of new Map([
    ["a", x],
    ["b", x + 1],
  ]))
    s += v * k.length;
  for (const [k, v] of Object.entries({ p: x, qq: x })) s += v * k.length;
  list.forEach((v, i) => {
    s += v * i;
  });
  return s;
}

/** @graphFunction */
export function hidden(n: Tensor): Tensor {
  let s: Tensor = 0;
  const box = { n: s, inner: { m: s } };
  const arr: Tensor[] = [s, s];
  const add = (v: Tensor): void => {
    s += v;
    box.inner.m += v * 2;
    arr[1] = v;
  };
  for (let i: Tensor = 0; i < n; i++) {
    add(i);
    if (i > 2) box.n = i;
  }
  return s + box.n * 100 + box.inner.m * 1000 + arr[1]! * 100000;
}

/** @graphFunction */
export function locals(n: Tensor): Tensor {
  let s: Tensor = 0;
  for (let i: Tensor = 0; i < n; i++) {
    let t: Tensor;
    if (i > 2) t = 1;
    else t = 2;
    const u = t * i;
    s += u;
    var last = u;
  }
  return s;
}

/** @graphFunction */
export function widen(n: Tensor): Tensor {
  let s: Tensor = 0,
    x: Tensor = 1,
    b: Tensor = 1;
  for (let i: Tensor = 0; i < n; i++) {
    s += x;
    x = x / 2;
    b = b * 3;
  }
  return s + b;
}

/** @graphFunction */
export function swapStructs(n: Tensor): Tensor {
  let p: Tensor[] = [n + 1, n + 2],
    q: Tensor[] = [n, n];
  let [a, b, c]: Tensor[] = [n, n * 2, n * 3];
  for (let i: Tensor = 0; i < n; i++) {
    [p, q] = [q, p];
    p = [p[0]! + i, p[1]!];
    [a, b, c] = [b!, c!, a!];
  }
  return p[0]! * 1000 + q[0]! * 100 + a! * 10 + b!;
}

/** @graphFunction */
export function closuresOfLoop(n: Tensor): Tensor {
  let s: Tensor = 0;
  for (let i: Tensor = 0; i < n; i++) {
    const k = i;
    const f = (): Tensor => k * 10;
    s += f();
  }
  let x: Tensor = 1;
  const g = (): Tensor => x;
  while (x < n) x *= 2;
  return s * 100 + g();
}

export const runs = {
  overRows: [[[1, 2, 3]], [[]], [[3, 1]]],
  reassigned: [
    [
      [1, 2],
      [3, 4],
    ],
    [[1], [3]],
  ],
  targets: [[[1, 2, 3]], [[1]]],
  helpers: [
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [
      [1, -2],
      [3, 4],
    ],
    [
      [1, 2],
      [9, 9],
    ],
  ],
  arrays: [[1], [-1], [3]],
  hidden: [[0], [3], [6]],
  locals: [[0], [5]],
  widen: [[0], [1], [5]],
  swapStructs: [[0], [1], [2], [5]],
  closuresOfLoop: [[0], [5]],
};
