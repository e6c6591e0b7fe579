/** Long and deep graphs pass through everything: no recursion along nodes, and little of it into regions. */
import { describe, expect, it } from "vitest";
import { cond, constant, FreshIds, operation } from "../../runtime/src/ir/build.ts";
import type { Graph, Node, Region, Value } from "../../runtime/src/ir/graph.ts";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import { printGraph } from "../../runtime/src/ir/print.ts";
import { verifyGraph } from "../../runtime/src/ir/verify.ts";
import { countNodes } from "../../runtime/src/ir/walk.ts";
import { optimize } from "../../runtime/src/passes/pipeline.ts";

const F32 = { dtype: "float32", shape: [] } as const;

/** x = f(x, c) n times, with a constant of its own and a cast each time. */
function chain(n: number): Graph {
  const ids = new FreshIds();
  const x = ids.value(F32, "x");
  const nodes: Node[] = [];
  let last = x;
  for (let i = 0; i < n; i++) {
    const c = constant(ids, "int32", [], [i % 3]);
    const k = operation(ids, "cast", c.results, { dtype: "float32" });
    const next = operation(ids, ["add", "mul", "sub"][i % 3] as string, [last, k.results[0] as Value]);
    nodes.push(c, k, next);
    last = next.results[0] as Value;
  }
  return { name: "chain", body: { params: [x], nodes, yields: [last] } };
}

/** if (x > d) return x; x = x · d; and so on: each early return holds the rest of the function. */
function exits(depth: number): Graph {
  const ids = new FreshIds();
  const x = ids.value(F32, "x");
  const tagArm = (n: number): Region => {
    const c = constant(ids, "int32", [], [n]);
    return { params: [], nodes: [c], yields: c.results };
  };
  const rest = (d: number, v: Value): Region => {
    const limit = constant(ids, "float32", [], [d]);
    const [bound] = limit.results as [Value];
    const exceeds = operation(ids, "greater", [v, bound]);
    const tag = cond(ids, exceeds.results[0] as Value, tagArm(1), tagArm(0));
    const zero = constant(ids, "int32", [], [0]);
    const goesOn = operation(ids, "equal", [tag.results[0] as Value, zero.results[0] as Value]);
    const nodes: Node[] = [limit, exceeds, tag, zero, goesOn];
    if (d === 0) return { params: [], nodes, yields: [v] };
    const next = operation(ids, "mul", [v, bound]);
    const inner = rest(d - 1, next.results[0] as Value);
    const both = cond(ids, goesOn.results[0] as Value, { ...inner, nodes: [next, ...inner.nodes] }, { params: [], nodes: [], yields: [v] });
    return { params: [], nodes: [...nodes, both], yields: both.results };
  };
  return { name: "exits", body: { ...rest(depth, x), params: [x] } };
}

describe("large graphs", () => {
  it("of 30 000 nodes in a row", { timeout: 60_000 }, () => {
    const graph = chain(10_000);
    const { graph: better } = optimize(graph, { verify: true });
    // Adding 0 stays, since it changes −0; multiplying by 1 goes. Two constants are left.
    expect(countNodes(better.body)).toBe(10_000 - 3333 + 2);
    const text = printGraph(graph, { data: "full" });
    expect(printGraph(parseGraph(text), { data: "full" })).toBe(text);
  });

  it("of 950 early returns", { timeout: 60_000 }, () => {
    const graph = exits(950);
    verifyGraph(graph);
    const { graph: better } = optimize(graph);
    verifyGraph(better);
    expect(countNodes(better.body)).toBeLessThan(countNodes(graph.body));
  });

  it("of 80 early returns, which become a branch each", () => {
    const { graph } = optimize(exits(80), { verify: true });
    // Save the last two: x · 1 is x, so both ways return it.
    expect(printGraph(graph).match(/= cond/g)).toHaveLength(79);
    expect(printGraph(graph)).not.toContain("i32");
  });
});
