import { $ } from "graphfn/autograph"; $.attach($meta_sum, sum); $.attach($meta_left, left); $.attach($meta_delegated, delegated); import type { Tensor } from "graphfn";

function* powers(x: Tensor, count: number): Generator<Tensor> {
  let power = x;
  for (let i = 0; i < count; i++) {
    yield power;
    power = power.mul(x);
  }
}

/** A generator runs while tracing, as far as JavaScript decides. */
/** @graphFunction */
export function sum(x: Tensor): Tensor { if ($.outside()) return $.run($meta_sum, sum, this, arguments);
  let total: Tensor = $.lit(0);
  for (const power of powers(x, 4)) total = $.add(total, power);
  return total;
}

/** Where the graph leaves the loop, what the generator does after that has no effect. */
/** @graphFunction */
export function left(x: Tensor): Tensor { if ($.outside()) return $.run($meta_left, left, this, arguments);
  let steps: Tensor = $.lit(0); const $steps = $.cell("steps", () => steps, ($x) => { steps = $x; });
  function* doubling(): Generator<Tensor> {
    yield x;
    $.touch($steps), steps = $.add(steps, 1);
    yield $.mul(x, 2);
    $.touch($steps), steps = $.add(steps, 10);
  }
  let total: Tensor = $.lit(0);
  $.forOf("30:3", $.vars(() => ({ total }), ($v) => { ({ total } = $v); }), doubling(), (value) => {
    return $.if("31:5", $.vars(() => ({ total }), ($v) => { ({ total } = $v); }), $.gt(value, 5), () => { return $.break(); }, () => {
    total = $.add(total, value); });
  });
  return $.add(total, $.mul(steps, 100));
}

/** Generators of generators, by hand and by spread. */
/** @graphFunction */
export function delegated(x: Tensor): Tensor { if ($.outside()) return $.run($meta_delegated, delegated, this, arguments);
  function* all(): Generator<Tensor> {
    yield* powers(x, 2);
    yield $.mul(x, 100);
  }
  const [first, second] = all();
  const list = [...all()];
  return $.add($.add($.add(first ?? x, $.mul(second ?? x, 10)), list[2]), list.length);
}

export const runs = { sum: [[2], [0.5]], left: [[1], [3], [9]], delegated: [[2]] };

function $meta_sum() { return { version: 1, name: "sum", file: "generator-exits/input.ts", at: "13:1", params: ["x"], decisions: [
  ["15:3", "for-of", "unrolled", "`powers(x, 4)` is known while tracing"],
] }; }
function $meta_left() { return { version: 1, name: "left", file: "generator-exits/input.ts", at: "21:1", params: ["x"], decisions: [
  ["30:3", "for-of", "staged", "`doubling()` is known while tracing, but the graph decides on an exit inside"],
  ["31:5", "if", "staged", "`value > 5` is a Tensor"],
] }; }
function $meta_delegated() { return { version: 1, name: "delegated", file: "generator-exits/input.ts", at: "39:1", params: ["x"], decisions: [] }; }
