/** Functions that read variables of their own file. */
import * as gf from "graphfn";

let rate = 2;
export const settings = { offset: 1 };

export function setRate(value: number): void {
  rate = value;
}

/** @graphFunction */
export function scaled(x: gf.Tensor): gf.Tensor {
  return x * rate;
}

export const shifted = gf.graphFunction((x: gf.Tensor): gf.Tensor => x + settings.offset);

/** Reached from a marked function, in method syntax. */
export function helper(x: gf.Tensor): gf.Tensor {
  return x.mul(rate).add(settings.offset);
}

export const arrow = (x: gf.Tensor): gf.Tensor => x.sub(rate);
