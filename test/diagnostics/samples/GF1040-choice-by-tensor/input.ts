import * as gf from "graphfn";

/** @graphFunction */
export function f(x: gf.Tensor, wave: (x: gf.Tensor) => gf.Tensor): gf.Tensor {
  const unit = x > 1000 ? "km" : "m"; // here
  const g = x > 0 ? wave : gf.cos; // here
  const fine = x > 0 ? wave(x) : gf.cos(x);
  return unit === "km" ? g(x) : fine;
}
