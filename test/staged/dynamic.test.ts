/** Shapes that differ between paths and rounds: found while the graph runs, as in eager mode. */
import * as gf from "graphfn";
import { $ } from "graphfn/autograph";
import { describe, expect, it } from "vitest";
import { graph, thrown, type V } from "./emitted.ts";

describe("a branch whose arms have other lengths", () => {
  const pick = graph("pick", ["c", "x", "y"], (c: V, x: V, y: V) => {
    let z: V = x;
    $.if(
      "2:3",
      $.vars(
        () => ({ z }),
        ($v: V) => {
          ({ z } = $v);
        },
      ),
      $.gt(c, 0),
      () => {
        z = $.mul(x, 2);
      },
      () => {
        z = $.add(y, 1);
      },
    );
    return $.sub(z, 1);
  });

  it("gives the one that was taken", () => {
    const [x, y] = [gf.tensor([1, 2]), gf.tensor([1, 2, 3])];
    expect(pick(gf.scalar(1), x, y).arraySync()).toEqual([1, 3]);
    expect(pick(gf.scalar(0), x, y).arraySync()).toEqual([1, 2, 3]);
    expect(pick.traces).toBe(1);
  });

  it("is run node by node, and explain says of which variable", () => {
    const text = pick.explain(gf.scalar(1), gf.zeros([2]), gf.zeros([3])).text();
    expect(text).toContain("Interpreted: the shape of `z` depends on data (f32[?0]).");
  });

  it("of other ranks is refused by name", () => {
    expect(thrown(() => pick(gf.scalar(1), gf.zeros([2]), gf.zeros([2, 2])))).toMatchObject({
      code: "E_SHAPE",
      message: expect.stringMatching(/`z` has shape \[2\] in one branch .*and \[2,2\] in the other/),
    });
  });

  it("fails where the lengths do not fit after all", () => {
    const f = graph("misfit", ["c", "x", "y"], (c: V, x: V, y: V) =>
      $.add(
        $.select(
          "2:3",
          $.gt(c, 0),
          () => x,
          () => y,
        ),
        gf.ones([2]),
      ),
    );
    const [x, y] = [gf.tensor([1, 2]), gf.tensor([1, 2, 3])];
    expect(f(gf.scalar(1), x, y).arraySync()).toEqual([2, 3]);
    expect(thrown(() => f(gf.scalar(0), x, y))).toMatchObject({ code: "E_SHAPE", message: expect.stringContaining("dynamic.test.ts") });
  });
});

describe("a loop that changes lengths", () => {
  const loop = (name: string, params: string[], test: (s: V) => V, body: (s: V) => V, result: (s: V) => V) =>
    graph(name, params, (...args: V[]) => {
      let s: V = Object.fromEntries(params.map((p, i) => [p, args[i]]));
      $.while(
        "2:3",
        $.vars(
          () => ({ ...s }),
          ($v: V) => {
            s = $v;
          },
        ),
        () => test(s),
        () => {
          s = { ...s, ...body(s) };
        },
      );
      return result(s);
    });

  it("grows by concat, with a count beside it", () => {
    const f = loop(
      "grow",
      ["n", "acc"],
      (s) => $.gt(s.n, 0),
      (s) => ({ n: $.sub(s.n, 1), acc: gf.concat([s.acc, $.mul(s.acc, 2)]) }),
      (s) => s.acc,
    );
    expect(f(gf.scalar(3, "int32"), gf.tensor([1])).arraySync()).toEqual([1, 2, 2, 4, 2, 4, 4, 8]);
    expect(f(gf.scalar(0, "int32"), gf.tensor([1])).arraySync()).toEqual([1]);
    expect(f.traces).toBe(1);
  });

  it("halves until one is left", () => {
    const f = loop(
      "halve",
      ["k", "x"],
      (s) => $.gt(s.k, 1),
      (s) => ({ k: $.div(s.k, 2), x: gf.sum(gf.reshape(s.x, [-1, 2]), 1) }),
      (s) => s.x,
    );
    expect(f(gf.scalar(8), gf.tensor([1, 2, 3, 4, 5, 6, 7, 8])).arraySync()).toEqual([36]);
  });

  it("a state of one row meets rows", () => {
    const f = loop(
      "rnn",
      ["n", "h", "x"],
      (s) => $.gt(s.n, 0),
      (s) => ({ n: $.sub(s.n, 1), h: gf.tanh($.add(s.h, s.x) as V) }),
      (s) => s.h,
    );
    const x = gf.tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const eager = x.tanh().add(x).tanh().arraySync();
    expect(f(gf.scalar(2, "int32"), gf.zeros([1, 2]), x).arraySync()).toEqual(eager);
  });

  it("two lengths that grow together stay apart by name", () => {
    const f = loop(
      "two",
      ["n", "a", "b"],
      (s) => $.gt(s.n, 0),
      (s) => ({ n: $.sub(s.n, 1), a: gf.concat([s.a, gf.ones([1])]), b: s.a }),
      (s) => [s.a, s.b],
    );
    const [a, b] = f(gf.scalar(3, "int32"), gf.tensor([1]), gf.tensor([5, 5])) as gf.Tensor[];
    expect([a?.shape, b?.shape]).toEqual([[4], [3]]);
  });

  it("a length that depends on data is no number for JavaScript", () => {
    const f = loop(
      "length",
      ["n", "acc"],
      (s) => $.gt(s.n, 0),
      (s) => ({ n: $.sub(s.n, 1), acc: gf.concat([s.acc, s.acc]) }),
      (s) => s.acc.shape[0],
    );
    const read = thrown(() => f(gf.scalar(3, "int32"), gf.tensor([1])));
    expect(read).toMatchObject({
      code: "E_SYMBOLIC",
      message: expect.stringContaining("The length of axis 0 of `acc` (f32[?0]) was read"),
    });
    const g = loop(
      "size",
      ["n", "acc"],
      (s) => $.gt(s.n, 0),
      (s) => ({ n: $.sub(s.n, 1), acc: gf.concat([s.acc, s.acc]) }),
      (s) => s.acc.size,
    );
    expect(thrown(() => g(gf.scalar(3, "int32"), gf.tensor([1])))).toMatchObject({ code: "E_SYMBOLIC" });
  });

  it("a length that depends on data is a tensor by lengthOf", () => {
    const f = loop(
      "mean",
      ["n", "acc"],
      (s) => $.lt(gf.lengthOf(s.acc), s.n),
      (s) => ({ acc: gf.concat([s.acc, $.add(s.acc, 1)]) }),
      (s) => $.div(gf.sum(s.acc), gf.lengthOf(s.acc)),
    );
    expect(f(gf.scalar(4, "int32"), gf.tensor([1])).item()).toBe(2);
    expect(gf.lengthOf(gf.zeros([2, 3]), -1).item()).toBe(3);
  });

  it("a loop over rows of a tensor of such a length", () => {
    const f = graph("rows", ["n", "x"], (n: V, x: V) => {
      let acc = x;
      $.while(
        "2:3",
        $.vars(
          () => ({ n, acc }),
          ($v: V) => {
            ({ n, acc } = $v);
          },
        ),
        () => $.gt(n, 0),
        () => {
          acc = gf.concat([acc, x]);
          n = $.sub(n, 1);
        },
      );
      let total: V = 0;
      $.forOf(
        "3:3",
        $.vars(
          () => ({ total }),
          ($v: V) => {
            ({ total } = $v);
          },
        ),
        acc,
        (row: V) => {
          total = $.add($.mul(total, 2), row);
        },
      );
      return total;
    });
    expect(f(gf.scalar(2, "int32"), gf.tensor([1])).item()).toBe(7);
  });
});
