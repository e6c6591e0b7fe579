import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  var outside: Tensor = 1;
  if (x > 0) {
    var y = x * 2; // here
    var used = x * 3;
    outside = used;
  } else {
    y = x;
  }
  return y * outside;
}
