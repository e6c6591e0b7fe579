/**
 * Groups of fused ops with a product as their head have the bits of their ops one by one: all dtypes, transposed operands, lengths around
 * tiles, blocks of sums and parts of oneDNN, batches that are rows, results over operands and beside them, products that others read, too.
 * With loops and with code, on one thread and on two, with oneDNN and without. GRAPHFN_FUZZ=5000 tries that many.
 */
import * as gf from "graphfn";
import { afterEach, describe, expect, it } from "vitest";
import type { DType, TypedArray } from "../../runtime/src/core/dtype.ts";
import { type Shape, sizeOf } from "../../runtime/src/core/shape.ts";
import { constant, FreshIds, operation } from "../../runtime/src/ir/build.ts";
import type { Graph, Node, Value } from "../../runtime/src/ir/graph.ts";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import { printGraph } from "../../runtime/src/ir/print.ts";
import type { Attrs } from "../../runtime/src/ops/op.ts";
import { buildPlan } from "../../runtime/src/plan/build.ts";
import { headOf } from "../../runtime/src/plan/heads.ts";
import type { Plan } from "../../runtime/src/plan/plan.ts";
import { showPlan } from "../../runtime/src/plan/show.ts";
import { checkPlan } from "../support/check-plan.ts";
import { Random } from "../support/random.ts";
import { below, bits, type Case, elements, oneByOne, planned } from "./fused-cases.ts";
import { addon, COMPILING, compiling, describeNative } from "./support.ts";

const COUNT = Number(process.env.GRAPHFN_FUZZ ?? 120);
const FIRST = Number(process.env.GRAPHFN_FUZZ_FIRST ?? 1);
/** Rows, sums and columns. */
type Lengths = readonly [m: number, k: number, n: number];
const SMALL: readonly Lengths[] = [
  ...([
    [2, 1, 2],
    [2, 3, 33],
    [7, 5, 3],
    [12, 9, 32],
    [13, 40, 31],
    [33, 7, 65],
    [3, 300, 200],
    [36, 1030, 20],
    [5, 2, 700],
  ] as const),
];
const LARGE: readonly Lengths[] = [
  ...([
    [80, 64, 70],
    [97, 256, 41],
    [50, 257, 130],
    [61, 513, 95],
    [300, 30, 300],
    [400, 20, 1100],
    [130, 300, 520],
    [1000, 17, 5],
  ] as const),
];
/** Taken by oneDNN where it is installed: one part, several, ends of parts that are short. */
const OF_LIBRARY: readonly Lengths[] = [
  ...([
    [192, 200, 210],
    [257, 130, 290],
    [300, 100, 530],
  ] as const),
];
const DTYPES_USED: readonly DType[] = ["float32", "float32", "float32", "float64", "int32", "int64"];

/** A product, and ops on all of it: with operands that lie along it in every way, and a variable that gets the result, or not. */
function random(seed: number): Case {
  const r = new Random(seed);
  const ids = new FreshIds();
  const pick = <T>(list: readonly T[]): T => list[below(r, list.length)] as T;
  const dtype = pick(DTYPES_USED);
  const size = below(r, 10);
  const [m, k, n] = size === 0 && dtype === "float32" ? pick(OF_LIBRARY) : pick(size < 5 ? SMALL : LARGE);
  const [params, inputs, nodes]: [Value[], TypedArray[], Node[]] = [[], [], []];
  const input = (type: DType, shape: Shape): Value => {
    const value = ids.value({ dtype: type, shape });
    params.push(value);
    inputs.push(elements(r, type, sizeOf(shape)));
    return value;
  };
  const add = (op: string, operands: readonly Value[], attrs: Attrs = {}): Value => {
    const node = operation(ids, op, operands, attrs);
    nodes.push(node);
    return node.results[0] as Value;
  };
  const [transposeA, transposeB] = [below(r, 3) === 0, below(r, 3) === 0];
  // Rows in batches, or one batch.
  const lead: Shape = transposeA || below(r, 3) > 0 ? (below(r, 4) === 0 ? [1] : []) : m % 2 === 0 ? [2] : [];
  const rows = lead[0] === 2 ? m / 2 : m;
  const a = input(dtype, transposeA ? [...lead, k, m] : [...lead, rows, k]);
  const b = input(dtype, transposeB ? [n, k] : [k, n]);
  const product = add("matMul", [a, b], { transposeA, transposeB });
  const shape = product.type.shape as Shape;
  const own = [a, b].filter((v) => v.type.shape.join() === shape.join());
  const full: Value[] = [];
  const beside = (type: DType): Value => {
    switch (below(r, own.length > 0 ? 7 : 6)) {
      case 0: {
        const node = constant(ids, type, [], [below(r, 3)]);
        nodes.push(node);
        return node.results[0] as Value;
      }
      case 1:
        return input(type, [n]);
      case 2:
        return input(type, [...shape.slice(0, -1), 1]);
      case 3:
        return input(
          type,
          shape.map((d, i) => (i === 0 ? d : 1)),
        );
      case 6:
        return own[0]?.type.dtype === type ? (own[0] as Value) : input(type, shape);
      default: {
        const value = input(type, shape);
        full.push(value);
        return value;
      }
    }
  };
  const made: Value[] = [product];
  for (let i = 1 + below(r, 5); i > 0; i--) {
    const x = below(r, 3) === 0 ? pick(made) : (made.at(-1) as Value);
    const type = x.type.dtype;
    if (type === "bool") made.push(add("where", [x, beside(dtype), pick(made.filter((v) => v.type.dtype === dtype))]));
    else if (below(r, 8) === 0) made.push(add("greater", [x, beside(type)]));
    else made.push(add(pick(["add", "sub", "mul", "maximum"]), below(r, 2) === 0 ? [x, beside(type)] : [beside(type), x]));
  }
  const last = made.at(-1) as Value;
  const yields = [last, ...made.slice(0, -1).filter(() => below(r, 6) === 0)];
  // Something that is no part of a group reads the product, or another product is read.
  if (below(r, 6) === 0) yields.push(add("cumsum", [product], { axis: 0, exclusive: false, reverse: false }));
  if (below(r, 8) === 0) yields.push(add("add", [add("matMul", [a, b], { transposeA, transposeB }), input(dtype, [n])]));
  const graph: Graph = { name: "headed", body: { params, nodes, yields } };
  const type = last.type;
  const param = params.findIndex(
    (v) => [...full, ...own].includes(v) && v.type.dtype === type.dtype && v.type.shape.join() === shape.join(),
  );
  return param < 0 || below(r, 4) === 0 ? { graph, inputs } : { graph: { ...graph, variables: [{ param, result: 0 }] }, inputs };
}

const headsOf = (plan: Plan): number => plan.steps.filter((step) => step.kind === "fused" && headOf(step.ops) !== null).length;

/** Returns how many groups had a head. */
function compare(c: Case, seed: number): number {
  const plan = buildPlan(c.graph, { heads: "always", compiles: () => true });
  const text = () => `seed ${seed}\n${printGraph(c.graph)}\n${showPlan(plan)}`;
  expect(checkPlan(plan), text()).toEqual([]);
  const [wanted, got] = [oneByOne(c).map(bits), planned(plan, c, seed).map(bits)];
  for (const [i, text_] of wanted.entries()) if (got[i] !== text_) expect.fail(`result ${i}\n${text()}`);
  return headsOf(plan);
}

afterEach(() => {
  addon?.setThreads(2);
  addon?.setOneDnn(true);
});

for (const mode of COMPILING) {
  for (const threads of [1, 2]) {
    describeNative(`products before fused ops, compiler ${mode}, ${threads} thread${threads === 1 ? "" : "s"}`, () => {
      compiling(mode);
      it.each([true, false])(`${COUNT} random ones have the bits of their ops one by one; oneDNN %s`, { timeout: 3_600_000 }, (library) => {
        addon!.setThreads(threads);
        addon!.setOneDnn(library);
        let heads = 0;
        for (let seed = FIRST; seed < FIRST + COUNT; seed++) heads += compare(random(seed), seed);
        expect(heads).toBeGreaterThan(COUNT * 0.7);
      });
    });
  }
}

describeNative("a product stays apart", () => {
  const zeros = (graph: Graph): TypedArray[] =>
    graph.body.params.map(({ type }, i) => elements(new Random(i + 1), type.dtype, sizeOf(type.shape as Shape)));
  it.each([
    ["of a vector and a matrix", "f32[1,40]", "f32[40,30]", "f32[1,30]"],
    ["of a matrix and a vector", "f32[40,30]", "f32[30,1]", "f32[40,1]"],
    ["of nothing", "f32[20,0]", "f32[0,30]", "f32[20,30]"],
    ["without elements", "f32[0,5]", "f32[5,30]", "f32[0,30]"],
    ["in batches", "f32[3,20,5]", "f32[3,5,30]", "f32[3,20,30]"],
    ["that is longer than what it is added to", "f32[20,5]", "f32[5,30]", "f32[4,20,30]"],
  ])("%s", (_, a, b, c) => {
    const product = `f32[${[...a.slice(4, -1).split(",").slice(0, -1), b.slice(4, -1).split(",").at(-1)]}]`;
    const graph = parseGraph(`graph f(%0: ${a}, %1: ${b}, %2: ${c}) {
  %3: ${product} = matMul %0, %1 {transposeA=false, transposeB=false}
  %4: ${c} = add %3, %2
  %5: ${c} = maximum %4, %2
  return %5
}`);
    expect(compare({ graph, inputs: zeros(graph) }, 1)).toBe(0);
  });

  it("whose operand gets the result, which is then made beside it", () => {
    const graph = parseGraph(`graph f(var %0: f32[70,70], %1: f32[70,70]) {
  %3: f32[70,70] = matMul %0, %0 {transposeA=false, transposeB=true}
  %4: f32[70,70] = sub %0, %3
  return %0 := %4
}`);
    const plan = buildPlan(graph, { heads: "always" });
    expect(plan.steps.map(({ kind }) => kind)).toEqual(["fused", "copy"]);
    compare({ graph, inputs: zeros(graph) }, 1);
  });
});

describeNative("a variable that is an argument, too", () => {
  it("is read as it was, whatever block of it is written first", () => {
    const before = gf.getBackend();
    gf.setBackend("native");
    addon!.setOneDnn(false);
    const [m, n] = [512, 256];
    const v = gf.variable(gf.linspace(-1, 1, m * n).reshape([m, n]));
    const w = gf.linspace(-1, 1, n * n).reshape([n, n]);
    const step = gf.graphFunction((x: gf.Tensor) => {
      v.assign(gf.sub(v, gf.mul(0.5, gf.matMul(x, w))));
      return gf.neg(w);
    });
    expect(step.explain(v).fusion.groups.map(({ head }) => head?.op)).toContain("matMul");
    const wanted = gf
      .sub(v, gf.mul(0.5, gf.matMul(v, w)))
      .dataSync()
      .slice();
    step(v);
    expect(bits(v.dataSync())).toBe(bits(wanted));
    gf.setBackend(before);
  });
});

describe("two products of one shape", () => {
  it("are heads of one group each", () => {
    const graph = parseGraph(`graph f(%0: f32[40,9], %1: f32[9,40], var %2: f32[40,40], var %3: f32[40,40]) {
  %4: f32[40,40] = matMul %0, %1 {transposeA=false, transposeB=false}
  %5: f32[40,40] = matMul %1, %0 {transposeA=true, transposeB=true}
  %6: f32[40,40] = sub %2, %4
  %7: f32[40,40] = sub %3, %5
  return %2 := %6, %3 := %7
}`);
    const plan = buildPlan(graph, { heads: "always" });
    expect([headsOf(plan), plan.steps.length, plan.arenaBytes]).toEqual([2, 2, 0]);
  });
});
