/**
 * Every record has a native kernel, and it agrees with the record's reference on all its samples: exactly where elements are only
 * moved, compared or rounded once, else within the ulps below.
 */
import { describe, expect, it } from "vitest";
import { allOps } from "../../runtime/src/ops/index.ts";
import type { OpRecord } from "../../runtime/src/ops/op.ts";
import { blockOf } from "../ops/support.ts";
import { largestDistance, present, runBoth } from "./compare.ts";

/** Ops whose results are rounded more than once: transcendental functions (both sides are approximations) and sums. */
const LOOSE: Readonly<Record<string, number>> = { sum: 1, mean: 1, prod: 1, matMul: 2 };

function allowed(op: OpRecord): number {
  const exact = op.flags.has("movement") || op.dtypes.every((d) => d === "bool" || d === "int32");
  return exact ? 0 : (LOOSE[op.name] ?? (op.flags.has("elementwise") ? 4 : 0));
}

describe.runIf(present).each(allOps().map((op) => [op.name, op] as const))("%s", (_, op) => {
  it("agrees with the reference on every sample", () => {
    for (const sample of op.samples) {
      const inputs = sample.inputs.map((input, i) => blockOf(input, i + 1));
      const pair = runBoth(op, inputs, sample.attrs ?? {});
      if ("referenceCode" in pair) expect(pair.nativeCode, sample.name).toBe(pair.referenceCode);
      else expect(largestDistance(pair), sample.name).toBeLessThanOrEqual(allowed(op));
    }
  });
});
