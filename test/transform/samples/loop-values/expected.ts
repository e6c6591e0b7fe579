import { $ } from "graphfn/autograph"; $.attach($meta_overRows, overRows); $.attach($meta_reassigned, reassigned); $.attach($meta_targets, targets); $.attach($meta_helpers, helpers); $.attach($meta_arrays, arrays); $.attach($meta_hidden, hidden); $.attach($meta_locals, locals); $.attach($meta_widen, widen); $.attach($meta_swapStructs, swapStructs); $.attach($meta_closuresOfLoop, closuresOfLoop); /** What loops go over, and what they carry. */

import * as gf from "graphfn";
import type { Tensor } from "graphfn";

/** @graphFunction */
export function overRows(xs: Tensor): Tensor { if ($.outside()) return $.run($meta_overRows, overRows, this, arguments);
  let s: Tensor = $.lit(0),
    n: Tensor = $.lit(0);
  $.forOf("10:3", $.vars(() => ({ xs, s, n }), ($v) => { ({ xs, s, n } = $v); }), xs, (x) => {
    x = $.add(x, 1);
    s = $.add(s, x);
    n = $.add(n, 1);
    xs = xs;
  });
  $.forOf("16:3", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), xs, (x) => {
    $.forOf("17:5", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), xs, (y) => {
      return $.if("18:7", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.gt(y, x), () => { return $.break(); }, () => {
      s = $.add(s, y); });
    });
  });
  return $.add($.mul(s, 100), n);
}

/** @graphFunction */
export function reassigned(xs: Tensor, ys: Tensor): Tensor { if ($.outside()) return $.run($meta_reassigned, reassigned, this, arguments);
  let s: Tensor = $.lit(0);
  $.forOf("28:3", $.vars(() => ({ xs, s }), ($v) => { ({ xs, s } = $v); }), xs, (x) => {
    s = $.add(s, x);
    xs = ys;
  });
  $.forOf("32:3", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), xs, (x) => { s = $.add(s, $.mul(x, 10)); });
  return s;
}

/** @graphFunction */
export function targets(xs: Tensor): Tensor { if ($.outside()) return $.run($meta_targets, targets, this, arguments);
  let x: Tensor = $.lit(-1);
  const box = { at: x };
  $.forOf("40:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), xs, ($x) => { x = $x; ; });
  $.forOf("41:3", $.none, xs, ($x) => { $.touch(box, "at").at = $x; return $.if("41:22", $.none, $.gt(box.at, 1), () => { return $.break(); }); });
  return $.add($.mul(x, 10), box.at);
}

/** @graphFunction */
export function helpers(xs: Tensor, ys: Tensor): Tensor { if ($.outside()) return $.run($meta_helpers, helpers, this, arguments);
  let s: Tensor = $.lit(0);
  $.forOf("48:3", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), xs.entries(), ([i, x]) => {
    return $.if("49:5", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.lt(x, 0), () => { return $.continue(); }, () => {
    s = $.add(s, $.mul(i, x)); });
  });
  $.forOf("52:3", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), gf.zip(xs, ys), ([x, y]) => {
    s = $.add(s, $.mul($.mul(x, y), 100));
    return $.if("54:5", $.none, $.gt(s, 5000), () => { return $.break(); });
  });
  $.forOf("56:3", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), gf.reversed(xs), (x) => { s = $.add($.mul(s, 2), x); });
  return s;
}

/** @graphFunction */
export function arrays(x: Tensor): Tensor { if ($.outside()) return $.run($meta_arrays, arrays, this, arguments);
  const list: Tensor[] = [x, $.mul(x, 2), $.mul(x, 3)];
  let s: Tensor = $.lit(0); const $s = $.cell("s", () => s, ($x) => { s = $x; });
  $.forOf("64:3", $.none, list.entries(), ([i, v]) => {
    return $.if("65:5", $.none, $.gt(v, 5), () => { return $.break(); }, () => {
    $.touch($s), s = $.add(s, $.mul(v, i)); });
  });
  for (const v of list.map((y) => $.add(y, 1))) $.touch($s), s = $.add(s, v);
  $.touch($s), s = $.add(s, list.reduce((a, b) => $.mul(a, b)));
  $.forOf("70:3", $.none, [...list, 1], (v) => {
    return $.if("71:5", $.none, $.lt(v, 0), () => { return $.continue(); }, () => {
    $.touch($s), s = $.add(s, v); });
  });
  for (const v of new Set([1, 2])) $.touch($s), s = $.add(s, v);
  for (const [k, v] of new Map([
    ["a", x],
    ["b", $.add(x, 1)],
  ]))
    $.touch($s), s = $.add(s, $.mul(v, k.length));
  for (const [k, v] of Object.entries({ p: x, qq: x })) $.touch($s), s = $.add(s, $.mul(v, k.length));
  list.forEach((v, i) => {
    $.touch($s), s = $.add(s, $.mul(v, i));
  });
  return s;
}

/** @graphFunction */
export function hidden(n: Tensor): Tensor { if ($.outside()) return $.run($meta_hidden, hidden, this, arguments);
  let s: Tensor = $.lit(0); const $s = $.cell("s", () => s, ($x) => { s = $x; });
  const box = { n: s, inner: { m: s } };
  const arr: Tensor[] = [s, s];
  const add = (v: Tensor): void => {
    $.touch($s), s = $.add(s, v);
    $.touch(box.inner, "m").m = $.add(box.inner.m, $.mul(v, 2));
    $.touch(arr)[1] = v;
  };
  { let i: Tensor = $.lit(0); $.for("97:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    add(i);
    $.if("99:5", $.none, $.gt(i, 2), () => { $.touch(box, "n").n = i; });
  }); }
  return $.add($.add($.add(s, $.mul(box.n, 100)), $.mul(box.inner.m, 1000)), $.mul(arr[1]!, 100000));
}

/** @graphFunction */
export function locals(n: Tensor): Tensor { if ($.outside()) return $.run($meta_locals, locals, this, arguments); var last;
  let s: Tensor = $.lit(0);
  { let i: Tensor = $.lit(0); $.for("107:3", $.vars(() => ({ s, i }), ($v) => { ({ s, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    let t: Tensor;
    $.if("109:5", $.vars(() => ({ t }), ($v) => { ({ t } = $v); }), $.gt(i, 2), () => { t = $.lit(1); }
    , () => { t = $.lit(2); });
    const u = $.mul(t, i);
    s = $.add(s, u);
    last = u;
  }); }
  return s;
}

/** @graphFunction */
export function widen(n: Tensor): Tensor { if ($.outside()) return $.run($meta_widen, widen, this, arguments);
  let s: Tensor = $.lit(0),
    x: Tensor = $.lit(1),
    b: Tensor = $.lit(1);
  { let i: Tensor = $.lit(0); $.for("123:3", $.vars(() => ({ s, x, b, i }), ($v) => { ({ s, x, b, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    s = $.add(s, x);
    x = $.div(x, 2);
    b = $.mul(b, 3);
  }); }
  return $.add(s, b);
}

/** @graphFunction */
export function swapStructs(n: Tensor): Tensor { if ($.outside()) return $.run($meta_swapStructs, swapStructs, this, arguments);
  let p: Tensor[] = [$.add(n, 1), $.add(n, 2)],
    q: Tensor[] = [n, n];
  let [a, b, c]: Tensor[] = [n, $.mul(n, 2), $.mul(n, 3)];
  { let i: Tensor = $.lit(0); $.for("136:3", $.vars(() => ({ p, q, a, b, c, i }), ($v) => { ({ p, q, a, b, c, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    [p, q] = [q, p];
    p = [$.add(p[0]!, i), p[1]!];
    [a, b, c] = [b!, c!, a!];
  }); }
  return $.add($.add($.add($.mul(p[0]!, 1000), $.mul(q[0]!, 100)), $.mul(a!, 10)), b!);
}

/** @graphFunction */
export function closuresOfLoop(n: Tensor): Tensor { if ($.outside()) return $.run($meta_closuresOfLoop, closuresOfLoop, this, arguments);
  let s: Tensor = $.lit(0);
  { let i: Tensor = $.lit(0); $.for("147:3", $.vars(() => ({ s, i }), ($v) => { ({ s, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    const k = i;
    const f = (): Tensor => $.mul(k, 10);
    s = $.add(s, f());
  }); }
  let x: Tensor = $.lit(1);
  const g = (): Tensor => x;
  $.while("154:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), () => $.lt(x, n), () => { x = $.mul(x, 2); });
  return $.add($.mul(s, 100), g());
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

function $meta_overRows() { return { version: 1, name: "overRows", file: "loop-values/input.ts", at: "7:1", params: ["xs"], decisions: [
  ["10:3", "for-of", "staged", "`xs` is a Tensor"],
  ["16:3", "for-of", "staged", "`xs` is a Tensor"],
  ["17:5", "for-of", "staged", "`xs` is a Tensor"],
  ["18:7", "if", "staged", "`y > x` is a Tensor"],
] }; }
function $meta_reassigned() { return { version: 1, name: "reassigned", file: "loop-values/input.ts", at: "26:1", params: ["xs","ys"], decisions: [
  ["28:3", "for-of", "staged", "`xs` is a Tensor"],
  ["32:3", "for-of", "staged", "`xs` is a Tensor"],
] }; }
function $meta_targets() { return { version: 1, name: "targets", file: "loop-values/input.ts", at: "37:1", params: ["xs"], decisions: [
  ["40:3", "for-of", "staged", "`xs` is a Tensor"],
  ["41:3", "for-of", "staged", "`xs` is a Tensor"],
  ["41:22", "if", "staged", "`box.at > 1` is a Tensor"],
] }; }
function $meta_helpers() { return { version: 1, name: "helpers", file: "loop-values/input.ts", at: "46:1", params: ["xs","ys"], decisions: [
  ["48:3", "for-of", "staged", "`xs.entries()` is a Tensor"],
  ["49:5", "if", "staged", "`x < 0` is a Tensor"],
  ["52:3", "for-of", "staged", "`gf.zip(xs, ys)` is a Tensor"],
  ["54:5", "if", "staged", "`s > 5000` is a Tensor"],
  ["56:3", "for-of", "staged", "`gf.reversed(xs)` is a Tensor"],
] }; }
function $meta_arrays() { return { version: 1, name: "arrays", file: "loop-values/input.ts", at: "61:1", params: ["x"], decisions: [
  ["64:3", "for-of", "staged", "`list.entries()` is known while tracing, but the graph decides on an exit inside"],
  ["65:5", "if", "staged", "`v > 5` is a Tensor"],
  ["68:3", "for-of", "unrolled", "`list.map((y) => y + 1)` is known while tracing"],
  ["70:3", "for-of", "staged", "`[...list, 1]` is known while tracing, but the graph decides on an exit inside"],
  ["71:5", "if", "dynamic", "`v < 0` may be a Tensor"],
  ["74:3", "for-of", "unrolled", "`new Set([1, 2])` is known while tracing"],
  ["75:3", "for-of", "unrolled", "`new Map([ [\"a\", x], [\"b\", x + 1], ])` is known while tracing"],
  ["80:3", "for-of", "unrolled", "`Object.entries({ p: x, qq: x })` is known while tracing"],
] }; }
function $meta_hidden() { return { version: 1, name: "hidden", file: "loop-values/input.ts", at: "88:1", params: ["n"], decisions: [
  ["97:3", "for", "staged", "`i < n` is a Tensor"],
  ["99:5", "if", "staged", "`i > 2` is a Tensor"],
] }; }
function $meta_locals() { return { version: 1, name: "locals", file: "loop-values/input.ts", at: "105:1", params: ["n"], decisions: [
  ["107:3", "for", "staged", "`i < n` is a Tensor"],
  ["109:5", "if", "staged", "`i > 2` is a Tensor"],
] }; }
function $meta_widen() { return { version: 1, name: "widen", file: "loop-values/input.ts", at: "119:1", params: ["n"], decisions: [
  ["123:3", "for", "staged", "`i < n` is a Tensor"],
] }; }
function $meta_swapStructs() { return { version: 1, name: "swapStructs", file: "loop-values/input.ts", at: "132:1", params: ["n"], decisions: [
  ["136:3", "for", "staged", "`i < n` is a Tensor"],
] }; }
function $meta_closuresOfLoop() { return { version: 1, name: "closuresOfLoop", file: "loop-values/input.ts", at: "145:1", params: ["n"], decisions: [
  ["147:3", "for", "staged", "`i < n` is a Tensor"],
  ["154:3", "while", "staged", "`x < n` is a Tensor"],
] }; }
