import { $ } from "graphfn/autograph"; $.attach($meta_digits, digits); $.attach($meta_grown, grown); $.attach($meta_left, left); import type { Tensor } from "graphfn";

/** Calls that push on their way up: the list goes through them. */
/** @graphFunction */
export function digits(n: Tensor): Tensor { if ($.outside()) return $.run($meta_digits, digits, this, arguments);
  const found: Tensor[] = $.array("found", []);
  function walk(x: Tensor): void { if ($.enters(walk)) return $.descend("7:3", ["x"], walk, this, arguments);
    return $.finish($.if("8:5", $.none, $.lt(x, 1), () => $.return(), () => {
    walk($.div($.sub(x, $.mod(x, 10)), 10));
    $.touch(found).push($.mod(x, 10)); }));
  }
  walk(n);
  let total: Tensor = $.lit(0);
  $.forOf("14:3", $.vars(() => ({ total }), ($v) => { ({ total } = $v); }), found, (d) => { total = $.add($.mul(total, 3), d); });
  return $.add($.mul(total, 100), found.length);
}
/** @graphFunction */
export function grown(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_grown, grown, this, arguments);
  const l0: Tensor[] = $.array("l0", [$.mod(b, 13), b]);
  function f4(p5: Tensor): Tensor { if ($.enters(f4)) return $.descend("20:3", ["p5"], f4, this, arguments);
    return $.finish($.if("21:5", $.none, $.lt(p5, 1), () => $.return(b), () => {
    $.if("22:5", $.none, $.gt(p5, 2), () => { $.touch(l0).push($.mul(p5, 2)); });
    return $.return($.add(f4($.sub(p5, 1)), l0.length)); }));
  }
  const r = f4(a);
  return $.add($.mul(r, 100), $.index(l0, $.sub(l0.length, 1)));
}
/** The list belongs to the body of a call; behind the function that throws nobody can reach it. */
/** @graphFunction */
export function left(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_left, left, this, arguments);
  function f(x: Tensor): Tensor { if ($.enters(f)) return $.descend("31:3", ["x"], f, this, arguments);
    return $.finish($.if("32:5", $.none, $.lt(x, 1), () => $.return(b), () => {
    $.if("33:5", $.none, $.gt(x, 60), () => { throw new Error("too deep"); });
    const l3: Tensor[] = $.array("l3", [$.mod(x, 13), b]);
    $.if("35:5", $.none, $.gt(b, x), () => { $.touch(l3).pop(); });
    return $.return($.add(l3.length, f($.sub($.mod(x, 5), 1)))); }));
  }
  $.if("38:3", $.vars(() => ({ b }), ($v) => { ({ b } = $v); }), $.lt(a, 3), () => { b = f(a); });
  return $.add($.mul(a, 100), b);
}
export const runs = {
  digits: [[0], [7], [1234]],
  grown: [[3, 5], [1, 2], [6, 3]],
  left: [[3, 2], [1, 2], [2, 1], [1, 0]],
};

function $meta_digits() { return { version: 1, name: "digits", file: "recursion-lists/input.ts", at: "5:1", params: ["n"], decisions: [
  ["8:5", "if", "staged", "`x < 1` is a Tensor"],
  ["14:3", "for-of", "dynamic", "`found` may be a Tensor"],
] }; }
function $meta_grown() { return { version: 1, name: "grown", file: "recursion-lists/input.ts", at: "18:1", params: ["a","b"], decisions: [
  ["21:5", "if", "staged", "`p5 < 1` is a Tensor"],
  ["22:5", "if", "staged", "`p5 > 2` is a Tensor"],
] }; }
function $meta_left() { return { version: 1, name: "left", file: "recursion-lists/input.ts", at: "30:1", params: ["a","b"], decisions: [
  ["32:5", "if", "staged", "`x < 1` is a Tensor"],
  ["33:5", "if", "staged", "`x > 60` is a Tensor"],
  ["35:5", "if", "staged", "`b > x` is a Tensor"],
  ["38:3", "if", "staged", "`a < 3` is a Tensor"],
] }; }
