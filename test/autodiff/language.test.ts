/** Gradients through null state, exceptions, objects, closures and switch: tape around an eager run = tape in the graph = compiled function under a tape. */
import * as gf from "graphfn";
import { describe, expect, test } from "vitest";

const f64 = (x: number | number[]) => gf.tensor(x, undefined, "float64");

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
    const x = f64(values);
    const gradient = (h: (x: gf.Tensor) => gf.Tensor) => (x: gf.Tensor) => gf.grad(h)(x);
    const numbers = (t: gf.Tensor): number[] => [...t.dataSync()];
    gf.runFunctionsEagerly(true);
    const expected = numbers(gradient(f)(x));
    gf.runFunctionsEagerly(false);
    const difference = values.map((_, i) => {
      const at = (h: number): number => f(f64(values.map((v, k) => (k === i ? v + h : v)))).dataSync()[0] as number;
      return (at(1e-6) - at(-1e-6)) / 2e-6;
    });
    for (const [i, g] of expected.entries()) expect(g).toBeCloseTo(difference[i] as number, 4);
    for (const staged of [gf.graphFunction(gradient(f)), gradient(f)]) {
      // What is summed in another order differs in the last bit.
      for (const [i, g] of numbers(staged(x)).entries()) expect(g).toBeCloseTo(expected[i] as number, 12);
    }
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
