import { $ } from "graphfn/autograph"; $.attach($meta_spread, spread); $.attach($meta_halves, halves); import type { Tensor } from "graphfn";

/** A round pushes as often as the graph decides: the rounds that are left are staged. */
/** @graphFunction */
export function spread(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_spread, spread, this, arguments);
  const list: Tensor[] = $.array("list", [$.mod(b, 13), a]);
  function grow(n: Tensor): Tensor { if ($.enters(grow)) return $.descend("7:3", ["n"], grow, this, arguments);
    return $.finish($.if("8:5", $.none, $.lt(n, 1), () => $.return(a), () => {
    $.touch(list).push(n);
    return $.return($.add(n, grow($.sub($.mod(n, 5), 1)))); }));
  }
  let sum: Tensor = $.lit(0);
  $.forOf("13:3", $.vars(() => ({ b, sum }), ($v) => { ({ b, sum } = $v); }), list, (x) => {
    sum = $.add($.mul(sum, 2), x);
    grow(b);
    b = $.lit(-3);
  });
  return sum;
}

/** The same with a loop. */
/** @graphFunction */
export function halves(n: Tensor): Tensor { if ($.outside()) return $.run($meta_halves, halves, this, arguments);
  const list: Tensor[] = $.array("list", [n]);
  let sum: Tensor = $.lit(0);
  $.forOf("26:3", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), list, (x) => {
    let rest: Tensor = $.sub(x, 1);
    $.while("28:5", $.vars(() => ({ rest }), ($v) => { ({ rest } = $v); }), () => $.gt(rest, 2), () => {
      $.touch(list).push($.div($.sub(rest, $.mod(rest, 2)), 2));
      rest = $.sub(rest, 3);
    });
    return $.if("32:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.gt(sum, 100), () => { return $.break(); }, () => {
    sum = $.add(sum, x); });
  });
  return $.add($.mul(sum, 100), list.length);
}

export const runs = { spread: [[3, 5], [-4, 1], [0, -7]], halves: [[2], [9], [14]] };

function $meta_spread() { return { version: 1, name: "spread", file: "array-becomes-list-while-iterated/input.ts", at: "5:1", params: ["a","b"], decisions: [
  ["8:5", "if", "staged", "`n < 1` is a Tensor"],
  ["13:3", "for-of", "dynamic", "`list` may be a Tensor"],
] }; }
function $meta_halves() { return { version: 1, name: "halves", file: "array-becomes-list-while-iterated/input.ts", at: "23:1", params: ["n"], decisions: [
  ["26:3", "for-of", "dynamic", "`list` may be a Tensor"],
  ["28:5", "while", "staged", "`rest > 2` is a Tensor"],
  ["32:5", "if", "staged", "`sum > 100` is a Tensor"],
] }; }
