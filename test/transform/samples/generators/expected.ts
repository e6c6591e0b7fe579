import { $ } from "graphfn/autograph"; $.attach($meta_total, total); $.attach($meta_nested, nested); import type { Tensor } from "graphfn";

function* multiples(x: Tensor, n: number): Generator<Tensor, void> {
  let seen: Tensor = x.mul(0);
  for (let i = 1; i <= n; i++) {
    $.if("6:5", $.vars(() => ({ seen }), ($v) => { ({ seen } = $v); }), x.greater(2), () => { seen = seen.add(1); });
    yield x.mul(i).add(seen.mul(100));
  }
}

/** A generator whose own loops are static is unrolled; what the loop over it decides is in the graph. */
/** @graphFunction */
export function total(x: Tensor, limit: Tensor): Tensor { if ($.outside()) return $.run($meta_total, total, this, arguments);
  let sum: Tensor = $.lit(0);
  $.forOf("15:3", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), multiples(x, 4), (value) => {
    return $.if("16:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.gt(value, limit), () => { return $.break(); }, () => {
    sum = $.add(sum, value); });
  });
  return sum;
}

/** Inside a loop of the graph. */
/** @graphFunction */
export function nested(x: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_nested, nested, this, arguments);
  let sum: Tensor = $.lit(0);
  { let i: Tensor = $.lit(0); $.for("26:3", $.vars(() => ({ sum, i }), ($v) => { ({ sum, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    for (const [k, value] of [...multiples($.add(x, i), 2)].entries()) sum = $.add(sum, $.mul(value, k + 1));
  }); }
  return sum;
}

export const runs = {
  total: [[1, 3], [2, 100], [3, 250], [5, 0]],
  nested: [[1, 3], [4, 0]],
};

function $meta_total() { return { version: 1, name: "total", file: "generators/input.ts", at: "13:1", params: ["x","limit"], decisions: [
  ["15:3", "for-of", "staged", "`multiples(x, 4)` is known while tracing, but the graph decides on an exit inside"],
  ["16:5", "if", "staged", "`value > limit` is a Tensor"],
] }; }
function $meta_nested() { return { version: 1, name: "nested", file: "generators/input.ts", at: "24:1", params: ["x","n"], decisions: [
  ["26:3", "for", "staged", "`i < n` is a Tensor"],
  ["27:5", "for-of", "unrolled", "`[...multiples(x + i, 2)].entries()` is known while tracing"],
] }; }
