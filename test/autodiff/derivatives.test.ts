/**
 * jvp, vjp, jacobian and hessian against central differences, outside of graph functions and inside, of plain code and of marked code with
 * loops and branches that depend on data.
 */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";

const f64 = (x: number | number[] | number[][]) => gf.tensor(x as number[], undefined, "float64");

/** Rounds and branches depend on x. */
const settled = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
  let state: gf.Tensor = x;
  let rounds: gf.Tensor = 0;
  while (state.square().sum() > 0.5) {
    state = state * 0.7 + x.sin() * 0.1;
    rounds += 1;
    if (rounds >= 9) break;
  }
  for (const each of x) if (each > 0) state = state + each * state;
  return gf.concat([state, state.prod().reshape([1])]);
});

const FUNCTIONS: Record<string, { f: (x: gf.Tensor) => gf.Tensor; at: gf.Tensor }> = {
  "ops in a row": { f: (x) => x.square().cumsum().sin(), at: f64([0.3, -1.2, 2]) },
  "a matrix to a vector": { f: (x) => x.matMul(x.transpose()).tanh().sum(0), at: f64([[0.1, 0.4], [-0.3, 0.2], [0.7, 0.5]]) }, // biome-ignore format: a matrix
  "a scalar": { f: (x) => x.exp().mul(x), at: f64(0.4) },
  "loops and branches": { f: settled, at: f64([0.9, -0.4, 1.3]) },
  "nothing of x": { f: () => f64([1, 2]), at: f64([1, 2, 3]) },
  "a part of x": { f: (x) => x.slice([1], [1]).mul(2), at: f64([1, 2, 3]) },
};

/** Columns by central differences, as an array of [...y, ...x]. */
function differences(f: (x: gf.Tensor) => gf.Tensor, at: gf.Tensor): number[] {
  const x = [...at.dataSync()];
  const h = 1e-5;
  const moved = (i: number, by: number) => [
    ...f(
      gf.tensor(
        x.map((v, k) => (k === i ? v + by : v)),
        at.shape,
        "float64",
      ),
    ).dataSync(),
  ];
  const columns = x.map((_, i) => {
    const [up, down] = [moved(i, h), moved(i, -h)];
    return up.map((v, k) => (v - (down[k] as number)) / (2 * h));
  });
  return (columns[0] as number[]).flatMap((_, row) => columns.map((column) => column[row] as number));
}

function expectClose(found: gf.Tensor, wanted: readonly number[], digits = 7): void {
  const data = [...found.dataSync()];
  expect(data.length).toBe(wanted.length);
  for (const [i, v] of data.entries()) expect(v).toBeCloseTo(wanted[i] as number, digits);
}

const weights = (shape: readonly number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return gf.tensor(
    Array.from({ length: size }, (_, i) => Math.cos(3 * i + 1)),
    [...shape],
    "float64",
  );
};

describe.each(Object.entries(FUNCTIONS))("%s", (_, { f, at }) => {
  const value = f(at);
  const wanted = differences(f, at);
  const [rows, columns] = [value.size, at.size];
  const u = weights(value.shape);
  const v = weights(at.shape);
  const left = Array.from({ length: columns }, (_, c) =>
    wanted.reduce((sum, w, i) => (i % columns === c ? sum + w * (u.dataSync()[Math.floor(i / columns)] as number) : sum), 0),
  );
  const right = Array.from({ length: rows }, (_, r) =>
    wanted.reduce((sum, w, i) => (Math.floor(i / columns) === r ? sum + w * (v.dataSync()[i % columns] as number) : sum), 0),
  );
  const modes: Record<string, <T extends gf.Tensor | gf.Tensor[]>(body: (x: gf.Tensor) => T) => T> = {
    eager: (body) => body(at),
    "in a graph function": (body) => gf.graphFunction(body)(at),
  };
  it.each(Object.keys(modes))("%s", (mode) => {
    const run = modes[mode] as (typeof modes)[string];
    const j = run((x) => gf.jacobian(f)(x));
    expect(j.shape).toEqual([...value.shape, ...at.shape]);
    expectClose(j, wanted);
    expectClose(
      run((x) => gf.vjp(f, [x]).vjp(u)[0] as gf.Tensor),
      left,
    );
    const [same, tangent] = run((x) => {
      const dual = gf.jvp(f, [x], [v]);
      return [dual.value, dual.tangent];
    }) as [gf.Tensor, gf.Tensor];
    expectClose(same, [...value.dataSync()], 12);
    expect(tangent.shape).toEqual(value.shape);
    expectClose(tangent, right);
  });
});

describe("second derivatives", () => {
  const f = (x: gf.Tensor) => settled(x).square().sum();
  const at = f64([0.9, -0.4, 1.3]);
  const wanted = differences((x) => gf.grad(f)(x), at);
  it("hessian, eager and in a graph function", () => {
    expectClose(gf.hessian(f)(at), wanted, 6);
    expectClose(gf.graphFunction((x: gf.Tensor) => gf.hessian(f)(x))(at), wanted, 6);
  });
  it("forward over reverse is the same, and so is reverse over forward", () => {
    const v = weights([3]);
    const product = gf
      .hessian(f)(at)
      .matMul(v.reshape([3, 1]))
      .reshape([3]);
    expectClose(gf.jvp(gf.grad(f), [at], [v]).tangent, [...product.dataSync()]);
    expectClose(gf.grad((x) => gf.jvp(f, [x], [v]).tangent)(at), [...product.dataSync()]);
  });
});

describe("vjp", () => {
  it("gives gradients as often as asked, after a tidy and while other ops are not recorded", () => {
    const { value, vjp, dispose } = gf.tidy(() => gf.vjp((a: gf.Tensor, b: gf.Tensor) => a.mul(b).exp(), [f64([1, 2]), f64([0.5, -1])]));
    for (const dy of [
      [1, 0],
      [0, 1],
    ]) {
      const [da, db] = vjp(f64(dy)) as [gf.Tensor, gf.Tensor];
      expectClose(da, [0.5 * Math.exp(0.5) * (dy[0] as number), -Math.exp(-2) * (dy[1] as number)]);
      expectClose(db, [Math.exp(0.5) * (dy[0] as number), 2 * Math.exp(-2) * (dy[1] as number)]);
    }
    expect(value.shape).toEqual([2]);
    dispose();
    expect(() => vjp(f64([1, 1]))).toThrow("This tape has ended");
  });
  it("leaves nothing behind", () => {
    const before = gf.memory().numTensors;
    const point = f64([1, 2]);
    const pullback = gf.vjp((x: gf.Tensor) => x.sin().mul(x).exp(), [point]);
    gf.dispose(pullback.vjp(f64([1, 1])));
    pullback.dispose();
    gf.dispose([point, pullback.value]);
    expect(gf.memory().numTensors).toBeLessThanOrEqual(before + 1); // the dy above
  });
});

describe("a tape", () => {
  it("that was stopped gives gradients of what came before, and sees nothing after", () => {
    const x = f64([1, 2]);
    const tape = gf.gradientTape({ persistent: true });
    tape.watch(x);
    const y = x.square();
    tape.stop();
    const z = y.mul(x);
    expectClose(tape.gradient(y, x), [2, 4]);
    expect(tape.gradient(z, x, { unconnected: "null" })).toBeNull();
    tape.dispose();
  });
  it("gives jacobians of several sources, in their structure", () => {
    const [a, b] = [f64([1, 2]), f64([3, 4, 5])];
    const tape = gf.gradientTape();
    tape.watch([a, b]);
    const y = a.sum().mul(b);
    const found = tape.jacobian(y, { a, b });
    expect(found.a.arraySync()).toEqual([[3, 3], [4, 4], [5, 5]]); // biome-ignore format: a matrix
    expect(found.b.arraySync()).toEqual([[3, 0, 0], [0, 3, 0], [0, 0, 3]]); // biome-ignore format: a matrix
  });
  it("jacobians of empty tensors are empty", () => {
    expect(gf.jacobian((x) => x.square())(f64([]).reshape([0])).shape).toEqual([0, 0]);
    expect(gf.jacobian((x) => x.square().sum())(f64([]).reshape([0])).shape).toEqual([0]);
  });
});

describe("refused", () => {
  const x = f64([1, 2, 3]);
  it.each<[string, () => unknown, string]>([
    ["a tangent of another shape", () => gf.jvp((a) => a, [x], [f64([1])]), "E_SHAPE: jvp: tangents[0] has shape [1], but its primal [3]."],
    ["a tangent of another dtype", () => gf.jvp((a) => a, [x], [gf.ones([3])]), "E_DTYPE: jvp: tangents[0] is float32, but its primal float64."],
    ["too few tangents", () => gf.jvp((a) => a, [x, x], [x]), "E_ARGUMENT: jvp: 2 primals, but 1 tangents."],
    ["an argument of whole numbers", () => gf.jacobian((a) => a)(gf.tensor([1, 2], [2], "int32")), "E_GRADIENT: A watched tensor is int32"],
    ["a value of whole numbers", () => gf.jacobian((a) => a.argMax())(x), "E_GRADIENT: jacobian: the value of f is int32"],
    ["a hessian of a vector", () => gf.hessian((a) => a)(x), "E_SHAPE: hessian: f returned a tensor of shape [3], but must return a scalar."],
    ["no function", () => gf.vjp(1 as never, [x]), "E_ARGUMENT: vjp: f is 1, but must be a function."],
    ["no tensor returned", () => gf.vjp((() => 1) as never, [x]), "E_ARGUMENT: vjp: f returned 1, but must return a tensor."],
    ["no array", () => gf.vjp((a) => a, x as never), "E_ARGUMENT: vjp: the arguments must be given as an array."],
    ["a dy of another shape", () => gf.vjp((a) => a, [x]).vjp(f64([1])), "E_SHAPE: gradient: the output gradient has shape [1]"],
    ["a jacobian of complex numbers", () => gf.jacobian((a) => gf.complex(a.cast("float32"), a.cast("float32")))(x), "E_GRADIENT: jacobian: the target is complex64"],
  ])("%s", (_, call, message) => expect(call).toThrow(message)); // biome-ignore format: a table
});

describe("clipping", () => {
  it("by norm", () => {
    expectClose(gf.clipByNorm(f64([3, 4]), 1), [0.6, 0.8]);
    expectClose(gf.clipByNorm(f64([3, 4]), 10), [3, 4]);
    expectClose(gf.clipByNorm(f64([0, 0]), 1), [0, 0]);
    expectClose(gf.clipByNorm(f64([[3, 4], [0.3, 0.4]]), 1, 1), [0.6, 0.8, 0.3, 0.4]); // biome-ignore format: a matrix
    expectClose(gf.clipByNorm(f64([3, 4]), f64(1)), [0.6, 0.8]);
    expectClose(gf.grad((x) => gf.clipByNorm(x, 1).sum())(f64([0, 0])), [1, 1]);
    const at = f64([3, 4]);
    expectClose(
      gf.grad((x) => gf.clipByNorm(x, 1).sum())(at),
      differences((x) => gf.clipByNorm(x, 1).sum(), at),
    );
  });
  it("by global norm, as an array and by name", () => {
    const list = gf.clipByGlobalNorm([f64([3]), f64([[4]])], 1);
    expectClose(list.globalNorm, [5]);
    expect(list.clipped.map((t) => t.shape)).toEqual([[1], [1, 1]]);
    expectClose(list.clipped[1] as gf.Tensor, [0.8]);
    const { clipped } = gf.clipByGlobalNorm({ w: f64([3]), b: gf.tensor([4]) }, 50);
    expectClose(clipped.w, [3]);
    expect(clipped.b.dtype).toBe("float32");
    expectClose(gf.clipByGlobalNorm([f64([3])], 1, 6).clipped[0], [0.5]);
    expectClose(gf.clipByGlobalNorm([f64([0])], 1).clipped[0], [0]);
    expectClose(gf.globalNorm([f64([3]), f64([4])]), [5]);
    expect(gf.clipByGlobalNorm([f64([Infinity]), f64([1])], 1).clipped.map((t) => t.dataSync()[0])).toEqual([NaN, NaN]);
  });
  it("in a graph function", () => {
    const step = gf.graphFunction((x: gf.Tensor) => gf.clipByGlobalNorm([x, x.mul(2)], 1).clipped[1]);
    expectClose(step(f64([3, 4])), [0.6 * (2 / Math.sqrt(5)), 0.8 * (2 / Math.sqrt(5))]);
  });
  it.each<[string, () => unknown, string]>([
    ["a norm of zero", () => gf.clipByNorm([1], 0), "E_ARGUMENT: clipByNorm: clipNorm is 0, but must be positive."],
    ["whole numbers", () => gf.globalNorm([gf.tensor([1], [1], "int32")]), "E_DTYPE: globalNorm: 0 is int32, but must be floating."],
    ["nothing", () => gf.clipByGlobalNorm([], 1), "E_ARGUMENT: clipByGlobalNorm: there are no tensors."],
    ["one tensor", () => gf.globalNorm(f64([1]) as never), "E_ARGUMENT: globalNorm: the tensors are"],
  ])("%s is refused", (_, call, message) => expect(call).toThrow(message)); // biome-ignore format: a table
});
