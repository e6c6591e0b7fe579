import { $ as $gf } from "graphfn/autograph"; $gf.attach($gfmeta_jquery, jquery); import type { Tensor } from "graphfn";

const $ = 2;

/** @graphFunction */
export function jquery(x: Tensor): Tensor { if ($gf.outside()) return $gf.run($gfmeta_jquery, jquery, this, arguments);
  $gf.while("7:3", $gf.vars(() => ({ x }), ($gfv) => { ({ x } = $gfv); }), () => $gf.gt(x, 1), () => { x = $gf.div(x, $); });
  return x;
}

function $gfmeta_jquery() { return { version: 1, name: "jquery", file: "free-name/input.ts", at: "6:1", params: ["x"], decisions: [
  ["7:3", "while", "staged", "`x > 1` is a Tensor"],
] }; }
