import { $ } from "graphfn/autograph"; $.attach($meta_log2, log2); $.attach($meta_returns, returns); import type { Tensor } from "graphfn";

/** @graphFunction */
export function log2(x: Tensor): Tensor { if ($.outside()) return $.run($meta_log2, log2, this, arguments);
  let count: Tensor = $.lit(0);
  $.while("6:3", $.vars(() => ({ x, count }), ($v) => { ({ x, count } = $v); }), () => true, () => {
    return $.if("7:5", $.vars(() => ({ x, count }), ($v) => { ({ x, count } = $v); }), $.lt(x, 2), () => { return $.break(); }, () => {
    x = $.div(x, 2);
    count = $.add(count, 1); });
  });
  return count;
}

/** @graphFunction */
export function returns(x: Tensor): Tensor { if ($.outside()) return $.run($meta_returns, returns, this, arguments);
  return $.finish($.for("16:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), () => true, () => {}, () => {
    x = $.mul(x, 3);
    return $.if("18:5", $.none, $.gt(x, 100), () => $.return(x));
  }));
}

export const runs = { log2: [[1], [9], [1024]], returns: [[1], [200]] };

function $meta_log2() { return { version: 1, name: "log2", file: "while-true/input.ts", at: "4:1", params: ["x"], decisions: [
  ["6:3", "while", "staged", "`true` is known while tracing, but the graph decides on an exit inside"],
  ["7:5", "if", "staged", "`x < 2` is a Tensor"],
] }; }
function $meta_returns() { return { version: 1, name: "returns", file: "while-true/input.ts", at: "15:1", params: ["x"], decisions: [
  ["16:3", "for", "staged", "no test, but the graph decides on an exit inside"],
  ["18:5", "if", "staged", "`x > 100` is a Tensor"],
] }; }
