import { $ } from "graphfn/autograph"; $.attach($meta_pattern, pattern); $.attach($meta_swaps, swaps); $.attach($meta_parameters, parameters); $.attach($meta_rows, rows); $.attach($meta_spread, spread); $.attach($meta_assigned, assigned); import type { Tensor } from "graphfn";

/** @graphFunction */
export function pattern(t: Tensor): Tensor { if ($.outside()) return $.run($meta_pattern, pattern, this, arguments);
  const [a, , b = $.lit(1), ...rest] = t;
  const [x = $.lit(5), y = $.lit(6)] = rest;
  return $.add($.add($.add($.mul(a, 100), $.mul(b, 10)), x), $.mul(y, 1000));
}
/** @graphFunction */
export function swaps(x: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_swaps, swaps, this, arguments);
  let a: Tensor = $.lit(1), b: Tensor = $.lit(1);
  { let i: Tensor = $.lit(0); $.for("12:3", $.vars(() => ({ a, b, i }), ($v) => { ({ a, b, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    [a, b] = [b, $.add(a, b)];
    return $.if("14:5", $.none, $.gt(a, 50), () => { return $.break(); });
  }); }
  const p = { a, b };
  ({ a: b, b: a } = p);
  return $.add($.add($.mul(a, 1000), b), x);
}
/** @graphFunction */
export function parameters([x, y]: Tensor, { k, by: [z = $.lit(3)] }: { k: Tensor; by: Tensor[] }): Tensor { if ($.outside()) return $.run($meta_parameters, parameters, this, arguments);
  return $.add($.add($.add($.mul(x, 100), $.mul(y, 10)), z), k);
}
/** @graphFunction */
export function rows(t: Tensor): Tensor { if ($.outside()) return $.run($meta_rows, rows, this, arguments);
  let sum: Tensor = $.lit(0);
  $.forOf("27:3", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), t, ([a, b]) => {
    return $.if("28:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.gt(a, 4), () => { return $.break(); }, () => {
    sum = $.add(sum, $.mul(a, b)); });
  });
  let c: Tensor = $.lit(0), d: Tensor = $.lit(0);
  $.forOf("32:3", $.vars(() => ({ sum, c, d }), ($v) => { ({ sum, c, d } = $v); }), t, ($x) => { [c, d] = $x; sum = $.add(sum, $.sub(c, d)); });
  return $.add($.add($.mul(sum, 100), c), d);
}
/** @graphFunction */
export function spread(t: Tensor): Tensor { if ($.outside()) return $.run($meta_spread, spread, this, arguments);
  const list = [...t, ...t];
  const total = (...values: Tensor[]): Tensor => values.reduce((a, b) => $.add(a, b));
  return $.add(total(...t), list[4]);
}
/** @graphFunction */
export function assigned(t: Tensor, x: Tensor): Tensor { if ($.outside()) return $.run($meta_assigned, assigned, this, arguments);
  let a: Tensor = $.lit(0), b: Tensor = $.lit(0);
  $.if("44:3", $.vars(() => ({ a, b }), ($v) => { ({ a, b } = $v); }), $.gt(x, 0), () => { [a, b] = t; }
  , () => { ({ a, b = x } = { a: x, b: undefined }); });
  const last = ([a, b] = [b, $.add(a, 1)])[1];
  return $.add($.add($.mul(a, 100), $.mul(b, 10)), last);
}
export const runs = {
  pattern: [[[1, 2, 3, 4]]],
  swaps: [[1, 0], [1, 3], [1, 30]],
  rows: [[[[1, 2], [3, 4], [5, 6]]]],
  spread: [[[1, 2, 3]]],
  assigned: [[[1, 2], 3], [[1, 2], -3]],
};

function $meta_pattern() { return { version: 1, name: "pattern", file: "destructuring/input.ts", at: "4:1", params: ["t"], decisions: [] }; }
function $meta_swaps() { return { version: 1, name: "swaps", file: "destructuring/input.ts", at: "10:1", params: ["x","n"], decisions: [
  ["12:3", "for", "staged", "`i < n` is a Tensor"],
  ["14:5", "if", "staged", "`a > 50` is a Tensor"],
] }; }
function $meta_parameters() { return { version: 1, name: "parameters", file: "destructuring/input.ts", at: "21:1", params: ["argument 1","argument 2"], decisions: [] }; }
function $meta_rows() { return { version: 1, name: "rows", file: "destructuring/input.ts", at: "25:1", params: ["t"], decisions: [
  ["27:3", "for-of", "staged", "`t` is a Tensor"],
  ["28:5", "if", "staged", "`a > 4` is a Tensor"],
  ["32:3", "for-of", "staged", "`t` is a Tensor"],
] }; }
function $meta_spread() { return { version: 1, name: "spread", file: "destructuring/input.ts", at: "36:1", params: ["t"], decisions: [] }; }
function $meta_assigned() { return { version: 1, name: "assigned", file: "destructuring/input.ts", at: "42:1", params: ["t","x"], decisions: [
  ["44:3", "if", "staged", "`x > 0` is a Tensor"],
] }; }
