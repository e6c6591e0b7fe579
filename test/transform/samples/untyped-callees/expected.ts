import { $ } from "graphfn/autograph"; $.attach($meta_branches, branches); $.attach($meta_chains, chains); $.attach($meta_counted, counted); import type { Tensor } from "graphfn";

/** Nothing is known of `x`: what is computed with it may be a tensor, in whatever name it goes on. */
function doubled(x: any) {
  return $.finish($.if("5:3", $.none, $.gt(x, 3), () => $.return($.mul(2, x)), () => {
  return $.return(x); }));
}

function farther(x: any) {
  const twice = $.add(doubled(x), 1);
  return $.select("11:10", $.gt(twice, 9), () => $.neg(twice), () => twice);
}

/** @graphFunction */
export function branches(x: Tensor): Tensor { if ($.outside()) return $.run($meta_branches, branches, this, arguments);
  return $.finish($.if("16:3", $.none, $.gt(doubled(x), 5), () => $.return(doubled(x)), () => {
  return $.return(x); }));
}

/** @graphFunction */
export function chains(x: Tensor): Tensor { if ($.outside()) return $.run($meta_chains, chains, this, arguments);
  let sum: Tensor = $.lit(0);
  $.while("23:3", $.vars(() => ({ sum }), ($v) => { ({ sum } = $v); }), () => $.gt(farther(sum), 0), () => { sum = $.add(sum, x); });
  return sum;
}

/** Numbers stay what they are. */
/** @graphFunction */
export function counted(x: Tensor, n: number): Tensor { if ($.outside()) return $.run($meta_counted, counted, this, arguments);
  let y = x;
  for (let i = 0; i < (doubled(n) as number); i++) y = $.add(y, 1);
  return y;
}

export const runs = {
  branches: [[2], [3], [4]],
  chains: [[1], [2]],
  counted: [[1, { fixed: 2 }], [1, { fixed: 4 }]],
};

function $meta_branches() { return { version: 1, name: "branches", file: "untyped-callees/input.ts", at: "15:1", params: ["x"], decisions: [
  ["16:3", "if", "dynamic", "`doubled(x) > 5` may be a Tensor"],
] }; }
function $meta_chains() { return { version: 1, name: "chains", file: "untyped-callees/input.ts", at: "21:1", params: ["x"], decisions: [
  ["23:3", "while", "dynamic", "`farther(sum) > 0` may be a Tensor"],
] }; }
function $meta_counted() { return { version: 1, name: "counted", file: "untyped-callees/input.ts", at: "29:1", params: ["x","n"], decisions: [
  ["29:36", "number", "static", "`n` is passed to `doubled` at 31:32: one trace per value"],
  ["31:3", "for", "unrolled", "`i < (doubled(n) as number)` is known while tracing"],
] }; }
