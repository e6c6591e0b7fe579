/** Branches, loops and gradients in static graphs. Values: formulas, and what TensorFlow documents. */
import * as gf from "graphfn";
import { $ } from "graphfn/autograph";
import { expect, test } from "vitest";
import { compiled } from "../../runtime/src/staged/compiled.ts";

const v1 = gf.compat.v1;
const value = (t: gf.Tensor | null): number => (t as gf.Tensor).dataSync()[0] as number;
const list = (t: gf.Tensor): number[] => [...t.dataSync()];
const message = (f: () => unknown): string => {
  try {
    f();
  } catch (error) {
    return (error as Error).message;
  }
  return "none";
};

test("cond: TensorFlow's example", () => {
  const { x, y, r } = v1.graph(() => {
    const [x, y] = [v1.placeholder("int32", [], "x"), v1.placeholder("int32", [], "y")];
    const r = v1.cond(
      gf.less(x, y),
      () => gf.mul(x, 17),
      () => gf.add(y, 23),
    );
    return { x, y, r };
  });
  const session = new v1.Session();
  expect(
    value(
      session.run(r, [
        [x, 2],
        [y, 5],
      ]),
    ),
  ).toBe(34);
  expect(
    value(
      session.run(r, [
        [x, 5],
        [y, 2],
      ]),
    ),
  ).toBe(25);
});

test("what is built inside of a branch runs if it is taken; what is built outside always runs", () => {
  const g = v1.graph(() => {
    const p = v1.placeholder("bool", [], "p");
    const i = v1.placeholder("int32", [1], "i");
    const x = gf.tensor([1, 2, 3]);
    const outside = gf.gather(x, i);
    return {
      lazy: v1.cond(
        p,
        () => gf.sum(gf.gather(x, i)),
        () => gf.scalar(-1),
      ),
      eager: v1.cond(
        p,
        () => gf.sum(outside),
        () => gf.scalar(-1),
      ),
    };
  });
  const session = new v1.Session();
  expect(value(session.run(g.lazy, { p: true, i: [1] }))).toBe(2);
  expect(value(session.run(g.lazy, { p: false, i: [9] }))).toBe(-1);
  expect(message(() => session.run(g.lazy, { p: true, i: [9] }))).toMatch(/^E_INDEX/);
  expect(value(session.run(g.eager, { p: false, i: [1] }))).toBe(-1);
  expect(message(() => session.run(g.eager, { p: false, i: [9] }))).toMatch(/^E_INDEX/);
});

test("cond: structures, numbers, assignments in branches, and what is refused", () => {
  const g = v1.graph(() => {
    const p = v1.placeholder("bool", [], "p");
    const v = v1.variable(0, true, "v");
    const both = v1.cond(
      p,
      () => ({ a: v.add(1), b: [1, 2.5] }),
      () => ({ a: v.sub(1), b: [3, 4] }),
    );
    const step = v1.cond(
      p,
      () => v.assignAdd(10),
      () => v.assign(-1),
    );
    const only = v1.cond(
      p,
      () => void v.assign(100),
      () => undefined,
    );
    expect(
      message(() =>
        v1.cond(
          p,
          () => [v] as unknown,
          () => v,
        ),
      ),
    ).toMatch(/^E_ARGUMENT.*array of 1.*single value/);
    expect(
      message(() =>
        v1.cond(
          p,
          () => gf.zeros([2]),
          () => gf.zeros([3]),
        ),
      ),
    ).toMatch(/^E_SHAPE.*\[2\] in trueFn and \[3\] in falseFn/);
    expect(
      message(() =>
        v1.cond(
          p,
          () => gf.scalar(1, "int32"),
          () => gf.scalar(true),
        ),
      ),
    ).toMatch(/^E_DTYPE/);
    expect(
      message(() =>
        v1.cond(
          v,
          () => 1,
          () => 2,
        ),
      ),
    ).toMatch(/^E_PREDICATE/);
    let inside: gf.Tensor = v;
    v1.cond(
      p,
      () => (inside = v.mul(2)),
      () => v.mul(3),
    );
    expect(message(() => inside.add(1))).toMatch(/^E_LEAK.*cond/);
    return { both, step, only, v, inside, init: v1.globalVariablesInitializer() };
  });
  const session = new v1.Session();
  session.run(g.init);
  const on = session.run(g.both, { p: true }) as unknown as { a: gf.Tensor; b: gf.Tensor[] };
  expect([value(on.a), ...on.b.map(value)]).toEqual([1, 1, 2.5]);
  const off = session.run(g.both, { p: false }) as unknown as { a: gf.Tensor; b: gf.Tensor[] };
  expect([value(off.a), ...off.b.map(value)]).toEqual([-1, 3, 4]);
  expect(value(session.run(g.step, { p: true }))).toBe(10);
  expect(value(session.run(g.v))).toBe(10);
  expect(value(session.run(g.step, { p: false }))).toBe(-1);
  session.run(g.only, { p: false });
  expect(value(session.run(g.v))).toBe(-1);
  session.run(g.only, { p: true });
  expect(value(session.run(g.v))).toBe(100);
  expect(message(() => session.run(g.inside, { p: true }))).toMatch(/^E_LEAK/);
});

test("whileLoop: a sum, nested loops, structures, a bound that is fed", () => {
  const g = v1.graph(() => {
    const n = v1.placeholder("int32", [], "n");
    const [, sum] = v1.whileLoop(
      (i) => i.less(n),
      (i, s) => [i.add(1), s.add(i)],
      [0, 0],
    );
    const [, products] = v1.whileLoop(
      (i) => i.lessEqual(n),
      (i, total) => {
        const [, inner] = v1.whileLoop(
          (j) => j.lessEqual(n),
          (j, t) => [j.add(1), t.add(i.mul(j))],
          [1, total],
        );
        return [i.add(1), inner];
      },
      [1, 0],
    );
    const [pair] = v1.whileLoop(
      (s) => s.i.less(n),
      (s) => [{ i: s.i.add(1), xs: [s.xs[1]!, s.xs[0]!.add(s.xs[1]!)] }],
      [{ i: 0, xs: [gf.scalar(0), gf.scalar(1)] }],
    );
    return { sum, products, fibonacci: pair.xs[0]! };
  });
  const session = new v1.Session();
  expect(value(session.run(g.sum, { n: 10 }))).toBe(45);
  expect(value(session.run(g.sum, { n: 0 }))).toBe(0);
  expect(value(session.run(g.products, { n: 4 }))).toBe(100);
  expect(value(session.run(g.fibonacci, { n: 10 }))).toBe(55);
  v1.graph(() => {
    expect(
      message(() =>
        v1.whileLoop(
          (i) => i.less(3),
          (i) => [i.add(0.5)],
          [0],
        ),
      ),
    ).toMatch(/^E_DTYPE/);
    expect(
      message(() =>
        v1.whileLoop(
          (x) => gf.sum(x).less(9),
          (x) => [gf.concat([x, x])],
          [gf.ones([2])],
        ),
      ),
    ).toMatch(/^E_SHAPE/);
    expect(
      message(() =>
        v1.whileLoop(
          (x) => x.add(1),
          (x) => [x],
          [1],
        ),
      ),
    ).toMatch(/^E_PREDICATE/);
    expect(
      message(() =>
        v1.whileLoop(
          (x) => x.less(1),
          (x) => [x, x],
          [1],
        ),
      ),
    ).toMatch(/^E_ARGUMENT/);
    expect(
      message(() =>
        v1.whileLoop(
          () => true,
          () => [],
          [],
        ),
      ),
    ).toMatch(/^E_ARGUMENT/);
  });
});

test("variables in loops: each iteration sees what the one before left", () => {
  const g = v1.graph(() => {
    const v = v1.variable(1, true, "v");
    const [i] = v1.whileLoop(
      (i) => i.less(5),
      (i) => {
        v.assign(v.mul(2));
        return [i.add(1)];
      },
      [0],
    );
    return { v, i, init: v1.globalVariablesInitializer() };
  });
  const session = new v1.Session();
  session.run(g.init);
  expect(value(session.run(g.i))).toBe(5);
  expect(value(session.run(g.v))).toBe(32);
});

test("gradients: through branches, of second order, with seeds, of variables, unconnected", () => {
  const g = v1.graph(() => {
    const x = v1.placeholder("float64", [], "x");
    const cube = x.mul(x).mul(x);
    const [d] = v1.gradients(cube, x) as [gf.Tensor];
    const [dd] = v1.gradients(d, x) as [gf.Tensor];
    const abs = v1.cond(
      x.less(0),
      () => x.neg(),
      () => x.mul(1),
    );
    const v = v1.variable(gf.tensor([1, 2], [2], "float64"), true, "v");
    const y = v.square().mul(x);
    const other = v1.placeholder("float64", [2], "other");
    return {
      d,
      dd,
      sign: v1.gradients(abs, x)[0]!,
      dv: v1.gradients(y, [v, x]),
      seeded: v1.gradients([y], [v], [gf.tensor([10, 100], [2], "float64")])[0]!,
      zero: v1.gradients(y, other)[0]!,
      none: v1.gradients(y, [other, v], null, { unconnected: "null" }).map((t) => t === null),
      init: v1.globalVariablesInitializer(),
    };
  });
  const session = new v1.Session();
  session.run(g.init);
  expect([g.d, g.dd].map((t) => value(session.run(t, { x: 3 })))).toEqual([27, 18]);
  expect([-2, 2].map((x) => value(session.run(g.sign, { x })))).toEqual([-1, 1]);
  const [dv, dx] = session.run(g.dv, { x: 3 }) as [gf.Tensor, gf.Tensor];
  expect([list(dv), value(dx)]).toEqual([[6, 12], 5]);
  expect(list(session.run(g.seeded, { x: 1 }))).toEqual([20, 400]);
  expect(list(session.run(g.zero, { x: 1, other: [1, 2] }))).toEqual([0, 0]);
  expect(g.none).toEqual([true, false]);
  v1.graph(() => expect(message(() => v1.gradients(v1.placeholder("int32", []), []))).toMatch(/^E_GRADIENT.*int32/));
});

test("gradients through loops, to the second order", () => {
  const g = v1.graph(() => {
    const x = v1.placeholder("float64", [], "x");
    const n = v1.placeholder("int32", [], "n");
    const [, power] = v1.whileLoop(
      (i) => i.less(n),
      (i, p) => [i.add(1), p.mul(x)],
      [0, gf.scalar(1, "float64")],
    );
    const [d] = v1.gradients(power, x) as [gf.Tensor];
    const [dd] = v1.gradients(d, x) as [gf.Tensor];
    return { power, d, dd };
  });
  const session = new v1.Session();
  for (const n of [0, 1, 4]) {
    expect(value(session.run(g.power, { x: 3, n }))).toBe(3 ** n);
    expect(value(session.run(g.d, { x: 3, n }))).toBeCloseTo(n * 3 ** (n - 1), 10);
    expect(value(session.run(g.dd, { x: 3, n }))).toBeCloseTo(n * (n - 1) * 3 ** (n - 2), 10);
  }
});

test("gradients with lengths that are fed: a batch of any size", () => {
  const g = v1.graph(() => {
    const x = v1.placeholder("float64", [null, 2], "x");
    const y = v1.placeholder("float64", [null, 1], "y");
    const w = v1.variable(gf.tensor([[1], [2]], [2, 1], "float64"), true, "w");
    const b = v1.variable(gf.scalar(0.5, "float64"), true, "b");
    const loss = gf.mean(gf.square(x.matMul(w).add(b).sub(y)));
    return { grads: v1.gradients(loss, [w, b]), loss, init: v1.globalVariablesInitializer() };
  });
  const session = new v1.Session();
  session.run(g.init);
  for (const rows of [
    [[1, 2]],
    [
      [1, 2],
      [3, 4],
      [0, -1],
    ],
  ]) {
    const errors = rows.map(([a, b]) => (a as number) + 2 * (b as number) + 0.5 - 1);
    const [dw, db] = session.run(g.grads, { x: rows, y: rows.map(() => [1]) }) as [gf.Tensor, gf.Tensor];
    const want = [0, 1].map((k) => errors.reduce((s, e, i) => s + 2 * e * (rows[i]?.[k] as number), 0) / rows.length);
    for (const [k, x] of list(dw).entries()) expect(x).toBeCloseTo(want[k] as number, 12);
    expect(value(db)).toBeCloseTo((2 * errors.reduce((a, e) => a + e, 0)) / rows.length, 12);
  }
});

test("control dependencies and groups", () => {
  const g = v1.graph(() => {
    const v = v1.variable(1, true, "v");
    const up = v.assignAdd(1);
    const y = v1.controlDependencies([up], () => v1.identity(gf.scalar(7)));
    return { v, y, all: v1.group(v.assign(50), [y]), nothing: v1.noOp(), init: v1.globalVariablesInitializer() };
  });
  const session = new v1.Session();
  session.run(g.init);
  expect(value(session.run(g.y))).toBe(7);
  expect(value(session.run(g.v))).toBe(2);
  session.run(g.all);
  expect(value(session.run(g.v))).toBe(50);
  expect(session.run([g.nothing])).toEqual([null]);
});

test("graph functions in a static graph: one step each, with all their effects", () => {
  const counter = gf.variable(0, false, "outer");
  const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    let y = x;
    if (x > 0) {
      y = x * 2;
      counter.assignAdd(1);
    }
    return y;
  });
  const sumOfRows = compiled(
    (y: gf.Tensor) => {
      let sum: unknown = y;
      const vars = $.vars(
        () => ({ sum }),
        (v) => {
          sum = v.sum;
        },
      );
      $.forOf("1:1", vars, gf.tensor([1, 2, 3]), (row) => {
        sum = $.add(sum, row);
      });
      return sum as gf.Tensor;
    },
    { name: "sumOfRows" },
  );
  const g = v1.graph(() => {
    const x = v1.placeholder("float32", [], "x");
    const y = sumOfRows(f(x));
    return { y, dx: v1.gradients(y, x)[0]! };
  });
  const session = new v1.Session();
  expect(value(session.run(g.y, { x: 5 }))).toBe(16);
  expect(value(session.run(g.y, { x: -5 }))).toBe(1);
  expect(value(counter)).toBe(1);
  expect([5, -5].map((x) => value(session.run(g.dx, { x })))).toEqual([2, 1]);
});

test("tapes and functional gradients in a static graph", () => {
  const g = v1.graph(() => {
    const x = v1.placeholder("float64", [null], "x");
    const w = v1.variable(gf.scalar(3, "float64"), true, "w");
    const cube = (t: gf.Tensor): gf.Tensor => t.mul(t).mul(t);
    const tape = gf.gradientTape();
    const loss = gf.sum(cube(x).mul(w));
    return {
      dw: tape.gradient(loss, w),
      dx: gf.grad(cube)(x),
      ddx: gf.grad((t) => gf.grad(cube)(t))(x),
      all: gf.variableGrads(() => gf.sum(x.mul(w))).grads.w as gf.Tensor,
      like: [gf.zerosLike(x), gf.onesLike(x)],
      init: v1.globalVariablesInitializer(),
    };
  });
  const session = new v1.Session();
  session.run(g.init);
  const r = session.run(g, { x: [1, 2] });
  expect([list(r.dw), list(r.dx), list(r.ddx), list(r.all), r.like.map(list)]).toEqual([
    [9],
    [3, 12],
    [6, 12],
    [3],
    [
      [0, 0],
      [1, 1],
    ],
  ]);
});
