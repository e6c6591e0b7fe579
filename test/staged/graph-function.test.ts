import * as gf from "graphfn";
import { $ } from "graphfn/autograph";
import { afterEach, describe, expect, it, vi } from "vitest";
import { graph, thrown, type V } from "./emitted.ts";

afterEach(() => {
  gf.runFunctionsEagerly(false);
  vi.restoreAllMocks();
});

describe("traces", () => {
  it("one per dtype, a second one for other lengths, none for other values", () => {
    const f = graph("double", ["x"], (x: V) => $.mul(x, 2));
    expect(f(gf.tensor([1, 2])).arraySync()).toEqual([2, 4]);
    expect(f(gf.tensor([3, 4])).arraySync()).toEqual([6, 8]);
    expect(f.traces).toBe(1);
    f(gf.tensor([1, 2, 3]));
    f(gf.tensor([1, 2], undefined, "int32"));
    expect(f.traces).toBe(3);
    f(gf.tensor([1, 2]));
    expect(f.traces).toBe(3);
  });

  it("one per plain value", () => {
    const f = graph("scale", ["x", "k"], (x: V, k: V) => $.mul(x, k));
    expect(f(gf.scalar(2), 3).item()).toBe(6);
    expect(f(gf.scalar(2), 4).item()).toBe(8);
    expect(f(gf.scalar(5), 3).item()).toBe(15);
    expect(f.traces).toBe(2);
  });

  it("a captured variable that changes is another trace, never a stale value", () => {
    let k = 1;
    const f = graph(
      "scale",
      ["x"],
      (x: V) => $.mul(x, k),
      () => [k],
    );
    expect(f(gf.scalar(10)).item()).toBe(10);
    k = 7;
    expect(f(gf.scalar(10)).item()).toBe(70);
    expect(f.traces).toBe(2);
  });

  it("says why it was traced many times, once", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const f = graph("scale", ["x", "k"], (x: V, k: V) => $.mul(x, k));
    for (let k = 0; k < 12; k++) f(gf.scalar(1), k);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]?.[0]).toContain("`k` is 8 instead of 7");
  });

  it("says what changed by name and place; onRetrace is told, or refuses", () => {
    let rate = 0.1;
    const layers = [{ k: 1 }];
    const told: gf.Retrace[] = [];
    const make = (onRetrace: unknown) =>
      $.graphFunction(
        () => ({
          version: 1,
          name: "f",
          file: "f.ts",
          at: "1:1",
          params: ["x"],
          captures: ["rate@model.ts:7:9", "layers@model.ts:8:9"],
          decisions: [],
          options: { onRetrace },
        }),
        (x: V) => $.mul($.mul(x, rate), layers[0]?.k),
        () => [rate, $.contents(layers)],
      ) as V;
    const [f, strict] = [make((retrace: gf.Retrace) => told.push(retrace)), make("throw")];
    f(gf.scalar(1));
    strict(gf.scalar(1));
    rate = 0.2;
    const refused = thrown(() => strict(gf.scalar(1)));
    expect([refused.code, refused.message]).toEqual([
      "E_RETRACE",
      expect.stringContaining("f (f.ts:1:1) would be traced again: `rate` (model.ts:7:9) changed from 0.1 to 0.2."),
    ]);
    f(gf.scalar(1));
    (layers[0] as { k: number }).k = 3;
    expect(f(gf.scalar(1)).item()).toBeCloseTo(0.6);
    expect(told).toEqual([
      { name: "f", at: "f.ts:1:1", traces: 1, reason: "`rate` (model.ts:7:9) changed from 0.1 to 0.2" },
      { name: "f", at: "f.ts:1:1", traces: 2, reason: "`layers[0].k` (model.ts:8:9) changed from 1 to 3" },
    ]);
    expect(String(f.explain(gf.scalar(1)))).toContain("`layers[0].k` (model.ts:8:9) changed from 1 to 3");
  });

  it("keeps at most maxTraces", () => {
    const f = $.graphFunction(
      () => ({ version: 1, name: "f", file: "f.ts", at: "1:1", params: ["x"], decisions: [], options: { maxTraces: 2 } }),
      (x: V) => $.neg(x),
    ) as V;
    for (const dtype of ["float32", "int32", "float64", "float32"] as const) f(gf.zeros([1], dtype));
    expect(f.traces).toBe(4);
  });
});

describe("arguments and results", () => {
  it("arrays and objects of tensors", () => {
    const f = graph("swap", ["pair", "o"], (pair: V, o: V) => ({ a: pair[1], b: [pair[0], $.add(o.x, o.k)], tag: "fixed" }));
    const r = f([gf.scalar(1), gf.scalar(2)], { x: gf.scalar(3), k: 4 });
    expect([r.a.item(), r.b[0].item(), r.b[1].item(), r.tag]).toEqual([2, 1, 7, "fixed"]);
  });

  it("an argument returned as it is, and twice", () => {
    const f = graph("same", ["x"], (x: V) => [x, x]);
    const x = gf.tensor([1, 2, 3]);
    const [a, b] = f(x) as [gf.Tensor, gf.Tensor];
    x.dispose();
    expect(a.arraySync()).toEqual([1, 2, 3]);
    a.dispose();
    expect(b.arraySync()).toEqual([1, 2, 3]);
  });

  it("nothing", () => {
    expect(graph("nothing", [], () => undefined)()).toBeUndefined();
  });

  it("captured tensors, small and large, survive their disposal", () => {
    const small = gf.tensor([1, 2]);
    const large = gf.range(0, 1000);
    const f = graph("sum", ["x"], (x: V) => $.add(gf.sum($.mul(large, x) as gf.Tensor), gf.sum(small)));
    expect(f(gf.scalar(2)).item()).toBe(999_003);
    small.dispose();
    large.dispose();
    gf.zeros([1000]);
    expect(f(gf.scalar(1)).item()).toBe(499_503);
  });

  it("a disposed argument is named", () => {
    const f = graph("neg", ["x"], (x: V) => $.neg(x));
    const x = gf.tensor([1, 2, 3]);
    f(x);
    x.dispose();
    expect(thrown(() => f(x)).code).toBe("E_DISPOSED");
  });
});

describe("inside each other", () => {
  it("a graph function called while tracing becomes part of the graph", () => {
    const inner = graph("inner", ["x"], (x: V) => $.mul(x, 3));
    const outer = graph("outer", ["x"], (x: V) => $.add(inner(x), 1));
    expect(outer(gf.scalar(2)).item()).toBe(7);
    expect([outer.traces, inner.traces]).toEqual([1, 0]);
  });

  it("an error while tracing leaves no half-made trace", () => {
    let broken = true;
    const f = graph("f", ["x"], (x: V) => {
      if (broken) throw new TypeError("not yet");
      return $.add(x, 1);
    });
    expect(() => f(gf.scalar(1))).toThrow("not yet");
    expect(gf.executingEagerly()).toBe(true);
    broken = false;
    expect(f(gf.scalar(1)).item()).toBe(2);
    expect(f.traces).toBe(1);
  });
});

describe("printing", () => {
  it("happens when the graph runs, in order, on every run", () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation(
      (...args: unknown[]) => void lines.push(args.map((a) => (a instanceof gf.Tensor ? String(a.item()) : String(a))).join(" ")),
    );
    const f = graph("count", ["n"], (n: V) => {
      let i: V = $.lit(0);
      $.log("2:3", "log", "start", n);
      $.while(
        "3:3",
        $.vars(
          () => ({ i }),
          ($v) => {
            ({ i } = $v);
          },
        ),
        () => $.lt(i, n),
        () => {
          $.log("4:5", "log", "i =", i);
          i = $.add(i, 1);
        },
      );
      $.log("5:3", "log", "end");
      return i;
    });
    f(gf.scalar(2, "int32"));
    f(gf.scalar(1, "int32"));
    expect(lines).toEqual(["start 2", "i = 0", "i = 1", "end", "start 1", "i = 0", "end"]);
    expect(f.traces).toBe(1);
  });

  it("may call the same graph function again", () => {
    const f: V = graph("f", ["x"], (x: V) => {
      $.log("1:1", "log", x);
      return $.add(x, 1);
    });
    vi.spyOn(console, "log").mockImplementation((t: unknown) => {
      const value = (t as gf.Tensor).item() as number;
      if (value < 30) expect(f(gf.scalar(value + 10)).item()).toBe(value + 11);
    });
    expect(f(gf.scalar(1)).item()).toBe(2);
  });

  it("an exception of the console ends the run and leaves the function usable", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {
      throw new RangeError("full");
    });
    const f = graph("f", ["x"], (x: V) => {
      $.log("1:1", "log", x);
      return $.add(x, 1);
    });
    expect(() => f(gf.scalar(1))).toThrow("full");
    log.mockImplementation(() => {});
    expect(f(gf.scalar(1)).item()).toBe(2);
  });
});

describe("whole numbers without a dtype", () => {
  const squareOften = (n: V) => {
    let i: V = $.lit(3);
    let k: V = $.lit(0);
    $.while(
      "3:3",
      $.vars(
        () => ({ i, k }),
        ($v) => {
          ({ i, k } = $v);
        },
      ),
      () => $.lt(k, n),
      () => {
        i = $.mul(i, i);
        k = $.add(k, 1);
      },
    );
    return i;
  };
  it("never wrap around: the overflow is an error, eagerly and in a graph", () => {
    const f = graph("squareOften", ["n"], squareOften);
    expect(f(gf.scalar(4)).item()).toBe(3 ** 16);
    expect(thrown(() => f(gf.scalar(5))).code).toBe("E_OVERFLOW");
    gf.runFunctionsEagerly(true);
    expect(thrown(() => f(gf.scalar(5))).code).toBe("E_OVERFLOW");
  });
  it("take a dtype that they meet, and then wrap or grow as it does", () => {
    const f = graph("f", ["x"], (x: V) => $.mul($.mul(x, 65536), 65536));
    expect(f(gf.scalar(1, "int32")).item()).toBe(0);
    expect(f(gf.scalar(1, "float64")).item()).toBe(2 ** 32);
  });
});
