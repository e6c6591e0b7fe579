import { $ } from "graphfn/autograph"; $.attach($meta_bounded, bounded); $.attach($meta_caught, caught); $.attach($meta_unrolled, unrolled); $.attach($meta_plain, plain); /** Options of loops: bounds, unrolling, checkpoints for gradients. Plain JavaScript does not count rounds: the runs stay within. */

import type { Tensor } from "graphfn";
import * as gf from "graphfn";
import { loop } from "graphfn";

/** @graphFunction */
export function bounded(n: Tensor): Tensor { if ($.outside()) return $.run($meta_bounded, bounded, this, arguments);
  let steps: Tensor = $.lit(0);
  $.while("10:3", $.vars(() => ({ n, steps }), ($v) => { ({ n, steps } = $v); }), () => $.gt(n, 1), () => {
     // nine at most
    n = $.select("12:9", $.eq($.mod(n, 2), 0), () => $.div(n, 2), () => $.add($.mul(3, n), 1));
    steps = $.add(steps, 1);
  }, undefined, { maxIterations: 9, onMax: "stop" });
  return $.add($.mul(n, 100), steps);
}

const LIMITS = { steps: 5 };

/** @graphFunction */
export function caught(x: Tensor): Tensor { if ($.outside()) return $.run($meta_caught, caught, this, arguments, () => [LIMITS.steps]); $.uses(() => [LIMITS.steps], $meta_caught);
  let rounds: Tensor = $.lit(0);
  return $.finish($.then("32:3", $.none, $.try("23:3", $.vars(() => ({ x, rounds }), ($v) => { ({ x, rounds } = $v); }), () => {
    $.doWhile("24:5", $.vars(() => ({ x, rounds }), ($v) => { ({ x, rounds } = $v); }), () => {
      
      x = $.sub(x, 1);
      rounds = $.add(rounds, 1);
    }, () => $.gt(x, 0), undefined, { maxIterations: LIMITS.steps });
  }, () => {
    return $.return($.neg(rounds));
  }), () => {
  return $.return(rounds); }));
}

/** @graphFunction */
export function unrolled(xs: Tensor): Tensor { if ($.outside()) return $.run($meta_unrolled, unrolled, this, arguments);
  let sum: Tensor = $.lit(0);
  $.forOf("38:9", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), xs, (x) => { 
    return $.then("45:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.forOf("39:5", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), xs, (y) => {
      
      return $.if("41:7", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.gt(y, 3), () => { return $.continue("rows"); }, () => {
      return $.if("42:7", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), $.gt($.mul(x, y), 20), () => { return $.break("rows"); }, () => {
      sum = $.add(sum, $.mul(x, y)); }); });
    }, undefined, { unroll: true }), () => {
    sum = $.add(sum, 1000); });
  }, "rows", { unroll: 2, checkpoint: "sqrt" });
  return sum;
}

/** @graphFunction */
export function plain(x: Tensor, n: number): Tensor { if ($.outside()) return $.run($meta_plain, plain, this, arguments);
  let last = 0;
  { let i = 0; $.for("53:3", $.vars(() => ({ x, last, i }), ($v) => { ({ x, last, i } = $v); }), () => i < 5, () => { i++; }, () => {
    
    x = $.add(x, i);
    last = i;
  }, undefined, { maxIterations: n, onMax: "stop" }); }
  $.forOf("58:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), [1, 2, 3], (k) => {
    
    return $.if("60:5", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), $.gt(x, 100), () => { return $.break(); }, () => {
    x = $.mul(x, k); });
  }, undefined, { maxIterations: 3, onMax: "stop" });
  $.doWhile("63:3", $.vars(() => ({ last }), ($v) => { ({ last } = $v); }), () => {
    
    last++;
  }, () => last < 10, undefined, { maxIterations: 6, onMax: "stop" });
  return $.add($.mul(x, 10), last);
}

export const runs = {
  bounded: [[6], [1], [4], [32], [64]],
  caught: [[3], [4], [5]],
  unrolled: [[[1, 2]], [[1, 2, 3]], [[1, 4, 2]], [[]]],
  plain: [[1, { fixed: 5 }], [1, { fixed: 9 }], [90, { fixed: 5 }]],
};

function $meta_bounded() { return { version: 1, name: "bounded", file: "loop-options/input.ts", at: "8:1", params: ["n"], decisions: [
  ["10:3", "while", "staged", "`n > 1` is a Tensor; options { maxIterations: 9, onMax: \"stop\" }"],
  ["12:9", "?:", "staged", "`n % 2 === 0` is a Tensor"],
] }; }
function $meta_caught() { return { version: 1, name: "caught", file: "loop-options/input.ts", at: "21:1", params: ["x"], captures: ["LIMITS.steps@loop-options/input.ts:25:40"], decisions: [
  ["23:3", "try", "dynamic", "its block may throw where the graph decides so"],
  ["24:5", "do", "staged", "`x > 0` is a Tensor; options { maxIterations: LIMITS.steps }"],
] }; }
function $meta_unrolled() { return { version: 1, name: "unrolled", file: "loop-options/input.ts", at: "36:1", params: ["xs"], decisions: [
  ["38:9", "for-of", "staged", "`xs` is a Tensor; options { unroll: 2, checkpoint: \"sqrt\" }"],
  ["39:5", "for-of", "staged", "`xs` is a Tensor; options { unroll: true }"],
  ["41:7", "if", "staged", "`y > 3` is a Tensor"],
  ["42:7", "if", "staged", "`x * y > 20` is a Tensor"],
] }; }
function $meta_plain() { return { version: 1, name: "plain", file: "loop-options/input.ts", at: "51:1", params: ["x","n"], decisions: [
  ["51:34", "number", "static", "`n` stands in an object at 54:35: one trace per value"],
  ["53:3", "for", "unrolled", "`i < 5` is known while tracing; options { maxIterations: n, onMax: \"stop\" }"],
  ["58:3", "for-of", "staged", "`[1, 2, 3]` is known while tracing; options { maxIterations: 3, onMax: \"stop\" }, but the graph decides on an exit inside"],
  ["60:5", "if", "staged", "`x > 100` is a Tensor"],
  ["63:3", "do", "unrolled", "`last < 10` is known while tracing; options { maxIterations: 6, onMax: \"stop\" }"],
] }; }
