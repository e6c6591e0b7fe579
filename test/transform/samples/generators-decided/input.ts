import type { Tensor } from "graphfn";

function* fibonacci(limit: Tensor): Generator<Tensor, void> {
  let a: Tensor = limit.mul(0).add(1);
  let b = a;
  while (a.less(limit)) {
    yield a;
    [a, b] = [b, a.add(b)];
  }
}

/** The body runs inside of the generator's loop: what it assigns is carried by that. */
/** @graphFunction */
export function total(limit: Tensor): Tensor {
  let sum: Tensor = 0;
  let count: Tensor = 0;
  for (const x of fibonacci(limit)) {
    if (x % 2 === 0) continue;
    sum += x;
    count++;
  }
  return sum * 1000 + count;
}

/** `break` and `return` leave the generator. */
/** @graphFunction */
export function left(limit: Tensor, most: Tensor): Tensor {
  let sum: Tensor = 0;
  for (const x of fibonacci(limit)) {
    if (x > 50) return -sum;
    if (sum > most) break;
    sum += x;
  }
  return sum;
}

/** Generators of generators, and a loop without an end that the graph leaves. */
/** @graphFunction */
export function pipeline(limit: Tensor): Tensor {
  function* naturals(): Generator<Tensor> {
    let n: Tensor = 0;
    while (true) {
      yield n;
      n = n + 1;
    }
  }
  function* odd(): Generator<Tensor> {
    for (const n of naturals()) {
      if (n > limit) return;
      if (n % 2 === 1) yield n;
    }
  }
  function* squares(): Generator<Tensor> {
    yield* [limit, limit + 1];
    for (const n of odd()) yield n * n;
    yield* odd();
  }
  let sum: Tensor = 0;
  let last: Tensor = 0;
  for (const square of squares()) {
    if (square > 60) break;
    sum = sum * 2 + square;
    last = square;
  }
  return sum * 100 + last;
}

/** `finally` runs however the loop is left; what the generator does after its last yield is left out. */
/** @graphFunction */
export function closed(x: Tensor, limit: Tensor): Tensor {
  let log: Tensor = 0;
  function* doubling(): Generator<Tensor> {
    let value = x;
    try {
      while (value < 1000) {
        yield value;
        value = value * 2;
        log = log + 1;
      }
      log = log + 100;
    } finally {
      log = log + 1000;
    }
    log = log + 10000;
  }
  let sum: Tensor = 0;
  for (const value of doubling()) {
    sum += value;
    if (sum > limit) break;
  }
  return sum + log * 100000;
}

/** Labels: the loop outside is left through the generator, whose own loops have labels, too. */
/** @graphFunction */
export function labels(n: Tensor): Tensor {
  function* pairs(k: Tensor): Generator<Tensor> {
    outer: for (let i: Tensor = 0; i < k; i++) {
      for (let j: Tensor = 0; j < k; j++) {
        if (j > i) continue outer;
        if (i + j > 7) break outer;
        yield i * 10 + j;
      }
    }
  }
  let sum: Tensor = 0;
  outer: for (let k: Tensor = 1; k < n; k++) {
    for (const pair of pairs(k)) {
      if (pair === 32) continue outer;
      if (sum > 500) break outer;
      sum += pair;
    }
    sum += 1;
  }
  return sum;
}

/** What the body throws goes through the generator to the `try` around the loop. */
/** @graphFunction */
export function thrown(limit: Tensor, most: Tensor): Tensor {
  let sum: Tensor = 0;
  try {
    for (const x of fibonacci(limit)) {
      sum += x;
      if (sum > most) throw new Error("too much");
    }
    sum += 0.5;
  } catch {
    sum = -sum;
  }
  return sum;
}

class Range {
  readonly from: Tensor;
  constructor(from: Tensor) {
    this.from = from;
  }
  *to(end: Tensor): Generator<Tensor> {
    let value = this.from;
    while (value.less(end)) {
      yield value;
      value = value.add(1);
    }
  }
}

/** A method; what the body puts into an array and into a field. */
/** @graphFunction */
export function methods(from: Tensor, end: Tensor): Tensor {
  const best = { value: from };
  const seen: Tensor[] = [];
  for (const value of new Range(from).to(end)) {
    if (value * 7 % 5 > best.value) best.value = value * 7 % 5;
    seen.push(value);
  }
  let sum = best.value * 100;
  for (const value of seen) sum += value;
  return sum;
}

/** Branches of the generator. */
/** @graphFunction */
export function branches(x: Tensor): Tensor {
  function* some(y: Tensor): Generator<Tensor> {
    if (y > 2) yield y;
    else {
      yield y * 2;
      yield y * 3;
    }
    if (y > 4) return;
    yield 100 - y;
  }
  let sum: Tensor = 0;
  for (const a of some(x)) for (const b of some(a)) sum = sum * 3 + a - b;
  return sum;
}

function* powers(x: Tensor): Generator<Tensor> {
  let power = x;
  for (;;) {
    yield power;
    power = power.mul(x);
  }
}

/** A generator without an end: the loop over it is unrolled where JavaScript leaves it, and runs in the graph where that does. */
/** @graphFunction */
export function endless(x: Tensor, limit: Tensor): Tensor {
  let sum: Tensor = 0;
  let count = 0;
  for (const power of powers(x)) {
    if (count++ === 3) break;
    sum += power;
  }
  for (const power of powers(x)) {
    sum += power;
    if (power > limit) break;
  }
  return sum;
}

/** In a loop and a branch of the graph, and in a generator of the same name for each round. */
/** @graphFunction */
export function nested(n: Tensor, limit: Tensor): Tensor {
  let sum: Tensor = 0;
  for (let i: Tensor = 1; i < n; i++) {
    if (i % 2 === 1) for (const x of fibonacci(limit + i)) sum += x * i;
    else sum -= 1;
    const items: Tensor[] = [];
    for (const x of fibonacci(i)) {
      let y = x;
      for (const z of fibonacci(x)) y += z;
      items.push(y);
    }
    sum += items.length;
  }
  return sum;
}

/** What the loop's body returns is of another type than what is yielded; `try` in the generator after the last `yield`. */
/** @graphFunction */
export function found(limit: Tensor, wanted: Tensor): Tensor {
  function find(): { at: Tensor; value: Tensor } | null {
    let at: Tensor = 0;
    for (const value of fibonacci(limit)) {
      if (value > wanted) return { at, value };
      at += 1;
    }
    return null;
  }
  const result = find();
  return result === null ? -1 : result.at * 1000 + result.value;
}

export const runs = {
  endless: [[2, 3], [2, 100], [3, 10]],
  nested: [[1, 5], [3, 5], [5, 20]],
  found: [[20, 4], [20, 100], [1, 0]],
  total: [[1], [2], [30], [100]],
  left: [[1, 5], [20, 5], [40, 100], [100, 1000]],
  pipeline: [[0], [3], [12]],
  closed: [[1, 5], [300, 10], [2000, 1], [1, 100000]],
  labels: [[1], [3], [5], [9]],
  thrown: [[1, 3], [50, 1000], [50, 20]],
  methods: [[1, 6], [3, 2]],
  branches: [[1], [3], [5]],
};
