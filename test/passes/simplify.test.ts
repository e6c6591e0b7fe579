/** What simplify.ts takes for granted about numbers, on this engine. */
import { describe, expect, it } from "vitest";
import { Random } from "../support/random.ts";

/** Numbers of all magnitudes. */
function numbers(count: number): number[] {
  const random = new Random(1);
  const special = [0, -0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 1.5e-162, 1e155, Number.MAX_VALUE];
  return [...special, ...Array.from({ length: count }, () => (random.next() - 0.5) * 10 ** random.int(-30, 30))];
}

describe("numbers", () => {
  it("x ** 2 is x * x", () => {
    for (const x of numbers(200_000)) {
      if (!Object.is(x ** 2, x * x)) expect(x ** 2, `of ${x}`).toBe(x * x);
    }
  });

  it("dividing by a power of two is multiplying by its inverse", () => {
    for (const x of numbers(20_000)) {
      for (const n of [-99, -10, -1, 1, 3, 24, 99]) {
        if (!Object.is(x / 2 ** n, x * 2 ** -n)) expect(x / 2 ** n).toBe(x * 2 ** -n);
        const f = Math.fround(x);
        if (!Object.is(Math.fround(f / 2 ** n), Math.fround(f * 2 ** -n))) expect(Math.fround(f / 2 ** n)).toBe(Math.fround(f * 2 ** -n));
      }
    }
  });
});
