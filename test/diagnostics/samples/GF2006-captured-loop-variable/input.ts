import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  const fns: (() => number)[] = [];
  for (let i = 0; i < 3; i++) {
    fns[i] = () => i;
  }
  let y: Tensor = 0;
  for (let i: Tensor = 0; i < x; i++) {
    const read = (): Tensor => i; // here
    y += read();
  }
  return y * fns.length;
}
