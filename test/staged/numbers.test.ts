/** Lifted numbers: one trace for all of them, and never another result than with the number itself. */
import * as gf from "graphfn";
import { $ } from "graphfn/autograph";
import { describe, expect, it, vi } from "vitest";
import { thrown, type V } from "./emitted.ts";

type Path = readonly (number | string)[];

function lifted(
  name: string,
  paths: readonly Path[],
  fn: (...args: V[]) => V,
): ((...args: V[]) => V) & { traces: number; explain: V; original: V } {
  return $.graphFunction(
    () => ({ version: 1, name, file: `${name}.ts`, at: "1:1", params: ["x", "k"], lifted: paths, decisions: [] }),
    fn,
  ) as V;
}

/** Whole, fractions, and what has no neighbours. */
const numbers = [3, 0.5, -7, 0, -0, 2 ** 31, 2 ** 31 - 1, -(2 ** 31), 2 ** 53, 1e300, 1e-300, NaN, Infinity, -Infinity, 0.1, 1 / 3];
const shown = (x: V): V => (x instanceof gf.Tensor ? { dtype: x.dtype, shape: x.shape, values: [...x.dataSync()] } : x);

describe("on floating tensors", () => {
  it("seven numbers, whole or not, are one trace", () => {
    const f = lifted("scale", [[1]], (x: V, k: V) => $.mul(x, k));
    const x = gf.tensor([1, 2.5]);
    for (const k of numbers) expect(shown(f(x, k)), String(k)).toEqual(shown(x.mul(k)));
    expect(f.traces).toBe(1);
  });

  it.each(["float32", "float64"] as const)("arithmetic between numbers is JavaScript's, %s", (dtype) => {
    const body = (x: V, k: V): V => $.add($.mul(x, $.div($.pow(k, 2), 3)), $.neg($.mod($.sub($.add(k, 1e6), 0.5), $.mul(k, 1e6))));
    const f = lifted("mixed", [[1]], body);
    const x = gf.tensor([1, -2.5], undefined, dtype);
    for (const k of numbers) expect(shown(f(x, k)), String(k)).toEqual(shown(body(x, k)));
    expect(f.traces).toBe(1);
  });

  it("powers, both ways round, and comparisons", () => {
    const body = (x: V, k: V): V => [$.pow(x, k), $.pow(k, x), $.gt(x, k), $.eq(x, k), $.index(x, 1), $.setIndex(x, 0, k)];
    const f = lifted("powers", [[1]], body);
    const x = gf.tensor([0.5, 2, 3]);
    for (const k of numbers) expect((f(x, k) as V[]).map(shown), String(k)).toEqual((body(x, k) as V[]).map(shown));
    expect(f.traces).toBe(1);
  });

  it("in a loop that is traced twice", () => {
    const body = (x: V, k: V): V => {
      let n: V = $.lit(0);
      $.while(
        "1:1",
        $.vars(
          () => ({ x, n }),
          ($v) => void ({ x, n } = $v as V),
        ),
        () => $.lt(n, 3),
        () => {
          x = $.add(x, $.mul(k, n));
          n = $.add(n, 1);
        },
      );
      return x;
    };
    const f = lifted("loop", [[1]], body);
    for (const k of [0.5, 2, 7]) expect(f(gf.scalar(1), k).item()).toBe(1 + 3 * k);
    expect(f.traces).toBeLessThanOrEqual(2);
  });
});

describe("on int32 tensors", () => {
  const bodies: Record<string, (x: V, k: V) => V> = {
    mul: (x, k) => $.mul(x, k),
    div: (x, k) => $.div(x, k),
    half: (x, k) => $.mul(x, $.div(k, 2)),
    pow: (x, k) => $.pow(x, k),
    weak: (_, k) => $.mul($.lit(2), k),
    less: (x, k) => $.lt(x, k),
    choice: (x, k) =>
      $.select(
        "1:1",
        $.lt(gf.sum(x), 10),
        () => $.lit(k),
        () => $.lit(1),
      ),
    number: (x, k) => [x, k],
  };
  it.each(Object.keys(bodies))("%s: whole numbers and fractions mean what they mean", (name) => {
    const body = bodies[name] as (x: V, k: V) => V;
    const f = lifted(name, [[1]], body);
    const x = gf.tensor([3, -2], undefined, "int32");
    for (let round = 0; round < 2; round++) {
      for (const k of [2, 0.5, 4, 3, 1.5, 7, NaN]) {
        const [got, want] = [f(x, k), body(x, k)].map((r: V) => (Array.isArray(r) ? r.map(shown) : shown(r)));
        expect(got, String(k)).toEqual(want);
      }
    }
    expect(f.traces).toBeLessThanOrEqual(name === "pow" || name === "number" ? 7 : 2);
  });
});

it("a number that JavaScript needs after all holds for that number only", () => {
  const f = lifted("table", [[1]], (x: V, k: V) => $.mul(x, Math.max(k, 2)));
  for (const k of [1, 5, 1, 3, 5]) expect(f(gf.scalar(1.5), k).item()).toBe(1.5 * Math.max(k, 2));
  expect(f.traces).toBe(3);
});

it("in objects and arrays; missing ones are their defaults", () => {
  const body = (x: V, { rate = 0.5, sizes: [, last] }: V): V => $.mul($.add(x, rate), last);
  const f = lifted(
    "options",
    [
      [1, "rate"],
      [1, "sizes", 1],
    ],
    body,
  );
  const x = gf.scalar(2);
  for (const [rate, last] of [
    [1, 2],
    [0.25, 3],
    [7, 0.1],
  ] as const) {
    expect(f(x, { rate, sizes: ["a", last] }).item()).toBe(body(x, { rate, sizes: ["a", last] }).item());
  }
  expect(f.traces).toBe(1);
  expect(f(x, { sizes: ["a", 4] }).item()).toBe(10);
  expect(f(x, { rate: undefined, sizes: ["a", 5] }).item()).toBe(12.5);
  expect(f.traces).toBe(3);
});

it("is no gradient's business", () => {
  const f = lifted("square", [[1]], (x: V, k: V) => $.mul($.mul(x, x), $.add(k, 1)));
  const dx = gf.grad((x: V) => f(x, 3));
  expect(dx(gf.scalar(2)).item()).toBe(16);
  const other = gf.grad((x: V) => f(x, 0.5));
  expect(other(gf.scalar(2)).item()).toBe(6);
  const second = gf.grad((x: V) => gf.grad((y: V) => f(y, 0.5))(x) as V);
  expect(second(gf.scalar(2)).item()).toBe(3);
  expect(f.traces).toBe(1);
});

it("user code in a print step may call the function again", () => {
  const f = lifted("loud", [[1]], (x: V, k: V) => {
    $.log("1:1", "log", x);
    return $.mul(x, k);
  });
  let depth = 0;
  const log = vi.spyOn(console, "log").mockImplementation(() => {
    if (depth++ === 0) expect(f(gf.scalar(1), 5).item()).toBe(5);
  });
  expect(f(gf.scalar(1), 2).item()).toBe(2);
  log.mockRestore();
});

it("save takes the number that it was given", async () => {
  const { mkdtempSync, rmSync } = await import("node:fs");
  const folder = mkdtempSync("/tmp/numbers-");
  const f = lifted("saved", [[1]], (x: V, k: V) => $.mul(x, k));
  f(gf.scalar(1), 2);
  await (f as V).save(folder, gf.scalar(1), 3);
  const loaded = await gf.loadFunction<(x: gf.Tensor, k: number) => gf.Tensor>(folder);
  expect(loaded(gf.scalar(2), 3).item()).toBe(6);
  expect(thrown(() => loaded(gf.scalar(2), 4)).code).toBe("E_SIGNATURE");
  rmSync(folder, { recursive: true });
});

describe("through the transform", () => {
  interface Options {
    readonly rate: number;
    readonly inner: { readonly scale: number };
  }
  const fields = gf.graphFunction((x: gf.Tensor, options: Options): gf.Tensor => {
    const twice = (y: gf.Tensor): gf.Tensor => y * options.rate * 2;
    return twice(x) - options.inner.scale / 2;
  });
  const whole = gf.graphFunction((x: gf.Tensor, options: Options): gf.Tensor => x * options.rate + Object.keys(options).length);
  const scaled = (x: gf.Tensor, by: number): gf.Tensor => x.mul(by / 4);
  const marked = gf.graphFunction((x: gf.Tensor, by: number): gf.Tensor => x * by);
  const passed = gf.graphFunction((x: gf.Tensor, rate: number): gf.Tensor => scaled(x, rate * 3) + marked(x, -rate));
  const powered = (x: gf.Tensor, by: number): gf.Tensor => (by > 2 ? x.mul(by) : x);
  const needed = gf.graphFunction((x: gf.Tensor, rate: number): gf.Tensor => powered(x, rate) * rate);
  const x = gf.scalar(3, "float64");

  it("fields of an object, and numbers passed on: seven of them, one trace", () => {
    for (const rate of [1, 2, 0.5, -3, 7.25, 1e-3, 100]) {
      expect(fields(x, { rate, inner: { scale: rate + 1 } }).item()).toBe(3 * rate * 2 - (rate + 1) / 2);
      expect(passed(x, rate).item()).toBe(3 * ((rate * 3) / 4) + 3 * -rate);
    }
    expect([fields.traces, passed.traces]).toEqual([1, 1]);
    expect(scaled(x, 8).item()).toBe(6);
  });
  it("an object of a class, and one that goes elsewhere, are told apart by their numbers", () => {
    class Given implements Options {
      readonly rate: number;
      readonly inner = { scale: 2 };
      constructor(rate: number) {
        this.rate = rate;
      }
    }
    for (const rate of [1, 2, 0.5]) expect(fields(x, new Given(rate)).item()).toBe(3 * rate * 2 - 1);
    for (const rate of [1, 2, 0.5]) expect(whole(x, { rate, inner: { scale: 1 } }).item()).toBe(3 * rate + 2);
    expect(whole.traces).toBe(3);
  });
  it("what the other function needs as a number is one, and explain says where", () => {
    for (const rate of [1, 3]) expect(needed(x, rate).item()).toBe(rate > 2 ? 27 : 3);
    expect(needed.traces).toBe(2);
    const reasons = needed.explain(x, 3).decisions.map(([, , , reason]: readonly string[]) => reason);
    expect(reasons.join()).toMatch(/`rate` is passed to `powered` at \d+:\d+, where it is compared at \d+:\d+: one trace per value/);
  });
});
