import { $ } from "graphfn/autograph"; $.attach($meta_firstSquareAbove, firstSquareAbove); $.attach($meta_sumWithSkips, sumWithSkips); $.attach($meta_halving, halving); import type { Tensor } from "graphfn";

/** @graphFunction */
export function firstSquareAbove(limit: Tensor, max: Tensor): Tensor { if ($.outside()) return $.run($meta_firstSquareAbove, firstSquareAbove, this, arguments);
  let i: Tensor = $.lit(0);
  return $.finish($.then("10:3", $.none, $.while("6:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.lt(i, max), () => {
    return $.if("7:5", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), $.gt($.mul(i, i), limit), () => $.return(i), () => {
    i = $.add(i, 1); });
  }), () => {
  return $.return($.lit(-1)); }));
}

/** @graphFunction */
export function sumWithSkips(n: Tensor): Tensor { if ($.outside()) return $.run($meta_sumWithSkips, sumWithSkips, this, arguments);
  let sum: Tensor = $.lit(0);
  { let i: Tensor = $.lit(0); $.for("16:3", $.vars(() => ({ sum, i }), ($v) => { ({ sum, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    return $.if("17:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.eq($.mod(i, 3), 0), () => { return $.continue(); }, () => {
    return $.if("18:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.gt(i, 10), () => { return $.break(); }, () => {
    sum = $.add(sum, i); }); });
  }); }
  return sum;
}

/** @graphFunction */
export function halving(x: Tensor): Tensor { if ($.outside()) return $.run($meta_halving, halving, this, arguments);
  let count: Tensor = $.lit(0);
  $.doWhile("27:3", $.vars(() => ({ x, count }), ($v) => { ({ x, count } = $v); }), () => {
    x = $.div(x, 2);
    count = $.add(count, 1);
    return $.if("30:5", $.none, $.gt(count, 5), () => { return $.break(); });
  }, () => $.gt(x, 1));
  return $.add(count, x);
}

export const runs = {
  firstSquareAbove: [[50, 100], [50, 3], [0, 5]],
  sumWithSkips: [[0], [5], [20]],
  halving: [[0.5], [10], [100000]],
};

function $meta_firstSquareAbove() { return { version: 1, name: "firstSquareAbove", file: "loop-exits/input.ts", at: "4:1", params: ["limit","max"], decisions: [
  ["6:3", "while", "staged", "`i < max` is a Tensor"],
  ["7:5", "if", "staged", "`i * i > limit` is a Tensor"],
] }; }
function $meta_sumWithSkips() { return { version: 1, name: "sumWithSkips", file: "loop-exits/input.ts", at: "14:1", params: ["n"], decisions: [
  ["16:3", "for", "staged", "`i < n` is a Tensor"],
  ["17:5", "if", "staged", "`i % 3 === 0` is a Tensor"],
  ["18:5", "if", "staged", "`i > 10` is a Tensor"],
] }; }
function $meta_halving() { return { version: 1, name: "halving", file: "loop-exits/input.ts", at: "25:1", params: ["x"], decisions: [
  ["27:3", "do", "staged", "`x > 1` is a Tensor"],
  ["30:5", "if", "staged", "`count > 5` is a Tensor"],
] }; }
