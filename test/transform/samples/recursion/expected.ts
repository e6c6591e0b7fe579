import { $ } from "graphfn/autograph"; $.attach($meta_fib, fib); $.attach($meta_factorial, factorial); $.attach($meta_ackermann, ackermann); $.attach($meta_isEven, isEven); $.attach($meta_isOdd, isOdd); $.attach($meta_total, total); $.attach($meta_steps, steps); $.attach($meta_power, power); $.attach($meta_classify, classify); /** Functions that call themselves where the graph decides how deep, and where JavaScript does. */
import type { Tensor } from "graphfn";

/** @graphFunction */
export function fib(n: Tensor): Tensor { if ($.outside()) return $.run($meta_fib, fib, this, arguments); if ($.enters(fib)) return $.descend("5:1", ["n"], fib, this, arguments);
  return $.finish($.if("6:3", $.none, $.lt(n, 2), () => $.return(n), () => {
  return $.return($.add(fib($.sub(n, 1)), fib($.sub(n, 2)))); }));
}

/** @graphFunction */
export function factorial(n: Tensor): Tensor { if ($.outside()) return $.run($meta_factorial, factorial, this, arguments); if ($.enters(factorial)) return $.descend("11:1", ["n"], factorial, this, arguments);
  return $.select("12:10", $.le(n, 1), () => $.lit(1), () => $.mul(n, factorial($.sub(n, 1))));
}

/** @graphFunction */
export function ackermann(m: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_ackermann, ackermann, this, arguments); if ($.enters(ackermann)) return $.descend("16:1", ["m", "n"], ackermann, this, arguments);
  return $.finish($.if("17:3", $.none, $.eq(m, 0), () => $.return($.add(n, 1)), () => {
  return $.if("18:3", $.none, $.eq(n, 0), () => $.return(ackermann($.sub(m, 1), $.lit(1))), () => {
  return $.return(ackermann($.sub(m, 1), ackermann(m, $.sub(n, 1)))); }); }));
}

/** @graphFunction */
export function isEven(n: Tensor): Tensor { if ($.outside()) return $.run($meta_isEven, isEven, this, arguments); if ($.enters(isEven)) return $.descend("23:1", ["n"], isEven, this, arguments);
  return $.finish($.if("24:3", $.none, $.eq(n, 0), () => $.return($.lit(true)), () => {
  return $.return(isOdd($.sub(n, 1))); }));
}

/** @graphFunction */
export function isOdd(n: Tensor): Tensor { if ($.outside()) return $.run($meta_isOdd, isOdd, this, arguments); if ($.enters(isOdd)) return $.descend("29:1", ["n"], isOdd, this, arguments);
  return $.finish($.if("30:3", $.none, $.eq(n, 0), () => $.return($.lit(false)), () => {
  return $.return(isEven($.sub(n, 1))); }));
}

/** @graphFunction */
export function total(n: Tensor, sum: Tensor = $.lit(0)): Tensor { if ($.outside()) return $.run($meta_total, total, this, arguments); if ($.enters(total)) return $.descend("35:1", ["n", "sum"], total, this, arguments);
  return $.finish($.if("36:3", $.none, $.eq(n, 0), () => $.return(sum), () => {
  return $.return(total($.sub(n, 1), $.add(sum, n))); }));
}

/** @graphFunction */
export const gcd = $.graphFunction($meta_gcd, $.recursive("41:20", ["a", "b"], (a: Tensor, b: Tensor): Tensor => ($.select("41:55", $.eq(b, 0), () => a, () => gcd(b, $.mod(a, b))))));

/** A nested one, which reads what is around it. */
/** @graphFunction */
export function steps(n: Tensor, by: Tensor): Tensor { if ($.outside()) return $.run($meta_steps, steps, this, arguments);
  const down = $.recursive("46:16", ["x", "count"], (x: Tensor, count: Tensor): Tensor => {
    return $.finish($.if("47:5", $.none, $.le(x, 0), () => $.return(count), () => {
    return $.return(down($.sub(x, by), $.add(count, 1))); }));
  });
  return down(n, $.lit(0));
}

/** JavaScript decides: unrolled. */
/** @graphFunction */
export function power(x: Tensor, n: number): Tensor { if ($.outside()) return $.run($meta_power, power, this, arguments);
  return n === 0 ? $.lit(1) : $.mul(x, power(x, n - 1));
}

interface Tree {
  readonly at: number;
  readonly low: Tree | number;
  readonly high: Tree | number;
}

/** The graph decides which way, JavaScript where it ends: unrolled. */
function decide(tree: Tree | number, x: Tensor): Tensor { if ($.enters(decide)) return $.descend("66:1", ["tree", "x"], decide, this, arguments);
  if (typeof tree === "number") return x.mul(0).add(tree);
  return $.select("68:10", x.less(tree.at), () => decide(tree.low, x), () => decide(tree.high, x));
}

/** @graphFunction */
export function classify(x: Tensor): Tensor { if ($.outside()) return $.run($meta_classify, classify, this, arguments);
  return decide({ at: 5, low: { at: 2, low: 0, high: 1 }, high: { at: 8, low: 2, high: { at: 9, low: 3, high: 4 } } }, x);
}

export const runs = {
  fib: [[0], [1], [10]],
  factorial: [[0], [1], [10]],
  ackermann: [[0, 3], [2, 3]],
  isEven: [[0], [1], [10]],
  isOdd: [[0], [7]],
  total: [[0], [10], [3, 4]],
  gcd: [[12, 18], [7, 0]],
  steps: [[10, 3], [0, 1]],
  power: [[3, { fixed: 0 }], [3, { fixed: 4 }]],
  classify: [[1], [3], [6], [8.5], [12]],
};

function $meta_fib() { return { version: 1, name: "fib", file: "recursion/input.ts", at: "5:1", params: ["n"], decisions: [
  ["6:3", "if", "staged", "`n < 2` is a Tensor"],
] }; }
function $meta_factorial() { return { version: 1, name: "factorial", file: "recursion/input.ts", at: "11:1", params: ["n"], decisions: [
  ["12:10", "?:", "staged", "`n <= 1` is a Tensor"],
] }; }
function $meta_ackermann() { return { version: 1, name: "ackermann", file: "recursion/input.ts", at: "16:1", params: ["m","n"], decisions: [
  ["17:3", "if", "staged", "`m === 0` is a Tensor"],
  ["18:3", "if", "staged", "`n === 0` is a Tensor"],
] }; }
function $meta_isEven() { return { version: 1, name: "isEven", file: "recursion/input.ts", at: "23:1", params: ["n"], decisions: [
  ["24:3", "if", "staged", "`n === 0` is a Tensor"],
] }; }
function $meta_isOdd() { return { version: 1, name: "isOdd", file: "recursion/input.ts", at: "29:1", params: ["n"], decisions: [
  ["30:3", "if", "staged", "`n === 0` is a Tensor"],
] }; }
function $meta_total() { return { version: 1, name: "total", file: "recursion/input.ts", at: "35:1", params: ["n","sum"], decisions: [
  ["36:3", "if", "staged", "`n === 0` is a Tensor"],
] }; }
function $meta_gcd() { return { version: 1, name: "gcd", file: "recursion/input.ts", at: "41:20", params: ["a","b"], decisions: [
  ["41:55", "?:", "staged", "`b === 0` is a Tensor"],
] }; }
function $meta_steps() { return { version: 1, name: "steps", file: "recursion/input.ts", at: "45:1", params: ["n","by"], decisions: [
  ["47:5", "if", "staged", "`x <= 0` is a Tensor"],
] }; }
function $meta_power() { return { version: 1, name: "power", file: "recursion/input.ts", at: "55:1", params: ["x","n"], decisions: [
  ["55:34", "number", "static", "`n` is compared at 56:10: one trace per value"],
] }; }
function $meta_classify() { return { version: 1, name: "classify", file: "recursion/input.ts", at: "72:1", params: ["x"], decisions: [] }; }
