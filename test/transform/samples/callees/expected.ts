import { $ } from "graphfn/autograph"; $.attach($meta_readsLater, readsLater); $.attach($meta_chosen, chosen); $.attach($meta_dispatched, dispatched); $.attach($meta_parameters, parameters); $.attach($meta_texts, texts); $.attach($meta_callbacks, callbacks); $.attach($meta_skipped, skipped); import type { Tensor } from "graphfn";

/** A closure sees what the loop left, not what it was made with. */
/** @graphFunction */
export function readsLater(n: Tensor): Tensor { if ($.outside()) return $.run($meta_readsLater, readsLater, this, arguments);
  let sum: Tensor = $.lit(0);
  const read = (): Tensor => sum;
  { let i: Tensor = $.lit(0); $.for("8:3", $.vars(() => ({ sum, i }), ($v) => { ({ sum, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => { sum = $.add(sum, i); }); }
  return read();
}

/** JavaScript chooses the function. */
/** @graphFunction */
export function chosen(x: Tensor, up: boolean): Tensor { if ($.outside()) return $.run($meta_chosen, chosen, this, arguments);
  const first = up ? (y: Tensor): Tensor => $.add(y, 1) : (y: Tensor): Tensor => $.sub(y, 1);
  return [first, (y: Tensor): Tensor => $.mul(y, 2)].reduce((value, next) => next(value), x);
}

/** The graph chooses the call. */
/** @graphFunction */
export function dispatched(x: Tensor, which: Tensor): Tensor { if ($.outside()) return $.run($meta_dispatched, dispatched, this, arguments);
  const half = (y: Tensor): Tensor => $.div(y, 2);
  const square = (y: Tensor): Tensor => $.mul(y, y);
  return $.finish($.switch("24:3", $.none, which, [
    [() => 0, () => {
      return $.return(half(x)); }],
    [() => 1, () => {
      return $.return(square(x)); }],
    [null, () => {
      return $.return($.select("30:14", $.gt(which, 2), () => half(square(x)), () => square(half(x)))); }],
  ]));
}

/** Defaults see what stands before them, and closures over it. */
/** @graphFunction */
export function parameters(x: Tensor, k: Tensor = $.mul(x, 2), ...more: Tensor[]): Tensor { if ($.outside()) return $.run($meta_parameters, parameters, this, arguments);
  const scoped = (a: Tensor, b: Tensor = $.mul(a, 2), c = (): Tensor => b): Tensor => {
    b = $.add(b, 1);
    return $.add(a, c());
  };
  const product = (...values: Tensor[]): Tensor => values.reduce((a, b) => $.mul(a, b));
  let sum = $.add(x, k);
  for (const value of more) sum = $.add(sum, value);
  return $.add($.add($.add(sum, $.mul(scoped(x), 10)), $.mul(scoped(x, k), 100)), $.mul(product(...[x, k], $.add(x, 1)), 1000));
}

/** Strings are JavaScript's. */
/** @graphFunction */
export function texts(x: Tensor, mode: string): Tensor { if ($.outside()) return $.run($meta_texts, texts, this, arguments);
  return $.finish($.if("50:3", $.none, mode === "up" && $.gt(x, 0), () => $.return($.add(x, 1)), () => {
  return $.return(mode.startsWith("d") ? $.sub(x, 1) : x); }));
}

/** Callbacks of arrays. */
/** @graphFunction */
export function callbacks(xs: Tensor): Tensor { if ($.outside()) return $.run($meta_callbacks, callbacks, this, arguments);
  const squares = [...xs].map((x) => ($.select("57:39", $.gt(x, 1), () => $.mul(x, x), () => x)));
  let largest = squares[0]; const $largest = $.cell("largest", () => largest, ($x) => { largest = $x; });
  squares.forEach((x) => {
    $.if("60:5", $.none, $.gt(x, largest), () => { $.touch($largest), largest = x; });
  });
  return $.add($.mul(squares.reduce((a, b) => $.add(a, b)), 100), largest);
}

/** Of calls that do not happen, the arguments are not evaluated. */
/** @graphFunction */
export function skipped(x: Tensor): Tensor { if ($.outside()) return $.run($meta_skipped, skipped, this, arguments);
  let steps: Tensor = $.lit(0);
  const missing = undefined as { f(v: Tensor): Tensor } | undefined;
  const y = $.coalesce("70:13", missing?.f($.first(steps, steps = $.add(steps, 1))), () => x);
  return $.add($.mul(y, 10), steps);
}

export const runs = {
  readsLater: [[4], [0]],
  chosen: [[2, true], [2, false]],
  dispatched: [[6, 0], [6, 1], [6, 2], [6, 3]],
  parameters: [[1], [1, 2], [1, 2, 3, 4]],
  texts: [[1, "up"], [-1, "up"], [1, "down"]],
  callbacks: [[[1, 2, 3]], [[3, -2, 1]]],
  skipped: [[3]],
};

function $meta_readsLater() { return { version: 1, name: "readsLater", file: "callees/input.ts", at: "5:1", params: ["n"], decisions: [
  ["8:3", "for", "staged", "`i < n` is a Tensor"],
] }; }
function $meta_chosen() { return { version: 1, name: "chosen", file: "callees/input.ts", at: "14:1", params: ["x","up"], decisions: [] }; }
function $meta_dispatched() { return { version: 1, name: "dispatched", file: "callees/input.ts", at: "21:1", params: ["x","which"], decisions: [
  ["24:3", "switch", "staged", "`which` is a Tensor"],
  ["30:14", "?:", "staged", "`which > 2` is a Tensor"],
] }; }
function $meta_parameters() { return { version: 1, name: "parameters", file: "callees/input.ts", at: "36:1", params: ["x","k","more"], decisions: [
  ["43:3", "for-of", "unrolled", "`more` is known while tracing"],
] }; }
function $meta_texts() { return { version: 1, name: "texts", file: "callees/input.ts", at: "49:1", params: ["x","mode"], decisions: [
  ["50:3", "if", "staged", "`mode === \"up\" && x > 0` is a Tensor"],
] }; }
function $meta_callbacks() { return { version: 1, name: "callbacks", file: "callees/input.ts", at: "56:1", params: ["xs"], decisions: [
  ["57:39", "?:", "staged", "`x > 1` is a Tensor"],
  ["60:5", "if", "staged", "`x > largest` is a Tensor"],
] }; }
function $meta_skipped() { return { version: 1, name: "skipped", file: "callees/input.ts", at: "67:1", params: ["x"], decisions: [] }; }
