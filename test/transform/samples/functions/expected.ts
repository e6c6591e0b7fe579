import { $ } from "graphfn/autograph"; $.attach($meta_outer, outer); $.attach($meta_usesHelpers, usesHelpers); import type { Tensor } from "graphfn";

/** Reached from marked functions: lowered in place, callable from anywhere. */
function clamp(x: Tensor, limit: number): Tensor {
  return $.finish($.if("5:3", $.none, x.greater(limit), () => $.return(x.mul(0).add(limit)), () => {
  return $.return(x); }));
}

const relu = (x: Tensor): Tensor => ($.select("9:38", x.greater(0), () => x, () => x.mul(0)));

/** @graphFunction */
export function outer(x: Tensor): Tensor { if ($.outside()) return $.run($meta_outer, outer, this, arguments);
  const scale = 2;
  let calls: Tensor = $.lit(0); const $calls = $.cell("calls", () => calls, ($x) => { calls = $x; });
  function inner(y: Tensor): Tensor {
    $.touch($calls), calls = $.add(calls, 1);
    return $.finish($.if("17:5", $.none, $.gt(y, 5), () => $.return($.sub(y, 5)), () => {
    return $.return($.mul(y, scale)); }));
  }
  const twice = (y: Tensor): Tensor => inner(inner(y));
  $.while("21:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), () => $.lt(x, 20), () => {
    x = $.add(twice(x), 1);
    return $.if("23:5", $.none, $.gt(calls, 12), () => { return $.break(); });
  });
  return $.add(x, $.mul(calls, 1000));
}

export const runs = { outer: [[3], [7], [30]] };

/** @graphFunction */
export function usesHelpers(x: Tensor): Tensor { if ($.outside()) return $.run($meta_usesHelpers, usesHelpers, this, arguments);
  return clamp(relu(x), 3);
}

function $meta_outer() { return { version: 1, name: "outer", file: "functions/input.ts", at: "12:1", params: ["x"], decisions: [
  ["17:5", "if", "staged", "`y > 5` is a Tensor"],
  ["21:3", "while", "staged", "`x < 20` is a Tensor"],
  ["23:5", "if", "staged", "`calls > 12` is a Tensor"],
] }; }
function $meta_usesHelpers() { return { version: 1, name: "usesHelpers", file: "functions/input.ts", at: "31:1", params: ["x"], decisions: [] }; }
