/**
 * Random graphs of exact ops: native plans = naive evaluator, bit for bit, also of optimised graphs; with values that travel
 * through the mailbox and such that do not. Skipped where the addon is not built. GRAPHFN_FUZZ as in random.test.ts.
 */
import { describe, expect, it } from "vitest";
import { createNativeBackend, fallbacks } from "../../runtime/src/backends/native.ts";
import { printGraph } from "../../runtime/src/ir/print.ts";
import { difference } from "../support/difference.ts";
import { type RandomGraphOptions, randomGraph } from "../support/random-graph.ts";

const COUNT = Number(process.env.GRAPHFN_FUZZ ?? 500);
const FIRST = Number(process.env.GRAPHFN_FUZZ_FIRST ?? 1);
const SIZES: readonly RandomGraphOptions[] = [
  { nodes: 2, depth: 2, exact: true },
  { nodes: 4, depth: 2, exact: true },
  { nodes: 8, depth: 3, exact: true },
  { nodes: 3, depth: 2, exact: true, variables: true },
  { nodes: 8, depth: 3, exact: true, variables: true, stacks: true },
  { nodes: 4, depth: 2, exact: true, stacks: true },
];
const backend = createNativeBackend();

describe.skipIf(backend === null)("random graphs on the native backend", () => {
  it.each([...SIZES.keys()])(`${COUNT} of size %i`, { timeout: 3_600_000 }, (size) => {
    for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
      const graph = randomGraph(seed, SIZES[size]);
      let problem: string | null;
      try {
        problem = difference(graph, seed, backend!);
      } catch (error) {
        problem = `seed ${seed}: ${(error as Error).stack}\n${printGraph(graph, { data: "full" })}`;
      }
      if (problem !== null) throw new Error(`size ${size}\n${problem}`);
    }
  });

  it("without falling back to the reference backend", () => expect([...fallbacks.keys()]).toEqual([]));
});
