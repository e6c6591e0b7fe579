/** What plans must contain, counted: copies, memory, views, jumps; and what they refuse. */
import { describe, expect, it } from "vitest";
import { referenceBackend } from "../../runtime/src/backends/reference.ts";
import { newElements, type TypedArray } from "../../runtime/src/core/dtype.ts";
import type { TensorType } from "../../runtime/src/core/type.ts";
import { constant, FreshIds, operation } from "../../runtime/src/ir/build.ts";
import { MAX_DEPTH } from "../../runtime/src/ir/depth.ts";
import type { Graph, Node, Region, Value } from "../../runtime/src/ir/graph.ts";
import { verifyGraph } from "../../runtime/src/ir/verify.ts";
import { optimize } from "../../runtime/src/passes/pipeline.ts";
import { buildPlan } from "../../runtime/src/plan/build.ts";
import type { Plan, Step } from "../../runtime/src/plan/plan.ts";
import { checkPlan } from "../support/check-plan.ts";
import { evaluate } from "../support/evaluate.ts";

const F32: TensorType = { dtype: "float32", shape: [] };
const VEC: TensorType = { dtype: "float32", shape: [4] };
const BOOL: TensorType = { dtype: "bool", shape: [] };
const I32: TensorType = { dtype: "int32", shape: [] };

function region(params: readonly Value[], nodes: readonly Node[], yields: readonly Value[]): Region {
  return { params, nodes, yields };
}

function graphOf(params: readonly Value[], nodes: readonly Node[], yields: readonly Value[]): Graph {
  const graph = { name: "f", body: region(params, nodes, yields) };
  verifyGraph(graph);
  return graph;
}

function planOf(graph: Graph): Plan {
  const plan = buildPlan(graph);
  expect(checkPlan(plan)).toEqual([]);
  return plan;
}

function run(plan: Plan, inputs: readonly TypedArray[] = []): number[][] {
  const outputs = plan.outputs.map((id) => newElements(plan.buffers[id]!.dtype, plan.buffers[id]!.size));
  referenceBackend.compile(plan, () => {}).run(inputs, outputs);
  return outputs.map((o) => [...o]);
}

const count = (plan: Plan, kind: Step["kind"]): number => plan.steps.filter((s) => s.kind === kind).length;
function cond(pred: Value, then: Region, otherwise: Region, results: readonly Value[]): Node {
  return { kind: "cond", pred, then, else: otherwise, results };
}

const out = (node: Node): Value => node.results[0]!;

/** while (i < 3) { [a, b] = next(a, b); i = i + 1 } */
function loop(type: TensorType, next: (ids: FreshIds, a: Value, b: Value) => { nodes: Node[]; yields: Value[] }): Graph {
  const ids = new FreshIds();
  const [x, y] = [ids.value(type, "x"), ids.value(type, "y")];
  const [zero, one, three] = [0, 1, 3].map((n) => constant(ids, "int32", [], [n])) as [Node, Node, Node];
  const params = () => [ids.value(I32, "i"), ids.value(type, "a"), ids.value(type, "b")] as [Value, Value, Value];
  const [t, p] = [params(), params()];
  const less = operation(ids, "less", [t[0], out(three)]);
  const step = operation(ids, "add", [p[0], out(one)]);
  const body = next(ids, p[1], p[2]);
  const results = params();
  const node: Node = {
    kind: "while",
    init: [out(zero), x, y],
    test: region(t, [less], less.results),
    body: region(p, [step, ...body.nodes], [out(step), ...body.yields]),
    results,
  };
  return graphOf([x, y], [zero, one, three, node], results.slice(1));
}

/** Copies between the first jump back's target and that jump: what each round pays. */
function copiesPerRound(plan: Plan): number {
  const back = plan.steps.findIndex((s) => s.kind === "when");
  const { target } = plan.steps[back] as Extract<Step, { kind: "when" }>;
  return plan.steps.slice(target, back).filter((s) => s.kind === "copy").length;
}

describe("loops", () => {
  it.each([F32, VEC])("update carried values without copies: %o", (type) => {
    const graph = loop(type, (ids, a, b) => {
      const [sum, product] = [operation(ids, "add", [a, b]), operation(ids, "tanh", [b])];
      return { nodes: [sum, product], yields: [out(sum), out(product)] };
    });
    expect(copiesPerRound(planOf(graph))).toBe(0);
  });

  it.each([F32, VEC])("swap through one temporary: %o", (type) => {
    const graph = loop(type, (_, a, b) => ({ nodes: [], yields: [b, a] }));
    const plan = planOf(graph);
    expect(copiesPerRound(plan)).toBe(3);
    const inputs = type === F32 ? [Float32Array.of(1), Float32Array.of(2)] : [Float32Array.of(1, 1, 1, 1), Float32Array.of(2, 2, 2, 2)];
    expect(run(plan, inputs)).toEqual([[...inputs[1]!], [...inputs[0]!]]);
  });

  it("keep setIndex in place through a branch", () => {
    const graph = loop(VEC, (ids, a, b) => {
      const [zero, one] = [constant(ids, "int32", [], [0]), constant(ids, "int32", [], [1])];
      const [first, second] = [operation(ids, "index", [a, out(zero)]), operation(ids, "index", [a, out(one)])];
      const greater = operation(ids, "greater", [out(first), out(second)]);
      const once = operation(ids, "setIndex", [a, out(zero), out(second)]);
      const twice = operation(ids, "setIndex", [out(once), out(one), out(first)]);
      const sorted = cond(out(greater), region([], [once, twice], twice.results), region([], [], [a]), [ids.value(VEC)]);
      return { nodes: [zero, one, first, second, greater, sorted], yields: [out(sorted), b] };
    });
    const plan = planOf(graph);
    expect(copiesPerRound(plan)).toBe(0);
    expect(run(plan, [Float32Array.of(5, 3, 9, 1), new Float32Array(4)])[0]).toEqual([3, 5, 9, 1]);
  });

  const ranges: [number, number, number][] = [
    [0, 5, 2],
    [2147483645, 2147483647, 2],
    [5, -2147483648, -1073741824],
    [-2147483648, 2147483647, 2147483647],
    [3, 3, 0],
    [2, 3, 0],
    [7, 3, 1],
    [3, 7, -1],
  ];
  it.each(ranges)("for from %i to %i by %i runs as often as in JavaScript", (start, limit, step) => {
    for (const given of ["constant", "argument"]) {
      const ids = new FreshIds();
      const bounds = [start, limit, step].map((n) => constant(ids, "int32", [], [n]));
      const params = bounds.map(() => ids.value(I32));
      const [from, to, by] = given === "constant" ? bounds.map(out) : params;
      const [zero, one] = [constant(ids, "int32", [], [0]), constant(ids, "int32", [], [1])];
      const [i, c] = [ids.value(I32, "i"), ids.value(I32, "count")];
      const add = operation(ids, "add", [c, out(one)]);
      const [count, last] = [ids.value(I32), ids.value(I32)];
      const body = region([i, c, ids.value(I32)], [add], [out(add), i]);
      const node: Node = { kind: "for", start: from!, limit: to!, step: by!, init: [out(zero), out(zero)], body, results: [count, last] };
      const graph = graphOf(params, [...bounds, zero, one, node], [count, last]);
      const inputs = [start, limit, step].map((n) => Int32Array.of(n));
      const wanted = evaluate(graph, inputs).outputs.map((o) => [...o]);
      expect(run(planOf(graph), inputs)).toEqual(wanted);
      expect(run(planOf(optimize(graph).graph), inputs)).toEqual(wanted);
    }
  });
});

describe("views", () => {
  it("share memory with an operand that lives on", () => {
    const ids = new FreshIds();
    const x = ids.value({ dtype: "float32", shape: [2, 2] }, "x");
    const base = operation(ids, "tanh", [x]);
    const view = operation(ids, "reshape", [out(base)], { shape: [4] });
    const one = operation(ids, "sum", [out(view)], { axes: [0], keepDims: false });
    const other = operation(ids, "sum", [out(base)], { axes: [0, 1], keepDims: false });
    const plan = planOf(graphOf([x], [base, view, one, other], [out(one), out(other)]));
    expect(plan.steps.filter((s) => s.kind === "copy" && plan.buffers[s.to]!.size > 1)).toEqual([]);
    expect(plan.steps.filter((s) => s.kind === "op" && s.op === "reshape")).toEqual([]);
  });

  it("keep the value they saw when their operand changes in a loop", () => {
    const graph = loop(VEC, (ids, a, _b) => {
      const view = operation(ids, "reshape", [a], { shape: [2, 2] });
      const next = operation(ids, "add", [a, a]);
      const back = operation(ids, "reshape", [out(view)], { shape: [4] });
      return { nodes: [view, next, back], yields: [out(next), out(back)] };
    });
    const inputs = [Float32Array.of(1, 2, 3, 4), new Float32Array(4)];
    expect(run(planOf(graph), inputs)).toEqual(evaluate(graph, inputs).outputs.map((o) => [...o]));
  });
});

describe("branches", () => {
  const branch = (then: boolean, otherwise: boolean): Plan => {
    const ids = new FreshIds();
    const p = ids.value(BOOL, "p");
    const say = (): Node => ({ kind: "print", method: "log", operands: [], parts: ["here"], results: [] });
    const arm = (full: boolean) => region([], full ? [say()] : [], []);
    return planOf(graphOf([p], [cond(p, arm(then), arm(otherwise), [])], []));
  };
  it("jump no more than they must", () => {
    const kinds = (plan: Plan) => plan.steps.map((s) => s.kind).filter((kind) => kind !== "copy");
    expect(kinds(branch(true, true))).toEqual(["unless", "print", "jump", "print"]);
    expect(kinds(branch(true, false))).toEqual(["unless", "print"]);
    expect(kinds(branch(false, true))).toEqual(["when", "print"]);
    expect(kinds(branch(false, false))).toEqual([]);
  });
});

describe("results", () => {
  it("are computed in the caller's memory; an input, a constant and a second use are copied there", () => {
    const ids = new FreshIds();
    const x = ids.value(VEC, "x");
    const c = constant(ids, "float32", [4], [7]);
    const y = operation(ids, "tanh", [x]);
    const plan = planOf(graphOf([x], [c, y], [out(y), x, out(c), out(y)]));
    expect(count(plan, "copy")).toBe(3);
    expect(plan.arenaBytes).toBe(0);
    const t = [...Float32Array.of(1, 2, 3, 4).map(Math.tanh)];
    expect(run(plan, [Float32Array.of(1, 2, 3, 4)])).toEqual([t, [1, 2, 3, 4], [7, 7, 7, 7], t]);
  });

  it("stay what they are when a later op nobody reads could work in place", () => {
    const ids = new FreshIds();
    const x = ids.value(VEC, "x");
    const y = operation(ids, "tanh", [x]);
    const unread = operation(ids, "square", [out(y)]);
    expect(run(planOf(graphOf([x], [y, unread], [out(y)])), [Float32Array.of(0, 0, 0, 0.5)])[0]![3]).toBeCloseTo(Math.tanh(0.5));
  });
});

describe("size", () => {
  it("a chain of 1e5 vectors works in place, without recursion", () => {
    const ids = new FreshIds();
    const x = ids.value(VEC, "x");
    const nodes: Node[] = [];
    for (let i = 0, v = x; i < 1e5; i++, v = out(nodes.at(-1)!)) nodes.push(operation(ids, "sin", [v]));
    const plan = buildPlan({ name: "chain", body: region([x], nodes, [out(nodes.at(-1)!)]) });
    expect(plan.steps.length).toBe(Math.ceil(1e5 / 64));
    expect(plan.arenaBytes).toBe(0);
  });

  /** cond in cond, `depth` times. */
  function nested(depth: number): Graph {
    const ids = new FreshIds();
    const p = ids.value(BOOL, "p");
    const x = ids.value(F32, "x");
    let inner = region([], [], [x]);
    for (let i = 0; i < depth; i++) {
      const node = cond(p, inner, region([], [], [x]), [ids.value(F32)]);
      inner = region([], [node], node.results);
    }
    return { name: "deep", body: { ...inner, params: [p, x] } };
  }

  it(`${MAX_DEPTH} nested branches are planned and optimised`, () => {
    const graph = nested(MAX_DEPTH);
    expect(run(buildPlan(graph), [Uint8Array.of(1), Float32Array.of(5)])).toEqual([[5]]);
    expect(run(buildPlan(optimize(graph).graph), [Uint8Array.of(0), Float32Array.of(6)])).toEqual([[6]]);
  });

  it("more are refused, however many", () => {
    for (const depth of [MAX_DEPTH + 1, 20_000]) {
      expect(() => buildPlan(nested(depth))).toThrow(expect.objectContaining({ code: "U_DEPTH" }));
      expect(() => optimize(nested(depth))).toThrow(expect.objectContaining({ code: "U_DEPTH" }));
    }
  });

  it("shapes known only at run time are refused by name", () => {
    const ids = new FreshIds();
    const x = ids.value({ dtype: "float32", shape: [{ sym: "N" }] }, "batch");
    const refusal = expect.objectContaining({ code: "U_SYMBOLIC", message: expect.stringContaining("batch") });
    expect(() => buildPlan(graphOf([x], [], [x]))).toThrow(refusal);
  });
});
