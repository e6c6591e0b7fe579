/** Gradients through null state, exceptions, objects, closures and switch: tape around an eager run = tape in the graph = compiled function under a tape. */
import * as gf from "graphfn";
import { describe, expect, test } from "vitest";
import { expectGradient, f64 } from "./modes.ts";

/** A running maximum that starts without a value. */
const largest = gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
  let best: gf.Tensor | null = null;
  for (const x of xs) if (best === null || x * x > best) best = x * x;
  return (best ?? 1) * 2;
});

/** Some elements are refused by a helper, and replaced. */
const root = (x: gf.Tensor): gf.Tensor => {
  if (x.less(0)) throw new RangeError("negative");
  return gf.sqrt(x.add(1));
};
const tolerant = gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
  let sum: gf.Tensor = 0;
  for (const x of xs) {
    let part: gf.Tensor = x;
    try {
      part = x * root(x);
      sum += part;
    } catch {
      sum += part * part * part;
    } finally {
      sum += x;
    }
  }
  return sum;
});

class Filter {
  state: gf.Tensor;
  #gain: gf.Tensor;
  constructor(start: gf.Tensor, gain: gf.Tensor) {
    this.state = start;
    this.#gain = gain;
  }
  step(x: gf.Tensor): void {
    this.state = this.state.add(x.sub(this.state).mul(this.#gain));
    if (this.state.greater(2)) this.#gain = this.#gain.mul(0.5);
  }
}
const filtered = gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
  const filter = new Filter(xs[0] * 0.1, gf.scalar(0.5, "float64"));
  for (const x of xs) filter.step(x * x);
  return filter.state * filter.state;
});

const closures = gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
  let product: gf.Tensor = 1;
  const visit = (x: gf.Tensor): gf.Tensor => {
    product *= x;
    if (x < 0) return -x;
    product += 1;
    return x;
  };
  let sum: gf.Tensor = 0;
  for (const x of xs) sum += visit(x) * product;
  return sum + product;
});

const cases = gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
  let y: gf.Tensor = 0;
  let i: gf.Tensor = 0;
  for (const x of xs) {
    switch (i % 3) {
      // biome-ignore lint/suspicious/noFallthroughSwitchClause: what is tested
      case 0:
        y += x;
      case 1:
        y *= x;
        break;
      default:
        y += x ** 3;
    }
    i++;
  }
  return y;
});

describe.each(Object.entries({ largest, tolerant, filtered, closures, cases }))("%s", (_name, f) => {
  test.each([[[1.5, -2, 0.5]], [[3, 1, -0.25, 2]], [[-1, -2]]])("of %j", (values) => {
    expectGradient(f, values, { close: 4, same: 12 });
  });
});

test("what is thrown reaches the caller of a gradient", () => {
  const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    if (x > 3) throw new RangeError("too large");
    return x * x;
  });
  expect(gf.grad(f)(f64(2)).dataSync()[0]).toBe(4);
  expect(() => gf.grad(f)(f64(5))).toThrow(new RangeError("too large"));
  expect(gf.grad(f)(f64(-1)).dataSync()[0]).toBe(-2);
});
