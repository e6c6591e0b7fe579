import { $ } from "graphfn/autograph"; $.attach($meta_marked, marked); /** Marked functions inside of an unmarked one, which a marked function calls: they keep marks of their own. */
import * as gf from "graphfn";

function both(x: gf.Tensor): [gf.Tensor, gf.Tensor] {
  const twice = gf.graphFunction($.lowered($meta_twice, (y: gf.Tensor): gf.Tensor => $.mul(y, 2)));
  /** @graphFunction */
  function small(y: gf.Tensor): gf.Tensor { if ($.outside()) return $.run($meta_small, small, this, arguments);
    $.while("8:5", $.vars(() => ({ y }), ($v) => { ({ y } = $v); }), () => $.gt(y, 3), () => { y = $.div(y, 2); });
    return y;
  }
  class Square {
    
    of(y: gf.Tensor): gf.Tensor { if ($.outside()) return $.run($meta_Square_of, Square.prototype.of, this, arguments);
      return $.pow(y, 2);
    }
  }
  return [small(twice(x)), new Square().of(x)];
}

/** @graphFunction */
export function marked(x: gf.Tensor): gf.Tensor { if ($.outside()) return $.run($meta_marked, marked, this, arguments);
  const [a, b] = both(x);
  return $.add(a, b);
}

export const runs = { marked: [[5], [1]] };

function $meta_twice() { return { version: 1, name: "twice", file: "nested-marks/input.ts", at: "5:34", params: ["y"], decisions: [] }; }
function $meta_small() { return { version: 1, name: "small", file: "nested-marks/input.ts", at: "7:3", params: ["y"], decisions: [
  ["8:5", "while", "staged", "`y > 3` is a Tensor"],
] }; }
function $meta_Square_of() { return { version: 1, name: "Square.of", file: "nested-marks/input.ts", at: "12:5", params: ["y"], decisions: [] }; }
function $meta_marked() { return { version: 1, name: "marked", file: "nested-marks/input.ts", at: "21:1", params: ["x"], decisions: [] }; }
