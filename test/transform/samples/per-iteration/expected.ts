import { $ } from "graphfn/autograph"; $.attach($meta_staged, staged); $.attach($meta_several, several); import type { Tensor } from "graphfn";

/** @graphFunction */
export function staged(n: Tensor): Tensor { if ($.outside()) return $.run($meta_staged, staged, this, arguments);
  let sum: Tensor = $.lit(0);
  { let i: Tensor = $.lit(0); $.for("6:3", $.vars(() => ({ sum, i }), ($v) => { ({ sum, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => ((i) => {
    const square = (): Tensor => $.mul(i, i);
    return $.if("8:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.gt(square(), 30), () => { return $.break(); }, () => {
    sum = $.add(sum, square()); });
  })(i)); }
  return sum;
}

/** @graphFunction */
export function several(n: Tensor): Tensor { if ($.outside()) return $.run($meta_several, several, this, arguments);
  let steps: Tensor = $.lit(0);
  { let i: Tensor = $.lit(0), j: Tensor = n; $.for("17:3", $.vars(() => ({ steps, i, j }), ($v) => { ({ steps, i, j } = $v); }), () => $.lt(i, j), () => { i = $.add(i, 1), j = $.sub(j, 2); }, () => {
    return $.if("18:5", $.vars(() => ({ steps }), ($v) => { ({ steps } = $v); }), $.eq(i, 3), () => { return $.continue(); }, () => {
    steps = $.add(steps, $.add($.mul(i, 10), j)); });
  }); }
  return steps;
}

export const runs = {
  staged: [[0], [3], [20]],
  several: [[0], [7], [20]],
};

function $meta_staged() { return { version: 1, name: "staged", file: "per-iteration/input.ts", at: "4:1", params: ["n"], decisions: [
  ["6:3", "for", "staged", "`i < n` is a Tensor"],
  ["8:5", "if", "staged", "`square() > 30` is a Tensor"],
] }; }
function $meta_several() { return { version: 1, name: "several", file: "per-iteration/input.ts", at: "15:1", params: ["n"], decisions: [
  ["17:3", "for", "staged", "`i < j` is a Tensor"],
  ["18:5", "if", "staged", "`i === 3` is a Tensor"],
] }; }
