import * as gf from "graphfn";

let rate = 2;
const config = { offset: 10, nested: { bias: 1 }, name: "n" };
const fixed = 3;

function helper(x: gf.Tensor): gf.Tensor {
  return x.mul(config.nested.bias);
}

/** @graphFunction */
export function scaled(x: gf.Tensor): gf.Tensor {
  return helper(x * rate + config.offset + fixed);
}

export const wrapped = gf.graphFunction((x: gf.Tensor): gf.Tensor => x * rate);

export function setRate(value: number): void {
  rate = value;
  config.offset += 1;
}
