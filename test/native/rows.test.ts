/**
 * Fused ops with rows: reductions over the last axes and softmaxes between elementwise ops, in one pass, give the bits of whole-array
 * kernels, one op after the other: all dtypes, rows of all lengths around vectors, tiles, leaves and pieces, with one thread and two, by loops
 * and by code. GRAPHFN_FUZZ=5000 tries that many.
 */
import * as gf from "graphfn";
import { afterEach, expect, it } from "vitest";
import type { DType, TypedArray } from "../../runtime/src/core/dtype.ts";
import { type Shape, sameShape, sizeOf } from "../../runtime/src/core/shape.ts";
import { constant, FreshIds, operation } from "../../runtime/src/ir/build.ts";
import type { Node, Value } from "../../runtime/src/ir/graph.ts";
import { printGraph } from "../../runtime/src/ir/print.ts";
import { allOps, getOp } from "../../runtime/src/ops/index.ts";
import type { Attrs } from "../../runtime/src/ops/op.ts";
import { buildPlan } from "../../runtime/src/plan/build.ts";
import { opMayFail } from "../../runtime/src/plan/failures.ts";
import { showPlan } from "../../runtime/src/plan/show.ts";
import { checkPlan } from "../support/check-plan.ts";
import { Random } from "../support/random.ts";
import { below, bits, type Case, elements, NUMBERS, oneByOne, planned } from "./fused-cases.ts";
import { addon, COMPILING, compiling, describeNative } from "./support.ts";

const COUNT = Number(process.env.GRAPHFN_FUZZ ?? 300);
const FIRST = Number(process.env.GRAPHFN_FUZZ_FIRST ?? 1);
const SHAPES: readonly Shape[] = [
  [66],
  [513],
  [5000],
  [1, 300],
  [700, 3],
  [37, 29],
  [130, 1],
  [5, 256],
  [9, 257],
  [2, 3, 300],
  [40, 3, 5],
  [4, 1, 130],
  [20, 1024],
  [3, 4096],
  [2, 4099],
  [3, 9000],
];
/** Enough for several threads. */
const LARGE: readonly Shape[] = [[600, 700], [2, 200_000], [400_000], [30, 9000], [90_000, 4]];
const DTYPES_USED: readonly DType[] = ["float32", "float32", "float32", "float64", "int32", "bool", "uint8", "int64"];
const ELEMENTWISE = allOps().filter((op) => op.flags.has("elementwise") && op.name !== "cast" && op.name !== "where");
const ROW_OPS = allOps().filter((op) => op.flags.has("rows"));

function random(seed: number): Case {
  const r = new Random(seed);
  const ids = new FreshIds();
  const shapes = seed % 12 === 0 ? LARGE : SHAPES;
  const shape = shapes[below(r, shapes.length)] as Shape;
  const params: Value[] = [];
  const inputs: TypedArray[] = [];
  const nodes: Node[] = [];
  const pool: Value[] = [];
  const input = (dtype: DType): Value => {
    const kind = below(r, 8);
    const own = kind === 0 ? [] : kind === 1 ? shape.slice(-1) : kind === 2 ? [...shape.slice(0, -1), 1] : shape;
    const value = ids.value({ dtype, shape: own });
    params.push(value);
    inputs.push(elements(r, dtype, sizeOf(own)));
    pool.push(value);
    return value;
  };
  const dtype = (): DType => DTYPES_USED[below(r, DTYPES_USED.length)] as DType;
  const add = (op: string, operands: readonly Value[], attrs: Attrs = {}): Value => {
    const node = operation(ids, op, operands, attrs);
    nodes.push(node);
    pool.push(node.results[0] as Value);
    return node.results[0] as Value;
  };
  const cast = (x: Value, to: DType): Value => add("cast", [x], { dtype: to });
  const isWhole = (v: Value): boolean => sameShape(v.type.shape as Shape, shape);
  /** Of what was made last mostly: long chains through rows. */
  const some = (values: readonly Value[]): Value => values[Math.max(below(r, values.length), below(r, values.length))] as Value;
  const broadcasts = (v: Value): boolean =>
    isWhole(v) || v.type.shape.length === 0 || v.type.shape.length === shape.length || params.includes(v);
  const of = (wanted: DType): Value => {
    const found = pool.filter((v) => v.type.dtype === wanted && broadcasts(v));
    if (found.length > 0 && below(r, 10) > 0) return some(found);
    if (below(r, 4) === 0) {
      const node = constant(ids, wanted, [], [below(r, wanted === "bool" ? 2 : 3)]);
      nodes.push(node);
      return node.results[0] as Value;
    }
    return below(r, 2) === 0 ? input(wanted) : cast(some(pool.filter(broadcasts)), wanted);
  };
  const rows = (): void => {
    const x = some(pool.filter(isWhole));
    const usable = ROW_OPS.filter((op) => op.dtypes.includes(x.type.dtype));
    const op = usable[below(r, usable.length)];
    if (op === undefined) return;
    const keepDims = below(r, 4) > 0;
    const last = shape.length - 1;
    const wide = below(r, 8);
    const axes = wide === 0 ? shape.map((_, i) => i) : wide === 1 && last > 0 ? [last - 1, last] : wide === 2 ? [0] : [last];
    add(op.name, [x], op.attrs["axes"] === undefined ? (op.attrs["keepDims"] === undefined ? {} : { keepDims }) : { axes, keepDims });
  };
  input("float32");
  while (!pool.some(isWhole)) input(dtype());
  for (let i = 3 + below(r, 16); i > 0; i--) {
    const kind = below(r, 10);
    const wanted = dtype();
    if (kind < 4) rows();
    else if (kind === 4) cast(some(pool.filter(broadcasts)), wanted);
    else if (kind === 5) add("where", [of("bool"), of(wanted), of(wanted)]);
    else {
      const usable = ELEMENTWISE.filter((op) => op.dtypes.includes(wanted) && !opMayFail(op.name, [wanted]));
      const op = usable[below(r, usable.length)];
      if (op === undefined) continue;
      const operands = Array.from({ length: op.arity }, () => of(wanted));
      add(op.name, operands, NUMBERS[op.name]);
    }
  }
  const made = nodes.filter(({ kind }) => kind === "op").flatMap(({ results }) => results);
  const yields = [made.at(-1) as Value, ...made.filter(() => below(r, 5) === 0)];
  return { graph: { name: "rows", body: { params, nodes, yields } }, inputs };
}

afterEach(() => addon?.setThreads(2));

function compare(count: number): void {
  const seen = new Set<string>();
  let groups = 0;
  for (let seed = FIRST; seed < FIRST + count; seed++) {
    addon!.setThreads(1 + (seed % 2));
    const c = random(seed);
    const plan = buildPlan(c.graph);
    const text = () => `seed ${seed}\n${printGraph(c.graph)}\n${showPlan(plan)}`;
    expect(checkPlan(plan), text()).toEqual([]);
    for (const step of plan.steps) {
      if (step.kind !== "fused" || step.run === 0) continue;
      groups++;
      for (const { op, operands } of step.ops) {
        const { dtype } = plan.buffers[step.inputs[operands[0] as number] ?? -1] ?? { dtype: "inside" };
        if (getOp(op).flags.has("rows")) seen.add(`${op} ${dtype}`);
      }
    }
    const [wanted, got] = [oneByOne(c).map(bits), planned(plan, c, seed).map(bits)];
    for (const [i, text_] of wanted.entries()) if (got[i] !== text_) expect.fail(`result ${i}\n${text()}`);
  }
  expect(groups).toBeGreaterThan(count / 3);
  if (count >= 300) expect(ROW_OPS.filter(({ name }) => ![...seen].some((each) => each.startsWith(`${name} `)))).toEqual([]);
}

for (const mode of COMPILING) {
  describeNative(`fused ops with rows, compiler ${mode}`, () => {
    const code = compiling(mode);
    it(`${COUNT} random groups have the bits of their ops one by one`, { timeout: 3_600_000 }, () => {
      compare(COUNT);
      code.check(COUNT / 3);
    });
  });
}

/** Rows of few elements: elementwise ops of the loop stay in registers, and its code calls what goes over rows. */
const functionWithLoop = () =>
  gf.graphFunction((x: gf.Tensor, rounds: gf.Tensor): gf.Tensor => {
    for (let i: gf.Tensor = 0; i < rounds; i++) {
      const p = gf.softmax(x * 1.5 + 0.25);
      x = (p - gf.mean(p * x, -1, true)).mul(3) + gf.max(x, -1, true) / 4;
    }
    return x;
  });

describeNative("rows of few elements in a loop", () => {
  it("have the same bits where the loop becomes machine code", () => {
    const shapes = [[2, 4], [3, 21], [64], [1, 1], [8, 8], [16, 4], [5, 13]];
    const run = (mode: "off" | "wait"): string[] => {
      addon?.setCompiler(mode, "");
      // A function of its own: plans are decoded once.
      const inLoop = functionWithLoop();
      return shapes.map((shape) => {
        const x = gf.randomNormal(shape, 0, 1, "float32", 3);
        return [1, 2, 60].map((n) => bits(inLoop(x, gf.scalar(n, "int32")).dataSync())).join(" ");
      });
    };
    try {
      const before = addon?.compiler(true).compiled ?? 0;
      const plain = run("off");
      for (const mode of COMPILING) for (let again = 0; again < 2; again++) expect(run(mode)).toEqual(plain);
      const x = gf.zeros([2, 4]);
      const { loops } = functionWithLoop().explain(x, gf.scalar(9, "int32"));
      if (COMPILING.includes("wait")) {
        expect(loops.join("\n")).toContain("becomes machine code");
        expect((addon?.compiler(true).compiled ?? 0) - before).toBeGreaterThanOrEqual(shapes.length);
      }
    } finally {
      addon?.setCompiler("background", "");
    }
  });
});
