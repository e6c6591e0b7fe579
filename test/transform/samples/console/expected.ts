import { $ } from "graphfn/autograph"; $.attach($meta_trace, trace); import type { Tensor } from "graphfn";

/** @graphFunction */
export function trace(x: Tensor): Tensor { if ($.outside()) return $.run($meta_trace, trace, this, arguments);
  $.log("5:3", "log", "start", x);
  $.while("6:3", $.vars(() => ({ x }), ($v) => { ({ x } = $v); }), () => $.gt(x, 1), () => {
    $.log("7:5", "warn",
      "halving", // every time
      x
    );
    x = $.div(x, 2);
  });
  $.log("13:3", "group", $.text`x is ${x}, not ${"y"}`);
  $.assert("14:3", $.le(x, 1), $.text`${x} is too large`);
  $.log("15:3", "groupEnd");
  return x;
}

function $meta_trace() { return { version: 1, name: "trace", file: "console/input.ts", at: "4:1", params: ["x"], decisions: [
  ["6:3", "while", "staged", "`x > 1` is a Tensor"],
] }; }
