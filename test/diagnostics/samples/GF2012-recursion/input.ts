import type { Tensor } from "graphfn";

class Countdown {
  readonly n: Tensor;

  constructor(n: Tensor) {
    this.n = n;
  }

  get steps(): Tensor {
    return this.n.less(1) ? this.n : new Countdown(this.n.sub(1)).steps; // here
  }
}

/** @graphFunction */
export function count(n: Tensor): Tensor {
  return new Countdown(n).steps;
}
