import { $ as $gf } from "graphfn/autograph"; $gf.attach($gfmeta_jquery, jquery); $gf.attach($gfmeta_helpers, helpers); import type { Tensor } from "graphfn";

const $ = 2;

/** @graphFunction */
export function jquery(x: Tensor): Tensor { if ($gf.outside()) return $gf.run($gfmeta_jquery, jquery, this, arguments);
  $gf.while("7:3", $gf.vars(() => ({ x }), ($gfv) => { ({ x } = $gfv); }), () => $gf.gt(x, 1), () => { x = $gf.div(x, $); });
  return x;
}

/** The checker's helpers have another name then. */
const __gf$ = 3;

/** @graphFunction */
export function helpers(x: Tensor): Tensor { if ($gf.outside()) return $gf.run($gfmeta_helpers, helpers, this, arguments);
  return $gf.select("16:10", $gf.gt(x, 1), () => $gf.mul(x, __gf$), () => x);
}

function $gfmeta_jquery() { return { version: 1, name: "jquery", file: "free-name/input.ts", at: "6:1", params: ["x"], decisions: [
  ["7:3", "while", "staged", "`x > 1` is a Tensor"],
] }; }
function $gfmeta_helpers() { return { version: 1, name: "helpers", file: "free-name/input.ts", at: "15:1", params: ["x"], decisions: [
  ["16:10", "?:", "staged", "`x > 1` is a Tensor"],
] }; }
