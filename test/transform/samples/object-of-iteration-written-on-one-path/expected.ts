import { $ } from "graphfn/autograph"; $.attach($meta_boxes, boxes); import type { Tensor } from "graphfn";

class Box {
  value: Tensor;
  constructor(value: Tensor) {
    this.value = value;
  }
  add(x: Tensor): Tensor { $.uses(() => [this.value], ["this.value@object-of-iteration-written-on-one-path/input.ts:9:24"]);
    $.touch(this, "value").value = x.sub(this.value);
    return this.value;
  }
}

/** Whether a round writes to its box depends on a variable that is known to be carried only once a round has been seen. */
/** @graphFunction */
export function boxes(a: Tensor, b: Tensor, flag: boolean): Tensor { if ($.outside()) return $.run($meta_boxes, boxes, this, arguments);
  let m: Tensor | null = flag ? null : b;
  let c: Tensor = $.lit(0);
  let sum: Tensor = $.lit(0);
  $.while("20:3", $.vars(() => ({ m, c, sum }), ($v) => { ({ m, c, sum } = $v); }, ["m"]), () => true, () => {
    c = $.add(c, 1);
    return $.if("22:5", $.vars(() => ({ m, sum }), ($v) => { ({ m, sum } = $v); }, ["m"]), $.gt(c, 3), () => { return $.break(); }, () => {
    const box = new Box($.mod($.add(a, c), 13));
    m = $.coalesce("24:5", m, () => $.add(box.add($.mod(a, 7)), box.value));
    sum = $.add(sum, $.mul($.some(m), c));
    m = null; });
  });
  return $.add($.mul(sum, 100), b);
}

export const runs = { boxes: [[3, 4, true], [3, 4, false], [-20, 1, false]] };

function $meta_boxes() { return { version: 1, name: "boxes", file: "object-of-iteration-written-on-one-path/input.ts", at: "16:1", params: ["a","b","flag"], decisions: [
  ["20:3", "while", "staged", "`true` is known while tracing, but the graph decides on an exit inside"],
  ["22:5", "if", "staged", "`c > 3` is a Tensor"],
] }; }
