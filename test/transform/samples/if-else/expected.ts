import { $ } from "graphfn/autograph"; $.attach($meta_pieces, pieces); $.attach($meta_mixed, mixed); import type { Tensor } from "graphfn";

/** @graphFunction */
export function pieces(x: Tensor): Tensor { if ($.outside()) return $.run($meta_pieces, pieces, this, arguments);
  let y: Tensor;
  let sign: Tensor = $.lit(1);
  $.if("7:3", $.vars(() => ({ y, sign }), ($v) => { ({ y, sign } = $v); }), $.gt(x, 10), () => {
    y = $.sub(x, 10);
  }, () => $.if("9:10", $.vars(() => ({ y, sign }), ($v) => { ({ y, sign } = $v); }), $.gt(x, 0), () => { y = x; }
  , () => {
    // negative values are mirrored
    y = $.neg(x);
    sign = $.lit(-1);
  }));
  return $.mul($.mul(y, sign), 2);
}

/** Both conditions: a number decides while tracing, a tensor in the graph.
 * @graphFunction */
export function mixed(x: Tensor, k: number): Tensor { if ($.outside()) return $.run($meta_mixed, mixed, this, arguments);
  if (k > 2) {
    $.if("22:5", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), $.gt(x, 0), () => { x = $.mul(x, k); });
  } else {
    x = $.sub(x, k);
  }
  return x;
}

export const runs = { pieces: [[12], [4], [-3], [0]], mixed: [[2, { fixed: 3 }], [-2, { fixed: 3 }], [2, { fixed: 1 }]] };

function $meta_pieces() { return { version: 1, name: "pieces", file: "if-else/input.ts", at: "4:1", params: ["x"], decisions: [
  ["7:3", "if", "staged", "`x > 10` is a Tensor"],
  ["9:10", "if", "staged", "`x > 0` is a Tensor"],
] }; }
function $meta_mixed() { return { version: 1, name: "mixed", file: "if-else/input.ts", at: "20:1", params: ["x","k"], decisions: [
  ["20:34", "number", "static", "`k` is compared at 21:7: one trace per value"],
  ["21:3", "if", "static", "`k > 2` is known while tracing"],
  ["22:5", "if", "staged", "`x > 0` is a Tensor"],
] }; }
