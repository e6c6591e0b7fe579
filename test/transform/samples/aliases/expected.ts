import { $ } from "graphfn/autograph"; import * as gf from "graphfn";

const staged = gf.graphFunction;
const { graphFunction: marked } = gf;

export const double = staged($.lowered($meta_double, (x: gf.Tensor): gf.Tensor => $.mul(x, 2)));
export const half = marked($.lowered($meta_half, (x: gf.Tensor): gf.Tensor => ($.select("7:58", $.gt(x, 0), () => $.div(x, 2), () => x))));

export const runs = { double: [[3]], half: [[3], [-3]] };

function $meta_double() { return { version: 1, name: "double", file: "aliases/input.ts", at: "6:30", params: ["x"], decisions: [] }; }
function $meta_half() { return { version: 1, name: "half", file: "aliases/input.ts", at: "7:28", params: ["x"], decisions: [
  ["7:58", "?:", "staged", "`x > 0` is a Tensor"],
] }; }
