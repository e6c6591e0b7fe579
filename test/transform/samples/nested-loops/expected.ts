import { $ } from "graphfn/autograph"; $.attach($meta_primesBelow, primesBelow); $.attach($meta_search, search); import type { Tensor } from "graphfn";

/** @graphFunction */
export function primesBelow(n: Tensor): Tensor { if ($.outside()) return $.run($meta_primesBelow, primesBelow, this, arguments);
  let count: Tensor = $.lit(0);
  { let p: Tensor = $.lit(2); $.for("6:3", $.vars(() => ({ count, p }), ($v) => { ({ count, p } = $v); }), () => $.lt(p, n), () => { p = $.add(p, 1); }, () => {
    let prime: Tensor = $.lit(true);
    { let d: Tensor = $.lit(2); $.for("8:5", $.vars(() => ({ prime, d }), ($v) => { ({ prime, d } = $v); }), () => $.le($.mul(d, d), p), () => { d = $.add(d, 1); }, () => {
      return $.if("9:7", $.vars(() => ({ prime }), ($v) => { ({ prime } = $v); }), $.eq($.mod(p, d), 0), () => {
        prime = $.lit(false);
        return $.break();
      });
    }); }
    $.if("14:5", $.vars(() => ({ count }), ($v) => { ({ count } = $v); }), prime, () => { count = $.add(count, 1); });
  }); }
  return count;
}

/** @graphFunction */
export function search(limit: Tensor, target: Tensor): Tensor { if ($.outside()) return $.run($meta_search, search, this, arguments);
  return $.finish($.then("28:3", $.none, (() => { let a: Tensor = $.lit(1); return $.for("21:3", $.vars(() => ({ a }), ($v) => { ({ a } = $v); }), () => $.lt(a, limit), () => { a = $.add(a, 1); }, () => {
    let b: Tensor = a;
    return $.while("23:5", $.vars(() => ({ b }), ($v) => { ({ b } = $v); }), () => $.lt(b, limit), () => {
      return $.if("24:7", $.vars(() => ({ b }), ($v) => { ({ b } = $v); }), $.eq($.add($.mul(a, a), $.mul(b, b)), target), () => $.return($.add($.mul(a, 100), b)), () => {
      b = $.add(b, 1); });
    });
  }); })(), () => {
  return $.return($.lit(-1)); }));
}

export const runs = { primesBelow: [[2], [30]], search: [[20, 25], [20, 169], [5, 169]] };

function $meta_primesBelow() { return { version: 1, name: "primesBelow", file: "nested-loops/input.ts", at: "4:1", params: ["n"], decisions: [
  ["6:3", "for", "staged", "`p < n` is a Tensor"],
  ["8:5", "for", "staged", "`d * d <= p` is a Tensor"],
  ["9:7", "if", "staged", "`p % d === 0` is a Tensor"],
  ["14:5", "if", "staged", "`prime` is a Tensor"],
] }; }
function $meta_search() { return { version: 1, name: "search", file: "nested-loops/input.ts", at: "20:1", params: ["limit","target"], decisions: [
  ["21:3", "for", "staged", "`a < limit` is a Tensor"],
  ["23:5", "while", "staged", "`b < limit` is a Tensor"],
  ["24:7", "if", "staged", "`a * a + b * b === target` is a Tensor"],
] }; }
