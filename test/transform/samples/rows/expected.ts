import { $ } from "graphfn/autograph"; $.attach($meta_weighted, weighted); $.attach($meta_dot, dot); $.attach($meta_horner, horner); $.attach($meta_lastPair, lastPair); $.attach($meta_overArray, overArray); $.attach($meta_overKeys, overKeys); import * as gf from "graphfn";
import { type Tensor, zip } from "graphfn";

/** @graphFunction */
export function weighted(xs: Tensor): Tensor { if ($.outside()) return $.run($meta_weighted, weighted, this, arguments);
  let sum: Tensor = $.lit(0);
  $.forOf("7:3", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), xs.entries(), ([i, x]) => {
    return $.if("8:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.lt(x, 0), () => { return $.continue(); }, () => {
    sum = $.add(sum, $.mul(i, x)); });
  });
  return sum;
}

/** @graphFunction */
export function dot(xs: Tensor, ys: Tensor): Tensor { if ($.outside()) return $.run($meta_dot, dot, this, arguments);
  let sum: Tensor = $.lit(0);
  $.forOf("17:3", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), zip(xs, ys), ([x, y]) => { sum = $.add(sum, $.mul(x, y)); });
  return sum;
}

/** @graphFunction */
export function horner(coefficients: Tensor, x: Tensor): Tensor { if ($.outside()) return $.run($meta_horner, horner, this, arguments);
  let value: Tensor = $.lit(0);
  $.forOf("24:3", $.vars(() => ({ value }), ($v) => { ({ value } = $v); }), gf.reversed(coefficients), (c) => { value = $.add($.mul(value, x), c); });
  return value;
}

/** @graphFunction */
export function lastPair(xs: Tensor, ys: Tensor): Tensor { if ($.outside()) return $.run($meta_lastPair, lastPair, this, arguments);
  return $.finish($.then("31:3", $.none, $.forOf("30:3", $.none, gf.reversed(zip(xs, ys)), ([x, y]) => { return $.if("30:50", $.none, $.gt(x, y), () => $.return($.add($.mul(x, 10), y))); }), () => {
  return $.return($.lit(-1)); }));
}

/** @graphFunction */
export function overArray(x: Tensor): Tensor { if ($.outside()) return $.run($meta_overArray, overArray, this, arguments);
  return $.finish($.then("37:3", $.none, $.forOf("36:3", $.none, [x, $.mul(x, 2), $.mul(x, 3)].entries(), ([i, row]) => { return $.if("36:55", $.none, $.gt(row, 5), () => $.return($.add(i, row))); }), () => {
  return $.return(x); }));
}

/** @graphFunction */
export function overKeys(x: Tensor): Tensor { if ($.outside()) return $.run($meta_overKeys, overKeys, this, arguments);
  const table: Record<string, number> = { b: 2, a: 5, 1: 7 };
  let found: Tensor = $.lit(-1);
  return $.finish($.then("49:3", $.none, $.forOf("44:3", $.vars(() => ({ found }), ($v) => { ({ found } = $v); }), $.keys(table), (key) => {
    if (table[key] === 2) return $.continue();
    return $.if("46:5", $.vars(() => ({ found }), ($v) => { ({ found } = $v); }), $.gt($.mul(x, table[key]), 20), () => $.return($.add(x, table[key])), () => {
    found = $.add(found, table[key]); });
  }), () => {
  return $.return(found); }));
}

export const runs = {
  weighted: [[[3, -1, 5]]],
  dot: [[[1, 2, 3], [4, 5, 6]], [[1, 2, 3], [4, 5]]],
  horner: [[[1, 2, 3], 2]],
  lastPair: [[[1, 5, 2], [3, 4, 6]], [[1, 1], [3, 4]]],
  overArray: [[1], [2], [6]],
  overKeys: [[1], [3], [5]],
};

function $meta_weighted() { return { version: 1, name: "weighted", file: "rows/input.ts", at: "5:1", params: ["xs"], decisions: [
  ["7:3", "for-of", "staged", "`xs.entries()` is a Tensor"],
  ["8:5", "if", "staged", "`x < 0` is a Tensor"],
] }; }
function $meta_dot() { return { version: 1, name: "dot", file: "rows/input.ts", at: "15:1", params: ["xs","ys"], decisions: [
  ["17:3", "for-of", "staged", "`zip(xs, ys)` is a Tensor"],
] }; }
function $meta_horner() { return { version: 1, name: "horner", file: "rows/input.ts", at: "22:1", params: ["coefficients","x"], decisions: [
  ["24:3", "for-of", "staged", "`gf.reversed(coefficients)` is a Tensor"],
] }; }
function $meta_lastPair() { return { version: 1, name: "lastPair", file: "rows/input.ts", at: "29:1", params: ["xs","ys"], decisions: [
  ["30:3", "for-of", "staged", "`gf.reversed(zip(xs, ys))` is a Tensor"],
  ["30:50", "if", "staged", "`x > y` is a Tensor"],
] }; }
function $meta_overArray() { return { version: 1, name: "overArray", file: "rows/input.ts", at: "35:1", params: ["x"], decisions: [
  ["36:3", "for-of", "staged", "`[x, x * 2, x * 3].entries()` is known while tracing, but the graph decides on an exit inside"],
  ["36:55", "if", "staged", "`row > 5` is a Tensor"],
] }; }
function $meta_overKeys() { return { version: 1, name: "overKeys", file: "rows/input.ts", at: "41:1", params: ["x"], decisions: [
  ["44:3", "for-in", "staged", "`table` is known while tracing, but the graph decides on an exit inside"],
  ["45:5", "if", "static", "`table[key] === 2` is known while tracing"],
  ["46:5", "if", "staged", "`x * table[key] > 20` is a Tensor"],
] }; }
