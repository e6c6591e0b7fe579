import * as gf from "graphfn";
import { $ } from "graphfn/autograph";
import { expect, test } from "vitest";

test("gradient of a polynomial", () => {
  const x = gf.tensor([1, 2, 3], undefined, "float64");
  const g = gf.grad((t) => t.square().mul(3).add(t.mul(2)));
  expect([...g(x).dataSync()]).toEqual([8, 14, 20]);
  const second = gf.grad(gf.grad((t) => t.mul(t).mul(t)));
  expect([...second(x).dataSync()]).toEqual([6, 12, 18]);
});

test("broadcasting is summed away, matMul in all transpositions", () => {
  const [dx, db] = gf.grads((x, b) => x.add(b).mul(2))([gf.ones([2, 3]), gf.ones([3])]);
  expect([dx?.shape, db?.shape]).toEqual([[2, 3], [3]]);
  expect([...(db as gf.Tensor).dataSync()]).toEqual([4, 4, 4]);
});

test("a tape sees variables, by the value they had", () => {
  const w = gf.variable([2, 3], true, "w");
  const tape = gf.gradientTape();
  const y = w.mul(w).sum();
  w.assign([10, 10]);
  expect([...tape.gradient(y, w).dataSync()]).toEqual([4, 6]);
  const { value, grads } = gf.variableGrads(() => w.square().sum());
  expect(value.dataSync()[0]).toBe(200);
  expect([...(Object.values(grads)[0] as gf.Tensor).dataSync()]).toEqual([20, 20]);
});

test("a tape sees every variable of an op, also behind an operand that it follows already", () => {
  const [w, b] = [gf.variable([[2], [3]]), gf.variable([1])];
  const tape = gf.gradientTape();
  const y = gf.ones([4, 2]).matMul(w).add(b).sum();
  const [dw, db] = tape.gradient(y, [w, b]);
  expect([[...(dw as gf.Tensor).dataSync()], [...(db as gf.Tensor).dataSync()]]).toEqual([[4, 4], [4]]);
  expect(Object.keys(gf.variableGrads(() => gf.ones([4, 2]).matMul(w).add(b).sum()).grads)).toHaveLength(2);
});

test("what the target does not depend on has the gradient zero, or null on request", () => {
  const [x, z] = [gf.scalar(2), gf.tensor([1, 2])];
  const tape = gf.gradientTape({ persistent: true });
  tape.watch([x, z]);
  const y = x.square();
  expect([...tape.gradient(y, z).dataSync()]).toEqual([0, 0]);
  expect(tape.gradient(y, [x, z], { unconnected: "null" })[1]).toBe(null);
  tape.dispose();
  expect(() => tape.gradient(y, x)).toThrow("E_TAPE");
});

test("a tape survives tidy, and leaves nothing behind", () => {
  const x = gf.tensor([1, 2, 3, 4]);
  const before = gf.memory().numTensors;
  const g = gf.tidy(() => {
    const tape = gf.gradientTape();
    tape.watch(x);
    const y = gf.tidy(() => x.square().exp().log().sum());
    return tape.gradient(y, x);
  });
  expect([...g.dataSync()]).toEqual([2, 4, 6, 8]);
  expect(gf.memory().numTensors).toBe(before + 1);
});

test("variables in graph functions: read and assigned in program order, through branches and loops", () => {
  const count = gf.variable(gf.scalar(1, "int32"), false, "count");
  const step = gf.graphFunction((n: gf.Tensor) => {
    let i: gf.Tensor = 0;
    const before = count.read();
    while (i < n) {
      if (i % 2 === 0) count.assignAdd(i);
      else count.assign(count.mul(2));
      i += 1;
    }
    return [before, count.add(0)];
  });
  const plain = (start: number, n: number) => {
    let c = start;
    for (let i = 0; i < n; i++) c = i % 2 === 0 ? c + i : c * 2;
    return c;
  };
  const [a, b] = step(gf.scalar(5, "int32")) as [gf.Tensor, gf.Tensor];
  expect([a.dataSync()[0], b.dataSync()[0], count.dataSync()[0]]).toEqual([1, plain(1, 5), plain(1, 5)]);
  const [c] = step(gf.scalar(3, "int32")) as [gf.Tensor];
  expect([c.dataSync()[0], count.dataSync()[0]]).toEqual([plain(1, 5), plain(plain(1, 5), 3)]);
  expect(step.traces).toBe(1);
});

test("an arm that returns leaves its assignments", () => {
  const v = gf.variable(0, false, "v");
  const f = gf.graphFunction((x: gf.Tensor) => {
    if (x < 0) {
      v.assign(-1);
      return x;
    }
    v.assign(v.add(10));
    return x.mul(2);
  });
  f(gf.scalar(-2));
  expect(v.dataSync()[0]).toBe(-1);
  f(gf.scalar(2));
  expect(v.dataSync()[0]).toBe(9);
});

test("rows of a tensor, one by one", () => {
  const x = gf.tensor([
    [1, 2],
    [3, 4],
  ]);
  expect([...x].map((row) => [...row.dataSync()])).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(() => [...gf.scalar(1)]).toThrow("E_SHAPE");
});

test("a small tensor made inside a traced function may be gone when the function runs again under a tape", () => {
  const f = gf.graphFunction((x: gf.Tensor) => x.mul(gf.tensor([2, 3])));
  const x = gf.tensor([1, 1]);
  for (let i = 0; i < 2; i++) {
    const g = gf.tidy(() => gf.grad((t) => f(t).square())(x));
    expect([...g.dataSync()]).toEqual([8, 18]);
  }
});

test("a trace that is forgotten leaves what a tape still needs, also for second gradients, and nothing after that", () => {
  // More than a constant of the graph: captured by reference.
  const weights = gf.tensor(
    Array.from({ length: 4096 }, (_, i) => (i % 7) - 3),
    [4096],
    "float64",
  );
  const meta = () => ({ version: 1, name: "f", file: "f.ts", at: "1:1", params: ["x"], decisions: [], options: { maxTraces: 1 } });
  const make = () =>
    $.graphFunction(meta as never, ((x: gf.Tensor) => weights.mul(x).square().sum()) as never) as unknown as (x: gf.Tensor) => gf.Tensor;
  const f = make();
  const forget = (): void => gf.tidy(() => void f(gf.zeros([1], "float64")));
  const x = gf.scalar(2, "float64");
  const wanted = 2 * 2 * (weights.square().sum().dataSync()[0] as number);
  const once = (nested: boolean): void => {
    const outer = nested ? gf.gradientTape() : null;
    const tape = gf.gradientTape({ persistent: true });
    outer?.watch(x);
    tape.watch(x);
    const y = f(x);
    forget();
    const first = tape.gradient(y, x);
    expect(first.dataSync()[0]).toBe(wanted);
    if (outer !== null) expect(outer.gradient(first, x).dataSync()[0]).toBe(wanted / 2);
    tape.dispose();
    gf.dispose([y, first]);
  };
  for (const nested of [false, true]) {
    gf.tidy(() => once(nested));
    const { numBytes } = gf.memory();
    gf.tidy(() => once(nested));
    expect(gf.memory().numBytes).toBe(numBytes);
  }
});
