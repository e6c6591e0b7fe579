import * as gf from "graphfn";

const staged = gf.graphFunction;
const { graphFunction: marked } = gf;

export const double = staged((x: gf.Tensor): gf.Tensor => x * 2);
export const half = marked((x: gf.Tensor): gf.Tensor => (x > 0 ? x / 2 : x));

export const runs = { double: [[3]], half: [[3], [-3]] };
