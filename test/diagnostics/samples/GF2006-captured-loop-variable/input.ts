import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  let y: Tensor = 0;
  for (let i: Tensor = 0; i < x; i++) {
    const read = (): Tensor => i;
    y += read();
  }
  for (let i: Tensor = 0; i < x; i++) {
    const read = (): Tensor => i;
    i += 1; // here
    y += read();
  }
  for (let i: Tensor = 0, read = (): Tensor => i; read() < x; i++) y += i; // here
  return y;
}
