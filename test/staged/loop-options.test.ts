/** `loop.options`: bounds, unrolling and checkpoints, as emitted code hands them over; eager = staged, and what is refused. */
import * as gf from "graphfn";
import { $ } from "graphfn/autograph";
import { describe, expect, it } from "vitest";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import { printGraph } from "../../runtime/src/ir/print.ts";
import { mostOnStacks } from "../support/stacks.ts";
import { graph, thrown, type V } from "./emitted.ts";

const f64 = (x: number | number[]) => gf.tensor(x, undefined, "float64");
type Options = gf.LoopOptions;
type Three = [V, V, V];

/** while (n > 1) { n = n / 2; steps += 1; } */
function halving(options: Options) {
  return (n: V): V => {
    let steps: V = $.lit(0);
    const vars = $.vars(
      () => ({ n, steps }),
      ($v) => {
        ({ n, steps } = $v);
      },
    );
    const round = () => {
      n = $.div(n, 2);
      steps = $.add(steps, 1);
    };
    $.while("3:3", vars, () => $.gt(n, 1), round, undefined, options);
    return $.add($.mul(n, 100), steps);
  };
}

/** for (const r of rows) h = tanh(h * r + w) */
function recurrent(options: Options | undefined) {
  return (rows: V, h: V, w: V): V => {
    const vars = $.vars(
      () => ({ h }),
      ($v) => {
        ({ h } = $v);
      },
    );
    const round = (r: V) => {
      h = ($.add($.mul(h, r), w) as gf.Tensor).tanh();
    };
    $.forOf("3:3", vars, rows, round, undefined, options);
    return h;
  };
}

/** let i = 0; do { x = sin(x) * w; i += 1; } while (i < n) */
function counted(options: Options | undefined) {
  return (x: V, w: V, n: V): V => {
    let i: V = $.lit(0);
    const vars = $.vars(
      () => ({ x, i }),
      ($v) => {
        ({ x, i } = $v);
      },
    );
    const round = () => {
      x = $.mul(x.sin(), w);
      i = $.add(i, 1);
    };
    $.doWhile("3:3", vars, round, () => $.lt(i, n), undefined, options);
    return x;
  };
}

const both = (fn: (...args: V[]) => V, ...args: V[]) => [fn(...args), graph("f", ["n"], fn)(...args)].map((t: V) => t.arraySync());

describe("maxIterations", () => {
  it("lets a loop end within it", () => {
    expect(both(halving({ maxIterations: 4 }), f64(16))).toEqual([104, 104]);
    expect(both(counted({ maxIterations: 3 }), f64(1), f64(1), f64(3))).toEqual(both(counted(undefined), f64(1), f64(1), f64(3)));
  });
  it("ends it there, or is an error with the place", () => {
    expect(both(halving({ maxIterations: 3, onMax: "stop" }), f64(16))).toEqual([203, 203]);
    const fn = halving({ maxIterations: 3 });
    expect(thrown(() => fn(f64(16))).code).toBe("E_MAX_ITERATIONS");
    const error = thrown(() => graph("f", ["n"], fn)(f64(16)));
    expect(error).toMatchObject({ code: "E_MAX_ITERATIONS", at: { file: "f.ts", line: 3, column: 3 } });
    expect(error.message).toContain("while loop has run 3 times");
    expect(thrown(() => counted({ maxIterations: 2 })(f64(1), f64(1), f64(3))).code).toBe("E_MAX_ITERATIONS");
    expect(thrown(() => graph("f", [], counted({ maxIterations: 2 }))(f64(1), f64(1), f64(3))).code).toBe("E_MAX_ITERATIONS");
  });
  it("counts the rows of tensors and the elements of arrays", () => {
    const args: Three = [f64([0.5, 0.25, 2]), f64(1), f64(0.5)];
    const two = both(recurrent(undefined), f64([0.5, 0.25]), f64(1), f64(0.5));
    expect(both(recurrent({ maxIterations: 2, onMax: "stop" }), ...args)).toEqual(two);
    expect(both((...given: V[]) => recurrent({ maxIterations: 2, onMax: "stop" })([0.5, 0.25, 2], given[1], given[2]), ...args)).toEqual(
      two,
    );
    for (const rows of [args[0], [0.5, 0.25, 2]]) {
      const fn = (h: V, w: V): V => recurrent({ maxIterations: 2 })(rows, h, w);
      expect(thrown(() => fn(args[1], args[2])).code).toBe("E_MAX_ITERATIONS");
      expect(thrown(() => graph("f", [], fn)(args[1], args[2])).code).toBe("E_MAX_ITERATIONS");
    }
  });
  it("is caught by catch, on the path where it happens", () => {
    const fn = (n: V): V => {
      let y: V = n;
      const vars = $.vars(
        () => ({ y }),
        ($v) => {
          ({ y } = $v);
        },
      );
      const caught = $.try(
        "2:3",
        vars,
        () => {
          y = halving({ maxIterations: 3 })(n);
        },
        () => {
          y = $.lit(-1);
        },
      );
      return $.finish($.then("5:3", vars, caught, () => $.return(y)));
    };
    expect(both(fn, f64(16))).toEqual([-1, -1]);
    expect(both(fn, f64(8))).toEqual([103, 103]);
  });
});

describe("unroll", () => {
  const args: Three = [f64([0.5, 0.25, 2, 0.75, -1]), f64(1), f64(0.5)];
  it("true goes over the rows of a tensor while tracing", () => {
    const fn = graph("f", ["rows", "h", "w"], recurrent({ unroll: true }));
    expect(fn(...args).arraySync()).toEqual(recurrent(undefined)(...args).arraySync());
    expect(printGraph(fn.graph(...args))).not.toMatch(/\b(?:for|while)\b/);
  });
  it.each([1, 2, 3, 5, 7])("%i bodies stand in a round, and the rest after the loop", (unroll) => {
    const fn = graph("f", ["rows", "h", "w"], recurrent({ unroll }));
    expect(fn(...args).arraySync()).toEqual(recurrent(undefined)(...args).arraySync());
    expect(printGraph(fn.graph(...args)).match(/tanh/g)).toHaveLength(unroll > 5 ? 5 : unroll + (5 % unroll));
    for (const n of [1, 2, 16, 100]) expect(both(halving({ unroll }), f64(n))).toEqual(both(halving({}), f64(n)));
  });
  it("true is refused where the graph decides, false where JavaScript does", () => {
    expect(thrown(() => graph("f", ["n"], halving({ unroll: true }))(f64(3)))).toMatchObject({ code: "E_UNROLL", at: { line: 3 } });
    const plain = (h: V, w: V): V => recurrent({ unroll: false })([1, 2], h, w);
    expect(thrown(() => graph("f", ["h", "w"], plain)(f64(3), f64(3))).code).toBe("E_UNROLL");
    expect(plain(f64(3), f64(3)).arraySync()).toEqual(recurrent(undefined)([1, 2], f64(3), f64(3)).arraySync());
  });
});

/** Written by a user, through the transform: the vitest plugin of the tests. */
const collatz = gf.graphFunction((n: gf.Tensor, most: number): gf.Tensor => {
  let steps: gf.Tensor = 0;
  while (n > 1) {
    gf.loop.options({ maxIterations: most, onMax: "stop" });
    n = n % 2 === 0 ? n / 2 : 3 * n + 1;
    steps++;
  }
  return n * 100 + steps;
});
const rounds = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
  let done: gf.Tensor = 0;
  try {
    do {
      gf.loop.options({ maxIterations: 4 });
      x -= 1;
      done++;
    } while (x > 0);
  } catch {
    return -done;
  }
  return done;
});
const mixed = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
  let last = 0;
  for (let i = 0; i < 5; i++) {
    gf.loop.options({ maxIterations: 3, onMax: "stop" });
    x += i;
    last = i;
  }
  for (const k of [1, 2, 3]) {
    gf.loop.options({ maxIterations: 2, onMax: "stop" });
    if (x > 100) break;
    x *= k;
  }
  do {
    gf.loop.options({ maxIterations: 2, onMax: "stop" });
    last++;
  } while (last < 10);
  return x * 10 + last;
});

describe("in marked functions", () => {
  const eagerly = <T>(body: () => T): T => {
    gf.runFunctionsEagerly(true);
    try {
      return body();
    } finally {
      gf.runFunctionsEagerly(false);
    }
  };
  const ways = (body: () => gf.Tensor) => [eagerly(body).arraySync(), body().arraySync()];
  it("bounds hold in every kind of loop, eager and staged", () => {
    expect(ways(() => collatz(f64(6), 3))).toEqual([503, 503]);
    expect(ways(() => collatz(f64(6), 100))).toEqual([108, 108]);
    expect(ways(() => rounds(f64(3)))).toEqual([3, 3]);
    expect(ways(() => rounds(f64(4)))).toEqual([4, 4]);
    expect(ways(() => rounds(f64(5)))).toEqual([-4, -4]);
    expect(ways(() => mixed(f64(1)))).toEqual([84, 84]);
    expect(ways(() => mixed(f64(99)))).toEqual([1024, 1024]);
  });
  it("bounds count the elements of datasets, a smaller last batch too", () => {
    const rows = gf.tensor([[1], [2], [3], [4], [5]], undefined, "float64");
    const batches = gf.data.fromTensorSlices(rows).batch(2);
    const sum = (most: number, onMax: "throw" | "stop") =>
      gf.graphFunction((start: gf.Tensor): gf.Tensor => {
        let total: gf.Tensor = start;
        for (const batch of batches) {
          gf.loop.options({ maxIterations: most, onMax });
          total = total.add(batch.sum());
        }
        return total;
      })(f64(0));
    expect([1, 2, 3, 4].flatMap((most) => ways(() => sum(most, "stop")))).toEqual([3, 3, 10, 10, 15, 15, 15, 15]);
    expect(ways(() => sum(3, "throw"))).toEqual([15, 15]);
    expect(thrown(() => sum(2, "throw")).code).toBe("E_MAX_ITERATIONS");
    expect(thrown(() => eagerly(() => sum(2, "throw"))).code).toBe("E_MAX_ITERATIONS");
  });
  it("are shown by explain", () => {
    const { decisions } = collatz.explain(f64(6), 3);
    expect(decisions.map(([, , , reason]) => reason)).toContain('`n > 1` is a Tensor; options { maxIterations: most, onMax: "stop" }');
  });
});

describe("options", () => {
  it("are checked, eagerly too", () => {
    for (const options of [
      { maxIterations: 0 },
      { maxIterations: 1.5 },
      { onMax: "go" },
      { unroll: 0 },
      { checkpoint: "log" },
      { parallel: 4 },
    ]) {
      expect(thrown(() => halving(options as Options)(f64(3))).code).toBe("E_ARGUMENT");
      expect(thrown(() => graph("f", ["n"], halving(options as Options))(f64(3))).code).toBe("E_ARGUMENT");
    }
  });
  it("need the transform where they change what a loop does", () => {
    expect(thrown(() => gf.loop.options({ maxIterations: 3 })).code).toBe("E_UNTRANSFORMED");
    gf.loop.options({ unroll: true, checkpoint: "sqrt" });
  });
});

describe("checkpoint", () => {
  const rows = f64(Array.from({ length: 23 }, (_, i) => Math.sin(i) + 0.5));
  const gradients = (fn: V, ...args: gf.Tensor[]): unknown =>
    gf
      .valueAndGrads((...xs: gf.Tensor[]) => fn(...xs))(args)
      .grads.map((t) => t.arraySync());
  it.each([1, 2, 5, 22, 23, 100, "sqrt" as const])("%s: values and gradients are those without, to the bit", (checkpoint) => {
    const [one, other] = [undefined, { checkpoint }].map((options) => graph("f", ["rows", "h", "w"], recurrent(options)));
    expect(gradients(other, rows, f64(0.3), f64(-0.2))).toEqual(gradients(one, rows, f64(0.3), f64(-0.2)));
    for (const n of [1, 2, 7, 30]) {
      const [a, b] = [undefined, { checkpoint }].map((options) => graph("f", ["x", "w", "n"], counted(options)));
      expect(gradients(b, f64(0.7), f64(1.3), f64(n))).toEqual(gradients(a, f64(0.7), f64(1.3), f64(n)));
    }
  });
  // Interpreted graphs have no plan, and so none of these stacks.
  it.skipIf(process.env["GRAPHFN_INTERPRET"] === "1")("keeps fewer states, counted in bytes on stacks", () => {
    const long = f64(Array.from({ length: 400 }, (_, i) => Math.sin(i)));
    gf.setBackend("reference");
    const [all, every20, sqrt] = [undefined, 20, "sqrt" as const].map((checkpoint) => {
      const fn = graph("f", ["rows", "h", "w"], recurrent({ checkpoint }));
      return mostOnStacks(() => gradients(fn, long, f64(0.3), f64(-0.2)));
    }) as [number, number, number];
    gf.setBackend("native");
    expect(all).toBeGreaterThanOrEqual(400 * 8);
    expect(every20).toBeLessThan(all / 5);
    expect(sqrt).toBeLessThan(all / 5);
  });
  it("holds within loops, in loops that keep all, and in branches", () => {
    const nested = (inner: Options | undefined, outer: Options | undefined) => (rows: V, h: V, w: V) => {
      const vars = $.vars(
        () => ({ h }),
        ($v) => {
          ({ h } = $v);
        },
      );
      const round = (r: V) => {
        h = recurrent(inner)(rows, $.mul(h, r), w);
        const grow = () => {
          h = recurrent(inner)(rows, h, r);
        };
        $.if("4:3", vars, $.gt(h, 0), grow);
      };
      $.forOf("3:3", vars, rows, round, undefined, outer);
      return h;
    };
    const few = f64([0.4, -0.9, 0.8, 1.2, 0.1]);
    const expected = gradients(graph("f", [], nested(undefined, undefined)), few, f64(0.3), f64(0.2));
    const options = [undefined, { checkpoint: 2 }, { checkpoint: "sqrt" as const }];
    for (const inner of options)
      for (const outer of options) expect(gradients(graph("f", [], nested(inner, outer)), few, f64(0.3), f64(0.2))).toEqual(expected);
  });
  it("stands in the text of the graph, which reads back", () => {
    for (const fn of [
      graph("f", ["rows", "h", "w"], recurrent({ checkpoint: 3 })),
      graph("f", ["x", "w", "n"], counted({ checkpoint: "sqrt" })),
    ]) {
      const text = printGraph(fn.graph(f64([1, 2]), f64(1), f64(1)), { data: "full" });
      expect(text).toMatch(/(?:for|while) checkpoint (?:3|sqrt) /);
      expect(printGraph(parseGraph(text), { data: "full" })).toBe(text);
    }
  });
  it("has gradients of gradients, whose sums have another order", () => {
    const second = (options: Options | undefined): number => {
      const fn = graph("f", [], recurrent(options));
      return gf
        .grad((w) => gf.grad((v) => fn(rows, f64(0.3), v))(w))(f64(-0.2))
        .arraySync() as number;
    };
    expect(second({ checkpoint: 4 })).toBeCloseTo(second(undefined), 12);
    expect(second({ checkpoint: "sqrt" })).toBeCloseTo(second(undefined), 12);
  });
});
