/** What explain says that loops leave behind for their gradients, against what a run puts on stacks. */
import { readFileSync } from "node:fs";
import * as gf from "graphfn";
import { beforeAll, describe, expect, it } from "vitest";
import { keptByLoops, showKept } from "../../runtime/src/explain/kept.ts";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import { printGraph } from "../../runtime/src/ir/print.ts";
import { mostOnStacks } from "../support/stacks.ts";

beforeAll(() => {
  gf.setBackend("reference");
});

/** Interpreted graphs have no plan, and so none of the stacks that are counted. */
const isInterpreted = process.env["GRAPHFN_INTERPRET"] === "1";
const f64 = (x: number | number[]) => gf.tensor(x, undefined, "float64");
const rounds = (n: number) => gf.scalar(n, "int32");

/** Two loops, over a vector and over its sum. */
const two = gf.graphFunction((x: gf.Tensor, n: gf.Tensor, m: gf.Tensor): gf.Tensor => {
  let v: gf.Tensor = x;
  for (let i: gf.Tensor = 0; i < n; i += 1) v = v.sin();
  let s: gf.Tensor = v.sum();
  let left = m;
  while (left > 0) {
    s = s * s * 0.5;
    left -= 1;
  }
  return s;
});
const twoGradient = gf.graphFunction((x: gf.Tensor, n: gf.Tensor, m: gf.Tensor) => gf.grad((y) => two(y, n, m))(x));

const sqrt = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
  let y: gf.Tensor = x;
  for (let i: gf.Tensor = 0; i < n; i += 1) {
    gf.loop.options({ checkpoint: "sqrt" });
    y = y.sin();
  }
  return y;
});
const seventh = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
  let y: gf.Tensor = x;
  let left = n;
  while (left > 0) {
    gf.loop.options({ checkpoint: 7 });
    y = y.sin();
    left -= 1;
  }
  return y;
});
const gradientOf = (f: typeof sqrt) => gf.graphFunction((x: gf.Tensor, n: gf.Tensor) => gf.grad((y) => f(y, n))(x));
const secondOf = (f: typeof sqrt) => gf.graphFunction((x: gf.Tensor, n: gf.Tensor) => gf.grad((z) => gf.grad((y) => f(y, n))(z))(x));

const text = (e: gf.Explanation): string[] => e.kept.map((row) => showKept(row).replace(/ at \d+:\d+/, " at …"));
const bytes = (e: gf.Explanation): number[] => e.kept.map(({ perRound }) => perRound.bytes);

describe("two loops", () => {
  it("have a row each, with the bytes that a run puts on stacks", () => {
    const x = f64([0.1, 0.2, 0.3]);
    const explanation = twoGradient.explain(x, rounds(1), rounds(1));
    expect(text(explanation)).toEqual(["24 B per round of the while at …", "8 B per round of the while at …"]);
    if (isInterpreted) return;
    for (const [n, m] of [
      [0, 0],
      [5, 0],
      [0, 9],
      [40, 1000],
    ] as const) {
      const most = mostOnStacks(() => twoGradient(x, rounds(n), rounds(m)));
      const [first, second] = bytes(explanation) as [number, number];
      expect(most).toBe(n * first + m * second);
    }
  });
  it("name their places in the head of the text and on the page", () => {
    const explanation = twoGradient.explain(f64([0.1, 0.2, 0.3]), rounds(1), rounds(1));
    const [head = ""] = explanation.text({ columns: 200 }).split("\n\n");
    const lines = readFileSync(import.meta.filename, "utf8").split("\n");
    const [first, second] = ["for (let i", "while (left"].map((text) => `${lines.findIndex((line) => line.includes(text)) + 1}:3`);
    expect(head).toContain(` · kept 24 B per round of the while at ${first} · kept 8 B per round of the while at ${second}`);
    expect(explanation.html()).toContain(`<dt>kept</dt><dd>24 B per round of the while at ${first}</dd>`);
  });
  it("leave nothing without a gradient", () => {
    const explanation = two.explain(f64([0.1, 0.2, 0.3]), rounds(1), rounds(1));
    expect(explanation.kept).toEqual([]);
    expect(explanation.text().split("\n\n")[0]).not.toContain(" · kept");
  });
});

describe("loops with checkpoints", () => {
  /** The last stretch begins at the last state that was kept; so many are on the stack then, itself among them. */
  const most = (every: "sqrt" | number, n: number, state: number, between: number): number => {
    const kept: number[] = [];
    for (let next = 0, gap = every === "sqrt" ? 1 : every; next < n; next += gap, gap += every === "sqrt" ? 1 : 0) kept.push(next);
    // While a stretch runs, its own state is off the stack.
    const stretches = kept.map((begin, i) => i * state + ((kept[i + 1] ?? n) - begin) * between);
    return Math.max(kept.length * state, ...stretches, 0);
  };
  it.each([
    ["sqrt", sqrt, "√n-th round of the while"],
    [7, seventh, "7th round of the while"],
  ] as const)("%s: kept states and the rounds between two of them", (every, f, name) => {
    const gradient = gradientOf(f);
    const explanation = gradient.explain(f64(0.4), rounds(1));
    const [row] = explanation.kept as [gf.Explanation["kept"][number]];
    const state = row.perCheckpoint?.bytes as number;
    expect(text(explanation)).toEqual([`${state} B per ${name} at …, 8 B per round between two of them`]);
    expect(row).toMatchObject({ perRound: { bytes: 0 }, between: { bytes: 8 }, perCheckpoint: { every, atMost: false } });
    if (isInterpreted) return;
    for (const n of [0, 1, 2, 23, 400]) expect(mostOnStacks(() => gradient(f64(0.4), rounds(n)))).toBe(most(every, n, state, 8));
  });
  it("of which a second gradient keeps something of each round", () => {
    const [row] = secondOf(seventh).explain(f64(0.4), rounds(1)).kept as [gf.Explanation["kept"][number]];
    expect(row.perRound.bytes).toBeGreaterThan(0);
    expect(showKept(row)).toMatch(/per 7th round of the while at \d+:\d+, .* per round$/);
  });
});

describe("of a graph", () => {
  const shown = (body: string): string[] =>
    keptByLoops(parseGraph(`graph f(%0: f32, %1: bool, %2: f32[N]) {\n${body}\n  return %0\n}`), { file: "f.ts", decisions: [] }).map(
      showKept,
    );
  const loop = (inner: string): string => `
    %10: i32 = const 0
    %11: i32 = const 9
    %12: i32 = const 1
    for %13: i32 = %10 to %11 step %12 () {
      ${inner}
      yield
    }`;
  it("branches count with their larger arm", () => {
    expect(shown(loop("cond %1 { push 0 %0 push 1 %0 yield } else { push 2 %0 yield }"))).toEqual(["at most 8 B per round of the for"]);
    expect(shown(loop("cond %1 { push 0 %0 yield } else { push 2 %0 yield }"))).toEqual(["4 B per round of the for"]);
  });
  it("lengths that a run decides are named", () => {
    expect(shown(loop("push 0 %2"))).toEqual(["values whose lengths a run decides per round of the for"]);
    expect(shown(loop("push 0 %2 push 1 %0"))).toEqual(["4 B and values whose lengths a run decides per round of the for"]);
  });
  it("loops in loops count for themselves", () => {
    expect(shown(loop("for %20: i32 = %10 to %11 step %12 () { push 0 %0 yield } push 1 %1"))).toHaveLength(1);
  });
  it("a push of some rounds says so in the text, which reads back", () => {
    expect(shown(loop("cond %1 { push checkpoint 21 0 %0 yield } else { yield }"))).toEqual(["4 B per 21st round of the for"]);
    expect(shown(loop("cond %1 { push checkpoint 112 0 %0 yield } else { yield }"))).toEqual(["4 B per 112th round of the for"]);
    const pushes = "graph f(%0: f32) {\n  push checkpoint sqrt 0 %0\n  push checkpoint 3 1 %0\n  push 2 %0\n  return %0\n}";
    expect(printGraph(parseGraph(pushes))).toBe(pushes);
  });
});

describe("a function that calls itself", () => {
  const power = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
    if (n < 1) return x;
    return power(x.sin(), n - 1) * x;
  });
  it("leaves bytes per call", () => {
    const gradient = gf.graphFunction((x: gf.Tensor, n: gf.Tensor) => gf.grad((y) => power(y, n))(x));
    const explanation = gradient.explain(f64(0.5), rounds(3));
    expect(text(explanation).join()).toMatch(/B per call of /);
  });
});
