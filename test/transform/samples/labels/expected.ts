import { $ } from "graphfn/autograph"; $.attach($meta_grid, grid); $.attach($meta_block, block); import type { Tensor } from "graphfn";

/** @graphFunction */
export function grid(n: Tensor, limit: Tensor): Tensor { if ($.outside()) return $.run($meta_grid, grid, this, arguments);
  let sum: Tensor = $.lit(0);
  { let i: Tensor = $.lit(0); $.for("6:10", $.vars(() => ({ sum, i }), ($v) => { ({ sum, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    return $.then("12:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), (() => { let j: Tensor = $.lit(0); return $.for("7:5", $.vars(() => ({ sum, j }), ($v) => { ({ sum, j } = $v); }), () => $.lt(j, n), () => { j = $.add(j, 1); }, () => {
      return $.if("8:7", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.gt(j, i), () => { return $.continue("outer"); }, () => {
      return $.if("9:7", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.gt(sum, limit), () => { return $.break("outer"); }, () => {
      sum = $.add(sum, $.add($.mul(i, 10), j)); }); });
    }); })(), () => {
    sum = $.add(sum, 1000); });
  }, "outer"); }
  return sum;
}

/** @graphFunction */
export function block(x: Tensor): Tensor { if ($.outside()) return $.run($meta_block, block, this, arguments);
  let y: Tensor = $.lit(0);
  $.label("found", (() => {
    return $.if("21:5", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.gt(x, 10), () => {
      y = $.lit(1);
      return $.break("found");
    }, () => {
    return $.if("25:5", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.gt(x, 5), () => { return $.break("found"); }, () => {
    y = $.lit(2); }); });
  })());
  return $.add(y, x);
}

export const runs = { grid: [[3, 1000000], [4, 40], [0, 1]], block: [[11], [7], [1]] };

function $meta_grid() { return { version: 1, name: "grid", file: "labels/input.ts", at: "4:1", params: ["n","limit"], decisions: [
  ["6:10", "for", "staged", "`i < n` is a Tensor"],
  ["7:5", "for", "staged", "`j < n` is a Tensor"],
  ["8:7", "if", "staged", "`j > i` is a Tensor"],
  ["9:7", "if", "staged", "`sum > limit` is a Tensor"],
] }; }
function $meta_block() { return { version: 1, name: "block", file: "labels/input.ts", at: "18:1", params: ["x"], decisions: [
  ["21:5", "if", "staged", "`x > 10` is a Tensor"],
  ["25:5", "if", "staged", "`x > 5` is a Tensor"],
] }; }
