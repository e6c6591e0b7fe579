/** Branches: what an arm may hold, where variables get their first values, what may differ between arms. */

import type { Tensor } from "graphfn";

/** @graphFunction */
export function ifBasic(x: Tensor, y: Tensor): Tensor {
  let a: Tensor = 0;
  let b: Tensor = 1;
  if ((x += 1) > 2) {
    [a, b] = [b, a + x];
  } else if ((x += 10) > 20) {
    const a2 = x;
    b = a2;
  } else {
  }
  if (x > 0);
  else a = 5;
  if (x > 0)
    if (y > 0) a += 100;
    else a += 200;
  {
    let a: Tensor = 7;
    if (y > 0) {
      let a: Tensor = 3;
      a += 1;
      b += a;
    }
    b += a;
  }
  return a * 1000 + b * 10 + x;
}

/** @graphFunction */
export function elseIf(x: Tensor): Tensor {
  if (x < 0) return -1;
  else if (x === 0) return 0;
  else if (x < 5) {
    if (x < 3) return 3;
  } else if (x < 7) {
    while (x > 0) {
      x -= 2;
      if (x < 1) return x;
    }
  } else x *= 2;
  return x;
}

/** @graphFunction */
export function bare(x: Tensor): Tensor {
  let y: Tensor;
  let z: Tensor, w: Tensor;
  if (x > 0) {
    y = x;
    z = 1;
  } else if (x < -5) {
    y = -x;
    z = 2;
  } else {
    y = 0;
    z = y;
  }
  for (w = 0; w < 3; w++) y += z;
  return y * 10 + w;
}

/** @graphFunction */
export function definite(x: Tensor): Tensor {
  let y!: Tensor;
  if (x > 0) y = x * 2;
  if (x > 0) return y;
  return -1;
}

/** @graphFunction */
export function weak(x: Tensor): Tensor {
  let y: Tensor = 1;
  if (x > 0) y = 2.5;
  let z: Tensor = x > 1 ? 1 : 0.5;
  let k: Tensor = 3;
  while (k > 1) {
    k = k / 2;
    z += k;
  }
  return y * z + k;
}

/** @graphFunction */
export function shapes(x: Tensor, xs: Tensor, ys: Tensor): Tensor {
  const t = x > 0 ? xs : ys;
  let s: Tensor = 0;
  for (const v of t) s = s * 10 + v;
  let u = xs;
  if (x > 5) u = ys;
  for (const v of u) s += v;
  return s;
}

/** @graphFunction */
export function structure(x: Tensor): Tensor {
  let p = { a: x, b: [x, x * 2] };
  if (x > 0) p = { a: x * 3, b: [x * 4, x * 5] };
  else p.b[1] = x * 9;
  const {
    a,
    b: [c, d],
  } = p;
  return a * 10000 + c! * 100 + d!;
}

/** @graphFunction */
export function ternary(x: Tensor, y: Tensor): Tensor {
  let n: Tensor = 0;
  const r = x > 0 ? (y > 0 ? ((n += 1), x) : ((n += 10), y)) : y > 0 ? -(n += 100) : (n = -5);
  const q = (x > y ? x : y) + (x > y ? (y > 1 ? 1 : 2) : 3);
  return r * 1000 + n + q / 8;
}

/** @graphFunction */
export function logic(x: Tensor, y: Tensor): Tensor {
  let n: Tensor = 0;
  const t = (): Tensor => {
    n += 1;
    return x > 0;
  };
  const u = (): Tensor => {
    n += 10;
    return y > 0;
  };
  let r: Tensor = 0;
  if (t() && u()) r += 1;
  if (t() || u()) r += 2;
  if (!(t() && !u()) && (x > 3 || t())) r += 4;
  const both = x > 0 && y > 0,
    none = !(x > 0) && !(y > 0);
  if (both || none) r += 8;
  const v = !!both;
  if (v) r += 16;
  return r * 1000 + n;
}

/** @graphFunction */
export function equality(x: Tensor, y: Tensor): Tensor {
  let r: Tensor = 0;
  if (x === y) r += 1;
  if (x !== y) r += 2;
  if (x === 0) r += 4;
  if (0 === x) r += 8;
  const nan = (x - x) / (x - x);
  if (nan === nan) r += 16;
  if (nan !== nan) r += 32;
  if (-x === x) r += 64;
  return r;
}

/** @graphFunction */
export function tests(x: Tensor, kind: string | number): Tensor {
  const box: { a: Tensor; b?: Tensor } = { a: x };
  let r = x;
  if ("b" in box) r += 100;
  if ("a" in box) r += 1;
  if (typeof kind === "number") r *= kind;
  if (typeof kind === "string") r += kind.length;
  if (["a", "b"].includes(String(kind))) r += 1000;
  if (box.b === undefined) r += 5;
  return r;
}

/** @graphFunction */
export function tuples(x: Tensor): Tensor {
  let p: [Tensor, Tensor[]] = [x, [x, x * 2]];
  if (x > 0) p = [x * 3, [x * 4, x * 5]];
  const [a, [c, d]] = p;
  for (let f: Tensor[] = [x, x]; f[0]! > 0; f = [f[0]! - 1, f[1]! + 1]) p = [f[1]!, p[1]];
  return a * 10000 + c! * 100 + d! + p[0];
}

/** @graphFunction */
export function swapInPlace(x: Tensor, y: Tensor): Tensor {
  const arr: Tensor[] = [x, y],
    box = { a: x, b: y };
  if (x > 0) {
    [arr[0], arr[1]] = [arr[1]!, arr[0]!];
    ({ a: box.b, b: box.a } = box);
  }
  return arr[0]! * 1000 + arr[1]! * 100 + box.a * 10 + box.b;
}

/** @graphFunction */
export function assertedStatic(x: Tensor, flag: boolean): Tensor {
  let y!: Tensor;
  if (flag) y = x;
  return flag ? y * 2 : x;
}

export const runs = {
  ifBasic: [
    [1, 1],
    [5, -1],
    [12, 0],
    [-50, 3],
    [-50, -3],
  ],
  elseIf: [[-3], [0], [2], [4], [6], [5], [9]],
  bare: [[3], [-9], [-2]],
  definite: [[1], [-1]],
  weak: [[0], [1], [2]],
  shapes: [
    [1, [1, 2], [3, 4, 5]],
    [0, [1, 2], [3, 4, 5]],
    [9, [1], [3, 4, 5]],
    [9, [], [3]],
  ],
  structure: [[1], [-1]],
  ternary: [
    [1, 2],
    [1, -2],
    [-1, 3],
    [-1, -3],
  ],
  logic: [
    [1, 2],
    [1, -2],
    [-1, 3],
    [-1, -3],
    [5, 1],
  ],
  equality: [
    [0, 0],
    [1, 0],
    [0, 1],
    [2, 2],
  ],
  tests: [
    [2, { fixed: 3 }],
    [2, { fixed: "a" }],
    [2, { fixed: "abc" }],
  ],
  tuples: [[1], [-1], [3]],
  swapInPlace: [
    [1, 2],
    [-1, 2],
  ],
  assertedStatic: [
    [1, { fixed: true }],
    [1, { fixed: false }],
  ],
};
