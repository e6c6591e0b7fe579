/** Loops of every form, with exits and with tests that write. */

import type { Tensor } from "graphfn";

/** @graphFunction */
export function whileTest(n: Tensor): Tensor {
  let tests: Tensor = 0,
    i: Tensor = 0;
  const more = (): Tensor => {
    tests++;
    return i < n;
  };
  while (more()) {
    i += 2;
    if (i === 4) continue;
    tests += 100;
  }
  while ((i -= 1) > 0 && i !== 3) tests += 1000;
  while (i > -1 ? i-- > 0 : false);
  return tests * 10 + i;
}

/** @graphFunction */
export function staticFirst(c: Tensor): Tensor {
  let z: Tensor = 0;
  let n: Tensor = 0;
  while (z * z < 4 && n < 20) {
    z = z * z + c;
    n++;
  }
  return n * 100 + z;
}

/** @graphFunction */
export function forever(x: Tensor): Tensor {
  let n: Tensor = 0;
  while (true) {
    n++;
    if (n > x) break;
    if (n === 3) {
      x -= 1;
      continue;
    }
    for (;;) {
      n += 0.5;
      if (n > 2) break;
    }
  }
  for (;;) {
    if (n > 20) return -n;
    n *= 2;
    if (n === 8) return n;
  }
}

/** @graphFunction */
export function doWhile(x: Tensor): Tensor {
  let n: Tensor = 0;
  do {
    n++;
    if (n % 2 === 0) continue;
    x += n;
    if (x > 50) break;
  } while ((x += 1) < 20);
  do x--;
  while (x > 5);
  do {
    const k: Tensor = n;
    n = k + 1;
    if (k > 5) return x;
  } while (false);
  return x * 100 + n;
}

/** @graphFunction */
export function breaks(xs: Tensor, k: Tensor): Tensor {
  let s: Tensor = 0;
  for (const x of xs) {
    if (x < 0) {
      if (k > 0) break;
      s += 1000;
    } else if (x === 0) continue;
    s += x;
    if (s > 100) {
      s -= 1;
      break;
    }
    s += 0.5;
  }
  return s;
}

/** @graphFunction */
export function continues(n: Tensor): Tensor {
  let s: Tensor = 0;
  for (let i: Tensor = 0, j: Tensor = 10; i < n; i++, j -= 2) {
    if (i % 2 === 0) continue;
    if (j < 0) {
      s -= 1;
      continue;
    }
    s += j;
  }
  return s;
}

/** @graphFunction */
export function labels(n: Tensor): Tensor {
  let s: Tensor = 0;
  outer: for (let i: Tensor = 0; i < n; i++) {
    inner: for (const k of [1, 2, 3]) {
      for (let j: Tensor = 0; ; j++) {
        if (j > 3) continue inner;
        if (i * k === 4) continue outer;
        if (i + j + k > 9) break outer;
        if (j === k) break;
        s += 1;
      }
      s += 100;
    }
    s += 10000;
  }
  blk: {
    if (s > 100) {
      s += 0.5;
      if (n > 3) break blk;
      s += 0.25;
    }
    s = 0 - s;
  }
  return s;
}

/** @graphFunction */
export function staticLoop(x: Tensor): Tensor {
  let s: Tensor = 0;
  for (let i = 0; i < 10; i++) {
    if (x < i) break;
    if (i % 3 === 1) continue;
    s += i;
    if (s > 20) return 0 - s;
  }
  const list = [5, 6, 7];
  for (const v of list) {
    if (x > v) continue;
    s += v * 100;
    break;
  }
  for (let i = 0; i < list.length; i++) {
    s += list[i]! * x;
  }
  let at: Tensor = -1;
  for (let i = 0; i < 4; i++) {
    if (i * i > x) {
      at += i + 1;
      break;
    }
  }
  return s * 10 + at;
}

/** @graphFunction */
export function ranges(a: Tensor, b: Tensor): Tensor {
  let s: Tensor = 0;
  for (let i = a; i < b; i += 2) s = s * 2 + i;
  for (let i = b; i >= a; i -= 3) s += i * 100;
  let last: Tensor;
  for (last = 0; last < b; last++) {
    if (last > 3) last += 1;
  }
  return s * 10 + last;
}

/** @graphFunction */
export function headers(n: Tensor): Tensor {
  let s: Tensor = 0,
    i: Tensor = 0;
  for (; i < n; ) {
    s += i;
    i += 1;
  }
  for (let a: Tensor = 1, b: Tensor = 1, t: Tensor; a < n; t = a + b, a = b, b = t) s += a;
  for (let f: Tensor[] = [n, n]; f[0]! > 0; f = [f[0]! - 1, f[1]! + 1]) s += f[1]!;
  return s;
}

export const runs = {
  whileTest: [[0], [3], [9]],
  staticFirst: [[0], [1], [-1], [0.3]],
  forever: [[0], [5], [9.5], [3]],
  doWhile: [[0], [40], [15]],
  breaks: [
    [[1, 2, -1, 4], 0],
    [[1, 2, -1, 4], 1],
    [[0, 99, 3, 5], 1],
    [[], 1],
  ],
  continues: [[0], [4], [9]],
  labels: [[0], [1], [3], [5], [8]],
  staticLoop: [[0], [3], [6], [9]],
  ranges: [
    [0, 5],
    [3, 3],
    [4, 2],
    [0, 8],
  ],
  headers: [[0], [1], [5]],
};
