/** What a run does and leaves: pruning, feeding, variables per session, order, names, printing. */
import * as gf from "graphfn";
import { expect, test } from "vitest";
import { compiled } from "../../runtime/src/staged/compiled.ts";

const v1 = gf.compat.v1;
const value = (t: gf.Tensor | null): number => (t as gf.Tensor).dataSync()[0] as number;
const list = (t: gf.Tensor): number[] => [...t.dataSync()];
const code = (f: () => unknown): string => {
  try {
    f();
  } catch (error) {
    return (error as Error).message;
  }
  return "none";
};

test("only what the fetches need is run: an op that would fail is not run unless something needs it", () => {
  const g = v1.graph(() => {
    const x = v1.placeholder("int32", [3], "x");
    const i = v1.placeholder("int32", [], "i");
    return { x, i, good: x.add(1), bad: gf.gather(x, i.reshape([1])) };
  });
  const session = new v1.Session();
  expect(list(session.run(g.good, { x: [1, 2, 3] }))).toEqual([2, 3, 4]);
  expect(list(session.run(g.good, { x: [1, 2, 3], i: 7 }))).toEqual([2, 3, 4]);
  expect(code(() => session.run(g.bad, { x: [1, 2, 3], i: 7 }))).toMatch(/^E_INDEX/);
  expect(code(() => session.run(g.bad, { x: [1, 2, 3] }))).toMatch(/^E_FEED.*placeholder i /);
  expect(code(() => session.run("gather", { x: [1, 2, 3], i: 7 }))).toMatch(/^E_INDEX/);
});

test("any tensor may be fed; gradients follow the formulas around it", () => {
  const g = v1.graph(() => {
    const x = v1.placeholder("float64", [], "x");
    const y = x.mul(2);
    const z = y.mul(y);
    return { x, y, z, dx: v1.gradients(z, x)[0]!, dy: v1.gradients(z, [y])[0]! };
  });
  const session = new v1.Session();
  expect(value(session.run(g.z, [[g.x, 3]]))).toBe(36);
  expect(value(session.run(g.z, [[g.y, 5]]))).toBe(25);
  expect(value(session.run(g.dx, [[g.x, 3]]))).toBe(24);
  expect(value(session.run(g.dy, [[g.y, 5]]))).toBe(10);
  // dz/dx = 2·y·2 with y as fed; x itself is not needed.
  expect(value(session.run(g.dx, [[g.y, 5]]))).toBe(20);
});

test("a placeholder with a default", () => {
  const { p, y } = v1.graph(() => {
    const p = v1.placeholderWithDefault([1, 2, 3], [null], "p");
    return { p, y: p.mul(10) };
  });
  const session = new v1.Session();
  expect(list(session.run(y))).toEqual([10, 20, 30]);
  expect(list(session.run(y, [[p, [4]]]))).toEqual([40]);
});

test("feeds are checked: both shapes, both dtypes, nothing lost, nothing twice", () => {
  const { x, n } = v1.graph(() => ({ x: v1.placeholder("float32", [null, 2], "x"), n: v1.placeholder("int32", [], "n") }));
  const s = new v1.Session();
  expect(code(() => s.run(x, { x: [1, 2, 3] }))).toMatch(/^E_SHAPE: run: x has shape \[\?,2\], but was fed a value of shape \[3\]/);
  expect(code(() => s.run(x, [[x, gf.tensor([[1, 2]], [1, 2], "int32")]]))).toMatch(/^E_DTYPE.*x is float32, but was fed a int32 tensor/);
  expect(code(() => s.run(n, { n: 1.5 }))).toMatch(/^E_DTYPE.*n is int32, but was fed 1.5/);
  expect(value(s.run(n, { n: 7 }))).toBe(7);
  expect(
    code(() =>
      s.run(n, [
        [n, 1],
        [n, 2],
      ]),
    ),
  ).toMatch(/^E_ARGUMENT.*n is fed twice/);
  expect(code(() => s.run(n, { nope: 1 }))).toMatch(/^E_NAME.*nope/);
  expect(code(() => s.run(n))).toMatch(/^E_FEED.*placeholder n /);
  expect(code(() => s.run(x))).toMatch(/^E_FEED.*placeholder x /);
  expect(code(() => s.run(n, { n: null as never }))).toMatch(/^E_ARGUMENT/);
  expect(code(() => s.run(3 as never))).toMatch(/^E_ARGUMENT/);
  s.close();
  expect(code(() => s.run(n, { n: 1 }))).toMatch(/^E_CLOSED/);
});

test("variables: per session, uninitialized by name, updated in order", () => {
  const g = v1.graph(() => {
    const v = v1.variable(10, true, "v", "float64");
    const before = v.mul(2);
    const up = v.assignAdd(1);
    const after = v.mul(2);
    return { v, before, up, after, init: v1.globalVariablesInitializer(), both: v1.group(up, v1.assignAdd(v, 5)) };
  });
  const [a, b] = [new v1.Session(), new v1.Session()];
  expect(code(() => a.run(g.before))).toMatch(/^E_UNINITIALIZED: Variable v has no value/);
  a.run(g.init);
  expect(code(() => b.run(g.up))).toMatch(/^E_UNINITIALIZED/);
  b.run(g.init);
  expect(value(a.run(g.up))).toBe(11);
  expect([a, b].map((s) => value(s.run(g.v)))).toEqual([11, 10]);
  expect([...a.run([g.before, g.up, g.after])].map(value)).toEqual([22, 12, 24]);
  // Unless it is fetched, an assignment does not happen.
  expect(value(a.run(g.after))).toBe(24);
  expect(a.run(g.both)).toBe(null);
  expect(value(a.run(g.v))).toBe(18);
  a.run(g.init);
  expect(value(a.run(g.v))).toBe(10);
});

test("an initial value may depend on another variable; memory is given back", () => {
  const g = v1.graph(() => {
    const a = v1.variable(() => gf.randomNormal([3]), true, "a");
    const b = v1.variable(() => gf.mul((a as gf.compat.v1.GraphVariable).initializedValue(), 2), true, "b");
    return { a, b, init: v1.globalVariablesInitializer() };
  });
  const session = new v1.Session();
  session.run(g.init);
  const { a, b } = session.run({ a: g.a, b: g.b });
  for (const [i, x] of list(a).entries()) expect(list(b)[i]).toBeCloseTo(2 * x, 6);
  const first = list(a);
  const { numTensors } = gf.memory();
  for (let i = 0; i < 3; i++) session.run(g.init);
  expect(gf.memory().numTensors).toBe(numTensors);
  // A new draw each time.
  expect(list(session.run(g.a))).not.toEqual(first);
});

test("random numbers: new in each run, two draws of one run differ", () => {
  const { a, b } = v1.graph(() => ({ a: gf.randomUniform([4]), b: gf.randomUniform([4]) }));
  const session = new v1.Session();
  const runs = [session.run([a, b]), session.run([a, b])].map((r) => [...r].map(list));
  expect(new Set(runs.flat().map(String)).size).toBe(4);
  expect(list(session.run(b))).not.toEqual(list(session.run(b)));
});

test("names: unique, in scopes, in messages; tensors print op, shape and dtype", () => {
  v1.graph((g) => {
    const x = v1.placeholder("float32", [2, 3], "x");
    expect(String(x)).toBe('Tensor("x:0", shape=(2, 3), dtype=float32)');
    expect(String(x.add(1))).toBe('Tensor("add:0", shape=(2, 3), dtype=float32)');
    expect(x.add(1).name).toBe("add_1:0");
    v1.nameScope("layer", () => {
      expect(x.sub(1).name).toBe("layer/sub:0");
      v1.nameScope("inner", (scope) => expect([scope, gf.sum(x).name]).toEqual(["layer/inner/", "layer/inner/sum:0"]));
      expect(code(() => gf.matMul(x, x))).toMatch(/^E_SHAPE.*\(operation layer\/matMul of x:0, x:0\)/);
    });
    v1.nameScope("layer", () => expect(x.sub(1).name).toBe("layer_1/sub:0"));
    expect(String(v1.placeholder("float32"))).toBe('Tensor("Placeholder:0", shape=<unknown>, dtype=float32)');
    expect(String(gf.sum(v1.placeholder("float32", [null, 3]), 1))).toMatch(/shape=\(\?,\), dtype=float32/);
    expect(String(v1.constant(3, "int32", [], "three"))).toBe('Tensor("three:0", shape=(), dtype=int32)');
    expect(g.getOperations().map((o) => o.name)).toContain("layer/inner/sum");
    expect(g.getOperationByName("x").type).toBe("placeholder");
    expect(g.getTensorByName("layer/sub:0").shape).toEqual([2, 3]);
    expect(v1.identity(x, "named").name).toBe("named:0");
  });
});

test("variable scopes share by name", () => {
  v1.graph(() => {
    const make = (): gf.Variable => v1.getVariable("w", [2, 2], { initializer: v1.onesInitializer() });
    const w = v1.variableScope("a", make);
    expect(w.name).toBe("a/w");
    expect(code(() => v1.variableScope("a", make))).toMatch(/^E_VARIABLE: Variable a\/w exists already/);
    expect(v1.variableScope("a", make, { reuse: true })).toBe(w);
    expect(v1.variableScope("a", make, { reuse: v1.AUTO_REUSE })).toBe(w);
    expect(code(() => v1.variableScope("b", make, { reuse: true }))).toMatch(/^E_VARIABLE: There is no variable b\/w/);
    expect(code(() => v1.variableScope("a", () => v1.getVariable("w", [3]), { reuse: true }))).toMatch(/^E_SHAPE/);
    expect(v1.variableScope("a", () => v1.variableScope("b", make)).name).toBe("a/b/w");
    expect(v1.globalVariables().map((v) => v.name)).toEqual(["a/w", "a/b/w"]);
  });
});

test("mixing: eager code, graphs, graph functions", () => {
  const x = v1.graph(() => v1.placeholder("float32", [2], "x"));
  expect(code(() => x.dataSync())).toMatch(/^E_SYMBOLIC.*session\.run/);
  expect(code(() => v1.graph(() => v1.placeholder("float32", [2]).add(x)))).toMatch(/^E_GRAPH/);
  expect(code(() => v1.placeholder("float32"))).toMatch(/^E_EAGER/);
  const s = new v1.Session();
  s.run(x, { x: [1, 2] });
  expect(code(() => s.run(v1.graph(() => v1.placeholder("float32", [2]))))).toMatch(/^E_GRAPH.*another graph/);
  expect(gf.executingEagerly()).toBe(true);
  v1.graph(() => expect(gf.executingEagerly()).toBe(false));
  const leaked: gf.Tensor[] = [];
  const f = compiled(
    (t: gf.Tensor) => {
      leaked.push(t);
      return t.add(1);
    },
    { name: "f" },
  );
  f(gf.scalar(1));
  expect(code(() => new v1.Session().run(leaked[0] as gf.Tensor))).toMatch(/^E_GRAPH.*graph function/);
});

test("without eager execution", () => {
  v1.disableEagerExecution();
  try {
    v1.disableEagerExecution();
    expect(gf.executingEagerly()).toBe(false);
    const x = v1.placeholder("float32", [null], "x");
    const y = x.mul(gf.tensor([1, 2, 3])).sum();
    const session = new v1.Session();
    const result = session.run(y, { x: [1, 1, 1] });
    expect(value(result)).toBe(6);
    expect(v1.getDefaultGraph().getOperations().length).toBeGreaterThan(2);
  } finally {
    v1.enableEagerExecution();
  }
  expect(value(gf.scalar(1).add(1))).toBe(2);
  v1.resetDefaultGraph();
  expect(v1.getDefaultGraph().getOperations()).toEqual([]);
});
