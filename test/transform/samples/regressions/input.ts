import type { Tensor } from "graphfn";

class Box {
  value: Tensor;
  constructor(value: Tensor) {
    this.value = value;
  }
}

/** Each iteration makes an object and changes it where the graph decides: it is no state of the loop. */
/** @graphFunction */
export function made(a: Tensor, n: Tensor): Tensor {
  const total = new Box(a);
  for (let i: Tensor = 0; i < n; i++) {
    const box = new Box(a);
    if (i % 2 === 1) box.value = i;
    total.value += box.value;
  }
  return total.value;
}

export const runs = {
  made: [[5, 4], [5, 0]],
};
