import { $ } from "graphfn/autograph"; $.attach($meta_both, both); $.attach($meta_values, values); import type { Tensor } from "graphfn";

/** @graphFunction */
export function both(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_both, both, this, arguments);
  return $.finish($.if("5:3", $.none, $.and("5:7", $.gt(a, 0), () => $.gt(b, 0)), () => $.return($.lit(3)), () => {
  return $.if("6:3", $.none, $.or("6:7", $.gt(a, 0), () => $.gt(b, 0)), () => $.return($.lit(2)), () => {
  return $.if("7:3", $.none, $.not($.eq(a, b)), () => $.return($.lit(1)), () => {
  return $.return($.lit(0)); }); }); }));
}

/** @graphFunction */
export function values(a: Tensor, b: Tensor, strict: boolean): Tensor { if ($.outside()) return $.run($meta_values, values, this, arguments);
  const inside = $.and("13:18", $.gt(a, 0), () => $.lt(a, 10));
  const outside = $.not(inside);
  const either = $.or("15:18", outside, () => $.gt(b, a));
  return $.select("16:10", $.and("16:10", either, () => strict), () => a, () => b);
}

export const runs = {
  both: [[1, 1], [1, -1], [-1, 1], [-1, -2], [-1, -1]],
  values: [[5, 7, true], [5, 3, true], [50, 3, true], [5, 7, false]],
};

function $meta_both() { return { version: 1, name: "both", file: "logic/input.ts", at: "4:1", params: ["a","b"], decisions: [
  ["5:3", "if", "staged", "`a > 0 && b > 0` is a Tensor"],
  ["5:7", "&&", "staged", "`a > 0` is a Tensor"],
  ["6:3", "if", "staged", "`a > 0 || b > 0` is a Tensor"],
  ["6:7", "||", "staged", "`a > 0` is a Tensor"],
  ["7:3", "if", "staged", "`!(a === b)` is a Tensor"],
] }; }
function $meta_values() { return { version: 1, name: "values", file: "logic/input.ts", at: "12:1", params: ["a","b","strict"], decisions: [
  ["13:18", "&&", "staged", "`a > 0` is a Tensor"],
  ["15:18", "||", "staged", "`outside` is a Tensor"],
  ["16:10", "?:", "staged", "`either && strict` is a Tensor"],
  ["16:10", "&&", "staged", "`either` is a Tensor"],
] }; }
