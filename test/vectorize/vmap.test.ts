/** vmap as users call it: axes, nesting, gradients per example, what is shared, and what is refused. */
import * as gf from "graphfn";
import { afterEach, describe, expect, it, vi } from "vitest";

const f64 = (x: number | number[] | number[][] | number[][][]) => gf.tensor(x, undefined, "float64");
const list = (t: gf.Tensor): number[] => [...t.dataSync()].map(Number);

/** The error that a call throws. */
function thrown(run: () => unknown): gf.GraphFnError {
  try {
    run();
  } catch (error) {
    return error as gf.GraphFnError;
  }
  throw new Error("Nothing was thrown.");
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("axes", () => {
  const rows = f64([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const v = f64([10, 20, 30]);

  it("of arguments", () => {
    const dot = (a: gf.Tensor, b: gf.Tensor) => a.mul(b).sum();
    expect(list(gf.vmap(dot, { inAxes: [0, null] })(rows, v))).toEqual([140, 320]);
    expect(list(gf.vmap(dot, { inAxes: [null, 0] })(v, rows))).toEqual([140, 320]);
    expect(list(gf.vmap(dot, { inAxes: 1 })(rows, rows))).toEqual([17, 29, 45]);
    expect(list(gf.vmap(dot, { inAxes: [-1, 0] })(rows, rows.transpose()))).toEqual([17, 29, 45]);
    expect(
      list(
        gf.vmap((a: gf.Tensor) => a.sum())([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toEqual([3, 7]);
  });

  it("of results", () => {
    const f = (a: gf.Tensor) => a.mul(2);
    expect(gf.vmap(f, { outAxes: 1 })(rows).arraySync()).toEqual(rows.mul(2).transpose().arraySync());
    expect(gf.vmap(f, { outAxes: -1 })(rows).shape).toEqual([3, 2]);
    const [a, b] = gf.vmap((x: gf.Tensor) => [x, v.sum()], { outAxes: [1, null] })(rows) as [gf.Tensor, gf.Tensor];
    expect([a.shape, b.shape]).toEqual([[3, 2], []]);
    const named = gf.vmap((x: gf.Tensor) => ({ sum: x.sum(), twice: x.add(x) }), { outAxes: { sum: 0, twice: 1 } })(rows);
    expect([named.sum.shape, named.twice.shape]).toEqual([[2], [3, 2]]);
    expect(gf.vmap(() => v)(rows).shape).toEqual([2, 3]);
  });

  it("of arrays and objects of tensors", () => {
    const layer = ({ w, b }: { w: gf.Tensor; b: gf.Tensor }, x: gf.Tensor) => x.mul(w).sum().add(b);
    const got = gf.vmap(layer, { inAxes: [0, null] })({ w: rows, b: f64([1, 2]) }, v);
    expect(list(got)).toEqual([141, 322]);
  });

  it("no examples at all", () => {
    expect(gf.vmap((x: gf.Tensor) => x.sum())(gf.zeros([0, 3])).shape).toEqual([0]);
    const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
      while (x > 1) {
        if (x > 2) x = gf.sqrt(x);
        else x = x - 1;
      }
      return x;
    });
    expect(gf.vmap(f)(gf.zeros([0])).shape).toEqual([0]);
  });

  it("different lengths, call by call", () => {
    const f = gf.vmap(gf.graphFunction((x: gf.Tensor): gf.Tensor => x.cumsum(0).sum() - x.slice([0], [1]).sum()));
    for (const n of [2, 3, 5, 4]) {
      const x = gf.randomNormal([n, 4], 0, 1, "float64", 3);
      const want = x
        .cumsum(1)
        .sum(1)
        .sub(x.slice([0, 0], [n, 1]).squeeze([1]));
      list(f(x)).forEach((y, i) => {
        expect(y).toBeCloseTo(list(want)[i] as number, 10);
      });
    }
  });
});

describe("nested", () => {
  it("all pairs", () => {
    const a = f64([1, 2, 3]);
    const b = f64([10, 20]);
    const pair = (x: gf.Tensor, y: gf.Tensor) => x.mul(y).add(x);
    const all = gf.vmap(gf.vmap(pair, { inAxes: [null, 0] }), { inAxes: [0, null] })(a, b);
    expect(all.arraySync()).toEqual([
      [11, 21],
      [22, 42],
      [33, 63],
    ]);
  });

  it("through loops, with gradients", () => {
    const f = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
      let y = x;
      let i: gf.Tensor = gf.scalar(0, "int32");
      while (i < n) {
        if (y > 0.5) y = gf.sin(y) * x;
        else y = y + 0.3 * x;
        i += 1;
      }
      return y;
    });
    const df = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => gf.grad((t) => f(t, n))(x));
    const xs = f64([0.3, 0.9, 2]);
    const ns = gf.tensor([0, 4, 1, 3], undefined, "int32");
    const got = gf.vmap(gf.vmap(df, { inAxes: [0, null] }), { inAxes: [null, 0] })(xs, ns);
    const want = gf.unstack(ns).map((n) => gf.unstack(xs).map((x) => list(df(x, n))[0] as number));
    expect(got.shape).toEqual([4, 3]);
    list(got).forEach((y, i) => {
      expect(y).toBeCloseTo(want.flat()[i] as number, 10);
    });
  });
});

describe("gradients", () => {
  const w1 = gf.randomNormal([3, 4], 0, 1, "float64", 1);
  const w2 = gf.randomNormal([4, 1], 0, 1, "float64", 2);
  const xs = gf.randomNormal([5, 3], 0, 1, "float64", 3);
  const ys = gf.randomNormal([5], 0, 1, "float64", 4);
  const loss = (a: gf.Tensor, b: gf.Tensor, x: gf.Tensor, y: gf.Tensor) =>
    x.reshape([1, 3]).matMul(a).tanh().matMul(b).squeeze().sub(y).square();
  const dloss = (a: gf.Tensor, b: gf.Tensor, x: gf.Tensor, y: gf.Tensor) => gf.grads((p, q) => loss(p, q, x, y))([a, b]);

  it("per example, of a small net", () => {
    const [da, db] = gf.vmap(dloss, { inAxes: [null, null, 0, 0] })(w1, w2, xs, ys) as [gf.Tensor, gf.Tensor];
    const single = gf.unstack(xs).map((x, i) => dloss(w1, w2, x, gf.unstack(ys)[i] as gf.Tensor));
    for (const [k, got] of [da, db].entries()) {
      const want = gf.stack(single.map((of) => of[k] as gf.Tensor));
      expect(got.shape).toEqual(want.shape);
      list(got).forEach((g, i) => {
        expect(g).toBeCloseTo(list(want)[i] as number, 12);
      });
    }
  });

  it("of what examples share, from outside", () => {
    const total = (a: gf.Tensor) =>
      gf
        .vmap((x: gf.Tensor, y: gf.Tensor) => loss(a, w2, x, y))(xs, ys)
        .sum();
    const want = gf.grad((a) => gf.addN(gf.unstack(xs).map((x, i) => loss(a, w2, x, gf.unstack(ys)[i] as gf.Tensor))))(w1);
    const got = gf.grad(total)(w1);
    list(got).forEach((g, i) => {
      expect(g).toBeCloseTo(list(want)[i] as number, 10);
    });
  });

  it("of variables", () => {
    const w = gf.variable(f64([1, 2, 3]));
    const { grads } = gf.variableGrads(() =>
      gf
        .vmap((x: gf.Tensor) => x.mul(w).sum().square())(xs)
        .sum(),
    );
    const want = gf.grad((v) => xs.mul(v).sum(1).square().sum())(w.read());
    list(Object.values(grads)[0] as gf.Tensor).forEach((g, i) => {
      expect(g).toBeCloseTo(list(want)[i] as number, 10);
    });
  });

  it("of one's own", () => {
    const clipped = gf.customGrad((x: gf.Tensor) => ({ value: x.square(), gradFunc: (dy) => dy.mul(x).clipByValue(-1, 1) }));
    const x = f64([0.5, 3, -7]);
    expect(list(gf.vmap(gf.grad((t) => clipped(t)))(x))).toEqual([0.5, 1, -1]);
    expect(
      list(
        gf.grad((t) =>
          gf
            .vmap((u: gf.Tensor) => clipped(u))(t)
            .sum(),
        )(x),
      ),
    ).toEqual([0.5, 1, -1]);
    const scale = f64(2);
    const shared = gf.customGrad((s: gf.Tensor, u: gf.Tensor) => ({ value: s.mul(u), gradFunc: (dy) => [dy.mul(u), dy] }));
    expect(
      list(
        gf.grad((s) =>
          gf
            .vmap((u: gf.Tensor) => shared(s, u))(x)
            .sum(),
        )(scale),
      ),
    ).toEqual([-3.5]);
  });

  it("loops with checkpoints, from outside", () => {
    const f = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
      let y = x;
      let i: gf.Tensor = gf.scalar(0, "int32");
      while (i < n) {
        gf.loop.options({ checkpoint: "sqrt" });
        y = gf.sin(y) * x + 0.5;
        i += 1;
      }
      return y;
    });
    const df = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => gf.grad((t) => f(t, n))(x));
    const x = f64([0.3, 0.8, 1.2]);
    const n = gf.tensor([7, 0, 3], undefined, "int32");
    const got = gf.grad((t) => gf.vmap(f)(t, n).sum())(x);
    const want = gf.unstack(x).map((t, i) => list(df(t, gf.unstack(n)[i] as gf.Tensor))[0] as number);
    list(got).forEach((g, i) => {
      expect(g).toBeCloseTo(want[i] as number, 10);
    });
    expect(thrown(() => gf.vmap(df)(x, n)).code).toBe("U_VMAP");
  });
});

describe("what examples do", () => {
  it("draw their own random numbers", () => {
    const drawn = gf.vmap((x: gf.Tensor) => x.add(gf.randomUniform([2])))(gf.zeros([4, 2]));
    expect(new Set(list(drawn)).size).toBe(8);
    const again = gf.vmap((x: gf.Tensor) => x.add(gf.randomUniform([2])))(gf.zeros([4, 2]));
    expect(list(again)).not.toEqual(list(drawn));
  });

  it("see what is outside as it is now", () => {
    let factor = f64(2);
    const f = gf.vmap((x: gf.Tensor) => x.mul(factor));
    expect(list(f(f64([1, 2])))).toEqual([2, 4]);
    factor = f64(5);
    expect(list(f(f64([1, 2])))).toEqual([5, 10]);
  });

  it("print, each that gets there", () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((...parts: unknown[]) => {
      lines.push(parts.map((part) => (part instanceof gf.Tensor ? list(part) : part)).join(" "));
    });
    const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
      if (x > 1) console.log("x is", x);
      return x + 1;
    });
    gf.vmap(f)(gf.tensor([1, 2, 3], undefined, "int32"));
    expect(lines).toEqual(["x is 2", "x is 3"]);
  });

  it("fail only where they get to", () => {
    const f = gf.graphFunction((x: gf.Tensor, t: gf.Tensor): gf.Tensor => {
      if (x < 0) throw new Error("below zero");
      let y: gf.Tensor = gf.scalar(0, "int32");
      if (x < 3) y = t[x] as gf.Tensor;
      if (x > 0) y = y + gf.floorDiv(gf.scalar(12, "int32"), x);
      return y;
    });
    const t = gf.tensor([10, 20, 30], undefined, "int32");
    const each = gf.vmap(f, { inAxes: [0, null] });
    expect(list(each(gf.tensor([0, 2, 6, 3], undefined, "int32"), t))).toEqual([10, 36, 2, 4]);
    expect(() => each(gf.tensor([0, -1], undefined, "int32"), t)).toThrow("below zero");
    const bad = gf.graphFunction((x: gf.Tensor, of: gf.Tensor): gf.Tensor => of[x] as gf.Tensor);
    expect(thrown(() => gf.vmap(bad, { inAxes: [0, null] })(gf.tensor([0, 3], undefined, "int32"), t)).code).toBe("E_INDEX");
  });

  it("set variables to what all have", () => {
    const calls = gf.variable(gf.scalar(0));
    gf.vmap((x: gf.Tensor) => {
      calls.assign(calls.add(1));
      return x;
    })(f64([1, 2, 3]));
    expect(list(calls)).toEqual([1]);
    const error = thrown(() => gf.vmap((x: gf.Tensor) => calls.assign(x))(gf.tensor([1, 2])));
    expect([error.code, error.message.includes("assigned a value that differs between examples")]).toEqual(["U_VMAP", true]);
    expect(list(calls)).toEqual([1]);
  });

  it("run one by one where functions run eagerly", () => {
    const seen: number[] = [];
    gf.runFunctionsEagerly(true);
    try {
      const y = gf.vmap((x: gf.Tensor) => {
        seen.push(...list(x));
        return x.mul(2);
      })(f64([1, 2, 3]));
      expect(list(y)).toEqual([2, 4, 6]);
    } finally {
      gf.runFunctionsEagerly(false);
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  it("loop in the graph where an op has no rule", () => {
    const f = gf.graphFunction(
      (x: gf.Tensor): gf.Tensor => gf.vmap((t: gf.Tensor) => gf.image.cropAndResize(t, [[0, 0, 1, 1]], [0], [2, 2]))(x),
    );
    expect(String(f.explain(gf.zeros([2, 1, 4, 4, 1])))).toMatch(/for .*\n.*cropAndResize/s);
  });
});

describe("refuses", () => {
  const x = f64([1, 2, 3]);
  const id = (t: gf.Tensor): gf.Tensor => t;
  const code = (run: () => unknown): string => thrown(run).code;

  it("examples that do not fit", () => {
    const error = thrown(() => gf.vmap((a: gf.Tensor, b: gf.Tensor) => a.add(b))(x, f64([1, 2])));
    expect(error.code).toBe("E_SHAPE");
    expect(error.message).toContain("argument 0 has 3 examples along axis 0, but argument 1 has 2 examples along axis 0");
    expect(code(() => gf.vmap(id)(f64(1)))).toBe("E_AXIS");
    expect(code(() => gf.vmap(id, { inAxes: 1 })(x))).toBe("E_AXIS");
    expect(code(() => gf.vmap(id, { inAxes: [0, 0] })(x))).toBe("E_ARGUMENT");
    expect(code(() => gf.vmap(id, { inAxes: null })(x))).toBe("E_ARGUMENT");
    expect(code(() => gf.vmap(id, { inAxes: 0.5 })(x))).toBe("E_ARGUMENT");
    expect(code(() => gf.vmap(id, { outAxes: 2 })(x))).toBe("E_AXIS");
    expect(code(() => gf.vmap(id, { outAxes: null })(x))).toBe("E_ARGUMENT");
    expect(code(() => gf.vmap(id, { outAxes: [0] })(x))).toBe("E_ARGUMENT");
    expect(code(() => gf.vmap((t: gf.Tensor) => ({ t }), { outAxes: { u: 0 } })(x))).toBe("E_ARGUMENT");
  });

  it("an f that is none, or gives something else", () => {
    expect(code(() => gf.vmap(3 as never))).toBe("E_ARGUMENT");
    expect(code(() => gf.vmap(() => 3 as never)(x))).toBe("E_ARGUMENT");
    expect(code(() => gf.vmap((t: gf.Tensor) => [t, "a" as never])(x))).toBe("E_ARGUMENT");
    expect(code(() => gf.vmap(async (t: gf.Tensor) => t)(x))).toBe("E_ARGUMENT");
  });

  it("arrays that grow, and recursion", () => {
    const grows = gf.graphFunction((t: gf.Tensor): gf.Tensor => {
      const found: gf.Tensor[] = [];
      while (t > 0) {
        found.push(t);
        t = t - 1;
      }
      return gf.stack(found).sum();
    });
    const error = thrown(() => gf.vmap(grows)(x));
    expect([error.code, error.message.includes("`found`")]).toEqual(["U_VMAP", true]);
    expect(error.at?.file).toMatch(/vmap\.test\.ts$/);
    const factorial = gf.graphFunction((n: gf.Tensor): gf.Tensor => {
      if (n <= 1) return n;
      return n * factorial(n - 1);
    });
    expect(thrown(() => gf.vmap(factorial)(x)).message).toContain("calls itself as deep as the data decides");
  });

  it("a tape from outside", () => {
    const f = gf.graphFunction((t: gf.Tensor): gf.Tensor => {
      const tape = gf.gradientTape();
      tape.watch(t);
      return gf.vmap((u: gf.Tensor) => tape.gradient(u.square(), u))(t);
    });
    expect(code(() => f(x))).toBe("U_UNSUPPORTED");
  });
});
