import { describe, expect, it } from "vitest";
import { constant, FreshIds, operation } from "../../runtime/src/ir/build.ts";
import type { Graph, Value } from "../../runtime/src/ir/graph.ts";
import { printGraph } from "../../runtime/src/ir/print.ts";
import { verifyGraph } from "../../runtime/src/ir/verify.ts";
import { freeValues } from "../../runtime/src/ir/walk.ts";

/** while (x < limit) { x = x + 1; print x } with a branch after it. */
function sample(): Graph {
  const ids = new FreshIds();
  const n = ids.value({ dtype: "float32", shape: [] }, "n");
  const f32 = n.type;
  const one = constant(ids, "float32", [], [0.1]);
  const table = constant(ids, "float64", [10], [Number.NaN, -0, 1, 2, 3, 4, 5, 6, 7, 8]);
  const inTest = ids.value(f32, "x");
  const test = operation(ids, "less", [inTest, n]);
  const inBody = ids.value(f32, "x");
  const next = operation(ids, "add", [inBody, one.results[0] as Value], {}, { place: () => ({ file: "/a/f.ts", line: 3, column: 5 }) });
  const result = ids.value(f32, "odd name");
  const total = operation(ids, "sum", [table.results[0] as Value], { axes: [0], keepDims: false });
  return {
    name: "count",
    body: {
      params: [n],
      nodes: [
        one,
        table,
        {
          kind: "while",
          init: [one.results[0] as Value],
          test: { params: [inTest], nodes: [test], yields: test.results },
          body: {
            params: [inBody],
            nodes: [next, { kind: "print", method: "log", operands: next.results, parts: ["x", 0], results: [] }],
            yields: next.results,
          },
          results: [result],
        },
        total,
      ],
      yields: [result, total.results[0] as Value],
    },
  };
}

describe("printGraph", () => {
  it("shows names, types, attributes, regions and places", () => {
    expect(printGraph(sample(), { spans: true })).toMatchInlineSnapshot(`
      "graph count(%n.0: f32) {
        %1: f32 = const 0.1
        %2: f64[10] = const [NaN, -0, 1, 2, 3, 4, 5, 6, … 10 elements]
        %"odd name".7: f32 = while (%x.3: f32 = %1) {
          %4: bool = less %x.3, %n.0
          yield %4
        } do (%x.5: f32) {
          %6: f32 = add %x.5, %1  // f.ts:3:5
          print log %6 ["x", 0]
          yield %6
        }
        %8: f64 = sum %2 {axes=[0], keepDims=false}
        return %"odd name".7, %8
      }"
    `);
  });

  it("numbers values in order of definition on demand", () => {
    expect(printGraph(sample(), { renumber: true }).split("\n")[1]).toBe("  %1: f32 = const 0.1");
  });
});

describe("freeValues", () => {
  it("lists what a region captures", () => {
    const graph = sample();
    const loop = graph.body.nodes[2];
    if (loop?.kind !== "while") throw new Error("no loop");
    expect(freeValues(loop.body)).toEqual(graph.body.nodes[0]?.results);
    expect(freeValues(loop.test)).toEqual(graph.body.params);
  });
});

describe("verifyGraph", () => {
  const breakIt = (change: (graph: { -readonly [K in keyof Graph]: any }) => void): (() => void) => {
    const graph = sample();
    change(graph as any);
    return () => verifyGraph(graph);
  };

  it("takes a legal graph", () => expect(() => verifyGraph(sample())).not.toThrow());

  it("refuses a use outside the region", () => {
    expect(breakIt((g) => (g.body.yields[0] = g.body.nodes[2].body.nodes[0].results[0]))).toThrow("is used outside the region");
  });

  it("refuses a use before the definition", () => {
    expect(breakIt((g) => g.body.nodes.reverse())).toThrow("is used before it is defined");
  });

  it("refuses results of another type than the op infers", () => {
    expect(breakIt((g) => (g.body.nodes[3].results[0].type = { dtype: "int32", shape: [] }))).toThrow(
      "is i32, but the inferred result is f64",
    );
  });

  it("refuses operands that the op does not take, and shows the node", () => {
    expect(breakIt((g) => (g.body.nodes[2].body.nodes[0].operands = [g.body.params[0], g.body.nodes[1].results[0]]))).toThrow(
      "add got float32 and float64, which must be one dtype.\n",
    );
    expect(breakIt((g) => (g.body.nodes[2].body.nodes[0].operands = []))).toThrow(">     %6: f32 = add\n");
  });

  it("refuses a loop whose yields differ from its initial values", () => {
    expect(breakIt((g) => (g.body.nodes[2].body.yields = []))).toThrow("0 × yield of the body for 1 × parameter");
    expect(breakIt((g) => (g.body.nodes[2].test.yields = [g.body.params[0]]))).toThrow("yield of the test %n.0 is f32");
  });

  it("refuses constants with a wrong number of elements", () => {
    expect(breakIt((g) => (g.body.nodes[0].data = new Float32Array(2)))).toThrow("2 elements");
    expect(breakIt((g) => (g.body.nodes[0].data = new Float64Array(1)))).toThrow("Float64Array");
  });

  it("refuses one id for two values", () => {
    expect(breakIt((g) => (g.body.nodes[3].results[0].id = 0))).toThrow("has the id of another value");
  });
});
