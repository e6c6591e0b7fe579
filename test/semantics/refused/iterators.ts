import type { Tensor } from "graphfn";

/** Counts how often it was told that a loop has left it. */
class Steps {
  closed = 0;
  readonly #n: number;
  constructor(n: number) {
    this.#n = n;
  }
  [Symbol.iterator](): Iterator<number> {
    let i = 0;
    return {
      next: () => (i < this.#n ? { done: false, value: i++ } : { done: true, value: undefined }),
      return: () => {
        this.closed++;
        return { done: true, value: undefined };
      },
    };
  }
}

/** @graphFunction */
export function breaks(x: Tensor): Tensor {
  for (const k of new Steps(3)) {
    x += k;
    if (x > 3) break;
  }
  return x;
}

/** @graphFunction */
export function throws(x: Tensor): Tensor {
  try {
    for (const k of new Steps(3)) if (x > k) throw new RangeError("large");
  } catch {
    x = -x;
  }
  return x;
}

/** @graphFunction */
export function goesOn(x: Tensor): Tensor {
  for (const k of new Steps(3)) {
    if (x > k) continue;
    x += 10;
  }
  return x;
}

/** Left early by JavaScript's own decision. */
/** @graphFunction */
export function leaves(x: Tensor, most: number): Tensor {
  const steps = new Steps(3);
  for (const k of steps) {
    if (k === most) break;
    x += k;
  }
  try {
    for (const k of steps) if (k === most) throw new RangeError("there");
  } catch {
    x += 100;
  }
  return x * 10 + steps.closed;
}
