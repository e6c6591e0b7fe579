/** Users who like types: generics, overloads, unions, brands, mapped types, iterators, higher-order functions. */

import type { Tensor } from "graphfn";
import * as gf from "graphfn";

type Pair<T> = readonly [T, T];
type Unary = (x: Tensor) => Tensor;
interface Named<T> {
  readonly name: string;
  readonly value: T;
}

function swap<A, B>([a, b]: readonly [A, B]): [B, A] {
  return [b, a];
}
function identity<T>(value: T): T {
  return value;
}
const compose =
  (...fs: Unary[]): Unary =>
  (x) =>
    fs.reduce((y, f) => f(y), x);
const pipe =
  <A, B, C>(f: (a: A) => B, g: (b: B) => C) =>
  (a: A): C =>
    g(f(a));

/** @graphFunction */
export function swapped(a: Tensor, b: Tensor): Tensor {
  const [x, y] = swap([a, b]);
  return identity(x) - y;
}

/** @graphFunction */
export function composed(x: Tensor): Tensor {
  return compose(
    (v) => v + 1,
    (v) => v * 2,
    gf.square,
  )(x);
}

/** @graphFunction */
export function piped(x: Tensor): Tensor {
  return pipe(
    (v: Tensor) => [v, v + 1] as const,
    ([a, b]) => a * b,
  )(x);
}

/** @graphFunction */
export function mapPair<T extends Tensor>(pair: Pair<T>, f: Unary = (x) => x * 3): Tensor {
  const [a, b] = pair;
  return f(a) + f(b);
}

export function pick(x: Tensor): Tensor;
export function pick(x: Tensor, n: number): Tensor;
/** @graphFunction */
export function pick(x: Tensor, n = 0): Tensor {
  return n === 0 ? x : x * n;
}

/** @graphFunction */
export function either(x: Tensor | number): Tensor {
  return typeof x === "number" ? gf.scalar(x) : x + 1;
}

/** @graphFunction */
export function tree(x: Tensor): Named<Tensor>[] {
  const names = ["a", "b"] as const;
  return names.map((name, i) => ({ name, value: x + i }));
}

function* countdown(from: number): Generator<number, void, undefined> {
  for (let i = from; i > 0; i--) yield i;
}

/** @graphFunction */
export function generated(x: Tensor): Tensor {
  for (const i of countdown(3)) x = x * i + 1;
  return x;
}

/** @graphFunction */
export function folded(xs: Tensor[]): Tensor {
  const fold = <S>(items: readonly Tensor[], start: S, f: (state: S, item: Tensor) => S): S => {
    let state = start;
    for (const item of items) state = f(state, item);
    return state;
  };
  return fold(xs, { sum: xs[0]!.mul(0), n: 0 }, (s, x) => ({ sum: s.sum + x, n: s.n + 1 })).sum;
}

type Brand = Tensor & { readonly __meters?: never };

/** @graphFunction */
export function branded(x: Brand): Tensor {
  return (x > 2 ? x : -x) as Tensor;
}

/** @graphFunction */
export function recursive(n: Tensor): Tensor {
  return n <= 1 ? 1 : n * recursive(n - 1);
}

/** @graphFunction */
export function curried(x: Tensor): Tensor {
  const add =
    (a: Tensor) =>
    (b: Tensor) =>
    (c: number): Tensor =>
      a + b * c;
  return add(x)(x)(2);
}

/** @graphFunction */
export function zipped(a: Tensor, b: Tensor): Tensor {
  let dot: Tensor = 0;
  for (const [x, y] of gf.zip(a, b)) dot += x * y;
  return dot;
}

/** @graphFunction */
export function maybe(x: Tensor | undefined, y: Tensor): Tensor {
  const z = x?.mul(2) ?? y;
  return x === undefined ? z : z + x!;
}

/** @graphFunction */
export function guardedNumber(x: Tensor, n: number | undefined): Tensor {
  n ??= 4;
  n ||= 5;
  const isEven = n % 2 === 0;
  return isEven ? x * n : x;
}

/** @graphFunction */
export function asserts(x: Tensor | null): Tensor {
  function check<T>(value: T | null): asserts value is T {
    if (value === null) throw new Error("null");
  }
  check(x);
  return x + 1;
}

export namespace Maths {
  /** @graphFunction */
  export function twice(x: Tensor): Tensor {
    return x * 2;
  }
}
export const { twice } = Maths;

/** @graphFunction */
export default function main(x: Tensor): Tensor {
  return Maths.twice(x) satisfies Tensor;
}

export const runs = {
  swapped: [[1, 5]],
  composed: [[2]],
  piped: [[3]],
  pick: [[3], [3, { fixed: 2 }]],
  either: [[3]],
  tree: [[1]],
  generated: [[1]],
  branded: [[1], [3]],
  recursive: [[5]],
  curried: [[2]],
  zipped: [
    [
      [1, 2],
      [3, 4],
    ],
  ],
  maybe: [[1, 2]],
  guardedNumber: [
    [3, { fixed: undefined }],
    [3, { fixed: 3 }],
  ],
  asserts: [[1]],
  twice: [[1]],
  default: [[1]],
};
