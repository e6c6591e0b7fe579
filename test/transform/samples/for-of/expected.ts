import { $ } from "graphfn/autograph"; $.attach($meta_sum, sum); $.attach($meta_firstNegative, firstNegative); $.attach($meta_horner, horner); $.attach($meta_bounded, bounded); import type { Tensor } from "graphfn";

/** @graphFunction */
export function sum(xs: Tensor): Tensor { if ($.outside()) return $.run($meta_sum, sum, this, arguments);
  let total: Tensor = $.lit(0);
  $.forOf("6:3", $.vars(() => ({ total }), ($v) => { ({ total } = $v); }), xs, (x) => {
    return $.if("7:5", $.vars(() => ({ total }), ($v) => { ({ total } = $v); }), $.lt(x, 0), () => { return $.continue(); }, () => {
    total = $.add(total, x); });
  });
  return total;
}

/** @graphFunction */
export function firstNegative(xs: Tensor): Tensor { if ($.outside()) return $.run($meta_firstNegative, firstNegative, this, arguments);
  return $.finish($.then("16:3", $.none, $.forOf("15:3", $.none, xs, (x) => { return $.if("15:23", $.none, $.lt(x, 0), () => $.return(x)); }), () => {
  return $.return($.lit(0)); }));
}

/** An array of numbers is walked while tracing.
 * @graphFunction */
export function horner(x: Tensor): Tensor { if ($.outside()) return $.run($meta_horner, horner, this, arguments);
  let y: Tensor = $.lit(0);
  for (const c of [2, -1, 3]) y = $.add($.mul(y, x), c);
  return y;
}

/** Unless the graph decides on an exit.
 * @graphFunction */
export function bounded(x: Tensor): Tensor { if ($.outside()) return $.run($meta_bounded, bounded, this, arguments);
  let y: Tensor = $.lit(1);
  $.forOf("31:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), [2, 3, 4], (c) => {
    return $.if("32:5", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.gt(y, 5), () => { return $.break(); }, () => {
    y = $.add($.mul(y, x), c); });
  });
  return y;
}

export const runs = {
  sum: [[[1, -2, 3]], [[-1]]],
  firstNegative: [[[1, -2, -3]], [[1, 2]]],
  horner: [[2], [-1]],
  bounded: [[2], [0.5], [10]],
};

function $meta_sum() { return { version: 1, name: "sum", file: "for-of/input.ts", at: "4:1", params: ["xs"], decisions: [
  ["6:3", "for-of", "staged", "`xs` is a Tensor"],
  ["7:5", "if", "staged", "`x < 0` is a Tensor"],
] }; }
function $meta_firstNegative() { return { version: 1, name: "firstNegative", file: "for-of/input.ts", at: "14:1", params: ["xs"], decisions: [
  ["15:3", "for-of", "staged", "`xs` is a Tensor"],
  ["15:23", "if", "staged", "`x < 0` is a Tensor"],
] }; }
function $meta_horner() { return { version: 1, name: "horner", file: "for-of/input.ts", at: "21:1", params: ["x"], decisions: [
  ["23:3", "for-of", "unrolled", "`[2, -1, 3]` is known while tracing"],
] }; }
function $meta_bounded() { return { version: 1, name: "bounded", file: "for-of/input.ts", at: "29:1", params: ["x"], decisions: [
  ["31:3", "for-of", "staged", "`[2, 3, 4]` is known while tracing, but the graph decides on an exit inside"],
  ["32:5", "if", "staged", "`y > 5` is a Tensor"],
] }; }
