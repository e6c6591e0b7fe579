/** What cannot be staged is refused with a code, the user's names and the place of the construct. */
import * as gf from "graphfn";
import { $ } from "graphfn/autograph";
import { describe, expect, it } from "vitest";
import { graph, thrown, type V } from "./emitted.ts";

const x = () => gf.scalar(1);

describe("conditions", () => {
  it("must be bool", () => {
    const error = thrown(() => graph("f", ["x"], (t: V) => $.if("3:7", $.none, t, () => {}))(x()));
    expect(error.code).toBe("E_PREDICATE");
    expect(error.message).toContain("float32");
    // A tensor that may be missing, in code without types.
    expect(error.hint).toContain("`x != null`");
    expect(error.at).toEqual({ file: "f.ts", line: 3, column: 7 });
  });
  it("must be scalars, eagerly too", () => {
    const f = (t: V) =>
      $.while(
        "3:7",
        $.none,
        () => $.gt(t, 0),
        () => {},
      );
    expect(thrown(() => graph("f", ["x"], f)(gf.tensor([1, 2]))).code).toBe("E_PREDICATE");
    expect(thrown(() => f(gf.tensor([1, 2]))).message).toContain("any()");
  });
});

describe("variables", () => {
  it("assigned on one path only are refused when used, by name", () => {
    const f = graph("f", ["x"], (t: V) => {
      let y: V;
      $.if(
        "3:3",
        $.vars(
          () => ({ y }),
          ($v) => {
            ({ y } = $v);
          },
        ),
        $.gt(t, 0),
        () => {
          y = $.add(t, 1);
        },
      );
      return $.add(y, 1);
    });
    const error = thrown(() => f(x()));
    expect(error.code).toBe("E_UNDEFINED_ON_PATH");
    expect(error.message).toContain("`y`");
    expect(error.at?.line).toBe(3);
  });
  it("with another structure on each path say where both were made", () => {
    const f = graph("f", ["x"], (t: V) => {
      let y: V;
      $.if(
        "3:3",
        $.vars(
          () => ({ y }),
          ($v) => {
            ({ y } = $v);
          },
        ),
        $.gt(t, 0),
        () => {
          y = { lo: t, hi: $.add(t, 1) };
        },
        () => {
          y = { mean: $.mul(t, 2) };
        },
      );
      return y.mean;
    });
    const error = thrown(() => f(x()));
    expect(error.code).toBe("E_UNDEFINED_ON_PATH");
    const lines =
      /`y` is \{ lo, hi \} in one branch \(at \S+refused\.test\.ts:(\d+):\d+\) and \{ mean \} in the other \(at \S+refused\.test\.ts:(\d+):\d+\)/.exec(
        error.message,
      );
    const [first, second] = (lines ?? []).slice(1).map(Number);
    expect(second).toBe((first as number) + 3);
  });
  it("assigned on one path only may be left unused", () => {
    const f = graph("f", ["x"], (t: V) => {
      let y: V;
      $.if(
        "3:3",
        $.vars(
          () => ({ y }),
          ($v) => {
            ({ y } = $v);
          },
        ),
        $.gt(t, 0),
        () => {
          y = $.add(t, 1);
        },
      );
      return t;
    });
    expect(f(x()).item()).toBe(1);
  });
  it("of two strong dtypes are refused with both", () => {
    const f = graph("f", ["x"], (t: V) => {
      let y: V = gf.scalar(1, "int32");
      $.if(
        "4:3",
        $.vars(
          () => ({ y }),
          ($v) => {
            ({ y } = $v);
          },
        ),
        $.gt(t, 0),
        () => {
          y = $.add(t, 1);
        },
      );
      return y;
    });
    const error = thrown(() => f(x()));
    expect(error.code).toBe("E_DTYPE");
    expect(error.message).toMatch(/`y`.*float32.*int32/);
  });
  it("whose rank changes in a loop are refused with both shapes", () => {
    const f = graph("f", ["x"], (t: V) => {
      let y: V = gf.zeros([1]);
      $.while(
        "4:3",
        $.vars(
          () => ({ y }),
          ($v) => {
            ({ y } = $v);
          },
        ),
        () => $.lt(gf.sum(y), t),
        () => {
          y = gf.stack([y, y]);
        },
      );
      return y;
    });
    const error = thrown(() => f(x()));
    expect(error.code).toBe("E_SHAPE");
    expect(error.message).toMatch(
      /`y` has shape \[1\] before the loop \(at \S+:\d+:\d+\) and \[2,1\] after one iteration \(at \S+:\d+:\d+\)/,
    );
  });
  it("take the dtype they meet: a number that starts a sum", () => {
    const f = graph("f", ["x"], (t: V) => {
      let y: V = $.lit(0);
      let i: V = $.lit(0);
      $.while(
        "4:3",
        $.vars(
          () => ({ y, i }),
          ($v) => {
            ({ y, i } = $v);
          },
        ),
        () => $.lt(i, 3),
        () => {
          y = $.add(y, t);
          i = $.add(i, 1);
        },
      );
      return y;
    });
    const r = f(gf.scalar(0.5, "float64"));
    expect([r.dtype, r.item()]).toEqual(["float64", 1.5]);
  });
});

describe("tensors out of place", () => {
  it("of a branch used outside of it", () => {
    let leaked: V;
    const f = graph("f", ["x"], (t: V) => {
      $.if("3:3", $.none, $.gt(t, 0), () => {
        leaked = $.add(t, 1);
      });
      return $.add(leaked, 1);
    });
    expect(thrown(() => f(x())).code).toBe("E_LEAK");
  });
  it("of an earlier trace", () => {
    let leaked: V;
    graph("f", ["x"], (t: V) => {
      leaked = t;
      return t;
    })(x());
    expect(thrown(() => graph("g", ["x"], (t: V) => $.add(t, leaked))(x())).code).toBe("E_LEAK");
    expect(thrown(() => leaked.dataSync()).code).toBe("E_SYMBOLIC");
  });
  it("read back while tracing", () => {
    expect(thrown(() => graph("f", ["x"], (t: V) => t.item() + 1)(x())).code).toBe("E_SYMBOLIC");
  });
});

describe("indices", () => {
  const f = graph("at", ["xs", "i"], (xs: V, i: V) => $.index(xs, i));
  const xs = gf.tensor([10, 20, 30]);
  it("out of range when the graph runs", () => {
    expect(f(xs, gf.scalar(2, "int32")).item()).toBe(30);
    for (const i of [3, -1]) expect(thrown(() => f(xs, gf.scalar(i, "int32"))).code).toBe("E_INDEX");
    expect(f(xs, gf.scalar(0, "int32")).item()).toBe(10);
  });
  it("that are fractions", () => {
    expect(f(xs, gf.scalar(1)).item()).toBe(20);
    expect(thrown(() => f(xs, gf.scalar(1.5))).code).toBe("E_INDEX");
    expect(thrown(() => f(xs, gf.scalar(Number.NaN))).code).toBe("E_INDEX");
  });
  it("out of range while tracing", () => {
    expect(thrown(() => graph("at", ["xs"], (t: V) => $.index(t, 3))(xs)).code).toBe("E_INDEX");
  });
});

describe("endless unrolling", () => {
  it("is refused with the way out", () => {
    const f = graph("f", ["x"], (t: V) => {
      let i = 0;
      $.while(
        "3:3",
        $.vars(
          () => ({ i }),
          ($v) => {
            ({ i } = $v as { i: number });
          },
        ),
        () => i >= 0,
        () => {
          i++;
        },
      );
      return t;
    });
    const error = thrown(() => f(x()));
    expect(error.code).toBe("E_UNROLL");
  });
});
