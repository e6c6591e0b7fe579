import { $ } from "graphfn/autograph"; $.attach($meta_fibonacci, fibonacci); $.attach($meta_arms, arms); $.attach($meta_closure, closure); $.attach($meta_shadowed, shadowed); import type { Tensor } from "graphfn";

/** Only what is used afterwards is state: `t` is not, `a` and `b` are.
 * @graphFunction */
export function fibonacci(n: Tensor): Tensor { if ($.outside()) return $.run($meta_fibonacci, fibonacci, this, arguments);
  let a: Tensor = $.lit(0);
  let b: Tensor = $.lit(1);
  let t: Tensor;
  let unused: Tensor = $.lit(0);
  { let i: Tensor = $.lit(0); $.for("10:3", $.vars(() => ({ a, b, i }), ($v) => { ({ a, b, i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    t = $.add(a, b);
    a = b;
    b = t;
    unused = t;
  }); }
  return a;
}

/** The second arm needs the value from before the first.
 * @graphFunction */
export function arms(x: Tensor): Tensor { if ($.outside()) return $.run($meta_arms, arms, this, arguments);
  let y: Tensor = x;
  return $.finish($.if("23:3", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.gt(x, 0), () => {
    y = $.mul(y, 2);
    return $.return(y);
  }, () => {
  y = $.sub(y, 1);
  return $.return(y); }));
}

/** A closure's variable belongs to the state of whatever calls it.
 * @graphFunction */
export function closure(n: Tensor): Tensor { if ($.outside()) return $.run($meta_closure, closure, this, arguments);
  let count: Tensor = $.lit(0); const $count = $.cell("count", () => count, ($x) => { count = $x; });
  const bump = (by: Tensor): void => {
    $.touch($count), count = $.add(count, by);
  };
  $.while("38:3", $.vars(() => ({ n }), ($v) => { ({ n } = $v); }), () => $.gt(n, 0), () => {
    bump(n);
    $.if("40:5", $.none, $.gt(n, 3), () => { bump($.lit(100)); });
    n = $.sub(n, 1);
  });
  return count;
}

/** Swapped at the same time.
 * @graphFunction */
export function shadowed(x: Tensor): Tensor { if ($.outside()) return $.run($meta_shadowed, shadowed, this, arguments);
  let y: Tensor = x;
  $.while("50:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), () => $.gt(x, 1), () => {
    const y: Tensor = $.div(x, 2);
    x = y;
    {
      let x: Tensor = $.lit(100);
      x = $.add(x, y);
    }
  });
  y = $.add(y, x);
  return y;
}

export const runs = { fibonacci: [[0], [1], [10]], arms: [[2], [-2]], closure: [[5], [0]], shadowed: [[9]] };

function $meta_fibonacci() { return { version: 1, name: "fibonacci", file: "state/input.ts", at: "5:1", params: ["n"], decisions: [
  ["10:3", "for", "staged", "`i < n` is a Tensor"],
] }; }
function $meta_arms() { return { version: 1, name: "arms", file: "state/input.ts", at: "21:1", params: ["x"], decisions: [
  ["23:3", "if", "staged", "`x > 0` is a Tensor"],
] }; }
function $meta_closure() { return { version: 1, name: "closure", file: "state/input.ts", at: "33:1", params: ["n"], decisions: [
  ["38:3", "while", "staged", "`n > 0` is a Tensor"],
  ["40:5", "if", "staged", "`n > 3` is a Tensor"],
] }; }
function $meta_shadowed() { return { version: 1, name: "shadowed", file: "state/input.ts", at: "48:1", params: ["x"], decisions: [
  ["50:3", "while", "staged", "`x > 1` is a Tensor"],
] }; }
