import type { Tensor } from "graphfn";

/** `return` out of the loop runs `finally` of all generators around, which see what the rounds have left. */
/** @graphFunction */
export function returned(x: Tensor, limit: Tensor): Tensor {
  let log: Tensor = 0;
  function* inner(): Generator<Tensor> {
    let value = x;
    let rounds: Tensor = 0;
    try {
      while (value < 100) {
        yield value;
        value = value * 2;
        rounds = rounds + 1;
      }
    } finally {
      log = log * 10 + rounds;
    }
  }
  function* outer(): Generator<Tensor> {
    let seen: Tensor = 0;
    try {
      for (const value of inner()) {
        seen = seen + value;
        yield value + 0.5;
        yield x * 0;
      }
    } finally {
      log = log + seen * 1000;
    }
  }
  function first(): Tensor {
    for (const value of outer()) if (value > limit) return value;
    return -1;
  }
  const found = first();
  return found + log * 1000;
}

/** A `try` around the loop, in it, and in the generator where it does not yield. */
/** @graphFunction */
export function thrown(x: Tensor, limit: Tensor): Tensor {
  let log: Tensor = 0;
  function* counted(): Generator<Tensor> {
    let n: Tensor = 0;
    try {
      while (n < x) {
        n = n + 1;
        let half = n;
        try {
          if (n > 6) throw new Error("seven");
          half = n / 2;
        } catch {
          half = -n;
        }
        yield half;
      }
    } finally {
      log = log + n;
    }
  }
  let sum: Tensor = 0;
  try {
    for (const half of counted()) {
      try {
        sum = sum + half;
        if (half === 2) throw new Error("two");
      } catch {
        sum = sum + 100;
      } finally {
        sum = sum + 0.25;
      }
      if (sum > limit) throw new Error("too much");
    }
    log = log + 1000;
  } catch {
    sum = -sum;
  } finally {
    log = log * 2;
  }
  return sum + log * 10000;
}

/** The generator throws; its `finally`, its `switch`, and its own `return` in a loop of JavaScript. */
/** @graphFunction */
export function fails(x: Tensor, limit: Tensor): Tensor {
  let closed: Tensor = 0;
  function* some(y: Tensor): Generator<Tensor> {
    try {
      for (let i = 0; i < 4; i++) {
        if (y > 8) return;
        switch (y) {
          case 3:
            yield y;
          case 5:
            yield y * 10;
            break;
          default:
            if (y > limit) throw new Error("limit");
            yield -y;
        }
        y = y + i;
      }
    } finally {
      closed = closed + 1;
    }
  }
  let sum: Tensor = 0;
  try {
    for (const y of some(x)) {
      if (y === -4) continue;
      sum = sum * 2 + y;
    }
  } catch {
    sum = sum - 1000;
  }
  return sum * 10 + closed;
}

/** Values that may be missing, pairs, a variable without a value before the loop. */
/** @graphFunction */
export function values(n: Tensor): Tensor {
  function* pairs(): Generator<[Tensor, { readonly half: Tensor }]> {
    for (let i: Tensor = 0; i < n; i++) yield [i, { half: i / 2 }];
  }
  let best: Tensor | null = null;
  let last: Tensor;
  last = n;
  for (const [i, { half }] of pairs()) {
    if (best === null || half > best) best = half;
    last = i;
    const add = (by: Tensor): void => {
      last = last + by;
    };
    add(half);
  }
  return (best ?? -5) * 100 + last;
}

/** The loop stands in a loop of JavaScript, in a branch, and after a possible return. */
/** @graphFunction */
export function placed(n: Tensor, list: Tensor): Tensor {
  function* upTo(end: Tensor, step: number): Generator<Tensor, Tensor> {
    let i: Tensor = 0;
    do {
      yield i;
      i = i + step;
    } while (i < end);
    return i;
  }
  let sum: Tensor = 0;
  for (let step = 1; step < 3; step++) {
    for (const i of upTo(n, step)) {
      if (i === 4) break;
      sum += i * step;
    }
  }
  if (sum > 10) return sum;
  for (const row of list) {
    if (row > 0) for (const i of upTo(row, 1)) sum += i + row;
    else if (row < -1) return -sum;
  }
  return sum + 0.5;
}

export const runs = {
  returned: [[1, 5], [3, 200], [200, 1], [7, 7]],
  thrown: [[3, 1000], [5, 1000], [9, 1000], [9, 2]],
  fails: [[3, 7], [5, 7], [4, 7], [8, 7], [9, 7]],
  values: [[0], [1], [5]],
  placed: [[3, [1, 2]], [2, [0, 3]], [1, [2, -3, 4]], [9, [1]]],
};
