/** vmap over marked functions: examples that take different paths and go round loops as often as each needs. */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";

const f64 = (x: number | number[] | number[][]) => gf.tensor(x, undefined, "float64");
const list = (t: gf.Tensor): number[] => [...t.dataSync()].map(Number);

const collatz = gf.graphFunction((n: gf.Tensor): gf.Tensor => {
  let steps: gf.Tensor = gf.scalar(0, "int32");
  while (n > 1) {
    if (n % 2 === 0) n = gf.floorDiv(n, 2);
    else n = 3 * n + 1;
    steps += 1;
  }
  return steps;
});

const newton = gf.graphFunction((a: gf.Tensor): gf.Tensor => {
  let x = a;
  while (gf.abs(x * x - a) > 1e-9) x = (x + a / x) / 2;
  return x;
});

/** Outside of the domain of an arm its value or derivative is none. */
const guarded = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
  let y = x * x;
  if (x > 0) y = gf.sqrt(x);
  else if (x < 0) y = gf.log(gf.neg(x)) / x;
  return y;
});

const nested = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
  let y = x;
  let i: gf.Tensor = gf.scalar(0, "int32");
  while (i < n) {
    if (y > 1) y = gf.log(y) + 0.5;
    else {
      let k: gf.Tensor = gf.scalar(0, "int32");
      while (k < i) {
        y = gf.sin(y) + x * y;
        k += 1;
      }
      y = y + 0.4;
    }
    i += 1;
  }
  return y;
});

const counted = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
  let y = x;
  for (const i of gf.range(0, 4, 1, "int32")) if (i < n) y = gf.sin(y) * x + 0.1;
  return y;
});

/** f for each example on its own, stacked. */
function single(f: (...xs: any[]) => gf.Tensor, ...xs: gf.Tensor[]): number[] {
  const rows = xs.map((x) => gf.unstack(x));
  return (rows[0] as gf.Tensor[]).flatMap((_, k) => list(f(...rows.map((row) => row[k] as gf.Tensor))));
}

function expectClose(got: number[], want: number[]): void {
  expect(got.length).toBe(want.length);
  got.forEach((g, i) => {
    expect(g).toBeCloseTo(want[i] as number, 9);
  });
}

const ns = gf.tensor([1, 2, 3, 6, 7, 27], undefined, "int32");
const xs = f64([0.3, -0.7, 1.9, 0, 4, 0.05]);
const counts = gf.tensor([0, 3, 5, 1, 2, 4], undefined, "int32");

describe("values", () => {
  it("collatz", () => {
    expect(list(gf.vmap(collatz)(ns))).toEqual(single(collatz, ns));
  });

  it("Newton's method until each has converged", () => {
    const a = f64([2, 9, 1, 1e4]);
    expectClose(list(gf.vmap(newton)(a)), single(newton, a));
  });

  it("a loop that no example enters", () => {
    const ones = gf.tensor([1, 1], undefined, "int32");
    expect(list(gf.vmap(collatz)(ones))).toEqual([0, 0]);
  });

  it("branches, and branches in loops", () => {
    expectClose(list(gf.vmap(guarded)(xs)), single(guarded, xs));
    expectClose(list(gf.vmap(nested)(xs, counts)), single(nested, xs, counts));
    expectClose(list(gf.vmap(counted)(xs, counts)), single(counted, xs, counts));
  });
});

describe("gradients of examples", () => {
  for (const [name, f, more] of [
    ["guarded", guarded, []],
    ["nested", nested, [counts]],
    ["counted", counted, [counts]],
  ] as const) {
    const of = f as (...xs: gf.Tensor[]) => gf.Tensor;
    const own = gf.graphFunction((x: gf.Tensor, ...rest: gf.Tensor[]): gf.Tensor => gf.grad((t) => of(t, ...rest))(x));
    const points = name === "guarded" ? f64([0.3, -0.7, 1.9, 4, 0.05]) : xs;

    it(`${name}, inside`, () => {
      const each = gf.vmap(own as (...xs: gf.Tensor[]) => gf.Tensor);
      expectClose(list(each(points, ...more)), single(own, points, ...more));
    });

    it(`${name}, outside`, () => {
      const sum = (x: gf.Tensor) =>
        gf
          .vmap(of)(x, ...more)
          .sum();
      expectClose(list(gf.grad(sum)(points)), single(own, points, ...more));
    });

    it(`${name}, second order`, () => {
      const twice = gf.graphFunction(
        (x: gf.Tensor, ...rest: gf.Tensor[]): gf.Tensor => gf.grad((t) => gf.grad((u) => of(u, ...rest))(t))(x),
      );
      const want = single(twice, points, ...more);
      expectClose(list(gf.vmap(twice as (...xs: gf.Tensor[]) => gf.Tensor)(points, ...more)), want);
      const mixed = (x: gf.Tensor) =>
        gf
          .vmap(own as (...xs: gf.Tensor[]) => gf.Tensor)(x, ...more)
          .sum();
      expectClose(list(gf.grad(mixed)(points)), want);
    });
  }

  it("an arm that is not taken leaves no NaN, where the point is bad", () => {
    const bad = f64([0, -1, 4]);
    expect(list(gf.grad((x: gf.Tensor) => gf.vmap(guarded)(x).sum())(bad)).every(Number.isFinite)).toBe(true);
  });
});
