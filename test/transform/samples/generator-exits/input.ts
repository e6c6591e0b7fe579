import type { Tensor } from "graphfn";

function* powers(x: Tensor, count: number): Generator<Tensor> {
  let power = x;
  for (let i = 0; i < count; i++) {
    yield power;
    power = power.mul(x);
  }
}

/** A generator runs while tracing, as far as JavaScript decides. */
/** @graphFunction */
export function sum(x: Tensor): Tensor {
  let total: Tensor = 0;
  for (const power of powers(x, 4)) total += power;
  return total;
}

/** Where the graph leaves the loop, what the generator does after that has no effect. */
/** @graphFunction */
export function left(x: Tensor): Tensor {
  let steps: Tensor = 0;
  function* doubling(): Generator<Tensor> {
    yield x;
    steps = steps + 1;
    yield x * 2;
    steps = steps + 10;
  }
  let total: Tensor = 0;
  for (const value of doubling()) {
    if (value > 5) break;
    total += value;
  }
  return total + steps * 100;
}

/** Generators of generators, by hand and by spread. */
/** @graphFunction */
export function delegated(x: Tensor): Tensor {
  function* all(): Generator<Tensor> {
    yield* powers(x, 2);
    yield x * 100;
  }
  const [first, second] = all();
  const list = [...all()];
  return (first ?? x) + (second ?? x) * 10 + list[2] + list.length;
}

export const runs = { sum: [[2], [0.5]], left: [[1], [3], [9]], delegated: [[2]] };
