import { $ } from "graphfn/autograph"; $.attach($meta_nested, nested); $.attach($meta_fixed, fixed); import type { Tensor } from "graphfn";

/** @graphFunction */
export function nested(x: Tensor): Tensor { if ($.outside()) return $.run($meta_nested, nested, this, arguments);
  return $.select("5:10", $.gt(x, 10), () => $.lit(3), () => $.select("5:23", $.gt(x, 5), () => $.lit(2), () => $.select("5:35", $.gt(x, 0), () => ($.select("5:44", $.gt(x, 2), () => $.lit(1.5), () => $.lit(1))), () => $.lit(0))));
}

/** @graphFunction */
export function fixed(x: Tensor, big: boolean): Tensor { if ($.outside()) return $.run($meta_fixed, fixed, this, arguments);
  const scale = big ? 100 : 1;
  return big ? $.mul(x, scale) : $.div(x, 2);
}

export const runs = {
  nested: [[11], [7], [4], [1], [-1]],
  fixed: [[3, true], [3, false]],
};

function $meta_nested() { return { version: 1, name: "nested", file: "conditional/input.ts", at: "4:1", params: ["x"], decisions: [
  ["5:10", "?:", "staged", "`x > 10` is a Tensor"],
  ["5:23", "?:", "staged", "`x > 5` is a Tensor"],
  ["5:35", "?:", "staged", "`x > 0` is a Tensor"],
  ["5:44", "?:", "staged", "`x > 2` is a Tensor"],
] }; }
function $meta_fixed() { return { version: 1, name: "fixed", file: "conditional/input.ts", at: "9:1", params: ["x","big"], decisions: [] }; }
