import { $ } from "graphfn/autograph"; $.attach($meta_collatz, collatz); import type { Tensor } from "graphfn";

/** @graphFunction */
export function collatz(n: Tensor): Tensor { if ($.outside()) return $.run($meta_collatz, collatz, this, arguments);
  let steps: Tensor = $.lit(0);
  $.while("6:3", $.vars(() => ({ n, steps }), ($v) => { ({ n, steps } = $v); }), () => $.gt(n, 1), () => {
    n = $.select("7:9", $.eq($.mod(n, 2), 0), () => $.div(n, 2), () => $.add($.mul(3, n), 1));
    steps = $.add(steps, 1);
  });
  return steps;
}

export const runs = { collatz: [[27], [1], [97]] };

function $meta_collatz() { return { version: 1, name: "collatz", file: "while/input.ts", at: "4:1", params: ["n"], decisions: [
  ["6:3", "while", "staged", "`n > 1` is a Tensor"],
  ["7:9", "?:", "staged", "`n % 2 === 0` is a Tensor"],
] }; }
