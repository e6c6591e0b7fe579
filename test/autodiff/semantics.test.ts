/** What tapes see, when, and what they leave behind: eager and in graph functions alike. */
import * as gf from "graphfn";
import { expect, test } from "vitest";

const f64 = (x: number | number[]) => gf.tensor(x, undefined, "float64");
const numbers = (t: gf.Tensor | null | undefined): number[] => [...(t as gf.Tensor).dataSync()];

test("a variable beside a watched tensor is seen, eager, in a graph and compiled", () => {
  const w = gf.variable(f64([2, 3]), true, "w");
  const f = (x: gf.Tensor): gf.Tensor => x.mul(w).sum();
  const gradients = (h: typeof f) => (x: gf.Tensor) => {
    const tape = gf.gradientTape();
    tape.watch(x);
    return tape.gradient(h(x), [x, w]);
  };
  const x = f64([5, 7]);
  for (const g of [gradients(f), gf.graphFunction(gradients(f)), gradients(gf.graphFunction(f))]) {
    expect((g(x) as gf.Tensor[]).map(numbers)).toEqual([
      [2, 3],
      [5, 7],
    ]);
  }
});

test("operators on variables", () => {
  const v = gf.variable(f64(3), true, "v");
  const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    let y: gf.Tensor = v * 0.5;
    if (v > 1) y = y + v ** 2;
    return y + x - -v;
  });
  expect(numbers(f(f64(1)))).toEqual([14.5]);
});

test("a tape keeps what an inner tape computed, when that ends", () => {
  const w = gf.variable(f64([2, 3]), true, "w");
  const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => x.mul(w).square().sum());
  const x = f64([5, 7]);
  for (const h of [f, f.original as typeof f]) {
    const outer = gf.gradientTape();
    outer.watch(x);
    const inner = gf.gradientTape();
    inner.watch(x);
    const y = gf.tidy(() => h(x));
    const dw = inner.gradient(y, w);
    // d/dw Σ x²w² = 2x²w; d/dx of its sum = 4xw, d/dw = 2x²
    expect(outer.gradient(dw, [x, w]).map(numbers)).toEqual([
      [40, 84],
      [50, 98],
    ]);
  }
});

test("a loop whose condition is a branch may assign variables in its body", () => {
  const v = gf.variable(f64(1), true, "v");
  const f = gf.graphFunction((n: gf.Tensor): gf.Tensor => {
    let i: gf.Tensor = 0;
    while (i < n && v < 10) {
      v.assign(v.mul(2));
      i += 1;
    }
    return v.add(0);
  });
  expect([numbers(f(f64(3))), numbers(f(f64(9))), numbers(v)]).toEqual([[8], [16], [16]]);
});

test("variables assigned in branches and loops: what is read counts, wherever it was assigned", () => {
  const v = gf.variable(f64(0), true, "v");
  const marked = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    let y: gf.Tensor = x.mul(v);
    let i: gf.Tensor = 0;
    while (i < 3) {
      if (y > 20) v.assign(y.mul(0.5));
      else v.assignAdd(1);
      y = y.add(v.mul(x));
      i += 1;
    }
    return y.add(v);
  });
  const inside = gf.graphFunction((x: gf.Tensor) => {
    const tape = gf.gradientTape();
    tape.watch(x);
    return tape.gradient(marked(x), [x, v]);
  });
  const outside = (x: gf.Tensor) => {
    const tape = gf.gradientTape();
    tape.watch(x);
    return tape.gradient(marked(x), [x, v]);
  };
  const run = (g: (x: gf.Tensor) => unknown, eagerly: boolean) => {
    v.assign(f64(2));
    gf.runFunctionsEagerly(eagerly);
    const [dx, dv] = g(f64(4)) as [gf.Tensor, gf.Tensor];
    gf.runFunctionsEagerly(false);
    return [numbers(dx), numbers(dv), numbers(v)];
  };
  // Four reads times x, one alone: y = 8, v = 3, y = 20, v = 4, y = 36, v = 18, y = 108.
  expect(run(outside, true)).toEqual([[27], [17], [18]]);
  expect(run(outside, false)).toEqual([[27], [17], [18]]);
  expect(run(inside, false)).toEqual([[27], [17], [18]]);
});

test("what stopRecording runs inside of a loop is not seen there either", () => {
  const gradient = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    const tape = gf.gradientTape();
    tape.watch(x);
    let y = x;
    let i: gf.Tensor = 0;
    while (i < 2) {
      const hidden = tape.stopRecording(() => y.mul(10));
      y = y.mul(3).add(hidden);
      i += 1;
    }
    return tape.gradient(y, x);
  });
  expect(numbers(gradient(f64(1)))).toEqual([9]);
  gf.runFunctionsEagerly(true);
  expect(numbers(gradient(f64(1)))).toEqual([9]);
  gf.runFunctionsEagerly(false);
});

test("a variable, what read() gives, and what it is assigned", () => {
  const v = gf.variable(f64(3), true, "v");
  const body = (x: gf.Tensor) => {
    using tape = gf.gradientTape({ persistent: true });
    tape.watch(x);
    const y = x.mul(x);
    const before = v.read();
    const product = v.mul(before);
    v.assign(y);
    const after = v.mul(5);
    const sum = product.add(after).add(v.value());
    return [...tape.gradient(sum, [v, x]), ...tape.gradient(v, [v, x]), tape.gradient(y, x)];
  };
  const compiled = gf.graphFunction((x: gf.Tensor) => body(x));
  for (const f of [body, compiled]) {
    v.assign(f64(3));
    // 2 · 3 before the assignment, 5 + 1 after it.
    expect(f(f64(2)).map((t) => numbers(t as gf.Tensor))).toEqual([[12], [0], [1], [0], [4]]);
  }
});

test("a gradient in a loop of what the loop carries is refused where earlier iterations would count", () => {
  const early = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    const tape = gf.gradientTape({ persistent: true });
    tape.watch(x);
    let y = x;
    let g = x.mul(0);
    let i: gf.Tensor = 0;
    while (i < 3) {
      y = y.mul(x);
      g = g.add(tape.gradient(y, x));
      i += 1;
    }
    return g;
  });
  expect(() => early(f64(2))).toThrow(/U_UNSUPPORTED.*inside of a loop.*`y`.*Create the tape inside/);
  gf.runFunctionsEagerly(true);
  expect(numbers(early(f64(2)))).toEqual([4 + 12 + 32]);
  gf.runFunctionsEagerly(false);
  const late = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    let y = x;
    let i: gf.Tensor = 0;
    while (i < 3) {
      const tape = gf.gradientTape();
      tape.watch([x, y]);
      const z = y.mul(y).mul(x);
      y = tape.gradient(z, y);
      i += 1;
    }
    return y;
  });
  expect(numbers(late(f64(2)))).toEqual([2 * 4 ** 3]);
});

test("gradients of what are no tensors are refused by name", () => {
  const tape = gf.gradientTape({ persistent: true });
  const x = f64(2);
  for (const bad of [null, undefined, 3, "x", [null]]) {
    expect(() => tape.gradient(x, bad as never)).toThrow(/E_ARGUMENT: gradient: a source is/);
    expect(() => tape.gradient(bad as never, x)).toThrow(/E_ARGUMENT: gradient: the target is/);
    expect(() => tape.watch(bad as never)).toThrow(/E_ARGUMENT: watch: a source is/);
  }
  tape.dispose();
});

test("a tape is used where it was made", () => {
  const made: gf.GradientTape[] = [];
  const keep = (tape: gf.GradientTape): void => void Reflect.apply(Array.prototype.push, made, [tape]);
  const x = f64(2);
  const leak = gf.graphFunction((t: gf.Tensor): gf.Tensor => {
    const tape = gf.gradientTape({ persistent: true });
    tape.watch(t);
    keep(tape);
    return t.mul(t);
  });
  const y = leak(x);
  expect(() => (made[0] as gf.GradientTape).gradient(y, x)).toThrow(/E_TAPE.*in a graph function, but is used outside/);
  expect(() => (made[0] as gf.GradientTape).watch(x)).toThrow("E_TAPE");
  using tape = gf.gradientTape({ persistent: true });
  tape.watch(x);
  expect(() => gf.graphFunction((t: gf.Tensor) => tape.gradient(t.mul(x), x))(x)).toThrow(/E_TAPE.*outside of the graph function/);
  expect(numbers(tape.gradient(x.mul(x), x))).toEqual([4]);
});

test("recording windows, intermediate sources, unconnected ones: the same eager and in graphs", () => {
  const [fixed, free] = [gf.variable(f64(3), false, "fixed"), gf.variable(f64(5), true, "free")];
  const cases: Record<string, [(x: gf.Tensor) => (gf.Tensor | null | number)[], (number | null)[]]> = {
    "watched after use": [
      (x) => {
        const tape = gf.gradientTape();
        const y = x.mul(x);
        tape.watch(x);
        return [tape.gradient(y.add(x.mul(3)), x)];
      },
      [3],
    ],
    "intermediate sources, targets that are sources, several targets": [
      (x) => {
        using tape = gf.gradientTape({ persistent: true });
        tape.watch(x);
        const y = x.mul(x);
        const z = y.mul(y);
        const weighted = tape.gradient(z, x, { outputGradients: f64(10) });
        return [
          tape.gradient(z, y),
          ...tape.gradient(z, [x, y]),
          tape.gradient(y, y),
          tape.gradient(x, x),
          tape.gradient([y, z], x),
          weighted,
        ];
      },
      [8, 32, 8, 1, 1, 36, 320],
    ],
    unwatched: [
      (x) => {
        using tape = gf.gradientTape({ persistent: true });
        const y = x.mul(x);
        return [tape.gradient(y, x), tape.gradient(y, x, { unconnected: "null" }), tape.gradient(y, y)];
      },
      [0, null, 0],
    ],
    "variables that are not trainable": [
      (x) => {
        using tape = gf.gradientTape({ persistent: true });
        const y = x.mul(fixed).mul(free);
        return [tape.gradient(y, fixed), tape.gradient(y, free), tape.watchedVariables().length];
      },
      [0, 6, 1],
    ],
    "variables watched by name only": [
      (x) => {
        using tape = gf.gradientTape({ persistent: true, watchAccessedVariables: false });
        tape.watch(fixed);
        const y = x.mul(fixed).mul(free);
        return [tape.gradient(y, fixed), tape.gradient(y, free), tape.watchedVariables().length];
      },
      [10, 0, 1],
    ],
    "nested tapes": [
      (x) => {
        const outer = gf.gradientTape();
        outer.watch(x);
        const inner = gf.gradientTape();
        inner.watch(x);
        const dx = inner.gradient(x.mul(x).mul(x), x);
        return [dx, outer.gradient(dx, x)];
      },
      [12, 12],
    ],
    "variables made inside": [
      (x) => {
        const inside = gf.variable(f64(7), true, "inside");
        return [gf.grad((y) => y.mul(inside))(x), ...Object.values(gf.variableGrads(() => inside.mul(x)).grads)];
      },
      [7, 2],
    ],
  };
  for (const [name, [body, expected]] of Object.entries(cases)) {
    const plain = (list: (gf.Tensor | null | number)[]) => list.map((t) => (t instanceof gf.Tensor ? t.dataSync()[0] : t));
    expect([name, plain(body(f64(2)))]).toEqual([name, expected]);
    const compiled = gf.graphFunction((x: gf.Tensor) => body(x));
    expect([name, plain(compiled(f64(2)) as (gf.Tensor | null | number)[])]).toEqual([name, expected]);
  }
});

test("what a loop computes besides is not differentiated: no NaN from it", () => {
  const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    let y = x;
    let aside = x;
    let i: gf.Tensor = 0;
    while (i < 3) {
      aside = aside.sub(aside).sqrt();
      if (i > 0) y = y.mul(x);
      else aside = aside.div(0);
      i += 1;
    }
    return y;
  });
  const inside = gf.graphFunction((x: gf.Tensor): gf.Tensor => gf.grad((t) => f(t))(x));
  expect([numbers(inside(f64(2))), numbers(gf.grad((t) => f(t))(f64(2)))]).toEqual([[12], [12]]);
});

test("a hundred thousand rounds, none at all, orders up to four", () => {
  const f = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
    let y = x;
    let i: gf.Tensor = 0;
    while (i < n) {
      y = y.mul(0.5).add(x);
      i += 1;
    }
    return y;
  });
  const df = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => gf.grad((t) => f(t, n))(x));
  const rounds = (n: number) => gf.scalar(n, "int32");
  expect([0, 1, 100_000].map((n) => numbers(df(f64(3), rounds(n)))[0])).toEqual([1, 1.5, 2]);
  const power = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    let y = x;
    let i: gf.Tensor = 0;
    while (i < 5) {
      y = y.mul(x);
      i += 1;
    }
    return y;
  });
  const order = (n: number, x: gf.Tensor): gf.Tensor => (n === 0 ? power(x) : gf.grad((t) => order(n - 1, t))(x));
  const fourth = gf.graphFunction((x: gf.Tensor) => order(4, x));
  expect([numbers(order(4, f64(1.5))), numbers(fourth(f64(1.5)))]).toEqual([[810], [810]]);
});
