import * as gf from "graphfn";

function counter(): gf.Variable {
  return gf.variable(gf.scalar(0)); // here
}

/** @graphFunction */
export function f(x: gf.Tensor): gf.Tensor {
  const w = gf.variable(1); // here
  w.assign(w + x);
  return w + counter();
}
