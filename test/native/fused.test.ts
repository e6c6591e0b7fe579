/**
 * Fused ops: native pieces, and the code that LLVM makes of them where it is there, give the bits of whole-array kernels, one op after the
 * other, for all ops and dtypes, shapes around the length of a piece and of a vector, operands that are repeated along rows and columns or
 * lie anywhere in memory, and results over operands. GRAPHFN_FUZZ=50000 tries that many.
 */
import { expect, it } from "vitest";
import type { DType, TypedArray } from "../../runtime/src/core/dtype.ts";
import type { Shape } from "../../runtime/src/core/shape.ts";
import { sizeOf } from "../../runtime/src/core/shape.ts";
import { constant, FreshIds, operation } from "../../runtime/src/ir/build.ts";
import type { Graph, Node, Value } from "../../runtime/src/ir/graph.ts";
import { printGraph } from "../../runtime/src/ir/print.ts";
import { allOps } from "../../runtime/src/ops/index.ts";
import type { Attrs } from "../../runtime/src/ops/op.ts";
import { buildPlan } from "../../runtime/src/plan/build.ts";
import { opMayFail } from "../../runtime/src/plan/failures.ts";
import { showPlan } from "../../runtime/src/plan/show.ts";
import { checkPlan } from "../support/check-plan.ts";
import { Random } from "../support/random.ts";
import { below, bits, type Case, elements, NUMBERS, oneByOne, planned } from "./fused-cases.ts";
import { COMPILING, compiling, describeNative } from "./support.ts";

const COUNT = Number(process.env.GRAPHFN_FUZZ ?? 400);
const FIRST = Number(process.env.GRAPHFN_FUZZ_FIRST ?? 1);
const SHAPES: readonly Shape[] = [
  [2],
  [16],
  [33],
  [511],
  [512],
  [513],
  [1300],
  [3, 700],
  [700, 3],
  [37, 29],
  [5, 256],
  [2, 3, 300],
  [4, 1, 130],
];
const DTYPES_USED: readonly DType[] = ["float32", "float32", "float32", "float64", "int32", "bool", "uint8", "int64"];
/** Ops that may be fused, with the dtypes that they take. */
const OPS = allOps().filter((op) => op.flags.has("elementwise") && op.name !== "cast" && op.name !== "where");

/** Axes of length 1 where an operand is repeated. */
function repeated(r: Random, shape: Shape): Shape {
  switch (below(r, 6)) {
    case 0:
      return [];
    case 1:
      return shape.slice(1);
    case 2:
      return [...shape.slice(0, -1), 1];
    case 3:
      return shape.map((d, i) => (i === 0 ? 1 : d));
    default:
      return shape;
  }
}

function random(seed: number): Case {
  const r = new Random(seed);
  const ids = new FreshIds();
  const shape = SHAPES[below(r, SHAPES.length)] as Shape;
  const params: Value[] = [];
  const inputs: TypedArray[] = [];
  const nodes: Node[] = [];
  const pool: Value[] = [];
  const input = (dtype: DType, own: Shape): Value => {
    const value = ids.value({ dtype, shape: own });
    params.push(value);
    inputs.push(elements(r, dtype, sizeOf(own)));
    pool.push(value);
    return value;
  };
  for (let i = 1 + below(r, 3); i >= 0; i--)
    input(DTYPES_USED[below(r, DTYPES_USED.length)] as DType, i === 0 ? shape : repeated(r, shape));
  const of = (dtype: DType): Value => {
    const found = pool.filter((v) => v.type.dtype === dtype);
    if (found.length > 0 && below(r, 8) > 0) return found[below(r, found.length)] as Value;
    if (below(r, 4) === 0) {
      const node = constant(ids, dtype, [], [below(r, dtype === "bool" ? 2 : 3)]);
      nodes.push(node);
      return node.results[0] as Value;
    }
    return below(r, 2) === 0 ? input(dtype, repeated(r, shape)) : cast(pool[below(r, pool.length)] as Value, dtype);
  };
  const add = (op: string, operands: readonly Value[], attrs: Attrs = {}): Value => {
    const node = operation(ids, op, operands, attrs);
    nodes.push(node);
    pool.push(node.results[0] as Value);
    return node.results[0] as Value;
  };
  const cast = (x: Value, dtype: DType): Value => add("cast", [x], { dtype });
  for (let i = 2 + below(r, 14); i > 0; i--) {
    const kind = below(r, 8);
    const dtype = DTYPES_USED[below(r, DTYPES_USED.length)] as DType;
    if (kind === 0) cast(pool[below(r, pool.length)] as Value, dtype);
    else if (kind === 1) add("where", [of("bool"), of(dtype), of(dtype)]);
    else {
      const usable = OPS.filter((op) => op.dtypes.includes(dtype) && !opMayFail(op.name, [dtype]));
      const op = usable[below(r, usable.length)];
      if (op !== undefined)
        add(
          op.name,
          Array.from({ length: op.arity }, () => of(dtype)),
          NUMBERS[op.name],
        );
    }
  }
  const made = nodes.filter(({ kind }) => kind === "op").flatMap(({ results }) => results);
  const yields = [made.at(-1) as Value, ...made.filter(() => below(r, 5) === 0)];
  const graph: Graph = { name: "fused", body: { params, nodes, yields } };
  if (below(r, 2) === 0) return { graph, inputs };
  // The first input of the result's type is a variable, and gets the result.
  const [result] = yields as [Value];
  const param = params.findIndex(({ type }) => type.dtype === result.type.dtype && type.shape.join() === result.type.shape.join());
  return param < 0 ? { graph, inputs } : { graph: { ...graph, variables: [{ param, result: 0 }] }, inputs };
}

function compare(count: number): void {
  let fused = 0;
  const seen = new Set<string>();
  for (let seed = FIRST; seed < FIRST + count; seed++) {
    const c = random(seed);
    const plan = buildPlan(c.graph);
    const complaints = checkPlan(plan);
    const text = () => `seed ${seed}\n${printGraph(c.graph)}\n${showPlan(plan)}`;
    expect(complaints, text()).toEqual([]);
    for (const step of plan.steps) {
      if (step.kind !== "fused") continue;
      fused++;
      for (const { op } of step.ops) seen.add(op);
    }
    const [wanted, got] = [oneByOne(c).map(bits), planned(plan, c, seed).map(bits)];
    for (const [i, text_] of wanted.entries()) if (got[i] !== text_) expect.fail(`result ${i}\n${text()}`);
  }
  expect(fused).toBeGreaterThan(count / 3);
  if (count >= 400) {
    const missing = OPS.filter((op) => op.dtypes.some((dtype) => DTYPES_USED.includes(dtype) && !opMayFail(op.name, [dtype])))
      .map(({ name }) => name)
      .filter((name) => !seen.has(name));
    expect(missing.length, missing.join(" ")).toBeLessThan(8);
  }
}

for (const mode of COMPILING) {
  describeNative(`fused ops, compiler ${mode}`, () => {
    const code = compiling(mode);
    it(`${COUNT} random regions have the bits of their ops one by one`, { timeout: 3_600_000 }, () => {
      compare(COUNT);
      code.check(COUNT / 3);
    });
  });
}
