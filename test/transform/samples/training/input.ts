import * as gf from "graphfn";
import type { Tensor } from "graphfn";

const weight = gf.variable(gf.scalar(3, "float64"));
const steps = gf.variable(gf.scalar(0, "int32"));

/** Variables are read and assigned in the order of the program, in branches and loops, too. */
/** @graphFunction */
export function descend(limit: Tensor): Tensor {
  const before = weight * 1;
  while (weight > limit) {
    weight.assign(weight / 2);
    if (weight < 1) steps.assign(steps + 10);
    else steps.assign(steps + 1);
  }
  return before * 100 + weight * 10 + steps;
}

/** @graphFunction */
function clipped(x: Tensor): Tensor {
  return x > 0 ? gf.log(x) : x;
}

/** @graphFunction */
function halved(x: Tensor): Tensor {
  let y: Tensor = 1;
  while (x > 1) {
    if (x > 6) y *= x;
    x = x / 2;
  }
  return x * y;
}

/** Gradients of branches and loops: only of what ran. */
/** @graphFunction */
export function slopes(x: Tensor): Tensor[] {
  return [gf.grad(clipped)(x), gf.grad(halved)(x), gf.grad(gf.grad(halved))(x)];
}
