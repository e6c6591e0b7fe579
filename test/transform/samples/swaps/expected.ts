import { $ } from "graphfn/autograph"; $.attach($meta_sorted, sorted); $.attach($meta_nth, nth); $.attach($meta_nested, nested); import type { Tensor } from "graphfn";

/** Elements of tensors, and of arrays at places that the graph decides, are targets of destructuring. */
/** @graphFunction */
export function sorted(t: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_sorted, sorted, this, arguments);
  { let i: Tensor = $.lit(0); $.for("6:3", $.vars(() => ({ t, i }), ($v) => { ({ t, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    { let j: Tensor = $.lit(0); $.for("7:5", $.vars(() => ({ t, j }), ($v) => { ({ t, j } = $v); }), () => $.lt(j, $.sub($.sub(n, 1), i)), () => { j = $.add(j, 1); }, () => {
      $.if("8:7", $.vars(() => ({ t }), ($v) => { ({ t } = $v); }), $.gt($.index(t, j), $.index(t, $.add(j, 1))), () => { [(($k) => ({ set to($x) { t = $.setIndex(t, $k, $x); } }))(j).to, (($k) => ({ set to($x) { t = $.setIndex(t, $k, $x); } }))($.add(j, 1)).to] = [$.index(t, $.add(j, 1)), $.index(t, j)]; });
    }); }
  }); }
  return t;
}

/** @graphFunction */
export function nth(a: Tensor, b: Tensor, k: number): Tensor { if ($.outside()) return $.run($meta_nth, nth, this, arguments);
  let at: Tensor = $.select("16:20", $.gt(a, b), () => $.lit(2), () => $.lit(0));
  const xs = $.array("xs", [a, b, $.add(a, b)]);
  [(($o, $k) => ({ set to($x) { $.setIndex($o, $k, $x); } }))(xs, at).to, xs[1]] = [xs[1], $.index(xs, at)];
  let row: Tensor = a;
  ({ row, first: (($o, $k) => ({ set to($x) { $.setIndex($o, $k, $x); } }))(xs, at).to = row } = { row: b, first: a } as { row: Tensor; first?: Tensor });
  [at, (($o, $k) => ({ set to($x) { $.setIndex($o, $k, $x); } }))(xs, at).to] = [$.mod(b, 2), a];
  void (($o, $k) => { const $x = $.add($.index($o, $k), 1); $.setIndex($o, $k, $x); return $x; })(xs, at);
  return $.add($.add($.add($.add($.add($.mul(xs[0], 100), $.mul(xs[1], 10)), xs[2]), $.index(xs, at)), row), k);
}

/** @graphFunction */
export function nested(t: Tensor, i: Tensor): Tensor { if ($.outside()) return $.run($meta_nested, nested, this, arguments); const $t = $.cell("t", () => t, ($x) => { t = $x; });
  let rest: Tensor[] = [];
  $.touch($t), [[(($k) => ({ set to($x) { t = $.setIndex(t, $k, $x); } }))(i).to], ...rest] = [[$.mul($.index(t, 0), 2)], $.index(t, 1), $.index(t, 2)];
  const swap = (k: Tensor): void => {
    $.touch($t), [(($k) => ({ set to($x) { t = $.setIndex(t, $k, $x); } }))(k).to, (($k) => ({ set to($x) { t = $.setIndex(t, $k, $x); } }))(2).to] = [$.index(t, 2), $.index(t, k)];
  };
  $.if("33:3", $.none, $.gt($.index(t, i), 3), () => { swap(i); });
  return $.add($.add($.add($.add($.mul($.index(t, 0), 1000), $.mul($.index(t, 1), 100)), $.mul($.index(t, 2), 10)), rest.length), rest[0] as Tensor);
}

export const runs = {
  sorted: [
    [[3, 1, 2], 3],
    [[5, 4, 3, 2, 1], 5],
  ],
  nth: [[1, 2, 0], [5, 2, 1]],
  nested: [[[1, 2, 3], 0], [[4, 5, 6], 1]],
};

function $meta_sorted() { return { version: 1, name: "sorted", file: "swaps/input.ts", at: "5:1", params: ["t","n"], decisions: [
  ["6:3", "for", "staged", "`i < n` is a Tensor"],
  ["7:5", "for", "staged", "`j < n - 1 - i` is a Tensor"],
  ["8:7", "if", "staged", "`t[j] > t[j + 1]` is a Tensor"],
] }; }
function $meta_nth() { return { version: 1, name: "nth", file: "swaps/input.ts", at: "15:1", params: ["a","b","k"], lifted: [[2]], decisions: [
  ["15:43", "number", "staged", "`k` only meets tensors: one trace for all"],
  ["16:20", "?:", "staged", "`a > b` is a Tensor"],
] }; }
function $meta_nested() { return { version: 1, name: "nested", file: "swaps/input.ts", at: "27:1", params: ["t","i"], decisions: [
  ["33:3", "if", "staged", "`t[i] > 3` is a Tensor"],
] }; }
