import { $ } from "graphfn/autograph"; $.attach($meta_guarded, guarded); $.attach($meta_firstAbove, firstAbove); $.attach($meta_unrolled, unrolled); import type { Tensor } from "graphfn";

/** A static `if` around an exit that the graph decides.
 * @graphFunction */
export function guarded(x: Tensor, check: boolean): Tensor { if ($.outside()) return $.run($meta_guarded, guarded, this, arguments);
  return $.finish($.then("10:3", $.none, $.if("6:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), check, () => {
    return $.if("7:5", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), $.lt(x, 0), () => $.return($.lit(0)), () => {
    x = $.add(x, 1); });
  }), () => {
  return $.return($.mul(x, 2)); }));
}

/** A loop over numbers whose exit the graph decides.
 * @graphFunction */
export function firstAbove(x: Tensor, limit: Tensor): Tensor { if ($.outside()) return $.run($meta_firstAbove, firstAbove, this, arguments);
  let power: Tensor = $.lit(1);
  { let i = 0; $.for("17:3", $.vars(() => ({ power, i }), ($v) => { ({ power, i } = $v); }), () => i < 6, () => { i++; }, () => {
    return $.if("18:5", $.vars(() => ({ power }), ($v) => { ({ power } = $v); }), $.gt(power, limit), () => { return $.break(); }, () => {
    power = $.mul(power, x); });
  }); }
  return power;
}

/** Static loops stay JavaScript, also inside staged code.
 * @graphFunction */
export function unrolled(x: Tensor): Tensor { if ($.outside()) return $.run($meta_unrolled, unrolled, this, arguments);
  let sum: Tensor = $.lit(0);
  $.while("28:3", $.vars(() => ({ x, sum }), ($v) => { ({ x, sum } = $v); }), () => $.gt(x, 0), () => {
    for (let i = 1; i <= 3; i++) {
      if (i === 2) continue;
      sum = $.add(sum, $.mul(x, i));
    }
    x = $.sub(x, 1);
  });
  return sum;
}

export const runs = {
  guarded: [[-3, true], [3, true], [-3, false]],
  firstAbove: [[2, 10], [2, 1000], [3, 0]],
  unrolled: [[3], [0]],
};

function $meta_guarded() { return { version: 1, name: "guarded", file: "static-exits/input.ts", at: "5:1", params: ["x","check"], decisions: [
  ["6:3", "if", "static", "`check` is known while tracing, but the graph decides on an exit inside"],
  ["7:5", "if", "staged", "`x < 0` is a Tensor"],
] }; }
function $meta_firstAbove() { return { version: 1, name: "firstAbove", file: "static-exits/input.ts", at: "15:1", params: ["x","limit"], decisions: [
  ["17:3", "for", "staged", "`i < 6` is known while tracing, but the graph decides on an exit inside"],
  ["18:5", "if", "staged", "`power > limit` is a Tensor"],
] }; }
function $meta_unrolled() { return { version: 1, name: "unrolled", file: "static-exits/input.ts", at: "26:1", params: ["x"], decisions: [
  ["28:3", "while", "staged", "`x > 0` is a Tensor"],
  ["29:5", "for", "unrolled", "`i <= 3` is known while tracing"],
  ["30:7", "if", "static", "`i === 2` is known while tracing"],
] }; }
