import { $ } from "graphfn/autograph"; $.attach($meta_descend, descend); $.attach($meta_clipped, clipped); $.attach($meta_halved, halved); $.attach($meta_slopes, slopes); import * as gf from "graphfn";
import type { Tensor } from "graphfn";

const weight = gf.variable(gf.scalar(3, "float64"));
const steps = gf.variable(gf.scalar(0, "int32"));

/** Variables are read and assigned in the order of the program, in branches and loops, too. */
/** @graphFunction */
export function descend(limit: Tensor): Tensor { if ($.outside()) return $.run($meta_descend, descend, this, arguments);
  const before = $.mul(weight, 1);
  $.while("11:3", $.none, () => $.gt(weight, limit), () => {
    weight.assign($.div(weight, 2));
    $.if("13:5", $.none, $.lt(weight, 1), () => { steps.assign($.add(steps, 10)); }
    , () => { steps.assign($.add(steps, 1)); });
  });
  return $.add($.add($.mul(before, 100), $.mul(weight, 10)), steps);
}

/** @graphFunction */
function clipped(x: Tensor): Tensor { if ($.outside()) return $.run($meta_clipped, clipped, this, arguments);
  return $.select("21:10", $.gt(x, 0), () => gf.log(x), () => x);
}

/** @graphFunction */
function halved(x: Tensor): Tensor { if ($.outside()) return $.run($meta_halved, halved, this, arguments);
  let y: Tensor = $.lit(1);
  $.while("27:3", $.vars(() => ({ x, y }), ($v) => { ({ x, y } = $v); }), () => $.gt(x, 1), () => {
    $.if("28:5", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), $.gt(x, 6), () => { y = $.mul(y, x); });
    x = $.div(x, 2);
  });
  return $.mul(x, y);
}

/** Gradients of branches and loops: only of what ran. */
/** @graphFunction */
export function slopes(x: Tensor): Tensor[] { if ($.outside()) return $.run($meta_slopes, slopes, this, arguments);
  return [gf.grad(clipped)(x), gf.grad(halved)(x), gf.grad(gf.grad(halved))(x)];
}

function $meta_descend() { return { version: 1, name: "descend", file: "training/input.ts", at: "9:1", params: ["limit"], decisions: [
  ["11:3", "while", "staged", "`weight > limit` is a Tensor"],
  ["13:5", "if", "staged", "`weight < 1` is a Tensor"],
] }; }
function $meta_clipped() { return { version: 1, name: "clipped", file: "training/input.ts", at: "20:1", params: ["x"], decisions: [
  ["21:10", "?:", "staged", "`x > 0` is a Tensor"],
] }; }
function $meta_halved() { return { version: 1, name: "halved", file: "training/input.ts", at: "25:1", params: ["x"], decisions: [
  ["27:3", "while", "staged", "`x > 1` is a Tensor"],
  ["28:5", "if", "staged", "`x > 6` is a Tensor"],
] }; }
function $meta_slopes() { return { version: 1, name: "slopes", file: "training/input.ts", at: "36:1", params: ["x"], decisions: [] }; }
