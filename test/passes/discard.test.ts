/** Selections, masks and reductions at random, half of them by the same mask: the same values after all passes. GRAPHFN_FUZZ=20000 tries that many. */
import { expect, it } from "vitest";
import type { DType } from "../../runtime/src/core/dtype.ts";
import { type Shape, sameShape } from "../../runtime/src/core/shape.ts";
import { cond, constant, FreshIds, operation } from "../../runtime/src/ir/build.ts";
import type { Graph, Node, Region, Value } from "../../runtime/src/ir/graph.ts";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import { countNodes } from "../../runtime/src/ir/walk.ts";
import { dce } from "../../runtime/src/passes/dce.ts";
import { discard } from "../../runtime/src/passes/discard.ts";
import { optimize } from "../../runtime/src/passes/pipeline.ts";
import { difference } from "../support/difference.ts";
import { Random } from "../support/random.ts";

const COUNT = Number(process.env.GRAPHFN_FUZZ ?? 1500);
const SHAPES = [[3, 4], [3, 4], [3, 4], [4], [3, 1], [3], []] as const;

function random(seed: number): Graph {
  const r = new Random(seed);
  const ids = new FreshIds();
  const nodes: Node[] = [];
  const params: Value[] = [];
  const pool: Value[] = [];
  const one = <T>(list: readonly T[]): T => list[r.int(0, list.length - 1)] as T;
  const input = (dtype: DType): void => {
    const value = ids.value({ dtype, shape: [...one(SHAPES)] });
    params.push(value);
    pool.push(value);
  };
  for (const dtype of ["bool", "bool", "float32", "float32", "int32"] as const) input(dtype);
  const add = (op: string, operands: readonly Value[], attrs = {}): void => {
    try {
      const node = operation(ids, op, operands, attrs);
      nodes.push(node);
      pool.push(node.results[0] as Value);
    } catch {
      // Shapes that do not go together.
    }
  };
  const of = (dtype: DType): Value => {
    const own = pool.filter((v) => v.type.dtype === dtype);
    // Later ones more often, so that chains come about.
    return one(own.slice(r.int(0, 1) * Math.floor(own.length / 2)));
  };
  const zero = constant(ids, "float32", [], [0.5]);
  const whole = [1, 2147483647].map((x) => constant(ids, "int32", [], [x]));
  nodes.push(...whole);
  pool.push(...whole.map(({ results: [v] }) => v as Value));
  nodes.push(zero);
  pool.push(zero.results[0] as Value);
  const masks = [of("bool"), of("bool")];
  for (let i = 4 + r.int(0, 16); i > 0; i--) {
    const number = one(["float32", "float32", "int32"] as const);
    switch (r.int(0, 10)) {
      case 0:
      case 1:
      case 2:
      case 3:
        add("where", [one([...masks, of("bool")]), of(number), of(number)]);
        break;
      case 4:
        add(one(["mul", "add", "maximum"]), [of(number), of(number)]);
        break;
      case 5:
        add(one(["less", "equal"]), [of(number), of(number)]);
        break;
      case 6:
        add(one(["logicalAnd", "logicalAnd", "logicalOr"]), [one([...masks, of("bool")]), of("bool")]);
        break;
      case 7:
        add(one(["floorDiv", "addExact", "subExact", "mulExact"]), [of("int32"), of("int32")]);
        break;
      case 8: {
        const x = one([of("bool"), of(number)]);
        const op = x.type.dtype === "bool" ? one(["any", "all"]) : one(["sum", "max"]);
        if (x.type.shape.length > 0) add(op, [x], { axes: [x.type.shape.length - 1], keepDims: r.int(0, 1) === 1 });
        break;
      }
      case 9: {
        // As vmap makes them: a branch that asks whether any element takes it.
        const mask = one(masks);
        const x = of(number);
        if (mask.type.shape.length === 0 || !sameShape(mask.type.shape as Shape, x.type.shape as Shape)) break;
        const test = operation(ids, "any", [mask], { axes: mask.type.shape.map((_, axis) => axis), keepDims: false });
        const first = operation(ids, "where", [mask, x, x], {});
        const own = operation(ids, one(["mul", "add"]), [first.results[0] as Value, x]);
        const then: Region = { params: [], nodes: [first, own], yields: own.results };
        const other = operation(ids, "sub", [own.results[0] as Value, own.results[0] as Value]).results[0] as Value;
        const same = pool.find((v) => v.type.dtype === number && sameShape(v.type.shape as Shape, other.type.shape as Shape));
        if (same === undefined) break;
        const branch = cond(ids, test.results[0] as Value, then, { params: [], nodes: [], yields: [same] });
        nodes.push(test, branch);
        pool.push(branch.results[0] as Value);
        add("where", [mask, branch.results[0] as Value, same]);
        break;
      }
      default: {
        const x = one([...masks, of("bool"), of("float32")]);
        if (x.type.shape.length === 1 && x.type.shape[0] === 3) add("reshape", [x], { shape: [3, 1] });
      }
    }
  }
  const results = nodes.filter(({ kind }) => kind === "op").map(({ results: [v] }) => v as Value);
  const yields = [results.at(-1) ?? (zero.results[0] as Value), ...results.filter(() => r.int(0, 5) === 0)];
  return { name: "masks", body: { params, nodes, yields } };
}

it(`${COUNT} random graphs of selections`, { timeout: 3_600_000 }, () => {
  let simpler = 0;
  for (let seed = 1; seed <= COUNT; seed++) {
    const graph = dce(random(seed));
    const after = dce(discard(graph));
    if (countNodes(after.body) < countNodes(graph.body)) simpler++;
    expect(difference(graph, seed), `seed ${seed}`).toBe(null);
  }
  expect(simpler).toBeGreaterThan(COUNT / 100);
});

it("what vmap makes of `count < limit && x <= 4` and `count += 1` is elementwise in the end", () => {
  const graph = parseGraph(`graph pixels(%0: f32[100], %1: i32*[100], %2: bool[100], %3: i32) {
    %4: i32* = const 1
    %5: f32 = const 4
    %6: i32[100] = cast %2 {dtype="int32"}
    %7: i32 = argMax %6 {axis=0}
    %8: i32* = index %1, %7
    %9: i32*[100] = where %2, %1, %8
    %10: i32*[100] = addExact %9, %4
    %11: bool[100] = less %10, %3
    %12: bool = any %11 {axes=[0], keepDims=false}
    %13: bool[100] = cond %12 {
      %14: i32[100] = cast %11 {dtype="int32"}
      %15: i32 = argMax %14 {axis=0}
      %16: f32 = index %0, %15
      %17: f32[100] = where %11, %0, %16
      %18: f32[100] = mul %17, %17
      %19: bool[100] = lessEqual %18, %5
      yield %19
    } else {
      yield %2
    }
    %20: bool[100] = where %11, %13, %11
    %21: i32*[100] = where %2, %10, %1
    %22: bool[100] = logicalAnd %2, %20
    return %21, %22
  }`);
  const { graph: after } = optimize(graph, { verify: true });
  const ops = after.body.nodes.map((node) => (node.kind === "op" ? node.op : node.kind));
  expect(ops.filter((op) => op !== "const")).toEqual(["where", "addExact", "less", "mul", "lessEqual", "where", "where", "logicalAnd"]);
  for (let seed = 1; seed <= 20; seed++) expect(difference(graph, seed)).toBe(null);
});
