import { $ } from "graphfn/autograph"; $.attach($meta_places, places); $.attach($meta_constant, constant); $.attach($meta_extremes, extremes); $.attach($meta_constants, constants); import type { Tensor } from "graphfn";

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

/** Numbers that have names. */
/** @graphFunction */
export function extremes(xs: Tensor): Tensor { if ($.outside()) return $.run($meta_extremes, extremes, this, arguments);
  let most: Tensor = $.lit(-Infinity);
  let least: Tensor = $.lit(Infinity);
  let last: Tensor = $.lit(NaN);
  $.forOf("34:3", $.vars(() => ({ most, least, last }), ($v) => { ({ most, least, last } = $v); }), xs, (x) => {
    most = $.select("35:12", $.gt(x, most), () => x, () => most);
    least = $.select("36:13", $.lt(x, least), () => x, () => least);
    last = x;
  });
  return $.add($.sub(most, least), last);
}

/** The constants of Math and Number. */
/** @graphFunction */
export function constants(x: Tensor): Tensor { if ($.outside()) return $.run($meta_constants, constants, this, arguments);
  let least: Tensor = $.lit(Number.POSITIVE_INFINITY);
  let angle: Tensor = $.lit(-Math.PI);
  const half = Math.PI / 2;
  $.if("48:3", $.vars(() => ({ least }), ($v) => { ({ least } = $v); }), $.lt(x, least), () => { least = x; });
  $.while("49:3", $.vars(() => ({ angle }), ($v) => { ({ angle } = $v); }), () => $.lt(angle, x), () => { angle = $.add(angle, half); });
  return $.select("50:10", $.gt(x, Number.MAX_SAFE_INTEGER), () => $.lit(Math.E), () => $.add(angle, least));
}

export const runs = { places: [[1, true], [5, true], [5, false]], constant: [[1]], extremes: [[[3, -1, 2]], [[]]], constants: [[1], [-9]] };
void double;

function $meta_places() { return { version: 1, name: "places", file: "literals/input.ts", at: "12:1", params: ["x","flag","start"], decisions: [
  ["16:3", "if", "staged", "`x > 3` is a Tensor"],
  ["18:40", "?:", "staged", "`y > 1` is a Tensor"],
  ["19:3", "if", "staged", "`yes` is a Tensor"],
] }; }
function $meta_constant() { return { version: 1, name: "constant", file: "literals/input.ts", at: "24:1", params: ["_x"], decisions: [] }; }
function $meta_extremes() { return { version: 1, name: "extremes", file: "literals/input.ts", at: "30:1", params: ["xs"], decisions: [
  ["34:3", "for-of", "staged", "`xs` is a Tensor"],
  ["35:12", "?:", "staged", "`x > most` is a Tensor"],
  ["36:13", "?:", "staged", "`x < least` is a Tensor"],
] }; }
function $meta_constants() { return { version: 1, name: "constants", file: "literals/input.ts", at: "44:1", params: ["x"], decisions: [
  ["48:3", "if", "staged", "`x < least` is a Tensor"],
  ["49:3", "while", "staged", "`angle < x` is a Tensor"],
  ["50:10", "?:", "staged", "`x > Number.MAX_SAFE_INTEGER` is a Tensor"],
] }; }
