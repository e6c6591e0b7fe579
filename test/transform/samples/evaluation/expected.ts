import { $ } from "graphfn/autograph"; $.attach($meta_order, order); $.attach($meta_inConditions, inConditions); $.attach($meta_operands, operands); $.attach($meta_predicates, predicates); $.attach($meta_getters, getters); $.attach($meta_captured, captured); $.attach($meta_arrays, arrays); $.attach($meta_disposed, disposed); import type { Tensor } from "graphfn";

/** The place of an assignment is evaluated first, then its value. */
/** @graphFunction */
export function order(x: Tensor): Tensor { if ($.outside()) return $.run($meta_order, order, this, arguments);
  const a = [x, x, x];
  let i = 0;
  void (($o, $k) => $o[$k] = $.add($o[$k], (i = 1, $.mul(x, 10))))(a, i);
  let j = 0;
  [j, a[j]] = [2, $.mul(x, 99)];
  void (i = 2);
  return $.add($.add($.add($.add($.mul(a[0], 10000), $.mul(a[1], 100)), a[2]), i), j);
}

/** Assignments in conditions, and chained. */
/** @graphFunction */
export function inConditions(x: Tensor): Tensor { if ($.outside()) return $.run($meta_inConditions, inConditions, this, arguments);
  let v: Tensor;
  let n: Tensor = $.lit(0);
  $.while("20:3", $.vars(() => ({ v, n }), ($v) => { ({ v, n } = $v); }), () => $.gt(v = $.sub($.mul(x, 2), $.mul(n, n)), 0), () => { n = $.add(n, 1); });
  let a: Tensor, b: Tensor;
  a = b = v;
  return $.add($.add($.mul(a, 10), b), $.mul(n, 1000));
}

/** What stands left of && and || is JavaScript's: its value may be the result. */
/** @graphFunction */
export function operands(x: Tensor, k: number, name: string): Tensor { if ($.outside()) return $.run($meta_operands, operands, this, arguments);
  const a = k && x;
  const b = name || "none";
  return $.mul($.select("31:11", $.eq(a, 0), () => x, () => (a as Tensor)), b.length);
}

/** A condition is looked at each time anew. */
/** @graphFunction */
export function predicates(x: Tensor): Tensor { if ($.outside()) return $.run($meta_predicates, predicates, this, arguments);
  const positive = $.gt(x, 0);
  let rounds: Tensor = $.lit(0);
  $.doWhile("39:3", $.vars(() => ({ x, rounds }), ($v) => { ({ x, rounds } = $v); }), () => {
    x = $.sub(x, 1);
    return $.if("41:5", $.vars(() => ({ rounds }), ($v) => { ({ rounds } = $v); }), $.gt(x, 3), () => { return $.continue(); }, () => {
    rounds = $.add(rounds, 10); });
  }, () => $.or("43:12", $.gt(x, 0), () => $.lt(rounds = $.add(rounds, 1), 3), $.vars(() => ({ rounds }), ($v) => { ({ rounds } = $v); })));
  return $.add($.mul($.select("44:11", positive, () => x, () => $.neg(x)), 100), rounds);
}

/** A getter runs at each read. */
/** @graphFunction */
export function getters(x: Tensor): Tensor { if ($.outside()) return $.run($meta_getters, getters, this, arguments);
  let reads: Tensor = $.lit(0); const $reads = $.cell("reads", () => reads, ($x) => { reads = $x; });
  const source = {
    get value(): Tensor {
      $.touch($reads), reads = $.add(reads, 1);
      return x;
    },
  };
  let sum: Tensor = $.lit(0);
  $.while("58:3", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), () => $.lt(sum, 10), () => { sum = $.add(sum, source.value); });
  return $.add($.mul(sum, 100), reads);
}

/** The value of a return is taken before `finally`; `continue` and `break` run it, too. */
/** @graphFunction */
export function captured(n: Tensor): Tensor { if ($.outside()) return $.run($meta_captured, captured, this, arguments);
  let y: Tensor = $.lit(1); const $y = $.cell("y", () => y, ($x) => { y = $x; });
  const early = (): Tensor => {
    try {
      return y;
    } finally {
      $.touch($y), y = $.lit(2);
    }
  };
  let sum = $.add($.mul(early(), 10000), $.mul(y, 100000));
  { let i: Tensor = $.lit(0); $.for("74:3", $.vars(() => ({ sum, i }), ($v) => { ({ sum, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    return $.then("82:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.try("75:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), () => {
      return $.if("76:7", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.eq(i, 2), () => { return $.continue(); }, () => {
      return $.if("77:7", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.eq(i, 4), () => { return $.break(); }, () => {
      sum = $.add(sum, 1); }); });
    }, undefined, () => {
      sum = $.add(sum, 10);
    }), () => {
    sum = $.add(sum, 100); });
  }); }
  return sum;
}

/** An array is read as it is when the loop gets there; missing elements are undefined. */
/** @graphFunction */
export function arrays(x: Tensor): Tensor { if ($.outside()) return $.run($meta_arrays, arrays, this, arguments);
  const growing = [x];
  let sum: Tensor = $.lit(0);
  for (const value of growing) {
    sum = $.add(sum, value);
    if (growing.length < 4) growing.push($.mul(value, 2));
  }
  const holes: (Tensor | undefined)[] = [x, , $.mul(x, 2)];
  return $.add($.add(sum, $.coalesce("97:17", holes[1], () => $.mul(x, 100))), $.coalesce("97:41", holes[-1], () => $.mul(x, 1000)));
}

/** What a block uses is disposed of on every way out of it, after the value of a return was taken. */
/** @graphFunction */
export function disposed(x: Tensor): Tensor { if ($.outside()) return $.run($meta_disposed, disposed, this, arguments);
  let closed: Tensor = $.lit(0); const $closed = $.cell("closed", () => closed, ($x) => { closed = $x; });
  return $.finish($.then("113:3", $.none, $.if("104:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), $.gt(x, 1), () => {
    using _scope = {
      [Symbol.dispose](): void {
        $.touch($closed), closed = $.add(closed, 1);
      },
    };
    return $.if("110:5", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), $.gt(x, 3), () => $.return(closed), () => {
    x = $.mul(x, 2); });
  }), () => {
  return $.return($.add($.mul(x, 10), closed)); }));
}

export const runs = {
  order: [[1]],
  inConditions: [[3], [-1]],
  operands: [[2, { fixed: 0 }, ""], [2, { fixed: 3 }, "ab"]],
  predicates: [[5], [-5]],
  getters: [[3]],
  captured: [[6], [1]],
  arrays: [[1]],
  disposed: [[0], [2], [5]],
};

function $meta_order() { return { version: 1, name: "order", file: "evaluation/input.ts", at: "5:1", params: ["x"], decisions: [] }; }
function $meta_inConditions() { return { version: 1, name: "inConditions", file: "evaluation/input.ts", at: "17:1", params: ["x"], decisions: [
  ["20:3", "while", "staged", "`(v = x * 2 - n * n) > 0` is a Tensor"],
] }; }
function $meta_operands() { return { version: 1, name: "operands", file: "evaluation/input.ts", at: "28:1", params: ["x","k","name"], decisions: [
  ["28:37", "number", "static", "`k` decides at 29:13: one trace per value"],
  ["31:11", "?:", "dynamic", "`a === 0` may be a Tensor"],
] }; }
function $meta_predicates() { return { version: 1, name: "predicates", file: "evaluation/input.ts", at: "36:1", params: ["x"], decisions: [
  ["39:3", "do", "staged", "`x > 0 || (rounds += 1) < 3` is a Tensor"],
  ["41:5", "if", "staged", "`x > 3` is a Tensor"],
  ["43:12", "||", "staged", "`x > 0` is a Tensor"],
  ["44:11", "?:", "staged", "`positive` is a Tensor"],
] }; }
function $meta_getters() { return { version: 1, name: "getters", file: "evaluation/input.ts", at: "49:1", params: ["x"], decisions: [
  ["58:3", "while", "staged", "`sum < 10` is a Tensor"],
] }; }
function $meta_captured() { return { version: 1, name: "captured", file: "evaluation/input.ts", at: "64:1", params: ["n"], decisions: [
  ["74:3", "for", "staged", "`i < n` is a Tensor"],
  ["75:5", "try", "dynamic", "its block may throw where the graph decides so"],
  ["76:7", "if", "staged", "`i === 2` is a Tensor"],
  ["77:7", "if", "staged", "`i === 4` is a Tensor"],
] }; }
function $meta_arrays() { return { version: 1, name: "arrays", file: "evaluation/input.ts", at: "89:1", params: ["x"], decisions: [
  ["92:3", "for-of", "unrolled", "`growing` is known while tracing"],
  ["94:5", "if", "static", "`growing.length < 4` is known while tracing"],
] }; }
function $meta_disposed() { return { version: 1, name: "disposed", file: "evaluation/input.ts", at: "102:1", params: ["x"], decisions: [
  ["104:3", "if", "staged", "`x > 1` is a Tensor"],
  ["110:5", "if", "staged", "`x > 3` is a Tensor"],
] }; }
