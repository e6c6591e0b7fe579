import { $ } from "graphfn/autograph"; $.attach($meta_made, made); import type { Tensor } from "graphfn";

class Box {
  value: Tensor;
  constructor(value: Tensor) {
    this.value = value;
  }
}

/** Each iteration makes an object and changes it where the graph decides: it is no state of the loop. */
/** @graphFunction */
export function made(a: Tensor, n: Tensor): Tensor { if ($.outside()) return $.run($meta_made, made, this, arguments);
  const total = new Box(a);
  { let i: Tensor = $.lit(0); $.for("14:3", $.vars(() => ({ i }), ($v) => { ({ i } = $v); }), () => $.lt(i, n), () => { i = $.add(i, 1); }, () => {
    const box = new Box(a);
    $.if("16:5", $.none, $.eq($.mod(i, 2), 1), () => { $.touch(box, "value").value = i; });
    $.touch(total, "value").value = $.add(total.value, box.value);
  }); }
  return total.value;
}

export const runs = {
  made: [[5, 4], [5, 0]],
};

function $meta_made() { return { version: 1, name: "made", file: "regressions/input.ts", at: "12:1", params: ["a","n"], decisions: [
  ["14:3", "for", "staged", "`i < n` is a Tensor"],
  ["16:5", "if", "staged", "`i % 2 === 1` is a Tensor"],
] }; }
