import { $ } from "graphfn/autograph"; $.attach($meta_whileAssigns, whileAssigns); $.attach($meta_doAssigns, doAssigns); $.attach($meta_exits, exits); $.attach($meta_lazy, lazy); $.attach($meta_chained, chained); $.attach($meta_closures, closures); import type { Tensor } from "graphfn";

/** @graphFunction */
export function whileAssigns(x: Tensor): Tensor { if ($.outside()) return $.run($meta_whileAssigns, whileAssigns, this, arguments);
  let y: Tensor = $.lit(0);
  let count: Tensor = $.lit(0);
  $.while("7:3", $.vars(() => ({ x, y, count }), ($v) => { ({ x, y, count } = $v); }), () => $.lt(y = $.mul(x, 2), 100), () => {
    x = $.add(y, 1);
    count = $.add(count, 1);
  });
  return $.add($.mul(y, 1000), count);
}
/** @graphFunction */
export function doAssigns(x: Tensor): Tensor { if ($.outside()) return $.run($meta_doAssigns, doAssigns, this, arguments);
  let y: Tensor;
  let n: Tensor = $.lit(0);
  $.doWhile("17:3", $.vars(() => ({ x, y, n }), ($v) => { ({ x, y, n } = $v); }), () => {
    y = x;
    n = $.add(n, 1);
  }, () => $.and("20:12", $.gt(x = $.sub(x, 3), 0), () => $.lt(n, 5)));
  return $.add($.add($.mul(x, 1000), $.mul(y, 10)), n);
}
/** @graphFunction */
export function exits(x: Tensor): Tensor { if ($.outside()) return $.run($meta_exits, exits, this, arguments);
  let y: Tensor = $.lit(0);
  { let i: Tensor = $.lit(0); $.for("26:3", $.vars(() => ({ y, i }), ($v) => { ({ y, i } = $v); }), () => $.lt(y = $.add(y, i), 50), () => { i = $.add(i, 1); }, () => {
    return $.if("27:5", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.gt(i, x), () => { return $.break(); }, () => {
    return $.if("28:5", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.eq($.mod(i, 2), 0), () => { return $.continue(); }, () => {
    y = $.add(y, 1); }); });
  }); }
  return y;
}
/** @graphFunction */
export function lazy(x: Tensor, y: Tensor): Tensor { if ($.outside()) return $.run($meta_lazy, lazy, this, arguments);
  let a: Tensor = $.lit(1), b: Tensor = $.lit(2);
  const both = $.and("36:16", $.gt(x, 0), () => $.gt(a = $.mul(x, 10), 20), $.vars(() => ({ a }), ($v) => { ({ a } = $v); }));
  const either = $.or("37:18", $.gt(x, 5), () => $.gt(b = y, 0), $.vars(() => ({ b }), ($v) => { ({ b } = $v); }));
  const z = $.select("38:13", $.gt(y, 0), () => (a = $.add(a, 1)), () => (b = $.add(b, 100), $.mul(b, 2)), $.vars(() => ({ a, b }), ($v) => { ({ a, b } = $v); }));
  return $.add($.add($.add($.add($.mul(a, 10000), $.mul(b, 100)), z), $.select("39:37", both, () => 1, () => 0)), $.select("39:54", either, () => 3, () => 0));
}
/** @graphFunction */
export function chained(x: Tensor): Tensor { if ($.outside()) return $.run($meta_chained, chained, this, arguments);
  let a: Tensor, b: Tensor;
  a = b = $.mul(x, 2);
  $.if("45:3", $.vars(() => ({ a }), ($v) => { ({ a } = $v); }), $.gt(b = $.add(a, 1), 5), () => { a = $.lit(0); });
  return $.add($.mul(a, 100), b);
}
/** @graphFunction */
export function closures(x: Tensor): Tensor { if ($.outside()) return $.run($meta_closures, closures, this, arguments);
  let calls: Tensor = $.lit(0); const $calls = $.cell("calls", () => calls, ($x) => { calls = $x; });
  const check = (v: Tensor): Tensor => {
    $.touch($calls), calls = $.add(calls, 1);
    return $.gt(v, 2);
  };
  const r = $.or("55:13", $.and("55:13", check(x), () => check($.sub(x, 1))), () => check($.add(x, 5)));
  $.while("56:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), () => check(x), () => { x = $.sub(x, 1); });
  return $.add($.add($.mul(calls, 100), x), $.select("57:29", r, () => 1, () => 0));
}
export const runs = {
  whileAssigns: [[1], [50], [200]],
  doAssigns: [[0], [10], [100]],
  exits: [[3], [100]],
  lazy: [[1, 1], [3, 4], [-1, -2], [6, 0]],
  chained: [[1], [5]],
  closures: [[0], [3], [8]],
};

function $meta_whileAssigns() { return { version: 1, name: "whileAssigns", file: "assignments/input.ts", at: "4:1", params: ["x"], decisions: [
  ["7:3", "while", "staged", "`(y = x * 2) < 100` is a Tensor"],
] }; }
function $meta_doAssigns() { return { version: 1, name: "doAssigns", file: "assignments/input.ts", at: "14:1", params: ["x"], decisions: [
  ["17:3", "do", "staged", "`(x = x - 3) > 0 && n < 5` is a Tensor"],
  ["20:12", "&&", "staged", "`(x = x - 3) > 0` is a Tensor"],
] }; }
function $meta_exits() { return { version: 1, name: "exits", file: "assignments/input.ts", at: "24:1", params: ["x"], decisions: [
  ["26:3", "for", "staged", "`(y = y + i) < 50` is a Tensor"],
  ["27:5", "if", "staged", "`i > x` is a Tensor"],
  ["28:5", "if", "staged", "`i % 2 === 0` is a Tensor"],
] }; }
function $meta_lazy() { return { version: 1, name: "lazy", file: "assignments/input.ts", at: "34:1", params: ["x","y"], decisions: [
  ["36:16", "&&", "staged", "`x > 0` is a Tensor"],
  ["37:18", "||", "staged", "`x > 5` is a Tensor"],
  ["38:13", "?:", "staged", "`y > 0` is a Tensor"],
  ["39:37", "?:", "staged", "`both` is a Tensor"],
  ["39:54", "?:", "staged", "`either` is a Tensor"],
] }; }
function $meta_chained() { return { version: 1, name: "chained", file: "assignments/input.ts", at: "42:1", params: ["x"], decisions: [
  ["45:3", "if", "staged", "`(b = a + 1) > 5` is a Tensor"],
] }; }
function $meta_closures() { return { version: 1, name: "closures", file: "assignments/input.ts", at: "49:1", params: ["x"], decisions: [
  ["55:13", "||", "staged", "`check(x) && check(x - 1)` is a Tensor"],
  ["55:13", "&&", "staged", "`check(x)` is a Tensor"],
  ["56:3", "while", "staged", "`check(x)` is a Tensor"],
  ["57:29", "?:", "staged", "`r` is a Tensor"],
] }; }
