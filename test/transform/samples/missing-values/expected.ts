import { $ } from "graphfn/autograph"; $.attach($meta_nullBoth, nullBoth); $.attach($meta_nullLoop, nullLoop); $.attach($meta_firstInLoop, firstInLoop); $.attach($meta_asserted, asserted); /** Values that may be missing: null on one path, and variables that their author says are assigned. */

import type { Tensor } from "graphfn";

/** @graphFunction */
export function nullBoth(x: Tensor): Tensor { if ($.outside()) return $.run($meta_nullBoth, nullBoth, this, arguments);
  let best: Tensor | null = null;
  $.if("8:3", $.vars(() => ({ best }), ($v) => { ({ best } = $v); }, ["best"]), $.gt(x, 0), () => {
    best = null;
  }, () => {
    best = null;
  });
  let other: Tensor | null | undefined;
  $.if("14:3", $.vars(() => ({ other }), ($v) => { ({ other } = $v); }, ["other"]), $.gt(x, 1), () => { other = null; }
  , () => $.if("15:8", $.vars(() => ({ other }), ($v) => { ({ other } = $v); }, ["other"]), $.lt(x, -1), () => { other = x; }
  , () => { other = null; }));
  const r: Tensor = $.coalesce("17:21", best, () => $.lit(4));
  return $.finish($.if("18:3", $.none, $.isNull(other), () => $.return($.add(r, 100)), () => {
  if ($.some(other) === undefined) return $.return($.add(r, 200));
  return $.return($.add(r, $.some(other))); }));
}

/** @graphFunction */
export function nullLoop(xs: Tensor): Tensor { if ($.outside()) return $.run($meta_nullLoop, nullLoop, this, arguments);
  let a: Tensor | null = null,
    b: Tensor | null = null;
  $.forOf("27:3", $.vars(() => ({ a, b }), ($v) => { ({ a, b } = $v); }, ["a", "b"]), xs, (x) => {
    return $.if("28:5", $.vars(() => ({ a, b }), ($v) => { ({ a, b } = $v); }, ["a", "b"]), $.lt(x, 0), () => {
      a = null;
      return $.continue();
    }, () => {
    b = a;
    a = x;
    return $.if("34:5", $.none, $.and("34:9", $.and("34:9", $.not($.isNull(b)), () => $.some(a) !== null), () => $.eq($.some(a), $.some(b))), () => { return $.break(); }); });
  });
  const p: Tensor = $.coalesce("36:21", a, () => $.lit(-1)),
    q: Tensor = $.coalesce("37:17", b, () => $.lit(-1));
  return $.add($.mul(p, 100), q);
}

/** @graphFunction */
export function firstInLoop(n: Tensor): Tensor { if ($.outside()) return $.run($meta_firstInLoop, firstInLoop, this, arguments);
  let a!: Tensor;
  { let i: Tensor = $.lit(0); $.for("44:3", $.vars(() => ({ a, i }), ($v) => { ({ a, i } = $v); }, ["a"]), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => { a = $.select("44:43", $.eq(i, 0), () => $.lit(1), () => $.add($.nonNull("44:57", a), i)); }); }
  return $.nonNull("45:10", a);
}

/** @graphFunction */
export function asserted(x: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_asserted, asserted, this, arguments);
  let y!: Tensor, p!: { a: Tensor }, f!: Tensor[];
  { let i: Tensor = $.lit(0); $.for("51:3", $.vars(() => ({ y, p, f, i }), ($v) => { ({ y, p, f, i } = $v); }, ["y", "p", "f"]), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    y = $.add(x, i);
    p = { a: $.nonNull("53:14", y) };
    f = [$.nonNull("54:10", y), i];
  }); }
  const g = (): Tensor => $.mul($.nonNull("56:27", y), 2);
  y = $.add($.nonNull("57:3", y), 1);
  y = $.add($.nonNull("58:3", y), 1);
  return $.add($.add($.add($.nonNull("59:10", y), $.mul($.nonNull("59:14", p).a, 10)), $.mul($.nonNull("59:25", f)[1]!, 100)), g());
}

export const runs = {
  nullBoth: [[0], [2], [-3]],
  nullLoop: [[[1, 2]], [[1, -1, 3]], [[]], [[2, 2, 5]], [[-1]]],
  firstInLoop: [[1], [5]],
  asserted: [
    [1, 1],
    [2, 3],
  ],
};

function $meta_nullBoth() { return { version: 1, name: "nullBoth", file: "missing-values/input.ts", at: "6:1", params: ["x"], decisions: [
  ["8:3", "if", "staged", "`x > 0` is a Tensor"],
  ["14:3", "if", "staged", "`x > 1` is a Tensor"],
  ["15:8", "if", "staged", "`x < -1` is a Tensor"],
  ["18:3", "if", "dynamic", "`other === null` may be a Tensor"],
  ["19:3", "if", "static", "`other === undefined` is known while tracing"],
] }; }
function $meta_nullLoop() { return { version: 1, name: "nullLoop", file: "missing-values/input.ts", at: "24:1", params: ["xs"], decisions: [
  ["27:3", "for-of", "staged", "`xs` is a Tensor"],
  ["28:5", "if", "staged", "`x < 0` is a Tensor"],
  ["34:5", "if", "staged", "`b !== null && a !== null && a === b` is a Tensor"],
  ["34:9", "&&", "dynamic", "`b !== null && a !== null` may be a Tensor"],
  ["34:9", "&&", "dynamic", "`b !== null` may be a Tensor"],
] }; }
function $meta_firstInLoop() { return { version: 1, name: "firstInLoop", file: "missing-values/input.ts", at: "42:1", params: ["n"], decisions: [
  ["44:3", "for", "staged", "`i < n` is a Tensor"],
  ["44:43", "?:", "staged", "`i === 0` is a Tensor"],
] }; }
function $meta_asserted() { return { version: 1, name: "asserted", file: "missing-values/input.ts", at: "49:1", params: ["x","n"], decisions: [
  ["51:3", "for", "staged", "`i < n` is a Tensor"],
] }; }
