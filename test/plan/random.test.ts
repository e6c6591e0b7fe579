/**
 * Random graphs: naive evaluator = reference plan = plan of the optimised graph, in results, prints and errors.
 * GRAPHFN_FUZZ=100000 runs that many instead; a failure shows its seed, graph and plan, and belongs into FAILED.
 */
import { describe, expect, it } from "vitest";
import { printGraph } from "../../runtime/src/ir/print.ts";
import { difference } from "../support/difference.ts";
import { type RandomGraphOptions, randomGraph } from "../support/random-graph.ts";

const COUNT = Number(process.env.GRAPHFN_FUZZ ?? 700);
const FIRST = Number(process.env.GRAPHFN_FUZZ_FIRST ?? 1);
/** Small graphs find a bug as often, and show it better. */
const SIZES: readonly RandomGraphOptions[] = [
  { nodes: 2, depth: 2 },
  { nodes: 4, depth: 2 },
  { nodes: 8, depth: 3 },
  { nodes: 3, depth: 2, variables: true },
  { nodes: 8, depth: 3, variables: true, stacks: true },
  { nodes: 4, depth: 2, stacks: true },
];
/** Seeds that once failed, with the size they failed at. */
const FAILED: readonly (readonly [seed: number, size: number])[] = [
  [71, 0],
  [40, 1],
  [34376, 0],
  [22277, 1],
  [10355, 2],
  [400660, 2],
];

function check(seed: number, size: number): string | null {
  const graph = randomGraph(seed, SIZES[size]);
  try {
    return difference(graph, seed);
  } catch (error) {
    return `seed ${seed}, size ${size}: ${(error as Error).stack}\n${printGraph(graph, { data: "full" })}`;
  }
}

describe("random graphs", () => {
  for (const [seed, size] of FAILED) it(`seed ${seed} of size ${size}, which once failed`, () => expect(check(seed, size)).toBe(null));

  it.each([...SIZES.keys()])(`${COUNT} of size %i`, { timeout: 3_600_000 }, (size) => {
    for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
      const problem = check(seed, size);
      if (problem !== null) throw new Error(`size ${size}\n${problem}`);
    }
  });
});
