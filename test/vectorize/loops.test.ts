/** vmap over loops whose bounds are tensors, over rows, with break, continue and early returns; and gradients through them. */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import type { Value } from "../../runtime/src/ir/graph.ts";
import { compiled } from "../../runtime/src/staged/compiled.ts";
import { tracer } from "../../runtime/src/trace/tracer.ts";

const f64 = (x: number | number[] | number[][]) => gf.tensor(x, undefined, "float64");
const list = (t: gf.Tensor): number[] => [...t.dataSync()].map(Number);
type Fn = (...xs: gf.Tensor[]) => gf.Tensor;

const xs = f64([0.3, -0.7, 1.9, 0.6, 4, 0.05]);
const ns = gf.tensor([0, 3, 5, 1, 2, 4], undefined, "int32");
const table = f64([
  [1, 2, -3],
  [0.5, 0.1, 0.2],
  [-1, -2, 7],
  [2, 2, 2],
  [0, 0, 0],
  [9, -9, 1],
]);

const rows = gf.graphFunction((x: gf.Tensor, row: gf.Tensor): gf.Tensor => {
  let y = x;
  for (const r of row) {
    if (r < 0) continue;
    y = gf.sin(y + r) * x;
    if (y > 1) break;
  }
  return y;
});

const early = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
  let y = x;
  let i: gf.Tensor = gf.scalar(0, "int32");
  while (true) {
    if (i >= n) break;
    y = y * 1.5 + 0.2;
    if (y > 3) return gf.sqrt(y) + x;
    i += 1;
  }
  return y * x;
});

const written = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
  // biome-ignore lint/style/useConst: `t[i] = …` makes another tensor
  let t = gf.zeros([6], "float64");
  let i: gf.Tensor = gf.scalar(0, "int32");
  while (i < n) {
    t[i] = gf.cos(x * (i + 1));
    i += 1;
  }
  return t.square().sum();
});

const inner = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
  let y = x;
  let i: gf.Tensor = gf.scalar(0, "int32");
  while (i < 3) {
    let k: gf.Tensor = n;
    while (k > 0) {
      y = gf.tanh(y * x + k * 0.1);
      k = k - 1 - i;
    }
    i += 1;
  }
  return y;
});

/** A gradient inside of a loop that differs between examples. */
const descent = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
  let w = x;
  let i: gf.Tensor = gf.scalar(0, "int32");
  while (i < n) {
    const slope = gf.grad((u) => {
      let z = u;
      let k: gf.Tensor = gf.scalar(0, "int32");
      while (k < i) {
        z = gf.sin(z) + u;
        k += 1;
      }
      return z.square();
    })(w);
    w = w - 0.1 * slope;
    i += 1;
  }
  return w;
});

const throwing = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
  let y = x;
  try {
    if (n > 2) throw new Error("too many");
    y = y * 2;
  } catch {
    y = y - 1;
  }
  return y * y;
});

describe.each([
  ["rows, with break and continue", rows, table],
  ["an early return", early, ns],
  ["writing into a tensor", written, ns],
  ["loops in loops", inner, ns],
  ["a gradient in a loop", descent, ns],
  ["throw and catch", throwing, ns],
] as const)("%s", (_, marked, second) => {
  const f = marked as Fn;
  const df = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => gf.grad((t) => f(t, n))(x));
  const single = (g: Fn): number[] => gf.unstack(xs).map((x, i) => list(g(x, gf.unstack(second)[i] as gf.Tensor))[0] as number);
  const same = (got: gf.Tensor, want: number[]): void => {
    expect(got.shape).toEqual([want.length]);
    list(got).forEach((y, i) => {
      expect(y).toBeCloseTo(want[i] as number, 9);
    });
  };

  it("values", () => {
    same(gf.vmap(f)(xs, second), single(f));
  });

  it("values in a graph function", () => {
    same(gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => gf.vmap(f)(x, n))(xs, second), single(f));
  });

  it("gradients inside", () => {
    same(gf.vmap(df)(xs, second), single(df));
  });

  it("gradients outside", () => {
    const total = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => gf.vmap(f)(x, n).sum());
    same(gf.grad((x) => total(x, second))(xs), single(df));
  });

  it("where only some arguments are batched", () => {
    const [first] = gf.unstack(second) as [gf.Tensor];
    same(
      gf.vmap(f, { inAxes: [0, null] })(xs, first),
      gf.unstack(xs).map((x) => list(f(x, first))[0] as number),
    );
  });
});

/** for (i = start; step > 0 ? i < limit : i > limit; i += step) y = round(y, i) */
function counting(range: readonly gf.Tensor[], init: gf.Tensor, round: (y: gf.Tensor, i: gf.Tensor) => gf.Tensor): gf.Tensor {
  const t = tracer();
  const [start, limit, step] = range.map((x) => t.valueOf(x)) as [Value, Value, Value];
  const first = t.valueOf(init);
  const { region, result } = t.within((open) => {
    const i = t.param(open, { dtype: start.type.dtype, shape: [] });
    return t.valueOf(round(t.param(open, first.type), i));
  });
  const out = t.freshValue(first.type);
  t.add({ kind: "for", start, limit, step, init: [first], body: region.close([result]), results: [out] });
  return t.tensor(out);
}

describe("a for whose range differs between examples", () => {
  const int = (x: number[]) => gf.tensor(x, undefined, "int32");
  const ranges = [int([0, 5, 1, 2147483640]), int([4, 0, 1, 2147483647]), int([1, -2, 1, 3])] as const;
  const x = f64([0.3, 0.9, -2, 1.1]);
  const f = (a: gf.Tensor, b: gf.Tensor, c: gf.Tensor, u: gf.Tensor) =>
    counting([a, b, c], u, (y, i) => y.sin().mul(u).add(i.cast("float64").mod(7).mul(0.1)));
  const each = [...ranges, x].map((t) => gf.unstack(t));
  const single = (g: Fn): number[] => {
    const run = compiled(g, { name: "single" });
    return gf.unstack(x).map((_, k) => list(run(...each.map((of) => of[k] as gf.Tensor)))[0] as number);
  };
  const df = (a: gf.Tensor, b: gf.Tensor, c: gf.Tensor, u: gf.Tensor) => gf.grad((t) => f(a, b, c, t))(u);
  const d2f = (a: gf.Tensor, b: gf.Tensor, c: gf.Tensor, u: gf.Tensor) => gf.grad((t) => df(a, b, c, t))(u);

  it.each([
    ["values", f],
    ["gradients", df],
    ["second derivatives", d2f],
  ] as const)("%s", (_, g) => {
    const want = single(g);
    list(gf.vmap(g)(...ranges, x)).forEach((y, i) => {
      expect(y).toBeCloseTo(want[i] as number, 9);
    });
  });

  it("floating ranges", () => {
    const starts = [f64([0, 1, 0.5, 2]), f64([1, 0, 0.7, 2]), f64([0.1, -0.3, 0.3, 1])] as const;
    const g = (a: gf.Tensor, b: gf.Tensor, c: gf.Tensor, u: gf.Tensor) => counting([a, b, c], u, (y, i) => y.mul(2).add(i));
    const run = compiled(g, { name: "single" });
    const want = gf
      .unstack(x)
      .map((u, k) => list(run(...(starts.map((of) => gf.unstack(of)[k] as gf.Tensor) as [gf.Tensor, gf.Tensor, gf.Tensor]), u))[0]);
    expect(list(gf.vmap(g)(...starts, x))).toEqual(want);
  });
});
