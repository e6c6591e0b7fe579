import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  const box = { value: x };
  while (x > 0) {
    const own = { value: x };
    Object.assign(own, { value: 0 });
    Object.assign(box, own); // here
    box.value = x;
    x = x - 1;
  }
  return box.value;
}
