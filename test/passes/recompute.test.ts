/**
 * What is computed again instead of kept: pushes, pops, bytes and kernels counted, and loops with ways back at random, which must give what
 * they gave before. GRAPHFN_FUZZ=20000 tries that many.
 */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { keptByLoops } from "../../runtime/src/explain/kept.ts";
import { constant, FreshIds, operation } from "../../runtime/src/ir/build.ts";
import type { Graph, Node, Region, Value } from "../../runtime/src/ir/graph.ts";
import { printGraph } from "../../runtime/src/ir/print.ts";
import { walkNodes } from "../../runtime/src/ir/walk.ts";
import { Network } from "../../runtime/src/passes/cut.ts";
import { optimize } from "../../runtime/src/passes/pipeline.ts";
import { recompute } from "../../runtime/src/passes/recompute.ts";
import { buildPlan } from "../../runtime/src/plan/build.ts";
import { difference } from "../support/difference.ts";
import { Random } from "../support/random.ts";

const COUNT = Number(process.env.GRAPHFN_FUZZ ?? 600);
const I32 = { dtype: "int32", shape: [] } as const;
const VECTOR = { dtype: "float32", shape: [4] } as const;

interface Place {
  readonly nodes: Node[];
  readonly visible: Value[];
}

/** A loop, and another one, or two, that pop what it pushed; maybe all of that in a loop. */
class Loops {
  readonly #r: Random;
  readonly #ids = new FreshIds();
  #stacks = 0;

  constructor(seed: number) {
    this.#r = new Random(seed);
  }

  graph(): Graph {
    const params = [VECTOR, VECTOR, I32, { dtype: "bool", shape: [4] } as const].map((type) => this.#ids.value(type));
    const at: Place = { nodes: [], visible: [...params] };
    for (const x of [0, 1, 3]) this.#scalar(at, x);
    const results = this.#r.chance(0.3) ? this.#around(at) : this.#there(at);
    return { name: "loops", body: { params, nodes: at.nodes, yields: results } };
  }

  #add(at: Place, node: Node): Value {
    at.nodes.push(node);
    at.visible.push(...node.results);
    return node.results[0] as Value;
  }

  #op(at: Place, op: string, operands: readonly Value[], attrs = {}): Value {
    return this.#add(at, operation(this.#ids, op, operands, attrs));
  }

  #scalar(at: Place, x: number): Value {
    return this.#add(at, constant(this.#ids, "int32", [], [x]));
  }

  #of(at: Place, { dtype, shape }: Value["type"]): Value {
    const own = at.visible.filter((v) => v.type.dtype === dtype && v.type.shape.length === shape.length);
    return own.length === 0 ? this.#add(at, constant(this.#ids, dtype, shape as number[], [1])) : this.#r.recent(own);
  }

  /** Cheap ops, costly ones, movements, of whatever is there. */
  #some(at: Place, count: number): void {
    for (let i = 0; i < count; i++) {
      const [x, y, n] = [this.#of(at, VECTOR), this.#of(at, VECTOR), this.#of(at, I32)];
      const kind = this.#r.int(0, 11);
      if (kind <= 2) this.#op(at, this.#r.pick(["add", "sub", "mul", "maximum"]), [x, y]);
      else if (kind === 3) this.#op(at, this.#r.pick(["relu", "neg", "square", "abs"]), [x]);
      else if (kind === 4) this.#op(at, this.#r.pick(["sin", "tanh", "sigmoid"]), [x]);
      else if (kind === 5) this.#op(at, this.#r.pick(["less", "greater", "equal"]), [x, y]);
      else if (kind === 6) this.#op(at, "where", [this.#of(at, { dtype: "bool", shape: [4] }), x, y]);
      else if (kind === 7) this.#op(at, "cast", [n], { dtype: "float32" });
      else if (kind === 8) this.#op(at, "mul", [x, this.#of(at, { dtype: "float32", shape: [] })]);
      else if (kind === 9) this.#op(at, "index", [x, this.#position(at)]);
      else if (kind === 10) this.#op(at, "sum", [x], { axes: [0], keepDims: false });
      else this.#op(at, this.#r.pick(["add", "sub"]), [n, this.#of(at, I32)]);
    }
  }

  #position(at: Place): Value {
    const [low, high] = [this.#scalar(at, 0), this.#scalar(at, 3)];
    return this.#op(at, "minimum", [this.#op(at, "maximum", [this.#of(at, I32), low]), high]);
  }

  #region(at: Place, params: readonly Value[], body: (inner: Place) => Value[]): Region {
    const inner: Place = { nodes: [], visible: [...at.visible, ...params] };
    return { params, yields: body(inner), nodes: inner.nodes };
  }

  #around(at: Place): Value[] {
    const [start, limit, step] = [0, this.#r.int(0, 3), 1].map((x) => this.#scalar(at, x)) as [Value, Value, Value];
    const params = [I32, VECTOR].map((type) => this.#ids.value(type));
    const body = this.#region(at, params, (inner) => [this.#there(inner)[0] as Value]);
    const node: Node = { kind: "for", start, limit, step, init: [this.#of(at, VECTOR)], body, results: [this.#ids.value(VECTOR)] };
    return [this.#add(at, node)];
  }

  /** A loop that carries a counter and vectors, and its way back. */
  #there(at: Place): Value[] {
    const r = this.#r;
    const back: ((inner: Place) => Value[])[] = [];
    const types = [I32, VECTOR, VECTOR] as const;
    const step = this.#scalar(at, r.pick([1, 1, -1, 2]));
    const body = (inner: Place, carried: readonly Value[]): Value[] => {
      const n = carried[0] as Value;
      const next = this.#op(inner, r.pick(["add", "addExact", "sub", "subExact"]), r.chance(0.9) ? [n, step] : [step, n]);
      this.#some(inner, r.int(2, 8));
      const yields = [next, this.#of(inner, VECTOR), this.#of(inner, VECTOR)];
      back.push(this.#keep(inner, yields));
      return yields;
    };
    const { rounds, range, results } = this.#loop(at, types, body);
    this.#some(at, r.int(0, 2));
    const first = this.#wayBack(at, back[0] as (inner: Place) => Value[], { rounds, range });
    return [...first, ...results.slice(1)];
  }

  /** Pushes values; what pops them again. */
  #keep(at: Place, yields: readonly Value[]): (inner: Place) => Value[] {
    const r = this.#r;
    const inArm = r.chance(0.2) ? this.#of(at, { dtype: "bool", shape: [] }) : null;
    const values = Array.from({ length: r.int(1, 5) }, () =>
      r.chance(0.3) ? r.pick(yields) : this.#of(at, r.pick([VECTOR, VECTOR, I32, { dtype: "bool", shape: [4] }])),
    );
    const rows = values.map((value) => ({ value, stack: this.#stacks++, inArm: inArm !== null && r.chance(0.5) }));
    const push = (nodes: Node[], chosen: typeof rows): Value[] => {
      for (const { value, stack } of chosen) nodes.push({ kind: "push", stack, operands: [value], results: [] });
      return [];
    };
    const pop = (to: Place, chosen: typeof rows): Value[] =>
      chosen.map(({ value, stack }) => this.#add(to, { kind: "pop", stack, results: [this.#ids.value(value.type)] }));
    push(at.nodes, rows.filter((row) => !row.inArm)); // biome-ignore format: one line
    if (inArm === null) return (inner) => pop(inner, rows);
    const decision = this.#stacks++;
    push(at.nodes, [{ value: inArm, stack: decision, inArm: false }]);
    const arm = (body: (a: Place) => Value[]): Region => this.#region(at, [], body);
    const hidden = rows.filter((row) => row.inArm);
    // biome-ignore lint/suspicious/noThenProperty: arms of a branch
    at.nodes.push({ kind: "cond", pred: inArm, then: arm((a) => push(a.nodes, hidden)), else: arm(() => []), results: [] });
    return (inner) => {
      const seen = pop(inner, rows.filter((row) => !row.inArm)); // biome-ignore format: one line
      const pred = this.#add(inner, { kind: "pop", stack: decision, results: [this.#ids.value(inArm.type)] });
      const whenTrue = this.#region(inner, [], (a) => [this.#sum(a, pop(a, hidden))]);
      const whenFalse = this.#region(inner, [], (a) => [this.#of(a, VECTOR)]);
      // biome-ignore lint/suspicious/noThenProperty: arms of a branch
      return [...seen, this.#add(inner, { kind: "cond", pred, then: whenTrue, else: whenFalse, results: [this.#ids.value(VECTOR)] })];
    };
  }

  #sum(at: Place, values: readonly Value[]): Value {
    const half = this.#add(at, constant(this.#ids, "float32", [], [0.5]));
    return values.reduce(
      (sum, value) =>
        this.#op(at, "sub", [
          this.#op(at, "mul", [sum, half]),
          value.type.dtype === "float32" ? value : this.#op(at, "cast", [value], { dtype: "float32" }),
        ]),
      this.#of(at, VECTOR),
    );
  }

  #loop(at: Place, types: readonly Value["type"][], body: (inner: Place, carried: readonly Value[]) => Value[]) {
    const fresh = () => types.map((type) => this.#ids.value(type));
    const init = types.map((type) => this.#of(at, type));
    const [zero, one, limit] = [0, 1, this.#r.int(0, 4)].map((x) => this.#scalar(at, x)) as [Value, Value, Value];
    const range = { start: zero, limit, step: one };
    const params = fresh();
    if (this.#r.chance(0.5)) {
      const down = this.#r.chance(0.3) ? { start: limit, limit: zero, step: this.#scalar(at, -1) } : range;
      const region = this.#region(at, [this.#ids.value(I32), ...params], (inner) => body(inner, params));
      const results = fresh();
      this.#add(at, { kind: "for", ...down, init, body: region, results });
      return { results, rounds: limit, range: down };
    }
    const [before, tested] = [this.#ids.value(I32), this.#ids.value(I32)];
    const test = this.#region(at, [...fresh(), tested], (inner) => [this.#op(inner, "less", [tested, limit])]);
    const region = this.#region(at, [...params, before], (inner) => [...body(inner, params), this.#op(inner, "add", [before, one])]);
    const results = [...fresh(), this.#ids.value(I32)];
    this.#add(at, { kind: "while", init: [...init, zero], test, body: region, results });
    return { results: results.slice(0, -1), rounds: results.at(-1) as Value, range };
  }

  #wayBack(
    at: Place,
    pop: (inner: Place) => Value[],
    { rounds, range }: { rounds: Value; range: { start: Value; limit: Value; step: Value } },
  ): Value[] {
    const [param, result] = [this.#ids.value(VECTOR), this.#ids.value(VECTOR)];
    const [zero, one] = [0, 1].map((x) => this.#scalar(at, x)) as [Value, Value];
    const init = this.#of(at, VECTOR);
    let further: ((inner: Place) => Value[]) | null = null;
    const body = (inner: Place): Value => {
      const sum = this.#op(inner, "add", [this.#sum(inner, pop(inner)), param]);
      this.#some(inner, this.#r.int(0, 2));
      if (this.#r.chance(0.3)) further = this.#keep(inner, [sum]);
      return sum;
    };
    if (this.#r.chance(0.5)) {
      const same = rounds === range.limit || rounds === range.start ? range : { start: zero, limit: rounds, step: one };
      const region = this.#region(at, [this.#ids.value(I32), param], (inner) => [body(inner)]);
      this.#add(at, { kind: "for", ...same, init: [init], body: region, results: [result] });
    } else {
      const [left, tested] = [this.#ids.value(I32), this.#ids.value(I32)];
      const test = this.#region(at, [tested, this.#ids.value(VECTOR)], (inner) => [this.#op(inner, "greater", [tested, zero])]);
      const region = this.#region(at, [left, param], (inner) => {
        const next = body(inner);
        return [this.#op(inner, "sub", [left, one]), next];
      });
      this.#add(at, { kind: "while", init: [rounds, init], test, body: region, results: [this.#ids.value(I32), result] });
    }
    return further === null ? [result] : [...this.#wayBack(at, further, { rounds, range }), result];
  }
}

function stacksOf(graph: Graph): number {
  let count = 0;
  walkNodes(graph.body, (node) => (count += node.kind === "push" ? 1 : 0));
  return count;
}

const bytesOf = (graph: Graph): number => keptByLoops(graph, { file: "", decisions: [] }).reduce((sum, row) => sum + row.perRound.bytes, 0);

it("gives what it gave before, and never keeps more", { timeout: 3_600_000 }, () => {
  let fewer = 0;
  for (let seed = 1; seed <= COUNT; seed++) {
    const graph = new Loops(seed).graph();
    const problem = difference(graph, seed);
    if (problem !== null) throw new Error(`seed ${seed}\n${problem}\n${printGraph(graph)}`);
    const once = recompute(graph);
    expect(recompute(once)).toBe(once);
    expect(bytesOf(once)).toBeLessThanOrEqual(bytesOf(graph));
    if (stacksOf(once) < stacksOf(graph)) fewer++;
  }
  expect(fewer).toBeGreaterThan(COUNT / 4);
});

/** Ten rounds over a vector: five of the values in them are needed on the way back. */
const rounds = gf.graphFunction((x: gf.Tensor, r: gf.Tensor): gf.Tensor => {
  let y = x;
  let i: gf.Tensor = 0;
  while (i < 10) {
    y = gf.relu(y * (1 - y) * r) * (y * y + i);
    i += 1;
  }
  return y.sum();
});
/** The same with a product of matrices, whose result goes through tanh, and rows of an array. */
const recurrent = gf.graphFunction((w: gf.Tensor, xs: gf.Tensor): gf.Tensor => {
  let h = gf.zeros([1, w.shape[0] as number]);
  for (const row of xs) h = gf.tanh(gf.matMul(h, w) * row);
  return h.sum();
});

describe("counted", () => {
  const gradientOf = (f: typeof rounds) => gf.graphFunction((x: gf.Tensor, y: gf.Tensor): gf.Tensor => gf.grad((z) => f(z, y))(x));
  const counts = (graph: Graph) => {
    const { steps, stacks } = buildPlan(graph);
    let nodes = 0;
    walkNodes(graph.body, () => nodes++);
    return {
      nodes,
      kept: bytesOf(graph),
      stacks: stacks.length,
      kernels: steps.filter(({ kind }) => kind === "op" || kind === "fused").length,
    };
  };
  /** Of the graph as it came to the pass, and after all passes. */
  const both = (f: typeof rounds, x: gf.Tensor, y: gf.Tensor) => {
    const { traced } = gradientOf(f).concrete(x, y);
    let before = traced;
    let isBehind = false;
    const { graph: after } = optimize(traced, {
      onPass: (pass, graph) => {
        isBehind ||= pass === "recompute";
        if (!isBehind) before = graph;
      },
    });
    return [counts(before), counts(after)];
  };

  it("elementwise rounds keep one value of five", () => {
    const [before, after] = both(rounds, gf.fill([1000], 0.3, "float64"), gf.scalar(3.1, "float64"));
    expect(before).toEqual({ nodes: 43, kept: 40000, stacks: 5, kernels: 8 });
    expect(after).toEqual({ nodes: 43, kept: 8000, stacks: 1, kernels: 10 });
  });
  it("recurrent rounds keep what they start from", () => {
    const [before, after] = both(recurrent, gf.ones([100, 100]), gf.ones([20, 100]));
    expect(before).toEqual({ nodes: 27, kept: 1200, stacks: 3, kernels: 12 });
    expect(after).toEqual({ nodes: 26, kept: 400, stacks: 1, kernels: 14 });
  });
});

describe("minimum cuts", () => {
  it("are those of all cuts", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const r = new Random(seed);
      const network = new Network();
      const nodes = Array.from({ length: r.int(2, 7) }, () => network.node());
      const edges: [number, number, number][] = [];
      for (let i = r.int(2, 20); i > 0; i--) {
        const [from, to] = [r.pick([network.source, ...nodes]), r.pick(nodes)];
        if (from !== to) edges.push([from, to, r.int(0, 9)]);
      }
      for (const edge of edges) network.edge(...edge);
      const sinks = nodes.filter((_, i) => i < 2);
      const across = (side: (node: number) => boolean): number =>
        edges.reduce((sum, [from, to, capacity]) => sum + (!side(from) && side(to) ? capacity : 0), 0);
      let least = Number.POSITIVE_INFINITY;
      let smallest = nodes.length;
      for (let mask = 0; mask < 2 ** nodes.length; mask++) {
        const side = (node: number): boolean => node > 0 && (mask & (1 << (node - 1))) !== 0;
        if (!sinks.every(side)) continue;
        const [cost, size] = [across(side), nodes.filter(side).length];
        if (cost < least) smallest = size;
        else if (cost === least) smallest = Math.min(smallest, size);
        least = Math.min(least, cost);
      }
      const found = network.cut(sinks);
      expect([seed, across((node) => found.has(node)), found.size]).toEqual([seed, least, smallest]);
    }
  });
});
