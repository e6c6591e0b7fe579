/** Gradients through functions that call themselves: eager, in a graph, and of a compiled function under a tape; against differences. */
import * as gf from "graphfn";
import { describe, expect, test } from "vitest";
import { agreed, expectGradient, f64, numbers, secondAlong } from "./modes.ts";

const scale = f64(0.7);

/**
 * xⁿ by calls within calls.
 * @graphFunction
 */
function power(x: gf.Tensor, n: gf.Tensor): gf.Tensor {
  if (n <= 0) return x * 0 + 1;
  return x * power(x, n - 1);
}

/**
 * Two calls in a body, and what they take from outside.
 * @graphFunction
 */
function tree(x: gf.Tensor, depth: gf.Tensor): gf.Tensor {
  if (depth <= 0) return (x * scale).sin();
  const left = tree(x * 0.9, depth - 1);
  return left * tree(x + left * 0.1, depth - 2) + x;
}

/**
 * Each calls the other.
 * @graphFunction
 */
function even(x: gf.Tensor, n: gf.Tensor): gf.Tensor {
  if (n <= 0) return x.square();
  return odd(x.sin(), n - 1) * 0.5;
}
/** @graphFunction */
function odd(x: gf.Tensor, n: gf.Tensor): gf.Tensor {
  if (n <= 0) return x.exp();
  return even(x * x, n - 1) + x;
}

/**
 * A loop within, a vector, an early way out that depends on values.
 * @graphFunction
 */
function folded(xs: gf.Tensor, n: gf.Tensor): gf.Tensor {
  let sum: gf.Tensor = xs.sum();
  for (const x of xs) {
    if (x > 1.5) break;
    sum += x * x;
  }
  if (n <= 0 || sum > 9) return sum;
  return folded(xs * 0.8 + sum * 0.05, n - 1) * 0.9 + sum.sin();
}

/** State outside of the function. */
class Account {
  total: gf.Tensor = f64(0);
  /** @eagerFunction */
  add(x: gf.Tensor, n: gf.Tensor): gf.Tensor {
    this.total = this.total + x * this.total + x;
    if (n <= 0) return this.total;
    return this.add(x * 0.5, n - 1);
  }
}

const FUNCTIONS = {
  power: gf.graphFunction((xs: gf.Tensor): gf.Tensor => power(xs[0], gf.scalar(3, "int32")) + power(xs[1], gf.scalar(2, "int32"))),
  tree: gf.graphFunction((xs: gf.Tensor): gf.Tensor => tree(xs[0], gf.scalar(4, "int32")) * xs[1]),
  "a tree whose depth the data decides": gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
    let depth: gf.Tensor = gf.scalar(0, "int32");
    for (const x of xs) if (x > 0) depth += 1;
    return tree(xs.sum(), depth);
  }),
  mutual: gf.graphFunction((xs: gf.Tensor): gf.Tensor => even(xs[0], gf.scalar(3, "int32")) + odd(xs[1], gf.scalar(2, "int32"))),
  folded: gf.graphFunction((xs: gf.Tensor): gf.Tensor => folded(xs, gf.scalar(3, "int32"))),
  "in a loop": gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
    let y: gf.Tensor = xs[0];
    for (const x of xs) if (x < 1) y = y * 0.5 + tree(x, gf.scalar(2, "int32"));
    return y;
  }),
  "called without a gradient, too": gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
    const rounded = tree(xs[0], gf.scalar(2, "int32")).floor();
    return tree(xs[1], gf.scalar(3, "int32")) * rounded + gf.stopGradient(tree(xs[0], gf.scalar(1, "int32"))) * 0;
  }),
  state: gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
    const account = new Account();
    const first = account.add(xs[0], gf.scalar(2, "int32"));
    return first * account.add(xs[1], gf.scalar(1, "int32"));
  }),
};

describe.each(Object.entries(FUNCTIONS))("%s", (_name, f) => {
  test.each([[[0.4, 1.3]], [[-0.7, 0.2]], [[1.9, -1.1]]])("of %j", (values) => {
    expectGradient(f, values, { close: 5, same: 11 });
  });

  test("to the second order", () => {
    agreed(secondAlong(f, [1, -2]), f64([0.4, 1.3]), 10);
  });
});

const w = gf.variable(f64(0.6), true, "w");

/** @graphFunction */
function grow(x: gf.Tensor, n: gf.Tensor): gf.Tensor {
  if (n <= 0) return x * w;
  return grow(x * w + 1, n - 1);
}

test("with respect to a variable that the body reads", () => {
  const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => grow(x, gf.scalar(2, "int32")));
  const inGraph = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    const tape = gf.gradientTape();
    const y = f(x);
    return tape.gradient(y, w);
  });
  // y = ((x·w + 1)·w + 1)·w: dy/dw = 3xw² + 2w + 1
  const wanted = 3 * 2 * 0.36 + 1.2 + 1;
  expect(numbers(inGraph(f64(2)))[0]).toBeCloseTo(wanted, 12);
  const { grads } = gf.variableGrads(() => f(f64(2)), [w]);
  expect(numbers(grads["w"] as gf.Tensor)[0]).toBeCloseTo(wanted, 12);
});

test("of a function that was traced before the tape began", () => {
  const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    const before = power(x, gf.scalar(2, "int32"));
    const tape = gf.gradientTape();
    tape.watch(x);
    const after = power(x, gf.scalar(3, "int32"));
    return tape.gradient(after, x) + before;
  });
  expect(numbers(f(f64(2)))[0]).toBeCloseTo(12 + 4, 12);
});

/** @graphFunction */
function inItself(x: gf.Tensor, n: gf.Tensor): gf.Tensor {
  if (n <= 0) return x * x;
  const tape = gf.gradientTape();
  tape.watch(x);
  const y = inItself(x * 0.5, n - 1) * x;
  return tape.gradient(y, x);
}

test("taken inside of the function itself is refused with the place of the call", () => {
  expect(() => inItself(f64(1.3), gf.scalar(1, "int32"))).toThrow(
    /U_RECURSIVE_GRADIENT: A gradient goes through a call of the function in which it is taken\..*recursion\.test\.ts:\d+:\d+/,
  );
});
