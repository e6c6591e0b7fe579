import type { Tensor } from "graphfn";

enum Mode {
  Up,
  Down,
}
const enum Fixed {
  A = 3,
  B,
}

/** Enums, as numbers of JavaScript and as cases of the graph. */
/** @graphFunction */
export function enums(x: Tensor, mode: Mode): Tensor {
  if (mode === Mode.Down) x = x - Fixed.B;
  switch (x) {
    case Mode.Up:
      return 10;
    case Fixed.A:
      return 20;
    default:
      return x + 30;
  }
}

namespace Tools {
  export function twice(x: Tensor): Tensor {
    return x.mul(2);
  }
}

class Point {
  constructor(
    public value: Tensor,
    private readonly scale = 2,
  ) {}
  get scaled(): Tensor {
    return this.value.mul(this.scale);
  }
}

function times(x: Tensor): Tensor;
function times(x: Tensor, k: number): Tensor;
function times(x: Tensor, k = 1): Tensor {
  return x.mul(k);
}

function applied<T extends Tensor>(x: T, fn: (v: T) => Tensor): Tensor {
  return fn(x);
}

/** What only types say is gone: namespaces, overloads, generics, parameter properties, `satisfies`, `as`, `!`. */
/** @graphFunction */
export function erased(x: Tensor): Tensor {
  const point = new Point(x);
  const object = { a: x } satisfies Record<string, Tensor>;
  const y = object.a as unknown as Tensor;
  return Tools.twice(point.scaled) + times(y, 3) + applied(point.value!, (v) => v + 1);
}

/** A proxy's trap runs like any function. */
/** @graphFunction */
export function proxies(x: Tensor): Tensor {
  const doubled = new Proxy({ a: x }, { get: (target, key) => (key === "a" ? target.a.mul(2) : undefined) });
  return doubled.a;
}

/** One binding per iteration, or one for all. */
/** @graphFunction */
export function bindings(x: Tensor): Tensor {
  const lets: (() => Tensor)[] = [];
  const vars: (() => Tensor)[] = [];
  for (let i = 0; i < 3; i++) lets.push(() => x * i);
  for (var k = 0; k < 3; k++) vars.push(() => x * k);
  return lets[0]() + lets[1]() * 10 + lets[2]() * 100 + vars[0]() * 1000 + vars[2]() * 10000;
}

/** Blocks have variables of their own. */
/** @graphFunction */
export function shadows(x: Tensor): Tensor {
  let y: Tensor = 1;
  if (x > 0) {
    let y: Tensor = 5;
    y += x;
    x = y;
  }
  {
    const x = y * 2;
    y = x;
  }
  return x * 10 + y;
}

/** NaN equals nothing, minus zero is one, and numbers keep double precision. */
/** @graphFunction */
export function numbers(x: Tensor): Tensor {
  const nan = x / 0 - x / 0;
  const negative = 1 / (x * -0);
  let tenth: Tensor = 0.1;
  tenth += 0.2;
  let half: Tensor = 7;
  half = half / 2;
  const compared = (nan !== nan ? 1 : 0) + (nan === nan ? 10 : 0) + (x < nan ? 100 : 0) + (negative < 0 ? 1000 : 0);
  return compared + tenth + half + (x * -7) % 2 + 2 ** (x * -1);
}

/** Without types the values decide, when the function is traced. */
/** @graphFunction */
export function untyped(x: any, n: any): any {
  let sum: any = 0;
  const object: any = { k: x };
  for (let i: any = 0; i < n; i++) {
    if (sum > 20) break;
    sum += object.k * i;
    object.k = object.k + 1;
  }
  if (sum > 5 && !(sum > 100)) return sum + 1;
  return sum === 0 ? object.k : -sum;
}

export const runs = {
  enums: [[0, { fixed: 0 }], [3, { fixed: 0 }], [7, { fixed: 1 }], [1, { fixed: 1 }]],
  erased: [[2]],
  proxies: [[3]],
  bindings: [[2]],
  shadows: [[1], [-1]],
  numbers: [[1]],
  untyped: [[1, 5], [-1, 3], [4, 5], [2, { fixed: 3 }]],
};
