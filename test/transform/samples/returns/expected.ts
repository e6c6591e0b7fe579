import { $ } from "graphfn/autograph"; $.attach($meta_partial, partial); $.attach($meta_tuples, tuples); $.attach($meta_nested, nested); $.attach($meta_atOnce, atOnce); $.attach($meta_helper, helper); $.attach($meta_nothing, nothing); /** Returns from anywhere. */

import type { Tensor } from "graphfn";

/** @graphFunction */
export function partial(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_partial, partial, this, arguments);
  return $.finish($.then("10:3", $.none, $.if("7:3", $.none, $.gt(a, 0), () => {
    return $.if("8:5", $.none, $.gt(b, 0), () => $.return($.lit(1)));
  }), () => {
  return $.return($.lit(2)); }));
}

/** @graphFunction */
export function tuples(a: Tensor, b: Tensor): [Tensor, Tensor] { if ($.outside()) return $.run($meta_tuples, tuples, this, arguments);
  return $.finish($.if("15:3", $.none, $.gt(a, 0), () => $.return([a, b])
  , () => { return $.if("16:8", $.none, $.gt(b, 0), () => $.return([b, a]), () => {
  let c = a;
  return $.then("23:3", $.none, $.if("18:3", $.vars(() => ({ c }), ($v) => { ({ c } = $v); }), $.lt(c, -5), () => {
    c = $.lit(3);
    return $.if("20:5", $.vars(() => ({ c }), ($v) => { ({ c } = $v); }), $.lt(b, -5), () => $.return([c, c]), () => {
    c = $.add(c, 1); });
  }), () => {
  return $.return([c, b]); }); }); }));
}

/** @graphFunction */
export function nested(a: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_nested, nested, this, arguments);
  return $.finish($.then("38:3", $.none, (() => { let i: Tensor = $.lit(0); return $.for("28:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    return $.then("32:5", $.none, $.forOf("29:5", $.none, [1, 2, 3], (k) => {
      return $.if("30:7", $.none, $.eq($.mul(i, k), a), () => $.return($.add($.mul(i, 10), k)));
    }), () => {
    let j: Tensor = $.lit(0);
    return $.doWhile("33:5", $.vars(() => ({ j }), ($v) => { ({ j } = $v); }), () => {
      return $.if("34:7", $.vars(() => ({ j }), ($v) => { ({ j } = $v); }), $.eq($.add(i, j), $.sub(a, 100)), () => $.return($.sub($.mul(j, 10), 1)), () => {
      j = $.add(j, 1); });
    }, () => $.lt(j, 3)); });
  }); })(), () => {
  return $.return($.lit(-10)); }));
}

/** @graphFunction */
export function atOnce(n: Tensor): Tensor { if ($.outside()) return $.run($meta_atOnce, atOnce, this, arguments);
  return $.finish($.then("44:3", $.none, $.while("43:3", $.none, () => $.gt(n, 0), () => $.return($.mul(n, 2))), () => {
  return $.return($.lit(-1)); }));
}

/** @graphFunction */
export function helper(x: Tensor): Tensor { if ($.outside()) return $.run($meta_helper, helper, this, arguments);
  const f = (y: Tensor): Tensor => {
    return $.finish((() => { let i: Tensor = $.lit(0); return $.for("50:5", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => true, () => { i = $.add(i, 1); }, () => {
      return $.if("51:7", $.none, $.ge($.mul(i, i), y), () => $.return(i));
    }); })());
  };
  let s: Tensor = $.lit(0);
  return $.finish($.then("59:3", $.none, (() => { let k: Tensor = $.lit(0); return $.for("55:3", $.vars(() => ({ s, k }), ($v) => { ({ s, k } = $v); }), () => $.lt(k, x), () => { k = $.add(k, 1); }, () => {
    return $.if("56:5", $.vars(() => ({ s }), ($v) => { ({ s } = $v); }), $.gt(f(k), 3), () => $.return(s), () => {
    s = $.add(s, f(k)); });
  }); })(), () => {
  return $.return($.sub(0, s)); }));
}

/** @graphFunction */
export function nothing(x: Tensor): Tensor { if ($.outside()) return $.run($meta_nothing, nothing, this, arguments);
  let s: Tensor = $.lit(0); const $s = $.cell("s", () => s, ($x) => { s = $x; });
  const f = (y: Tensor): void => {
    return $.finish($.if("66:5", $.none, $.gt(y, 3), () => $.return(), () => {
    $.touch($s), s = $.add(s, y);
    return $.if("68:5", $.none, $.gt(y, 1), () => $.return(), () => {
    $.touch($s), s = $.add(s, 100); }); }));
  };
  { let k: Tensor = $.lit(0); $.for("71:3", $.vars(() => ({ k }), ($v) => { ({ k } = $v); }), () => $.lt(k, x), () => { k = $.add(k, 1); }, () => { f(k); }); }
  return s;
}

export const runs = {
  partial: [
    [1, 1],
    [1, -1],
    [-1, 1],
  ],
  tuples: [
    [1, 1],
    [-1, 1],
    [-1, -1],
    [-9, -9],
    [-9, -2],
  ],
  nested: [
    [6, 5],
    [102, 3],
    [50, 2],
    [1, 0],
  ],
  atOnce: [[3], [0]],
  helper: [[3], [0], [30]],
  nothing: [[0], [2], [6]],
};

function $meta_partial() { return { version: 1, name: "partial", file: "returns/input.ts", at: "6:1", params: ["a","b"], decisions: [
  ["7:3", "if", "staged", "`a > 0` is a Tensor"],
  ["8:5", "if", "staged", "`b > 0` is a Tensor"],
] }; }
function $meta_tuples() { return { version: 1, name: "tuples", file: "returns/input.ts", at: "14:1", params: ["a","b"], decisions: [
  ["15:3", "if", "staged", "`a > 0` is a Tensor"],
  ["16:8", "if", "staged", "`b > 0` is a Tensor"],
  ["18:3", "if", "staged", "`c < -5` is a Tensor"],
  ["20:5", "if", "staged", "`b < -5` is a Tensor"],
] }; }
function $meta_nested() { return { version: 1, name: "nested", file: "returns/input.ts", at: "27:1", params: ["a","n"], decisions: [
  ["28:3", "for", "staged", "`i < n` is a Tensor"],
  ["29:5", "for-of", "staged", "`[1, 2, 3]` is known while tracing, but the graph decides on an exit inside"],
  ["30:7", "if", "staged", "`i * k === a` is a Tensor"],
  ["33:5", "do", "staged", "`j < 3` is a Tensor"],
  ["34:7", "if", "staged", "`i + j === a - 100` is a Tensor"],
] }; }
function $meta_atOnce() { return { version: 1, name: "atOnce", file: "returns/input.ts", at: "42:1", params: ["n"], decisions: [
  ["43:3", "while", "staged", "`n > 0` is a Tensor"],
] }; }
function $meta_helper() { return { version: 1, name: "helper", file: "returns/input.ts", at: "48:1", params: ["x"], decisions: [
  ["50:5", "for", "staged", "no test, but the graph decides on an exit inside"],
  ["51:7", "if", "staged", "`i * i >= y` is a Tensor"],
  ["55:3", "for", "staged", "`k < x` is a Tensor"],
  ["56:5", "if", "staged", "`f(k) > 3` is a Tensor"],
] }; }
function $meta_nothing() { return { version: 1, name: "nothing", file: "returns/input.ts", at: "63:1", params: ["x"], decisions: [
  ["66:5", "if", "staged", "`y > 3` is a Tensor"],
  ["68:5", "if", "staged", "`y > 1` is a Tensor"],
  ["71:3", "for", "staged", "`k < x` is a Tensor"],
] }; }
