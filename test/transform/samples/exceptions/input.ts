import assert from "node:assert";
import type { Tensor } from "graphfn";

/** Thrown only if the graph gets there. */
/** @graphFunction */
export function root(x: Tensor): Tensor {
  if (x < 0) throw new RangeError("negative");
  let y: Tensor = x;
  while (y * y > x + 0.001) y = (y + x / y) / 2;
  return y;
}

function positive(x: Tensor): Tensor {
  if (x.less(0)) throw new RangeError("negative");
  return x.mul(2);
}

/** A helper throws, in the middle of an expression; what follows it in the block does not run. */
/** @graphFunction */
export function caught(x: Tensor, y: Tensor): Tensor {
  let steps: Tensor = 0;
  try {
    steps += 1;
    const a = positive(x) + positive(y);
    steps += 10;
    return a + steps * 1000;
  } catch (error) {
    steps += (error as Error).message.length;
  }
  return steps;
}

/** `finally` runs on every path; what it returns takes the place of what was returned or thrown. */
/** @graphFunction */
export function finals(x: Tensor): Tensor {
  let log: Tensor = 0;
  const inner = (): Tensor => {
    try {
      if (x > 5) return x;
      if (x < 0) throw new Error("no");
      log += 1;
    } finally {
      log += 100;
      if (x > 8) return -1;
    }
    return 7;
  };
  let result: Tensor = 0;
  try {
    result = inner();
  } catch {
    result = 99;
  }
  return result + log * 1000;
}

/** Loops: left by a throw, and with a `try` inside. */
/** @graphFunction */
export function loops(n: Tensor, limit: Tensor): Tensor {
  let sum: Tensor = 0;
  let failures: Tensor = 0;
  try {
    for (let i: Tensor = 0; i < n; i++) {
      try {
        if (i % 3 === 1) throw new Error("third");
        sum += i;
        if (i === 4) continue;
      } catch {
        failures += 1;
        if (failures > limit) throw new Error("too many");
      } finally {
        sum += 100;
      }
      sum += 1000;
    }
  } catch (error) {
    if ((error as Error).message !== "too many") throw error;
    sum = -sum;
  }
  return sum;
}

/** Two errors, one handler; thrown again. */
/** @graphFunction */
export function kinds(x: Tensor): Tensor {
  try {
    try {
      if (x === 1) throw new TypeError("one");
      if (x === 2) throw new RangeError("two");
      if (x === 3) throw new Error("three");
    } catch (error) {
      if (error instanceof TypeError) return 10;
      throw error;
    }
  } catch (error) {
    return error instanceof RangeError ? 20 : 30;
  }
  return 0;
}

/** A value chosen by `?:` and `&&` whose parts throw. */
/** @graphFunction */
export function lazy(x: Tensor): Tensor {
  const fail = (): Tensor => {
    throw new Error("lazy");
  };
  try {
    const y = x > 2 ? fail() : x;
    return x < 0 && fail() > 0 ? y : y + 1;
  } catch {
    return -1;
  }
}

/** @graphFunction */
export function checked(x: Tensor): Tensor {
  assert(x > 0, "positive");
  try {
    assert.ok(x < 5);
  } catch {
    return 5;
  }
  return x;
}

export const runs = {
  root: [[9], [2], [-1]],
  caught: [[1, 2], [-1, 2], [1, -2]],
  finals: [[3], [6], [9], [-2]],
  loops: [[6, 5], [9, 1], [0, 0]],
  kinds: [[0], [1], [2], [3]],
  lazy: [[1], [3], [-3]],
  checked: [[3], [7], [-1]],
};
