import * as gf from "graphfn";
import { expect, test } from "vitest";

const f64 = (x: number | number[]) => gf.tensor(x, undefined, "float64");

/** Gradient by central differences. */
function differences(f: (x: gf.Tensor) => gf.Tensor, x: gf.Tensor, h = 1e-5): number[] {
  const at = [...x.dataSync()];
  return at.map((_, i) => {
    const moved = (d: number) =>
      f(
        gf.tensor(
          at.map((v, k) => (k === i ? v + d : v)),
          x.shape as number[],
          "float64",
        ),
      )
        .sum()
        .dataSync()[0] as number;
    return (moved(h) - moved(-h)) / (2 * h);
  });
}

test("straight code", () => {
  const g = gf.graphFunction((x: gf.Tensor) => {
    const tape = gf.gradientTape();
    tape.watch(x);
    const y = x.square().sin().sum();
    return tape.gradient(y, x);
  });
  const x = f64([0.3, 1.2, -0.7]);
  const expected = gf.grad((t) => t.square().sin().sum())(x);
  expect([...g(x).dataSync()]).toEqual([...expected.dataSync()]);
});

test("through a branch, a while and a for, nested", () => {
  const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    let y = x.mul(0.5);
    let i: gf.Tensor = 0;
    const w = x.sum();
    while (i < 5) {
      if (y.sum() > 1) y = y.mul(y).mul(0.3).add(w.mul(0.01));
      else {
        let k: gf.Tensor = 0;
        while (k < i) {
          y = y.sin().add(x.mul(y));
          k += 1;
        }
        y = y.add(0.4);
      }
      i += 1;
    }
    return y.sum();
  });
  const dg = gf.graphFunction((x: gf.Tensor): gf.Tensor => gf.grad((t) => f(t))(x));
  for (const values of [
    [0.1, 0.2],
    [1.5, 0.3],
    [-2, 0.7],
  ]) {
    const x = f64(values);
    const got = [...dg(x).dataSync()];
    const want = differences(f, x);
    got.forEach((g, i) => {
      expect(g).toBeCloseTo(want[i] as number, 6);
    });
  }
});

test("second order through a while", () => {
  const f = gf.graphFunction((t: gf.Tensor): gf.Tensor => {
    let y: gf.Tensor = t;
    let i: gf.Tensor = 0;
    while (i < 4) {
      y = y.sin().mul(t);
      i += 1;
    }
    return y;
  });
  const d1 = gf.graphFunction((x: gf.Tensor): gf.Tensor => gf.grad((t) => f(t))(x));
  const d2 = gf.graphFunction((x: gf.Tensor): gf.Tensor => gf.grad((t) => gf.grad((u) => f(u))(t))(x));
  const x = gf.scalar(0.8, "float64");
  expect(d1(x).dataSync()[0]).toBeCloseTo(differences(f, x)[0] as number, 7);
  expect(d2(x).dataSync()[0]).toBeCloseTo(differences(d1, x)[0] as number, 6);
});

test("for over the rows of a tensor, with variables", () => {
  const w = gf.variable(f64([0.5, -0.25]), true, "w");
  const rows = gf.tensor(
    [
      [1, 2],
      [3, -1],
      [0.5, 0.25],
    ],
    undefined,
    "float64",
  );
  const step = gf.graphFunction((xs: gf.Tensor) => {
    const tape = gf.gradientTape();
    let h: gf.Tensor = gf.zeros([2], "float64");
    for (const row of xs) h = h.mul(w).add(row).tanh();
    const loss = h.square().sum();
    const dw = tape.gradient(loss, w);
    w.assignSub(dw.mul(0.1));
    return [loss, dw];
  });
  const loss = (v: gf.Tensor) => {
    let h: gf.Tensor = gf.zeros([2], "float64");
    for (const row of gf.unstack(rows)) h = h.mul(v).add(row).tanh();
    return h.square().sum();
  };
  const before = w.read();
  const [value, dw] = step(rows) as [gf.Tensor, gf.Tensor];
  expect(value.dataSync()[0]).toBe(loss(before).dataSync()[0]);
  const want = differences(loss, before);
  dw.dataSync().forEach((g, i) => {
    expect(g).toBeCloseTo(want[i] as number, 7);
  });
  expect([...w.dataSync()]).toEqual([...before.sub(dw.mul(0.1)).dataSync()]);
});

test("break and early return", () => {
  const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    let y = x;
    let i: gf.Tensor = 0;
    while (true) {
      if (i >= 10) break;
      y = y.mul(1.5);
      if (y > 20) return y.square();
      i += 1;
    }
    return y.mul(3);
  });
  const g = gf.graphFunction((x: gf.Tensor): gf.Tensor => gf.grad((t) => f(t))(x));
  for (const v of [3, 0.01, 25]) {
    const x = gf.scalar(v, "float64");
    expect(g(x).dataSync()[0]).toBeCloseTo(differences(f, x)[0] as number, 3);
  }
});

test("customGrad: its own gradient, in a loop too, of any order", () => {
  // e^x, as if it were x³ / 6.
  const odd = gf.customGrad((x: gf.Tensor, save: (t: gf.Tensor[]) => void) => {
    save([x]);
    return { value: x.exp(), gradFunc: (dy: gf.Tensor, [saved]: gf.Tensor[]) => dy.mul((saved as gf.Tensor).square().div(2)) };
  });
  const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    let y = x;
    let i: gf.Tensor = 0;
    while (i < 2) {
      y = odd(y).mul(0.5);
      i += 1;
    }
    return y;
  });
  const x = f64(0.7);
  const [y, z] = [0.7, Math.exp(0.7) / 2];
  const g = gf.graphFunction((t: gf.Tensor): gf.Tensor => gf.grad((u) => f(u))(t));
  expect(f(x).dataSync()[0]).toBeCloseTo(Math.exp(z) / 2, 12);
  expect(g(x).dataSync()[0]).toBeCloseTo(((((z * z) / 2) * 0.5 * (y * y)) / 2) * 0.5, 12);
  expect(
    gf
      .grad((u) => f(u))(x)
      .dataSync()[0],
  ).toBeCloseTo(g(x).dataSync()[0] as number, 12);
  const h = gf.graphFunction((t: gf.Tensor): gf.Tensor => gf.grad((u) => gf.grad((v) => odd(v))(u))(t));
  expect(h(x).dataSync()[0]).toBeCloseTo(0.7, 12);
});
