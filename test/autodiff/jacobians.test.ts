/**
 * Jacobians by one way back for all elements are those by one for each, which `rows` takes here: of plain and marked code, with loops,
 * branches, variables and gradients of one's own; and what vmap refuses falls back.
 */
import * as gf from "graphfn";
import { describe, expect, it, test, vi } from "vitest";
import type { Graph } from "../../runtime/src/ir/graph.ts";
import { printGraph } from "../../runtime/src/ir/print.ts";

const f64 = (x: number | number[] | number[][]) => gf.tensor(x as number[], undefined, "float64");
const waves = (n: number) => f64(Array.from({ length: n }, (_, i) => Math.sin(2 * i + 1)));
type OfOne = (x: gf.Tensor) => gf.Tensor;

/** One way back per element of the value. */
function rows(f: OfOne, x: gf.Tensor): gf.Tensor {
  const { value, vjp } = gf.vjp(f, [x]);
  const units = gf.unstack(gf.eye(value.size, value.size, undefined, "float64")).map((unit) => unit.reshape(value.shape));
  return gf.stack(units.map((unit) => vjp(unit)[0] as gf.Tensor)).reshape([...value.shape, ...x.shape]);
}

function expectSame(found: gf.Tensor, wanted: gf.Tensor): void {
  expect(found.shape).toEqual(wanted.shape);
  const [a, b] = [found.dataSync(), wanted.dataSync()] as [Float64Array, Float64Array];
  const scale = Math.max(1, ...b.map(Math.abs));
  expect(Math.max(...a.map((v, i) => Math.abs(v - (b[i] as number)))) / scale).toBeLessThan(1e-12);
  expect(b.some((v) => v !== 0)).toBe(true);
}

const loops = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
  let y: gf.Tensor = x;
  let rounds: gf.Tensor = 0;
  while (y.square().sum() > 0.5) {
    y = y * 0.8 + x.sin() * 0.05;
    if (y.sum() > 0) y = y * y.cos();
    rounds += 1;
    if (rounds >= 12) break;
  }
  for (const each of x) y = y + each * y.sum() * 0.05;
  return gf.concat([y, y.prod().reshape([1])]);
});
const sqrtLoop = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
  let y: gf.Tensor = x;
  for (let i: gf.Tensor = 0; i < 20; i += 1) {
    gf.loop.options({ checkpoint: "sqrt" });
    y = (y * x.sum()).sin() + x;
  }
  return y;
});
const growing = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
  const parts: gf.Tensor[] = [];
  for (const each of x) if (each > 0) parts.push(each * x);
  return gf.stack(parts).sum().mul(x);
});
const power = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
  if (n < 1) return x;
  return power(x.sin(), n - 1) * x;
});
const recursive = gf.graphFunction((x: gf.Tensor): gf.Tensor => power(x, gf.scalar(3, "int32")));
const scale = gf.variable(waves(10), true, "scale");
const cubed = gf.customGrad((x) => {
  const t = x as gf.Tensor;
  return { value: t.pow(3), gradFunc: (dy: gf.Tensor) => [dy.mul(t.square()).mul(3)] };
}) as OfOne;

const FUNCTIONS: Record<string, OfOne> = {
  "ops in a row": (x) => x.square().cumsum().sin(),
  "a matrix of results": (x) => gf.outerProduct(x, x.exp()),
  products: (x) =>
    x
      .reshape([2, 5])
      .matMul(x.reshape([5, 2]).tanh())
      .reshape([4])
      .mul(x.sum())
      .concat(x.topk(10).values),
  "gathered and padded": (x) => x.gather(gf.tensor([3, 3, 0, 9], [4], "int32")).pad([[2, 3]]).mul(x.max()), // biome-ignore format: one line
  "a variable": (x) => x.mul(scale).softmax(),
  "its own gradient": (x) => cubed(x).mul(x),
  "loops and branches": loops,
  "a loop in between": (x) => loops(x.mul(0.9)).exp(),
  "a loop with checkpoints": sqrtLoop,
};
const REFUSED: Record<string, OfOne> = { "lists, which fall back": growing, "recursion, which falls back": recursive };
const at = waves(10);

describe.each(Object.entries(FUNCTIONS))("%s", (_, f) => {
  const wanted = rows(f, at);
  const modes: Record<string, (body: OfOne) => gf.Tensor> = {
    eager: (body) => body(at),
    "in a graph function": (body) => gf.graphFunction((x: gf.Tensor) => body(x))(at),
    "where graph functions run eagerly": (body) => {
      gf.runFunctionsEagerly(true);
      try {
        return body(at);
      } finally {
        gf.runFunctionsEagerly(false);
      }
    },
    "in a graph function that runs eagerly": (body) => {
      gf.runFunctionsEagerly(true);
      try {
        return gf.graphFunction((x: gf.Tensor) => body(x))(at);
      } finally {
        gf.runFunctionsEagerly(false);
      }
    },
  };
  it.each(Object.keys(modes))("%s", (mode) => {
    const run = modes[mode] as (typeof modes)[string];
    expectSame(
      run((x) => gf.jacobian(f)(x)),
      wanted,
    );
    const again = gf.gradientTape({ persistent: true });
    again.watch(at);
    const y = f(at);
    expectSame(again.jacobian(y, at), wanted);
    expectSame(again.jacobian(y, at), wanted);
    again.dispose();
  });
  it.each(Object.keys(modes))("%s, second derivatives", (mode) => {
    const run = modes[mode] as (typeof modes)[string];
    const scalar = (x: gf.Tensor): gf.Tensor => f(x).square().sum();
    const second = rows((x) => gf.grad(scalar)(x), at);
    expectSame(
      run((x) => gf.hessian(scalar)(x)),
      second,
    );
    // The gradient of a jacobian goes back through the way back for all.
    const third = gf.grad((x: gf.Tensor) => rows(f, x).square().sum())(at);
    expectSame(
      run((x) => gf.grad((z) => gf.jacobian(f)(z).square().sum())(x)),
      third,
    );
  });
});

describe.each(Object.entries(REFUSED))("%s", (_, f) => {
  const three = f64([0.4, -0.2, 0.7]);
  it("in a graph function, with a second tape around, and eager", () => {
    const wanted = rows(f, three);
    expectSame(gf.graphFunction((x: gf.Tensor) => gf.jacobian(f)(x.mul(1)))(three), wanted);
    expectSame(gf.jacobian((x) => f(x.mul(1)))(three), wanted);
    const ten = waves(10);
    expectSame(gf.jacobian((x) => f(x.mul(1)))(ten), rows(f, ten));
    const both = gf.graphFunction((x: gf.Tensor) => gf.grad((z) => gf.jacobian(f)(z).sum())(x));
    expectSame(both(three), gf.grad((x: gf.Tensor) => rows(f, x).sum())(three));
  });
});

test("of variables, which several marked functions share, and of numbers and lengths that change between calls", () => {
  const w = gf.variable(f64([1, -0.5, 0.25]));
  const both = (x: gf.Tensor): gf.Tensor => {
    const tape = gf.gradientTape();
    const { s, t } = tape.jacobian(x.mul(scale).mul(w.prod()).exp(), { s: scale, t: w });
    return gf.concat([s, t], 1);
  };
  const y = at.mul(scale).mul(-0.125).exp();
  const byScale = gf.diag(y.mul(at).mul(-0.125));
  const byW = y
    .mul(at)
    .mul(scale)
    .reshape([10, 1])
    .mul(f64([[-0.125, 0.25, -0.5]]));
  expectSame(both(at), gf.concat([byScale, byW], 1));
  expectSame(gf.graphFunction((x: gf.Tensor) => both(x))(at), gf.concat([byScale, byW], 1));
  const factor = { now: 2 };
  const f = gf.graphFunction((x: gf.Tensor) => x.mul(factor.now).square());
  const j = gf.jacobian(f);
  for (const n of [2, 9, 3, 12]) {
    factor.now = n;
    expectSame(j(waves(n)), gf.diag(waves(n).mul(2 * n * n)));
  }
});

describe("all elements at once", () => {
  const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;
  it("in a graph: two loops for a loop, however many elements there are", () => {
    const j = gf.graphFunction((x: gf.Tensor) => gf.jacobian(sqrtLoop)(x)) as unknown as { graph(x: gf.Tensor): Graph };
    const [few, many] = [3, 30].map((n) => printGraph(j.graph(waves(n))));
    expect(count(few as string, / = (while|for) /g)).toBe(count(many as string, / = (while|for) /g));
    const simple = gf.graphFunction((x: gf.Tensor) => gf.jacobian((y) => y.sin().cumsum())(x)) as unknown as typeof j;
    expect(count(printGraph(simple.graph(waves(30))), /\n/g)).toBeLessThan(30);
  });
  it("eager: a gradient of one's own is asked once, and for a few elements one by one", () => {
    let asked = 0;
    const f = gf.customGrad((x) => {
      const t = x as gf.Tensor;
      return {
        value: t.square(),
        gradFunc: (dy: gf.Tensor) => {
          asked++;
          return [dy.mul(t).mul(2)];
        },
      };
    }) as OfOne;
    gf.jacobian(f)(waves(20));
    expect(asked).toBe(1);
    asked = 0;
    gf.jacobian(f)(waves(3));
    expect(asked).toBe(3);
  });
  it("eager: one that reads values runs element by element", () => {
    const f = gf.customGrad((x) => {
      const t = x as gf.Tensor;
      return { value: t.square(), gradFunc: (dy: gf.Tensor) => [gf.tensor(dy.dataSync(), dy.shape, "float64").mul(t).mul(2)] };
    }) as OfOne;
    expectSame(gf.jacobian(f)(at), gf.diag(at.mul(2)));
  });
  it("a marked function is traced once", () => {
    const traced = vi.fn();
    const f = gf.graphFunction((x: gf.Tensor) => {
      traced();
      return x.sin().cumsum();
    });
    for (let i = 0; i < 3; i++)
      expectSame(
        gf.jacobian(f)(waves(12)),
        rows((x) => x.sin().cumsum(), waves(12)),
      );
    expect(traced).toHaveBeenCalledTimes(1);
  });
  it("leaves nothing behind", () => {
    const f: OfOne = (x) => x.square().cumsum();
    gf.jacobian(f)(at).dispose();
    gf.dispose([gf.jacobian(loops)(at), gf.jacobian(growing)(at)]);
    const { numTensors } = gf.memory();
    for (let i = 0; i < 5; i++) gf.dispose([gf.jacobian(f)(at), gf.jacobian(loops)(at), gf.jacobian(growing)(at)]);
    expect(gf.memory().numTensors).toBe(numTensors);
  });
  it("within vmap, and with vmap inside", () => {
    const xs = gf.stack([waves(9), waves(9).mul(0.5)]);
    const f: OfOne = (x) => x.sin().mul(x.sum());
    const each = gf.stack(gf.unstack(xs).map((x) => rows(f, x)));
    expectSame(gf.vmap((x: gf.Tensor) => gf.jacobian(f)(x))(xs), each);
    const squares: OfOne = (x) => gf.vmap((e: gf.Tensor) => e.square().mul(e.sin()))(x);
    expectSame(gf.jacobian(squares)(at), rows(squares, at));
  });
});
