/** Marked functions that call functions of another file. */
import type * as gf from "graphfn";
import { arrow, helper, scaled, shifted } from "./rates.ts";

/** @graphFunction */
export function viaMarked(x: gf.Tensor): gf.Tensor {
  return scaled(x) + 1;
}

/** @graphFunction */
export function viaWrapper(x: gf.Tensor): gf.Tensor {
  return shifted(x) * 10;
}

/** @graphFunction */
export function viaHelper(x: gf.Tensor): gf.Tensor {
  return helper(x);
}

/** @graphFunction */
export function viaArrow(x: gf.Tensor): gf.Tensor {
  let y = x;
  while (y > 3) {
    y = arrow(y);
  }
  return y;
}
