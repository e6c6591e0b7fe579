/** Every op record: complete, consistent, and right on its own samples. Loops over records; a new op is tested by being there. */
import { describe, expect, it } from "vitest";
import { DTYPES, isDType } from "../../runtime/src/core/dtype.ts";
import { GraphFnError } from "../../runtime/src/core/errors.ts";
import type { Dims } from "../../runtime/src/core/shape.ts";
import type { TensorType } from "../../runtime/src/core/type.ts";
import { allOps } from "../../runtime/src/ops/index.ts";
import type { OpRecord } from "../../runtime/src/ops/op.ts";
import { blockOf, runSample, sizeOf } from "./support.ts";

/** Operands whose dtype varies, by the record's own dtypes. */
function dtypesIn(op: OpRecord): Set<string> {
  return new Set(
    op.samples.map((s) => s.inputs[op.promote === "all" || op.promote === "none" ? 0 : (op.promote[0] as number)]?.dtype as string),
  );
}

function failure(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(allOps().map((op) => [op.name, op] as const))("%s", (_, op) => {
  it("is documented and has samples of every dtype it takes", () => {
    expect(op.doc).toMatch(/^\S.*\.$/s);
    expect([...dtypesIn(op)].sort()).toEqual([...op.dtypes].sort());
    expect(new Set(op.samples.map((s) => s.name)).size).toBe(op.samples.length);
  });

  it("samples are well formed", () => {
    for (const s of [...op.samples, ...op.errors]) {
      for (const { dtype, shape, values } of s.inputs) if (values) expect(values.length, s.name).toBe(sizeOf(shape) * DTYPES[dtype].parts);
      if (op.arity >= 0) expect(s.inputs.length, s.name).toBe(op.arity);
    }
  });

  it("infers a type that the reference fills completely, and does not touch its inputs", () => {
    for (const s of op.samples) {
      const before = s.inputs.map((input, i) => [...blockOf(input, i + 1).data]);
      const outputs = runSample(op, s);
      expect(s.inputs.map((input, i) => [...blockOf(input, i + 1).data])).toEqual(before);
      for (const { dtype, data } of outputs) {
        expect(isDType(dtype)).toBe(true);
        expect(data).toBeInstanceOf(DTYPES[dtype].array);
        if (dtype === "bool") expect([...data].every((v) => v === 0 || v === 1)).toBe(true);
      }
    }
  });

  it("gives the error its error samples promise", () => {
    for (const s of op.errors) {
      const error = failure(() => runSample(op, s));
      expect(error, s.name).toBeInstanceOf(GraphFnError);
      expect((error as GraphFnError).code, s.name).toBe(s.code);
    }
  });

  it("refuses a wrong number of operands, unknown and missing attributes", () => {
    const s = op.samples[0] as (typeof op.samples)[number];
    const inputs = s.inputs.map((i) => blockOf(i));
    const attrs = s.attrs ?? {};
    if (op.arity >= 0) expect(() => op.infer([...inputs, ...inputs.slice(0, 1)], attrs)).toThrow(/operands/);
    expect(() => op.infer([], attrs)).toThrow(/operands/);
    expect(() => op.infer(inputs, { ...attrs, nonsense: 1 })).toThrow(/nonsense/);
    for (const key of Object.keys(op.attrs))
      expect(() => op.infer(inputs, { ...attrs, [key]: undefined as never })).toThrow(new RegExp(key));
  });

  it("is weak when its promoted operands are, and strong when one is not", () => {
    const s = op.samples[0] as (typeof op.samples)[number];
    const inputs = s.inputs.map((i) => blockOf(i));
    const attrs = s.attrs ?? {};
    const weak = inputs.map((t): TensorType => ({ dtype: t.dtype, shape: t.shape, weak: true }));
    expect(op.infer(weak, attrs).every((t) => t.weak === true)).toBe(true);
    // Lengths are JavaScript numbers.
    if (!op.flags.has("shape")) expect(op.infer(inputs, attrs).some((t) => t.weak === true)).toBe(false);
  });

  it("infers the same shape when lengths are symbols as when they are numbers", () => {
    for (const s of op.samples) {
      const inputs = s.inputs.map((i) => blockOf(i));
      const attrs = s.attrs ?? {};
      const known = op.infer(inputs, attrs);
      // One symbol per length: equal lengths get equal symbols, 1 stays 1 (it broadcasts).
      const symbols = (shape: readonly number[]): Dims => shape.map((d) => (d <= 1 ? d : { sym: `N${d}` }));
      let types: TensorType[];
      try {
        types = op.infer(
          inputs.map((t) => ({ dtype: t.dtype, shape: symbols(t.shape) })),
          attrs,
        );
      } catch (error) {
        // A rule may need a number (a list that must add up); it says so with a typed error.
        expect(error).toBeInstanceOf(GraphFnError);
        continue;
      }
      for (const [k, type] of types.entries()) {
        expect(type.dtype).toBe(known[k]?.dtype);
        expect(
          type.shape.map((d) => lengthOf(d)),
          s.name,
        ).toEqual([...(known[k] as TensorType).shape]);
      }
    }
  });
});

/** Value of a symbolic length such as `N3`, `(N3+2)`, `(N2*N3/6)` under N<k> = k. */
function lengthOf(d: Dims[number]): number {
  return typeof d === "number" ? d : (Function(`return ${d.sym.replace(/N(\d+)/g, "$1")}`)() as number);
}
