import { instance } from "@viz-js/viz";
import { beforeAll, describe, expect, it } from "vitest";
import "../../runtime/src/ops/index.ts";
import { constant, FreshIds, operation } from "../../runtime/src/ir/build.ts";
import { toDot } from "../../runtime/src/ir/dot.ts";
import type { Graph, Node, Span, Value } from "../../runtime/src/ir/graph.ts";
import { parseGraph } from "../../runtime/src/ir/parse.ts";

type Viz = Awaited<ReturnType<typeof instance>>;
let viz: Viz;
beforeAll(async () => {
  viz = await instance();
});

const f32 = { dtype: "float32", shape: [] } as const;
const at = (line: number, file = "/a/f.ts"): Span => ({ place: () => ({ file, line, column: 5 }) });

function graphOf(name: string, build: (ids: FreshIds, x: Value) => { nodes: Node[]; yields: Value[] }, param = "x"): Graph {
  const ids = new FreshIds();
  const x = ids.value(f32, param);
  return { name, body: { params: [x], ...build(ids, x) } };
}

/** while (x < 3) x = x + 1; return x */
const counting = graphOf("counting", (ids, x) => {
  const three = constant(ids, "float32", [], [3]);
  const one = constant(ids, "float32", [], [1]);
  const [inTest, inBody, result] = [ids.value(f32, "x"), ids.value(f32, "x"), ids.value(f32, "x")];
  const test = operation(ids, "less", [inTest, three.results[0] as Value], {}, at(2));
  const next = operation(ids, "add", [inBody, one.results[0] as Value], {}, at(3));
  return {
    nodes: [
      three,
      one,
      {
        kind: "while",
        init: [x],
        test: { params: [inTest], nodes: [test], yields: test.results },
        body: { params: [inBody], nodes: [next], yields: next.results },
        results: [result],
        span: at(2),
      },
    ],
    yields: [result],
  };
});

/** Nodes by label and edges between labels, as Graphviz read them. */
function read(graph: Graph, file?: string) {
  const dot = toDot(graph, file === undefined ? {} : { file });
  const result = viz.renderJSON(dot) as {
    objects: { _gvid: number; name: string; label?: string; class?: string; nodes?: number[] }[];
    edges: { tail: number; head: number; style?: string; class?: string; label?: string }[];
  };
  const objects = new Map(result.objects.map((o) => [o._gvid, o]));
  const label = (id: number) => objects.get(id)?.label ?? "";
  return {
    labels: result.objects.filter((o) => o.nodes === undefined).map((o) => o.label ?? ""),
    boxes: result.objects.filter((o) => o.nodes !== undefined).map((o) => [o.label, (o.nodes ?? []).map(label)]),
    edges: (result.edges ?? []).map((e) => [label(e.tail), label(e.head), e.class].filter((s) => s !== undefined).join(" → ")),
    classes: result.objects.map((o) => o.class ?? ""),
  };
}

describe("toDot", () => {
  it("draws a loop: a pill per carried value, test and body in boxes, the way back", () => {
    const { boxes, edges } = read(counting);
    expect(boxes).toEqual([
      ["while", expect.arrayContaining(["x: f32", "again?"])],
      ["test", ["less x, 3\\nbool", "again?"]],
      ["body", ["add x, 1\\nf32"]],
    ]);
    expect(edges.sort()).toEqual(
      [
        "x: f32 → x: f32",
        "x: f32 → less x, 3\\nbool",
        "less x, 3\\nbool → again?",
        "again? → add x, 1\\nf32 → choice",
        "x: f32 → add x, 1\\nf32",
        "add x, 1\\nf32 → x: f32 → back",
        "x: f32 → return",
      ].sort(),
    );
  });

  it("draws variables with their new values, and stacks from pushes to pops", () => {
    const graph = parseGraph(`graph step(%x.0: f32, var %w.1: f32, var %b.2: f32) {
      push 0 %x.0
      %3: f32 = neg %w.1
      %4: f32 = pop 0
      %y.5: f32 = mul %3, %4
      return %y.5, %w.1 := %4
    }`);
    const { edges } = read(graph);
    expect(edges.sort()).toEqual(
      [
        "x: f32 → push x\\nstack 0",
        "push x\\nstack 0 → f32\\npop stack 0 → choice",
        "w: f32 → neg w\\nf32",
        "neg w\\nf32 → y = mul ·, ·\\nf32",
        "f32\\npop stack 0 → y = mul ·, ·\\nf32",
        "y = mul ·, ·\\nf32 → return",
        "f32\\npop stack 0 → w :=",
      ].sort(),
    );
  });

  it("names source lines of the function's own file only", () => {
    expect(
      read(counting, "src/f.ts")
        .classes.filter((c) => c.includes("line-"))
        .sort(),
    ).toEqual(["control line-2", "op line-2", "op line-3", "region line-2"]);
    expect(read(counting, "src/other.ts").classes.filter((c) => c.includes("line-"))).toEqual([]);
  });

  it("draws a branch: an arm without nodes has no box, its value a labelled edge", () => {
    const branch = graphOf("branch", (ids, x) => {
      const zero = constant(ids, "float32", [], [0]);
      const test = operation(ids, "less", [x, zero.results[0] as Value]);
      const negated = operation(ids, "neg", [x]);
      const result = ids.value(f32, "y");
      const node: Node = {
        kind: "cond",
        pred: test.results[0] as Value,
        // biome-ignore lint/suspicious/noThenProperty: arms of a branch
        then: { params: [], nodes: [negated], yields: negated.results },
        else: { params: [], nodes: [], yields: [zero.results[0] as Value] },
        results: [result],
      };
      return { nodes: [zero, test, node], yields: [result] };
    });
    const { boxes, edges } = read(branch);
    expect(boxes.map(([label]) => label)).toEqual(["if", "then"]);
    expect(edges).toContain("neg x\\nf32 → y: f32");
    expect(edges).toContain("0 → y: f32");
    expect(edges).toContain("? → neg x\\nf32 → choice");
  });

  it("numbers operands where order matters and no name tells it", () => {
    const graph = graphOf("order", (ids, x) => {
      const [a, b] = [operation(ids, "exp", [x]), operation(ids, "neg", [x])];
      const values = [a.results[0] as Value, b.results[0] as Value];
      const nodes = [a, b, operation(ids, "sub", values), operation(ids, "add", values)];
      return { nodes, yields: nodes.slice(2).flatMap((n) => n.results) };
    });
    const lines = toDot(graph).split("\n");
    expect(lines.filter((line) => line.includes("headlabel")).length).toBe(2);
  });

  it.each([
    ["quotes and backslashes", `a"b\\c\\n`],
    ["entities and tags", `&lt;<b>&amp;</b>`],
    ["line breaks", "a\nb\r\nc"],
    ["DOT itself", `"]; evil [label="x`],
  ])("escapes %s", (_, name) => {
    const graph = graphOf(name, (_ids, x) => ({ nodes: [], yields: [x] }), name);
    const { labels } = read(graph);
    expect(labels).toHaveLength(2);
    const svg = viz.renderString(toDot(graph), { format: "svg" });
    expect(svg).not.toContain("<b>");
  });

  it("draws a chain of 2000 nodes and 200 nested branches without deep recursion", () => {
    const graph = graphOf("deep", (ids, x) => {
      const nodes: Node[] = [];
      let value = x;
      for (let i = 0; i < 2000; i++) {
        const node = operation(ids, "neg", [value]);
        nodes.push(node);
        value = node.results[0] as Value;
      }
      const pred = ids.value({ dtype: "bool", shape: [] });
      let inner: Node[] = nodes;
      for (let i = 0; i < 200; i++) {
        const result = ids.value(f32);
        inner = [
          {
            kind: "cond",
            pred,
            // biome-ignore lint/suspicious/noThenProperty: arms of a branch
            then: { params: [], nodes: inner, yields: [value] },
            else: { params: [], nodes: [], yields: [x] },
            results: [result],
          },
        ];
        value = result;
      }
      return { nodes: inner, yields: [value] };
    });
    expect(toDot(graph).split("\n").length).toBeGreaterThan(4000);
  });
});
