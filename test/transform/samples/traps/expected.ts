import { $ } from "graphfn/autograph"; $.attach($meta_enums, enums); $.attach($meta_erased, erased); $.attach($meta_proxies, proxies); $.attach($meta_bindings, bindings); $.attach($meta_shadows, shadows); $.attach($meta_numbers, numbers); $.attach($meta_untyped, untyped); import type { Tensor } from "graphfn";

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
export function enums(x: Tensor, mode: Mode): Tensor { if ($.outside()) return $.run($meta_enums, enums, this, arguments, () => [Mode.Down, Fixed.B, Mode.Up, Fixed.A]); $.uses(() => [Mode.Down, Fixed.B, Mode.Up, Fixed.A], $meta_enums);
  if (mode === Mode.Down) x = $.sub(x, Fixed.B);
  return $.finish($.switch("16:3", $.none, x, [
    [() => Mode.Up, () => {
      return $.return($.lit(10)); }],
    [() => Fixed.A, () => {
      return $.return($.lit(20)); }],
    [null, () => {
      return $.return($.add(x, 30)); }],
  ]));
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
export function erased(x: Tensor): Tensor { if ($.outside()) return $.run($meta_erased, erased, this, arguments, () => [Tools.twice]); $.uses(() => [Tools.twice], $meta_erased);
  const point = new Point(x);
  const object = { a: x } satisfies Record<string, Tensor>;
  const y = object.a as unknown as Tensor;
  return $.add($.add(Tools.twice(point.scaled), times(y, 3)), applied(point.value!, (v) => $.add(v, 1)));
}

/** A proxy's trap runs like any function. */
/** @graphFunction */
export function proxies(x: Tensor): Tensor { if ($.outside()) return $.run($meta_proxies, proxies, this, arguments);
  const doubled = new Proxy({ a: x }, { get: (target, key) => (key === "a" ? target.a.mul(2) : undefined) });
  return doubled.a;
}

/** One binding per iteration, or one for all. */
/** @graphFunction */
export function bindings(x: Tensor): Tensor { if ($.outside()) return $.run($meta_bindings, bindings, this, arguments);
  const lets: (() => Tensor)[] = [];
  const vars: (() => Tensor)[] = [];
  for (let i = 0; i < 3; i++) $.touch(lets).push(() => $.mul(x, i));
  for (var k = 0; k < 3; k++) $.touch(vars).push(() => $.mul(x, k));
  return $.add($.add($.add($.add(lets[0](), $.mul(lets[1](), 10)), $.mul(lets[2](), 100)), $.mul(vars[0](), 1000)), $.mul(vars[2](), 10000));
}

/** Blocks have variables of their own. */
/** @graphFunction */
export function shadows(x: Tensor): Tensor { if ($.outside()) return $.run($meta_shadows, shadows, this, arguments);
  let y: Tensor = $.lit(1);
  $.if("82:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), $.gt(x, 0), () => {
    let y: Tensor = $.lit(5);
    y = $.add(y, x);
    x = y;
  });
  {
    const x = $.mul(y, 2);
    y = x;
  }
  return $.add($.mul(x, 10), y);
}

/** NaN equals nothing, minus zero is one, and numbers keep double precision. */
/** @graphFunction */
export function numbers(x: Tensor): Tensor { if ($.outside()) return $.run($meta_numbers, numbers, this, arguments);
  const nan = $.sub($.div(x, 0), $.div(x, 0));
  const negative = $.div(1, $.mul(x, -0));
  let tenth: Tensor = $.lit(0.1);
  tenth = $.add(tenth, 0.2);
  let half: Tensor = $.lit(7);
  half = $.div(half, 2);
  const compared = $.add($.add($.add($.select("103:21", $.ne(nan, nan), () => 1, () => 0), $.select("103:45", $.eq(nan, nan), () => 10, () => 0)), $.select("103:70", $.lt(x, nan), () => 100, () => 0)), $.select("103:92", $.lt(negative, 0), () => 1000, () => 0));
  return $.add($.add($.add($.add(compared, tenth), half), $.mod($.mul(x, -7), 2)), $.pow(2, $.mul(x, -1)));
}

/** Without types the values decide, when the function is traced. */
/** @graphFunction */
export function untyped(x: any, n: any): any { if ($.outside()) return $.run($meta_untyped, untyped, this, arguments);
  let sum: any = 0;
  const object: any = { k: x };
  { let i: any = 0; $.for("112:3", $.vars(() => ({ sum, i }), ($v) => { ({ sum, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    return $.if("113:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.gt(sum, 20), () => { return $.break(); }, () => {
    sum = $.add(sum, $.mul(object.k, i));
    $.touch(object, "k").k = $.add(object.k, 1); });
  }); }
  return $.finish($.if("117:3", $.none, $.and("117:7", $.gt(sum, 5), () => $.not($.gt(sum, 100))), () => $.return($.add(sum, 1)), () => {
  return $.return($.select("118:10", $.eq(sum, 0), () => object.k, () => $.neg(sum))); }));
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

function $meta_enums() { return { version: 1, name: "enums", file: "traps/input.ts", at: "14:1", params: ["x","mode"], captures: ["Mode.Down@traps/input.ts:15:16","Fixed.B@traps/input.ts:15:35","Mode.Up@traps/input.ts:17:10","Fixed.A@traps/input.ts:19:10"], decisions: [
  ["14:34", "number", "static", "`mode` is compared at 15:7: one trace per value"],
  ["15:3", "if", "static", "`mode === Mode.Down` is known while tracing"],
  ["16:3", "switch", "staged", "`x` is a Tensor"],
] }; }
function $meta_erased() { return { version: 1, name: "erased", file: "traps/input.ts", at: "54:1", params: ["x"], captures: ["Tools.twice@traps/input.ts:58:10"], decisions: [] }; }
function $meta_proxies() { return { version: 1, name: "proxies", file: "traps/input.ts", at: "63:1", params: ["x"], decisions: [] }; }
function $meta_bindings() { return { version: 1, name: "bindings", file: "traps/input.ts", at: "70:1", params: ["x"], decisions: [
  ["73:3", "for", "unrolled", "`i < 3` is known while tracing"],
  ["74:3", "for", "unrolled", "`k < 3` is known while tracing"],
] }; }
function $meta_shadows() { return { version: 1, name: "shadows", file: "traps/input.ts", at: "80:1", params: ["x"], decisions: [
  ["82:3", "if", "staged", "`x > 0` is a Tensor"],
] }; }
function $meta_numbers() { return { version: 1, name: "numbers", file: "traps/input.ts", at: "96:1", params: ["x"], decisions: [
  ["103:21", "?:", "staged", "`nan !== nan` is a Tensor"],
  ["103:45", "?:", "staged", "`nan === nan` is a Tensor"],
  ["103:70", "?:", "staged", "`x < nan` is a Tensor"],
  ["103:92", "?:", "staged", "`negative < 0` is a Tensor"],
] }; }
function $meta_untyped() { return { version: 1, name: "untyped", file: "traps/input.ts", at: "109:1", params: ["x","n"], decisions: [
  ["112:3", "for", "dynamic", "`i < n` may be a Tensor"],
  ["113:5", "if", "dynamic", "`sum > 20` may be a Tensor"],
  ["117:3", "if", "dynamic", "`sum > 5 && !(sum > 100)` may be a Tensor"],
  ["117:7", "&&", "dynamic", "`sum > 5` may be a Tensor"],
  ["118:10", "?:", "dynamic", "`sum === 0` may be a Tensor"],
] }; }
