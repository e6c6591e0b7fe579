/**
 * The native executor, and the code that LLVM makes of its loops where it is there, against the TypeScript one on random graphs. Both use the same native kernels here, so results must
 * agree to the bit: what differs is the machine of scalars, direct loops, jumps, copies and memory.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Backend } from "../../runtime/src/backends/backend.ts";
import { referenceBackend } from "../../runtime/src/backends/reference.ts";
import type { TypedArray } from "../../runtime/src/core/dtype.ts";
import { GraphFnError } from "../../runtime/src/core/errors.ts";
import { allOps } from "../../runtime/src/ops/index.ts";
import type { OpRecord } from "../../runtime/src/ops/op.ts";
import { optimize } from "../../runtime/src/passes/pipeline.ts";
import { buildPlan } from "../../runtime/src/plan/build.ts";
import type { Plan } from "../../runtime/src/plan/plan.ts";
import { showPlan } from "../../runtime/src/plan/show.ts";
import { evaluate, TooLong } from "../support/evaluate.ts";
import { randomGraph, randomInputs } from "../support/random-graph.ts";
import { COMPILING, compiling, describeNative, native, results } from "./support.ts";

const COUNT = Number(process.env.GRAPHFN_FUZZ ?? 150);

type Mutable = { -readonly [K in keyof OpRecord]: OpRecord[K] };
const originals = new Map<OpRecord, OpRecord["reference"]>();

/** Reference rules that run the native kernel; on a failure the native backend asks the rule for the error: the original. */
function useNativeKernels(): void {
  for (const op of allOps() as Mutable[]) {
    const { reference } = op;
    originals.set(op, reference);
    const byNative: OpRecord["reference"] = (inputs, outputs, attrs) => {
      op.reference = reference;
      try {
        native.kernel(op, inputs, outputs, attrs);
      } finally {
        op.reference = byNative;
      }
    };
    op.reference = byNative;
  }
}

/** Outputs and prints, or the code of the error with its place, of two runs over one compiled plan. */
function outcomes(backend: Backend, plan: Plan, sets: readonly (readonly TypedArray[])[]): string[] {
  const printed: string[] = [];
  const executable = backend.compile(plan, (site, values) => {
    printed.push(`${site}: ${values.map((v) => `${v.dtype}[${v.shape}] ${show(v.data)}`).join(", ")}`);
  });
  const list = sets.map((inputs) => {
    printed.length = 0;
    const outputs = results(plan);
    try {
      executable.run(inputs, outputs);
      return `${outputs.map(show).join(" ")} | ${printed.join("; ")}`;
    } catch (error) {
      if (!(error instanceof GraphFnError)) throw error;
      return `${error.code} | ${printed.join("; ")}`;
    }
  });
  executable.dispose();
  return list;
}

function show(data: TypedArray): string {
  return `[${Array.from(data, (x) => (Object.is(x, -0) ? "-0" : x)).join(",")}]`;
}

for (const mode of COMPILING)
  describeNative(`random graphs on the native executor, compiler ${mode}`, () => {
    const code = compiling(mode);
    beforeAll(useNativeKernels);
    afterAll(() => {
      for (const [op, reference] of originals) (op as Mutable).reference = reference;
    });

    it.each([
      [2, 2],
      [4, 2],
      [8, 3],
      [14, 3],
    ])(`${COUNT} with %i nodes per region, %i deep`, { timeout: 3_600_000 }, (nodes, depth) => {
      let judged = 0;
      for (let seed = 1; seed <= COUNT; seed++) {
        const graph = randomGraph(seed, { nodes, depth });
        const sets = [seed, seed + 1e6].map((s) => randomInputs(graph, s));
        try {
          for (const inputs of sets) evaluate(graph, inputs, 20_000);
        } catch (error) {
          if (error instanceof TooLong) continue;
          if (!(error instanceof GraphFnError)) throw error;
        }
        for (const candidate of [graph, optimize(graph).graph]) {
          const plan = buildPlan(candidate, { heads: "always" });
          const [got, want] = [outcomes(native, plan, sets), outcomes(referenceBackend, plan, sets)];
          if (got.join("\n") !== want.join("\n")) {
            expect.fail(`seed ${seed}\nnative\n${got.join("\n")}\nreference\n${want.join("\n")}\n${showPlan(plan)}`);
          }
        }
        judged++;
      }
      expect(judged).toBeGreaterThan(COUNT / 2);
      code.check(COUNT / 10);
    });
  });
