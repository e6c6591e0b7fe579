import { $ } from "graphfn/autograph"; $.attach($meta_reverse, reverse); $.attach($meta_steps, steps); $.attach($meta_table, table); import type { Tensor } from "graphfn";

/** @graphFunction */
export function reverse(xs: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_reverse, reverse, this, arguments);
  let t: Tensor = xs;
  let i: Tensor = $.lit(0);
  let j: Tensor = $.sub(n, 1);
  $.while("8:3", $.vars(() => ({ t, i, j }), ($v) => { ({ t, i, j } = $v); }), () => $.lt(i, j), () => {
    const left = $.index(t, i);
    t = $.setIndex(t, i, $.index(t, j));
    t = $.setIndex(t, j, left);
    i = $.add(i, 1);
    j = $.sub(j, 1);
  });
  return t;
}

/** @graphFunction */
export function steps(xs: Tensor): Tensor { if ($.outside()) return $.run($meta_steps, steps, this, arguments);
  let t: Tensor = xs;
  t = $.setIndex(t, 0, $.add($.index(t, 0), 10));
  t = $.setIndex(t, 1, $.mul($.index(t, 1), $.index(t, 0)));
  t = $.setIndex(t, 2, $.add($.index(t, 2), 1));
  return t;
}

/** Arrays keep JavaScript's indexing.
 * @graphFunction */
export function table(x: Tensor): Tensor { if ($.outside()) return $.run($meta_table, table, this, arguments);
  const weights = [1, 10, 100];
  weights[1] += 5;
  const terms: Tensor[] = [];
  for (let i = 0; i < weights.length; i++) terms[i] = $.mul(x, weights[i]!);
  return $.add($.add(terms[0], terms[1]), terms[2]);
}

export const runs = { reverse: [[[1, 2, 3, 4], 4], [[5], 1]], steps: [[[1, 2, 3]]], table: [[2]] };

function $meta_reverse() { return { version: 1, name: "reverse", file: "indexing/input.ts", at: "4:1", params: ["xs","n"], decisions: [
  ["8:3", "while", "staged", "`i < j` is a Tensor"],
] }; }
function $meta_steps() { return { version: 1, name: "steps", file: "indexing/input.ts", at: "19:1", params: ["xs"], decisions: [] }; }
function $meta_table() { return { version: 1, name: "table", file: "indexing/input.ts", at: "29:1", params: ["x"], decisions: [
  ["33:3", "for", "unrolled", "`i < weights.length` is known while tracing"],
] }; }
