import type { Tensor } from "graphfn";

class Box {
  value: Tensor;
  constructor(value: Tensor) {
    this.value = value;
  }
  add(x: Tensor): Tensor {
    this.value = x.sub(this.value);
    return this.value;
  }
}

/** Whether a round writes to its box depends on a variable that is known to be carried only once a round has been seen. */
/** @graphFunction */
export function boxes(a: Tensor, b: Tensor, flag: boolean): Tensor {
  let m: Tensor | null = flag ? null : b;
  let c: Tensor = 0;
  let sum: Tensor = 0;
  while (true) {
    c += 1;
    if (c > 3) break;
    const box = new Box((a + c) % 13);
    m ??= box.add(a % 7) + box.value;
    sum += m * c;
    m = null;
  }
  return sum * 100 + b;
}

export const runs = { boxes: [[3, 4, true], [3, 4, false], [-20, 1, false]] };
