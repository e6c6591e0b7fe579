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
    const tape = gf.gradientTape({ persistent: true });
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
