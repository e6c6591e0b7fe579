import { $ } from "graphfn/autograph"; $.attach($meta_nestedIndex, nestedIndex); $.attach($meta_transpose2, transpose2); $.attach($meta_used, used); $.attach($meta_cube, cube); $.attach($meta_pivots, pivots); $.attach($meta_tagged, tagged); import type { Tensor } from "graphfn";
/** An element of a row is assigned: the row is, and so is the variable. */
/** @graphFunction */
export function nestedIndex(m: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_nestedIndex, nestedIndex, this, arguments);
  let a = m;
  { let i: Tensor = $.lit(0); $.for("6:3", $.vars(() => ({ a, i }), ($v) => { ({ a, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => { { let j: Tensor = $.lit(0); $.for("6:39", $.vars(() => ({ a, j }), ($v) => { ({ a, j } = $v); }), () => $.lt(j, n), () => { j = $.add(j, 1); }, () => { return $.if("6:77", $.vars(() => ({ a }), ($v) => { ({ a } = $v); }), $.eq(i, j), () => { return $.continue(); }, () => { a = $.setIndex(a, i, $.setIndex($.index(a, i), j, $.add($.index($.index(a, i), j), $.mul($.index($.index(a, j), i), 2)))); }); }); } }); }
  return a;
}
/** @graphFunction */
export function transpose2(m: Tensor, n: number): Tensor { if ($.outside()) return $.run($meta_transpose2, transpose2, this, arguments);
  let r = m;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) { const t = $.index($.index(r, i), j); r = $.setIndex(r, i, $.setIndex($.index(r, i), j, $.index($.index(r, j), i))); r = $.setIndex(r, j, $.setIndex($.index(r, j), i, t)); }
  return r;
}

/** As values. */
/** @graphFunction */
export function used(m: Tensor, i: Tensor): Tensor { if ($.outside()) return $.run($meta_used, used, this, arguments); let s: Tensor = $.lit(0); s = $.add(s, (($k) => { const $x = 7; m = $.setIndex(m, i, $.setIndex($.index(m, i), $k, $x)); return $x; })(1)); s = $.add(s, (($k) => { const $x = $.index($.index(m, i), $k); m = $.setIndex(m, i, $.setIndex($.index(m, i), $k, $.add($x, 1))); return $x; })(0)); s = $.add(s, (($k) => { const $x = $.add($.index($.index(m, 0), $k), 1); m = $.setIndex(m, 0, $.setIndex($.index(m, 0), $k, $x)); return $x; })(i)); s = $.add(s, (($k) => { const $x = $.mul($.index($.index(m, 1), $k), 3); m = $.setIndex(m, 1, $.setIndex($.index(m, 1), $k, $x)); return $x; })(i)); return $.add($.add($.add($.add($.mul(s, 1000), $.mul($.index($.index(m, 0), 0), 100)), $.index($.index(m, 0), 1)), $.mul($.index($.index(m, 1), 0), 10)), $.index($.index(m, 1), 1)); }
/** @graphFunction */
export function cube(c: Tensor, i: Tensor): Tensor { if ($.outside()) return $.run($meta_cube, cube, this, arguments); $.if("20:54", $.vars(() => ({ c }), ($v) => { ({ c } = $v); }), $.gt(i, 0), () => { c = $.setIndex(c, i, $.setIndex($.index(c, i), 0, $.setIndex($.index($.index(c, i), 0), 1, 9))); c = $.setIndex(c, 0, $.setIndex($.index(c, 0), i, $.setIndex($.index($.index(c, 0), i), i, $.sub($.index($.index($.index(c, 0), i), i), 4)))); }, () => { c = $.setIndex(c, 1, $.setIndex($.index(c, 1), 1, $.index($.index(c, 0), 0))); }); return c; }

/** Determinant by elimination. */
/** @graphFunction */
export function pivots(m: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_pivots, pivots, this, arguments);
  let a = m, det: Tensor = $.lit(1);
  return $.finish($.then("34:3", $.none, (() => { let c: Tensor = $.lit(0); return $.for("26:3", $.vars(() => ({ a, det, c }), ($v) => { ({ a, det, c } = $v); }), () => $.lt(c, n), () => { c = $.add(c, 1); }, () => {
    let p = c;
    $.while("28:5", $.vars(() => ({ p }), ($v) => { ({ p } = $v); }), () => $.and("28:12", $.lt(p, n), () => $.eq($.index($.index(a, p), c), 0)), () => { p = $.add(p, 1); });
    return $.if("29:5", $.vars(() => ({ a, det }), ($v) => { ({ a, det } = $v); }), $.eq(p, n), () => $.return($.lit(0)), () => {
    $.if("30:5", $.vars(() => ({ a, det }), ($v) => { ({ a, det } = $v); }), $.ne(p, c), () => { const t = $.index(a, p); a = $.setIndex(a, p, $.index(a, c)); a = $.setIndex(a, c, t); det = $.neg(det); });
    det = $.mul(det, $.index($.index(a, c), c));
    { let r: Tensor = $.add(c, 1); $.for("32:5", $.vars(() => ({ a, r }), ($v) => { ({ a, r } = $v); }), () => $.lt(r, n), () => { r = $.add(r, 1); }, () => { const k = $.div($.index($.index(a, r), c), $.index($.index(a, c), c)); { let q: Tensor = c; $.for("32:76", $.vars(() => ({ a, q }), ($v) => { ({ a, q } = $v); }), () => $.lt(q, n), () => { q = $.add(q, 1); }, () => { a = $.setIndex(a, r, $.setIndex($.index(a, r), q, $.sub($.index($.index(a, r), q), $.mul($.index($.index(a, c), q), k)))); }); } }); } });
  }); })(), () => {
  return $.return(det); }));
}

/** What a tag makes of tensors is its business. */
const weigh = (parts: TemplateStringsArray, ...vs: Tensor[]): Tensor => vs.reduce((x, y) => x.add(y.mul(parts.length as never)));
/** @graphFunction */
export function tagged(a: Tensor): Tensor { if ($.outside()) return $.run($meta_tagged, tagged, this, arguments); return weigh`a${a}b${$.mul(a, 2)}c`; }

export const runs = {
  nestedIndex: [[[[1, 2], [3, 4]], 2]],
  transpose2: [[[[1, 2], [3, 4]], { fixed: 2 }]],
  used: [[[[1, 2], [3, 4]], 1], [[[1, 2], [3, 4]], 0]],
  cube: [[[[[1, 2], [3, 4]], [[5, 6], [7, 8]]], 1], [[[[1, 2], [3, 4]], [[5, 6], [7, 8]]], 0]],
  pivots: [[[[0, 2, 1], [1, 4, 3], [2, 2, 5]], 3]],
  tagged: [[2]],
};

function $meta_nestedIndex() { return { version: 1, name: "nestedIndex", file: "nested-indexing/input.ts", at: "4:1", params: ["m","n"], decisions: [
  ["6:3", "for", "staged", "`i < n` is a Tensor"],
  ["6:39", "for", "staged", "`j < n` is a Tensor"],
  ["6:77", "if", "staged", "`i === j` is a Tensor"],
] }; }
function $meta_transpose2() { return { version: 1, name: "transpose2", file: "nested-indexing/input.ts", at: "10:1", params: ["m","n"], decisions: [
  ["10:39", "number", "static", "`n` is compared at 12:23: one trace per value"],
  ["12:3", "for", "unrolled", "`i < n` is known while tracing"],
  ["12:31", "for", "unrolled", "`j < n` is known while tracing"],
] }; }
function $meta_used() { return { version: 1, name: "used", file: "nested-indexing/input.ts", at: "18:1", params: ["m","i"], decisions: [] }; }
function $meta_cube() { return { version: 1, name: "cube", file: "nested-indexing/input.ts", at: "20:1", params: ["c","i"], decisions: [
  ["20:54", "if", "staged", "`i > 0` is a Tensor"],
] }; }
function $meta_pivots() { return { version: 1, name: "pivots", file: "nested-indexing/input.ts", at: "24:1", params: ["m","n"], decisions: [
  ["26:3", "for", "staged", "`c < n` is a Tensor"],
  ["28:5", "while", "staged", "`p < n && a[p][c] === 0` is a Tensor"],
  ["28:12", "&&", "staged", "`p < n` is a Tensor"],
  ["29:5", "if", "staged", "`p === n` is a Tensor"],
  ["30:5", "if", "staged", "`p !== c` is a Tensor"],
  ["32:5", "for", "staged", "`r < n` is a Tensor"],
  ["32:76", "for", "staged", "`q < n` is a Tensor"],
] }; }
function $meta_tagged() { return { version: 1, name: "tagged", file: "nested-indexing/input.ts", at: "40:1", params: ["a"], decisions: [] }; }
