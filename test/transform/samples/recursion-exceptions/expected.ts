import { $ } from "graphfn/autograph"; $.attach($meta_down, down); $.attach($meta_rescued, rescued); $.attach($meta_caughtOutside, caughtOutside); $.attach($meta_uncaught, uncaught); $.attach($meta_writtenBefore, writtenBefore); import type { Tensor } from "graphfn";

/** Throws on its way down and on its way up. */
/** @graphFunction */
function down(n: Tensor, x: Tensor): Tensor { if ($.outside()) return $.run($meta_down, down, this, arguments); if ($.enters(down)) return $.descend("5:1", ["n", "x"], down, this, arguments);
  $.if("6:3", $.none, $.gt(x, 20), () => { throw new RangeError("too large"); });
  return $.finish($.if("7:3", $.none, $.lt(n, 1), () => $.return(x), () => {
  const y = $.add(down($.sub(n, 1), $.mul(x, 2)), 1);
  $.if("9:3", $.none, $.gt(y, 100), () => { throw new Error("never"); });
  return $.return(y); }));
}
/** Catches inside itself what deeper calls throw. */
/** @graphFunction */
function rescued(n: Tensor, x: Tensor): Tensor { if ($.outside()) return $.run($meta_rescued, rescued, this, arguments); if ($.enters(rescued)) return $.descend("14:1", ["n", "x"], rescued, this, arguments);
  $.if("15:3", $.none, $.gt(x, 20), () => { throw new RangeError("too large"); });
  return $.finish($.if("16:3", $.none, $.lt(n, 1), () => $.return(x), () => {
  return $.try("17:3", $.none, () => {
    return $.return($.add(rescued($.sub(n, 1), $.mul(x, 2)), 1));
  }, () => {
    return $.return($.lit(7));
  }); }));
}
/** @graphFunction */
export function caughtOutside(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_caughtOutside, caughtOutside, this, arguments);
  let m: Tensor = $.lit(0);
  $.try("26:3", $.vars(() => ({ m }), ($v) => { ({ m } = $v); }), () => {
    m = down(a, b);
    m = $.add(m, 1000);
  }, (e) => {
    m = (e as Error).name === "RangeError" ? $.lit(-1) : $.lit(-2);
  });
  return $.add(m, $.mul(rescued(a, b), 10000));
}
/** @graphFunction */
export function uncaught(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_uncaught, uncaught, this, arguments);
  return $.mul(down(a, b), 2);
}
/** What stands before the call, of which the way to the next call is never taken, stays on the path that throws. */
/** @graphFunction */
export function writtenBefore(a: Tensor, b: Tensor): Tensor { if ($.outside()) return $.run($meta_writtenBefore, writtenBefore, this, arguments);
  const o: { u: Tensor } = { u: $.mul(b, 1) };
  $.try("42:3", $.vars(() => ({ b }), ($v) => { ({ b } = $v); }), () => {
    $.touch(o, "u").u = $.add(o.u, 1);
    function f(x: Tensor): Tensor { if ($.enters(f)) return $.descend("44:5", ["x"], f, this, arguments);
      return $.finish($.if("45:7", $.none, $.lt(x, 1), () => $.return(o.u), () => {
      throw new Error("other");
      return $.return(f($.sub(x, 1))); }));
    }
    b = $.sub(b, f(a));
  }, () => {
    b = $.add(b, $.mul(o.u, 10));
  });
  return $.add($.mul(o.u, 100), b);
}
export const runs = { writtenBefore: [[3, 5], [0, 5]], caughtOutside: [[3, 1], [3, 5], [0, 1], [0, 30], [2, 4]], uncaught: [[3, 1], [3, 5], [0, 30]] };

function $meta_down() { return { version: 1, name: "down", file: "recursion-exceptions/input.ts", at: "5:1", params: ["n","x"], decisions: [
  ["6:3", "if", "staged", "`x > 20` is a Tensor"],
  ["7:3", "if", "staged", "`n < 1` is a Tensor"],
  ["9:3", "if", "staged", "`y > 100` is a Tensor"],
] }; }
function $meta_rescued() { return { version: 1, name: "rescued", file: "recursion-exceptions/input.ts", at: "14:1", params: ["n","x"], decisions: [
  ["15:3", "if", "staged", "`x > 20` is a Tensor"],
  ["16:3", "if", "staged", "`n < 1` is a Tensor"],
  ["17:3", "try", "dynamic", "its block may throw where the graph decides so"],
] }; }
function $meta_caughtOutside() { return { version: 1, name: "caughtOutside", file: "recursion-exceptions/input.ts", at: "24:1", params: ["a","b"], decisions: [
  ["26:3", "try", "dynamic", "its block may throw where the graph decides so"],
] }; }
function $meta_uncaught() { return { version: 1, name: "uncaught", file: "recursion-exceptions/input.ts", at: "35:1", params: ["a","b"], decisions: [] }; }
function $meta_writtenBefore() { return { version: 1, name: "writtenBefore", file: "recursion-exceptions/input.ts", at: "40:1", params: ["a","b"], decisions: [
  ["42:3", "try", "dynamic", "its block may throw where the graph decides so"],
  ["45:7", "if", "staged", "`x < 1` is a Tensor"],
] }; }
