/**
 * Scripts: random graphs of scalars give what the naive evaluator and native plans give, to the bit; a script that fails has written nothing.
 * GRAPHFN_FUZZ and GRAPHFN_FUZZ_FIRST as in random.test.ts.
 */
import { describe, expect, it } from "vitest";
import { createNativeBackend } from "../../runtime/src/backends/native.ts";
import { newElements, type TypedArray } from "../../runtime/src/core/dtype.ts";
import { GraphFnError } from "../../runtime/src/core/errors.ts";
import type { Graph } from "../../runtime/src/ir/graph.ts";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import { printGraph } from "../../runtime/src/ir/print.ts";
import { optimize } from "../../runtime/src/passes/pipeline.ts";
import { buildPlan } from "../../runtime/src/plan/build.ts";
import { scriptOf } from "../../runtime/src/plan/script/script.ts";
import { evaluate, TooLong } from "../support/evaluate.ts";
import { type RandomGraphOptions, randomGraph, randomInputs } from "../support/random-graph.ts";

const COUNT = Number(process.env.GRAPHFN_FUZZ ?? 600);
const FIRST = Number(process.env.GRAPHFN_FUZZ_FIRST ?? 1);
const SIZES: readonly RandomGraphOptions[] = [
  { nodes: 3, depth: 2, scalars: true },
  { nodes: 8, depth: 3, scalars: true, variables: true },
  { nodes: 14, depth: 3, scalars: true },
];
const native = createNativeBackend();

type Run = (inputs: TypedArray[], outputs: TypedArray[], variables: TypedArray[]) => boolean;

/** Results in the order of the graph's yields; null for a run that failed. */
function results(graph: Graph, given: readonly TypedArray[], run: Run): string | null {
  const slots = graph.variables ?? [];
  const isVariable = new Set(slots.map((slot) => slot.param));
  const assigned = new Set(slots.map((slot) => slot.result));
  const variables = slots.map(({ param }) => given[param]!.slice());
  const outputs = graph.body.yields.flatMap(({ type }, i) => (assigned.has(i) ? [] : [newElements(type.dtype, 1).fill(1 as never)]));
  const ok = run(
    given.filter((_, i) => !isVariable.has(i)),
    outputs,
    variables,
  );
  if (!ok) {
    expect(outputs.every((o) => o[0] === 1)).toBe(true);
    expect(show(variables)).toBe(show(slots.map(({ param }) => given[param]!)));
    return null;
  }
  const own = outputs[Symbol.iterator]();
  return show(
    graph.body.yields.map((_, i) => {
      const slot = slots.findIndex(({ result }) => result === i);
      return slot < 0 ? own.next().value! : variables[slot]!;
    }),
  );
}

const show = (arrays: readonly TypedArray[]) =>
  arrays.map((a) => Array.from(a, (x) => (Object.is(x, -0) ? "-0" : String(x))).join()).join(" ");

function evaluated(graph: Graph, inputs: readonly TypedArray[]): string | null {
  try {
    return show(evaluate(graph, inputs, 20_000).outputs);
  } catch (error) {
    if (error instanceof GraphFnError) return null;
    throw error;
  }
}

function planned(graph: Graph): Run {
  const executable = native!.compile(buildPlan(graph), () => {});
  return (...given) => {
    try {
      executable.run(...given);
      return true;
    } catch (error) {
      if (error instanceof GraphFnError) return false;
      throw error;
    }
  };
}

describe("random graphs of scalars", () => {
  it.each([...SIZES.keys()])(`${COUNT} of size %i`, { timeout: 3_600_000 }, (size) => {
    let failed = 0;
    for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
      const graph = randomGraph(seed, SIZES[size]);
      const sets = [seed, seed + 1e6].map((s) => randomInputs(graph, s));
      for (const candidate of [graph, optimize(graph, { verify: true }).graph]) {
        const script = scriptOf(candidate);
        const text = () => `seed ${seed}\n${printGraph(candidate, { data: "full" })}\n${script?.source}`;
        expect(script, text()).not.toBe(null);
        for (const inputs of sets) {
          let wanted: string | null;
          try {
            wanted = evaluated(graph, inputs);
          } catch (error) {
            if (error instanceof TooLong) continue;
            throw error;
          }
          const got = results(candidate, inputs, script!.run);
          if (wanted === null) failed++;
          // An unused op that would have failed may have been dropped.
          if (wanted !== null || candidate === graph) expect(got, `${text()}\n${show(inputs)}`).toBe(wanted);
          if (native !== null) expect(results(candidate, inputs, planned(candidate)), `native, ${text()}\n${show(inputs)}`).toBe(got);
        }
      }
    }
    expect(failed).toBeGreaterThan(0);
  });
});

describe("no script is made of", () => {
  const scriptIn = (params: string, body: string, result: string) =>
    scriptOf(parseGraph(`graph f(${params}) {\n  ${body}\n  return ${result}\n}`));

  it("graphs of scalars that are in order: they have one", () => {
    expect(scriptIn("%x.0: f32", "%1: f32 = mul %x.0, %x.0", "%1")?.source).toContain("fround(");
    expect(scriptIn("%x.0: f64[1,1]", "%1: f64[1] = reshape %x.0 {shape=[1]}", "%1")).not.toBe(null);
  });
  it("vectors", () => expect(scriptIn("%x.0: f32[2]", "%1: f32[2] = mul %x.0, %x.0", "%1")).toBe(null));
  it("ops with other bits in JavaScript", () => {
    for (const op of ["sin", "exp", "tanh", "pow"]) {
      const operands = op === "pow" ? "%x.0, %x.0" : "%x.0";
      expect(scriptIn("%x.0: f64", `%1: f64 = ${op} ${operands}`, "%1")).toBe(null);
    }
  });
  it("dtypes of other widths", () => expect(scriptIn("%x.0: i64", "%1: i64 = mul %x.0, %x.0", "%1")).toBe(null));
  it("prints and stacks", () => {
    expect(scriptIn("%x.0: f32", 'print log %x.0 ["x", 0]', "%x.0")).toBe(null);
    expect(scriptIn("%x.0: f32", "push 0 %x.0\n  %1: f32 = pop 0", "%1")).toBe(null);
  });
});
