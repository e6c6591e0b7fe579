import * as gf from "graphfn";
import type { Tensor } from "graphfn";

const w = gf.variable(gf.scalar(1));

/** @graphFunction */
export function f(x: Tensor, scale: number): Tensor {
  x.add(1); // here
  x * 2; // here
  const y = x.relu();
  y.square(); // here
  scale * 2;
  x.print();
  gf.relu(x); // here
  gf.matMul(y, x); // here
  w.assign(y);
  gf.keep(y);
  gf.print(x);
  gf.tidy(() => x.add(1));
  gf.randomUniform([2]);
  return x + y;
}
