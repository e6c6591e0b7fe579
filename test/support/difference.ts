/**
 * One graph in all ways: the naive evaluator, a backend on its plan, and node by node, with parts as plans and without; all but the first of the optimised graph, too.
 * Each plan is compiled once and run on two sets of inputs, so that the second run meets what the first left in the arena.
 */
import type { Backend } from "../../runtime/src/backends/backend.ts";
import { referenceBackend } from "../../runtime/src/backends/reference.ts";
import { newElements, type TypedArray } from "../../runtime/src/core/dtype.ts";
import { GraphFnError } from "../../runtime/src/core/errors.ts";
import type { Shape } from "../../runtime/src/core/shape.ts";
import { Tensor } from "../../runtime/src/core/tensor.ts";
import { prepare } from "../../runtime/src/eager/interpret/code.ts";
import type { PartMaker } from "../../runtime/src/eager/interpret/parts.ts";
import { interpret, type Print } from "../../runtime/src/eager/interpret/run.ts";
import { allocate, dispose, memory } from "../../runtime/src/eager/memory.ts";
import type { Graph } from "../../runtime/src/ir/graph.ts";
import { printGraph } from "../../runtime/src/ir/print.ts";
import { verifyGraph } from "../../runtime/src/ir/verify.ts";
import { optimize } from "../../runtime/src/passes/pipeline.ts";
import { buildPlan } from "../../runtime/src/plan/build.ts";
import { showPlan } from "../../runtime/src/plan/show.ts";
import { checkPlan } from "./check-plan.ts";
import { type Evaluation, evaluate, printedLine, TooLong } from "./evaluate.ts";
import { randomInputs } from "./random-graph.ts";

type Outcome = Evaluation | { readonly code: string };

/** Small products too are heads of what reads them. */
const planOf = (graph: Graph) => buildPlan(graph, { heads: "always" });

function planned(graph: Graph, backend: Backend): (inputs: readonly TypedArray[]) => Outcome {
  const plan = planOf(graph);
  const complaints = checkPlan(plan);
  if (complaints.length > 0) throw new Error(`${complaints.join("\n")}\n${showPlan(plan)}`);
  const printed: string[] = [];
  const executable = backend.compile(plan, (site, values) => {
    const what = plan.prints[site]!;
    if (what.kind === "fail") throw what.error;
    printed.push(printedLine(what.method, what.parts, values));
  });
  const slots = graph.variables ?? [];
  const isVariable = new Set(slots.map((slot) => slot.param));
  return (given) => {
    printed.length = 0;
    const outputs = plan.outputs.map((id) => newElements(plan.buffers[id]!.dtype, plan.buffers[id]!.size));
    const inputs = given.filter((_, i) => !isVariable.has(i));
    const variables = slots.map((slot) => given[slot.param]!.slice());
    const result = outcome(() => {
      executable.run(inputs, outputs, variables);
      // As the graph has it: new values of variables among the results.
      const results: TypedArray[] = [];
      slots.forEach((slot, i) => {
        if (slot.result !== null) results[slot.result] = variables[i]!;
      });
      const own = outputs[Symbol.iterator]();
      return { outputs: graph.body.yields.map((_, i) => results[i] ?? own.next().value!), printed: [...printed] };
    });
    // Read, or left alone by a run that failed.
    slots.forEach((slot, i) => {
      const isKept = slot.result === null || "code" in result;
      if (isKept && show([variables[i]!]) !== show([given[slot.param]!]))
        throw new Error(`variable ${i} was changed by a run that ${"code" in result ? "failed" : "reads it only"}\n${showPlan(plan)}`);
    });
    return result;
  };
}

/** Runs parts of a graph by their plans, from the first time on. */
function partsOn(backend: Backend): PartMaker {
  return {
    after: 0,
    make(graph) {
      const plan = planOf(graph);
      const executable = backend.compile(plan, (site) => {
        const what = plan.prints[site]!;
        if (what.kind === "fail") throw what.error;
      });
      return {
        run(inputs) {
          const outputs = plan.outputs.map((id, i) => {
            const { dtype, shape, size } = plan.buffers[id]!;
            return allocate(dtype, shape, size, graph.body.yields[i]!.type.weak ?? false);
          });
          try {
            executable.run(
              inputs.map((t) => t.elements!),
              outputs.map((t) => t.elements!),
            );
          } catch (error) {
            for (const t of outputs) dispose(t);
            throw error;
          }
          return outputs;
        },
      };
    },
  };
}

/** Runs the graph node by node, over eager kernels. Nothing may be left behind. */
function interpreted(graph: Graph, maker: PartMaker | null): (inputs: readonly TypedArray[]) => Outcome {
  const code = prepare(graph, maker);
  return (given) => {
    const inputs = graph.body.params.map(({ type }, i) => {
      const data = given[i]!;
      return new Tensor(type.dtype, type.shape as Shape, data.length, false, data, null, null);
    });
    const printed: string[] = [];
    const before = memory();
    const result = outcome(() => {
      const print: Print = ({ method, parts }, values) => printed.push(printedLine(method, parts, values));
      const results = interpret(code, inputs, print).flat();
      const outputs = results.map((t) => t.elements!.slice());
      for (const t of results) dispose(t);
      return { outputs, printed: [...printed] };
    });
    const { numTensors, numDataBuffers } = memory();
    if (numTensors !== before.numTensors || numDataBuffers !== before.numDataBuffers)
      throw new Error(`${numTensors - before.numTensors} tensors, ${numDataBuffers - before.numDataBuffers} buffers were left behind`);
    return result;
  };
}

function outcome(run: () => Evaluation): Outcome {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof GraphFnError) || error.code.startsWith("I_")) throw error;
    return { code: error.code };
  }
}

function same(a: Outcome, b: Outcome): boolean {
  if ("code" in a || "code" in b) return "code" in a && "code" in b && a.code === b.code;
  return (
    a.printed.join("\n") === b.printed.join("\n") &&
    a.outputs.length === b.outputs.length &&
    a.outputs.every((x, i) => x.length === b.outputs[i]!.length && x.every((v, k) => Object.is(v, b.outputs[i]![k])))
  );
}

/** Null, or what is wrong with plans of the graph; null too for graphs that run too long to be judged. */
export function difference(graph: Graph, seed: number, backend: Backend = referenceBackend): string | null {
  verifyGraph(graph);
  const sets = [seed, seed + 1e6].map((s) => randomInputs(graph, s));
  let expected: Outcome[];
  try {
    expected = sets.map((inputs) => outcome(() => evaluate(graph, inputs, 20_000)));
  } catch (error) {
    if (error instanceof TooLong) return null;
    throw error;
  }
  const before = sets.map(show).join("|");
  const optimized = optimize(graph, { verify: true }).graph;
  const candidates = [
    ["plan", graph, planned(graph, backend)],
    ["optimised plan", optimized, planned(optimized, backend)],
    ["interpreter", graph, interpreted(graph, null)],
    ["optimised interpreter", optimized, interpreted(optimized, null)],
    ["interpreter of parts", graph, interpreted(graph, partsOn(backend))],
    ["optimised interpreter of parts", optimized, interpreted(optimized, partsOn(backend))],
  ] as const;
  for (const [name, candidate, run] of candidates) {
    for (const [i, inputs] of sets.entries()) {
      const [wanted, got] = [expected[i]!, run(inputs)];
      // An unused op that would have failed may have been dropped.
      const dropped = candidate !== graph && "code" in wanted && !("code" in got);
      if (dropped || same(wanted, got)) continue;
      return [
        `seed ${seed}, ${name}, inputs ${i}: ${show(inputs)}`,
        `expected ${showOutcome(wanted)}`,
        `got      ${showOutcome(got)}`,
        printGraph(candidate, { data: "full" }),
        showPlan(planOf(candidate)),
      ].join("\n");
    }
  }
  return sets.map(show).join("|") === before ? null : `seed ${seed} wrote its inputs`;
}

function show(arrays: readonly TypedArray[]): string {
  return arrays.map((a) => `[${Array.from(a, (x) => (Object.is(x, -0) ? "-0" : x)).join(",")}]`).join(" ");
}

function showOutcome(o: Outcome): string {
  return "code" in o ? o.code : `${show(o.outputs)} | ${o.printed.join("; ")}`;
}
