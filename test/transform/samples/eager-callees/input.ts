import type { Tensor } from "graphfn";

/** Eager functions that graph functions call are part of their graph: they may use operators, and change the objects that they are given. */
class Meter {
  total: Tensor;
  #peak: Tensor;

  /** @eagerFunction */
  constructor(start: Tensor) {
    this.total = start;
    this.#peak = start - 1;
  }

  /** @eagerFunction */
  add(x: Tensor): void {
    if (x > 2) this.total += x;
    this.#peak = this.total > this.#peak ? this.total : this.#peak;
  }

  /** @eagerFunction */
  get peak(): Tensor {
    return this.#peak * 2;
  }

  /** @eagerFunction */
  set level(x: Tensor) {
    while (this.total > x) this.total -= 3;
  }
}

/** @eagerFunction */
function drain(meter: Meter, by: Tensor): Tensor {
  meter.total = meter.total - by;
  return through(meter.total) + 1;
}

/** Called by an eager function only. */
function through(x: Tensor): Tensor {
  return x.greater(4) ? x.neg() : x;
}

/** @graphFunction */
export function metered(n: Tensor, limit: Tensor): Tensor {
  const meter = new Meter(n);
  for (let i: Tensor = 0; i < n; i++) {
    meter.add(i);
    if (meter.total > limit) meter.level = limit;
  }
  const rest = drain(meter, n);
  return meter.peak * 1000 + meter.total * 10 + rest;
}

/** @eagerFunction */
export function atOnce(n: Tensor): Tensor {
  const meter = new Meter(n);
  meter.add(n);
  return drain(meter, 1) + meter.peak + through(n);
}

export const runs = {
  metered: [[0, 5], [3, 100], [6, 12], [9, 12]],
  atOnce: [[1], [3], [7]],
};
