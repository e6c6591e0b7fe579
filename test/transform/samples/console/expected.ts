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
  $.assert("13:3", $.le(x, 1), "too large");
  return x;
}

function $meta_trace() { return { version: 1, name: "trace", file: "console/input.ts", at: "4:1", params: ["x"], decisions: [
  ["6:3", "while", "staged", "`x > 1` is a Tensor"],
] }; }
