import { $ } from "graphfn/autograph"; $.attach($meta_varInBranch, varInBranch); $.attach($meta_varKeepsItsValue, varKeepsItsValue); $.attach($meta_varAfterFor, varAfterFor); $.attach($meta_helpersBelow, helpersBelow); $.attach($meta_readLater, readLater); $.attach($meta_destructured, destructured); $.attach($meta_classBelow, classBelow); $.attach($meta_overRows, overRows); import type { Tensor } from "graphfn";

/** @graphFunction */
export function varInBranch(x: Tensor): Tensor { if ($.outside()) return $.run($meta_varInBranch, varInBranch, this, arguments); var y;
  $.if("5:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.gt(x, 0), () => {
    y = $.mul(x, 2);
  }, () => {
    y = $.neg(x);
  });
  return $.add(y, 1);
}

/** @graphFunction */
export function varKeepsItsValue(n: Tensor): Tensor { if ($.outside()) return $.run($meta_varKeepsItsValue, varKeepsItsValue, this, arguments); var i, last;
  var last: Tensor = $.lit(0);
  return $.finish($.then("22:3", $.none, (() => { i = $.lit(0); return $.for("16:3", $.vars(() => ({ last, i }), ($v) => { ({ last, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    ;
    $.if("18:5", $.vars(() => ({ last }), ($v) => { ({ last } = $v); }), $.eq(i, 1), () => { last = $.lit(100); });
    last = $.add(last, i);
    return $.if("20:5", $.none, $.gt(i, 5), () => $.return($.add(i, $.mul(last, 1000))));
  }); })(), () => {
  return $.return($.add(last, i)); }));
}

/** @graphFunction */
export function varAfterFor(n: Tensor): Tensor { if ($.outside()) return $.run($meta_varAfterFor, varAfterFor, this, arguments); var i;
  { i = $.lit(0); $.for("27:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => true, () => { i = $.add(i, 1); }, () => $.if("27:34", $.none, $.gt($.mul(i, i), n), () => { return $.break(); })); }
  return i;
}

/** @graphFunction */
export function helpersBelow(x: Tensor): Tensor { if ($.outside()) return $.run($meta_helpersBelow, helpersBelow, this, arguments);
  let offset; return $.finish($.if("33:3", $.vars(() => ({ offset }), ($v) => { ({ offset } = $v); }), $.lt(x, 0), () => $.return(twice(x)), () => {
  const k = $.mul(x, 3);
  function addK(y: Tensor): Tensor {
    return $.add(y, k);
  }
  offset = $.add(x, 1);
  return $.return($.add(addK(k), minus(twice(k)))); }));

  function twice(y: Tensor): Tensor {
    return $.mul(y, 2);
  }
  function minus(y: Tensor): Tensor {
    return $.sub(y, offset);
  }
}

/** @graphFunction */
export function readLater(x: Tensor): Tensor { if ($.outside()) return $.run($meta_readLater, readLater, this, arguments);
  const read = (): Tensor => $.add(k, rate);
  let k, rate; return $.finish($.if("52:3", $.vars(() => ({ k, rate }), ($v) => { ({ k, rate } = $v); }), $.lt(x, 0), () => $.return($.lit(-1)), () => {
  k = $.mul(x, 3);
  rate = $.lit(2);
  return $.if("55:3", $.vars(() => ({ rate }), ($v) => { ({ rate } = $v); }), $.gt(x, 10), () => $.return(read()), () => {
  rate = $.lit(5);
  return $.return(read()); }); }));
}

/** @graphFunction */
export function destructured(x: Tensor): Tensor { if ($.outside()) return $.run($meta_destructured, destructured, this, arguments);
  const sum = (): Tensor => $.add(a, b);
  let a, b; return $.finish($.if("63:3", $.vars(() => ({ a, b }), ($v) => { ({ a, b } = $v); }), $.gt(x, 5), () => $.return($.lit(0)), () => {
  void ({ a, inner: { b } } = { a: x, inner: { b: $.mul(x, 2) } });
  return $.return(sum()); }));
}

/** @graphFunction */
export function classBelow(x: Tensor): Tensor { if ($.outside()) return $.run($meta_classBelow, classBelow, this, arguments);
  const make = (): { value: Tensor } => new Box();
  let Box; return $.finish($.if("71:3", $.vars(() => ({ Box }), ($v) => { ({ Box } = $v); }), $.gt(x, 5), () => $.return($.lit(0)), () => {
  Box = class Box {
    value = $.mul(x, 2);
  };
  return $.return(make().value); }));
}

/** @graphFunction */
export function overRows(rows: Tensor): Tensor { if ($.outside()) return $.run($meta_overRows, overRows, this, arguments); var row;
  let sum: Tensor = $.lit(0); const $sum = $.cell("sum", () => sum, ($x) => { sum = $x; });
  const add = (): void => {
    $.touch($sum), sum = $.add(sum, row);
  };
  $.forOf("84:3", $.vars(() => ({ row }), ($v) => { ({ row } = $v); }), rows, ($x) => { row = $x; return (() => {
    return $.if("85:5", $.none, $.gt(row, 3), () => { return $.break(); }, () => {
    add(); });
  })(); });
  return sum;
}

export const runs = {
  varInBranch: [[1], [-1]],
  varKeepsItsValue: [[1], [4], [20]],
  varAfterFor: [[0], [30]],
  helpersBelow: [[-3], [4]],
  readLater: [[-3], [4], [20]],
  destructured: [[1], [6]],
  classBelow: [[1], [6]],
  overRows: [[[1, 2, 3, 4, 5]], [[1, 2]]],
};

function $meta_varInBranch() { return { version: 1, name: "varInBranch", file: "hoisting/input.ts", at: "4:1", params: ["x"], decisions: [
  ["5:3", "if", "staged", "`x > 0` is a Tensor"],
] }; }
function $meta_varKeepsItsValue() { return { version: 1, name: "varKeepsItsValue", file: "hoisting/input.ts", at: "14:1", params: ["n"], decisions: [
  ["16:3", "for", "staged", "`i < n` is a Tensor"],
  ["18:5", "if", "staged", "`i === 1` is a Tensor"],
  ["20:5", "if", "staged", "`i > 5` is a Tensor"],
] }; }
function $meta_varAfterFor() { return { version: 1, name: "varAfterFor", file: "hoisting/input.ts", at: "26:1", params: ["n"], decisions: [
  ["27:3", "for", "staged", "no test, but the graph decides on an exit inside"],
  ["27:34", "if", "staged", "`i * i > n` is a Tensor"],
] }; }
function $meta_helpersBelow() { return { version: 1, name: "helpersBelow", file: "hoisting/input.ts", at: "32:1", params: ["x"], decisions: [
  ["33:3", "if", "staged", "`x < 0` is a Tensor"],
] }; }
function $meta_readLater() { return { version: 1, name: "readLater", file: "hoisting/input.ts", at: "50:1", params: ["x"], decisions: [
  ["52:3", "if", "staged", "`x < 0` is a Tensor"],
  ["55:3", "if", "staged", "`x > 10` is a Tensor"],
] }; }
function $meta_destructured() { return { version: 1, name: "destructured", file: "hoisting/input.ts", at: "61:1", params: ["x"], decisions: [
  ["63:3", "if", "staged", "`x > 5` is a Tensor"],
] }; }
function $meta_classBelow() { return { version: 1, name: "classBelow", file: "hoisting/input.ts", at: "69:1", params: ["x"], decisions: [
  ["71:3", "if", "staged", "`x > 5` is a Tensor"],
] }; }
function $meta_overRows() { return { version: 1, name: "overRows", file: "hoisting/input.ts", at: "79:1", params: ["rows"], decisions: [
  ["84:3", "for-of", "staged", "`rows` is a Tensor"],
  ["85:5", "if", "staged", "`row > 3` is a Tensor"],
] }; }
