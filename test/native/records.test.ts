/**
 * Every op record on the native backend: its samples and error samples against the reference rule, also tiled to sizes that
 * fill vector registers and beyond. A new op is tested by being there.
 */
import { describe, expect, it } from "vitest";
import { type DType, isInteger } from "../../runtime/src/core/dtype.ts";
import { GraphFnError } from "../../runtime/src/core/errors.ts";
import { allOps } from "../../runtime/src/ops/index.ts";
import type { Block, OpRecord } from "../../runtime/src/ops/op.ts";
import { type Runner, reference, runSample } from "../ops/support.ts";
import { addon, describeNative, native, ulps } from "./support.ts";

/** Units in the last place between native and reference: the polynomials of float32, the C library against V8's Math. */
const FUNCTIONS = 2;
/** Correctly rounded, or moved: the same bits. */
const EXACT = new Set(
  "add sub mul realDiv floorDiv mod truncMod addExact subExact mulExact maximum minimum neg abs sign square sqrt relu relu6 ceil floor round trunc clipByValue step leakyRelu reciprocal randomUniform".split(
    " ",
  ),
);

const onNative: Runner = (op, inputs, outputs, attrs) => native.kernel(op, inputs, outputs, attrs);

function allowed(op: OpRecord, dtype: string): number {
  if (dtype === "bool" || isInteger(dtype as DType) || EXACT.has(op.name) || op.flags.has("movement")) return 0;
  // Sums differ in order: the reference adds from left to right.
  return op.flags.has("elementwise") ? FUNCTIONS : 64;
}

function compare(op: OpRecord, what: string, got: readonly Block[], want: readonly Block[]): void {
  got.forEach((block, k) => {
    const limit = allowed(op, block.dtype);
    const wanted = want[k] as Block;
    for (let i = 0; i < block.data.length; i++) {
      const [a, b] = [block.data[i] as number, wanted.data[i] as number];
      // Where sums nearly cancel, units in the last place say nothing.
      if (limit > FUNCTIONS && typeof a === "number" && Math.abs(a - b) < 1e-5) continue;
      const d = ulps(a, b, block.dtype);
      if (d > limit) expect.fail(`${what}, element ${i}: native ${a}, reference ${b}, ${d} units in the last place apart`);
      if (limit === 0) expect(Object.is(a, b), `${what}, element ${i}: native ${a}, reference ${b}`).toBe(true);
    }
  });
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof GraphFnError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "nothing thrown";
}

describeNative("native kernels", () => {
  it("there is one for every record, or a reason", () => {
    const names = new Set(addon!.opNames);
    const missing = allOps().filter((op) => !op.flags.has("view") && !names.has(op.name) && op.withoutKernel === undefined);
    expect(missing.map((op) => op.name)).toEqual([]);
    expect(names.size).toBe(addon!.opNames.length);
  });

  it("none is for an op that is gone", () => {
    const names = new Set(allOps().map((op) => op.name));
    expect(addon!.opNames.filter((name) => !names.has(name))).toEqual([]);
  });

  const kernels = allOps().filter(({ name }) => addon!.opNames.includes(name));
  describe.each(kernels.map((op) => [op.name, op] as const))("%s", (_, op) => {
    it("agrees with the reference on the record's samples", () => {
      for (const s of op.samples) compare(op, s.name, runSample(op, s, onNative), runSample(op, s, reference));
    });

    it("fails like the reference on the record's error samples", () => {
      for (const s of op.errors) {
        const want = codeOf(() => runSample(op, s, reference));
        expect(want).toContain(s.code);
        expect(
          codeOf(() => runSample(op, s, onNative)),
          s.name,
        ).toBe(want);
      }
    });
  });
});
