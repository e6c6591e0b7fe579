/** customGrad: TensorFlow.js's own cases, then orders, memory and bad use. */
import * as gf from "graphfn";
import { expect, test } from "vitest";

const values = (t: gf.Tensor | undefined): number[] => [...(t as gf.Tensor).dataSync()];

test("TensorFlow.js: basic, with dy", () => {
  const b = gf.scalar(2, "int32");
  const customPow = gf.customGrad((a: gf.Tensor) => ({ value: gf.pow(a, b), gradFunc: (dy) => dy.mul(gf.scalar(0.1)) }));
  const { value, grad } = gf.valueAndGrad((a) => customPow(a))(gf.scalar(3), gf.scalar(4));
  expect([value.shape, grad.shape]).toEqual([[], []]);
  expect(values(value)).toEqual([9]);
  expect(values(grad)[0]).toBeCloseTo(0.4, 6);
});

test("TensorFlow.js: second order through a saved argument", () => {
  const b = gf.scalar(2, "int32");
  const customPow = gf.customGrad((a: gf.Tensor, save: gf.GradSaveFunc) => {
    save([a]);
    return { value: gf.pow(a, b), gradFunc: (dy, [x]) => dy.mul(x as gf.Tensor) };
  });
  const dda = gf.grad(gf.grad((a) => customPow(a)))(gf.scalar(3), gf.scalar(5));
  expect(dda.shape).toEqual([]);
  expect(values(dda)).toEqual([5]);
});

test("TensorFlow.js: the gradient twice", () => {
  const op = gf.customGrad((x: gf.Tensor, save: gf.GradSaveFunc) => {
    save([x]);
    return { value: x.square(), gradFunc: (dy, [saved]) => dy.mul((saved as gf.Tensor).abs()) };
  });
  const grad = gf.grad((x) => op(x));
  for (let i = 0; i < 2; i++) expect(values(grad(gf.tensor([-1, -2, 3])))).toEqual([1, 2, 3]);
  expect(values(op(gf.tensor([-1, -2, 3])))).toEqual([1, 4, 9]);
});

test("derivatives of exp given by its saved value, by a saved intermediate result, and by no means of saving", () => {
  const x = gf.tensor([0.5, -1], [2], "float64");
  const wanted = values(x.exp());
  const byValue = gf.customGrad((t: gf.Tensor, save: gf.GradSaveFunc) => {
    const value = t.exp();
    save([value]);
    return { value, gradFunc: (dy, [y]) => dy.mul(y as gf.Tensor) };
  });
  const byIntermediate = gf.customGrad((t: gf.Tensor, save: gf.GradSaveFunc) => {
    const half = t.div(2).exp();
    save([half]);
    return { value: half.mul(half), gradFunc: (dy, [h]) => dy.mul((h as gf.Tensor).square()) };
  });
  const byArgument = gf.customGrad((t: gf.Tensor) => ({ value: t.exp(), gradFunc: (dy) => dy.mul(t.exp()) }));
  for (const op of [byValue, byIntermediate, byArgument]) {
    let f = (t: gf.Tensor): gf.Tensor => op(t);
    for (let order = 0; order < 4; order++) {
      for (const [i, v] of values(f(x)).entries()) expect(v).toBeCloseTo(wanted[i] as number, 12);
      f = gf.grad(f);
    }
  }
});

test("several arguments, integers among them, and what is around", () => {
  const scaled = gf.customGrad((a: gf.Tensor, n: gf.Tensor, b: gf.Tensor) => ({
    value: a.mul(n).add(b),
    gradFunc: (dy) => [dy.mul(n).mul(10), gf.zerosLike(n), dy.mul(-1)],
  }));
  const n = gf.scalar(3, "int32");
  const [da, db] = gf.grads((a, b) => scaled(a.square(), n, b.mul(2)).mul(7))([gf.scalar(5), gf.scalar(1)]);
  expect([values(da), values(db)]).toEqual([[7 * 30 * 10], [-14]]);
});

test("an argument handed on has the custom gradient once", () => {
  const reversed = gf.customGrad((x: gf.Tensor) => ({ value: x, gradFunc: (dy) => dy.neg() }));
  expect(values(gf.grad((x) => reversed(x).mul(3).add(x))(gf.scalar(2)))).toEqual([-2]);
  const captured = gf.scalar(4);
  const constant = gf.customGrad((_x: gf.Tensor) => ({ value: captured, gradFunc: (dy) => dy.mul(5) }));
  const [dx, dc] = gf.grads((x, c) => constant(x.add(c)))([gf.scalar(1), captured]);
  expect([values(dx), values(dc), values(constant(gf.scalar(1)))]).toEqual([[5], [5], [4]]);
});

test("variables as arguments count by the value they had", () => {
  const w = gf.variable(gf.scalar(3), true, "w");
  const op = gf.customGrad((v: gf.Tensor, save: gf.GradSaveFunc) => {
    save([v]);
    return { value: v.square(), gradFunc: (dy, [x]) => dy.mul(x as gf.Tensor) };
  });
  const tape = gf.gradientTape();
  const y = op(w).mul(2);
  w.assign(gf.scalar(100));
  expect(values(tape.gradient(y, w))).toEqual([6]);
});

test("a variable that f reads from outside would lose its gradient: refused, if anyone looks", () => {
  const w = gf.variable(gf.scalar(3), true, "weight");
  const op = gf.customGrad((x: gf.Tensor) => ({ value: x.mul(w), gradFunc: (dy) => dy }));
  expect(values(op(gf.scalar(2)))).toEqual([6]);
  expect(() => gf.variableGrads(() => op(w.mul(1)))).toThrow(/E_GRADIENT.*weight.*argument/);
  expect(values(gf.grad((x) => op(x))(gf.scalar(2)))).toEqual([1]);
});

test("leaves nothing behind but its value", () => {
  const op = gf.customGrad((x: gf.Tensor, save: gf.GradSaveFunc) => {
    const e = x.exp();
    save([e]);
    return { value: e.add(1).log(), gradFunc: (dy, [s]) => dy.mul((s as gf.Tensor).div((s as gf.Tensor).add(1))) };
  });
  const x = gf.tensor([1, 2, 3]);
  const before = gf.memory().numTensors;
  op(x).dispose();
  expect(gf.memory().numTensors).toBe(before);
  gf.tidy(() => {
    gf.grad((t) => gf.tidy(() => op(t)).sum())(x);
    gf.grad(gf.grad((t) => gf.tidy(() => op(t)).sum()))(x);
  });
  expect(gf.memory().numTensors).toBe(before);
  const forgotten = gf.customGrad((t: gf.Tensor) => {
    const e = t.exp();
    return { value: e.add(1), gradFunc: (dy) => dy.mul(e) };
  });
  expect(() => gf.grad((t) => forgotten(t))(x)).toThrow(/E_DISPOSED.*save/);
});

test("wrong use is named", () => {
  const x = gf.tensor([1, 2]);
  const gradOf = (result: unknown, ...more: gf.Tensor[]) => {
    const op = gf.customGrad((t: gf.Tensor) => ({ value: t.mul(2), gradFunc: () => result as gf.Tensor }));
    return gf.grad((t) => op(t, ...more))(x);
  };
  expect(() => gradOf([x, x])).toThrow(
    "E_GRADIENT: customGrad: gradFunc returned 2 gradients, but the function was called with 1 argument",
  );
  expect(() => gradOf(x, x)).toThrow("1 gradient, but the function was called with 2 arguments");
  expect(() => gradOf(gf.scalar(1))).toThrow(/shape \[\] for argument 0, which is float32 of shape \[2\]/);
  expect(() => gradOf(gf.tensor([1, 2], [2], "float64"))).toThrow(/float64 tensor.*float32/);
  for (const bad of [undefined, null, 3, "x", [undefined]]) expect(() => gradOf(bad)).toThrow("E_GRADIENT");
  expect(() => gf.customGrad(3 as never)).toThrow("E_ARGUMENT");
  for (const bad of [undefined, {}, { value: 3 }, { value: x }, { value: x, gradFunc: 1 }]) {
    expect(() => gf.customGrad(() => bad as never)(x)).toThrow("E_ARGUMENT");
  }
  expect(() => gf.customGrad((_: gf.Tensor, save: gf.GradSaveFunc) => save(x as never) as never)(x)).toThrow(
    "E_ARGUMENT: customGrad: save",
  );
});
