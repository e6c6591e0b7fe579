import { $ } from "graphfn/autograph"; $.attach($meta_places, places); $.attach($meta_constant, constant); import type { Tensor } from "graphfn";

function double(x: Tensor): Tensor {
  return x.mul(2);
}

function plain(k: number): number {
  return k + 1;
}

/** @graphFunction */
export function places(x: Tensor, flag: boolean, start: Tensor = $.lit(1)): Tensor { if ($.outside()) return $.run($meta_places, places, this, arguments);
  let a: Tensor = $.lit(0);
  let yes: Tensor = $.lit(true);
  a = flag ? $.lit(4) : x;
  $.if("16:3", $.vars(() => ({ yes }), ($v) => { ({ yes } = $v); }), $.gt(x, 3), () => { yes = $.lit(false); });
  const b = plain(2);
  const pick = (y: Tensor): Tensor => ($.select("18:40", $.gt(y, 1), () => $.lit(-1), () => y));
  return $.finish($.if("19:3", $.none, yes, () => $.return(pick($.lit(5))), () => {
  return $.return($.add($.add($.add(a, b), pick(x)), start)); }));
}

/** @graphFunction */
export function constant(_x: Tensor): Tensor { if ($.outside()) return $.run($meta_constant, constant, this, arguments);
  return $.lit(7);
}

export const runs = { places: [[1, true], [5, true], [5, false]], constant: [[1]] };
void double;

function $meta_places() { return { version: 1, name: "places", file: "literals/input.ts", at: "12:1", params: ["x","flag","start"], decisions: [
  ["16:3", "if", "staged", "`x > 3` is a Tensor"],
  ["18:40", "?:", "staged", "`y > 1` is a Tensor"],
  ["19:3", "if", "staged", "`yes` is a Tensor"],
] }; }
function $meta_constant() { return { version: 1, name: "constant", file: "literals/input.ts", at: "24:1", params: ["_x"], decisions: [] }; }
