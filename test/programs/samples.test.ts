/** Every sample: the same values from plain numbers, eager ops, and graphs on every backend that is here; the same lines printed. */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { buildPlain, buildTransformed } from "../../samples/build.mjs";
import type { compare as Compare, compareProgram as CompareProgram, Way } from "../../samples/src/compare.ts";
import type { Plain, Program, Sample } from "../../samples/src/sample.ts";

interface Module {
  readonly sample: Sample | Program;
  readonly main: () => unknown;
}

const { samples } = (await import(await buildTransformed())) as { samples: Record<string, Module> };
const plain = ((await import(await buildPlain())) as { samples: Record<string, Module> }).samples;
const { compare, compareProgram } = (await import(await buildTransformed("src/compare.ts", "compare"))) as {
  compare: typeof Compare;
  compareProgram: typeof CompareProgram;
};

const ways: readonly Way[] = ["plain", "eager", "reference", ...(gf.backendInfo().name === "native" ? (["native"] as const) : [])];

const functions = Object.entries(samples).flatMap(([name, { sample }]) => ("check" in sample ? [] : [[name, sample] as const]));
const programs = Object.entries(samples).flatMap(([name, { sample }]) => ("check" in sample ? [[name, sample] as const] : []));

describe.each(functions)("%s", (name, sample) => {
  it(`is equal in ${ways.join(", ")}`, () => {
    const { outcomes, differences } = compare(
      sample,
      (plain[name] as { sample: Sample }).sample.fn as unknown as (...args: Plain[]) => Plain,
      ways,
    );
    expect(differences).toEqual([]);
    expect(Object.keys(outcomes)).toEqual(ways);
    expect(outcomes.plain?.values.length).toBeGreaterThan(0);
  });

  it("makes one trace, and one more for all other lengths, whatever the values", () => {
    const f = sample.fn as unknown as { traces: number };
    const signatures = new Set(sample.inputs.map((args) => JSON.stringify(args.map((a) => (typeof a === "number" ? "scalar" : a.length)))));
    expect(f.traces).toBe(Math.min(signatures.size, 2));
  });
});

describe.each(programs)("%s", (_name, program) => {
  it(`is equal in ${ways.slice(1).join(", ")}`, async () => {
    const { outcomes, differences } = await compareProgram(program, ways);
    expect(differences).toEqual([]);
    expect(Object.keys(outcomes)).toEqual(ways.slice(1));
    const numbers = outcomes.eager?.values[0] as readonly number[];
    expect(numbers.length).toBeGreaterThan(1);
    expect(numbers.every(Number.isFinite)).toBe(true);
  });
});
