/** Every sample: the same values from plain numbers, eager ops, and graphs on every backend that is here; the same lines printed. */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { buildPlain, buildTransformed } from "../../samples/build.mjs";
import type { compare as Compare, Way } from "../../samples/src/compare.ts";
import type { Plain, Sample } from "../../samples/src/sample.ts";

interface Module {
  readonly sample: Sample;
  readonly main: () => void;
}

const { samples } = (await import(await buildTransformed())) as { samples: Record<string, Module> };
const plain = ((await import(await buildPlain())) as { samples: Record<string, Module> }).samples;
const { compare } = (await import(await buildTransformed("src/compare.ts", "compare"))) as { compare: typeof Compare };

const ways: readonly Way[] = ["plain", "eager", "reference", ...(gf.backendInfo().name === "native" ? (["native"] as const) : [])];

describe.each(Object.entries(samples))("%s", (name, { sample }) => {
  it(`is equal in ${ways.join(", ")}`, () => {
    const { outcomes, differences } = compare(sample, plain[name]?.sample.fn as unknown as (...args: Plain[]) => Plain, ways);
    expect(differences).toEqual([]);
    expect(Object.keys(outcomes)).toEqual(ways);
    expect(outcomes.plain?.values.length).toBeGreaterThan(0);
  });

  it("makes one trace per signature, whatever the values", () => {
    const f = sample.fn as unknown as { traces: number };
    const signatures = new Set(sample.inputs.map((args) => JSON.stringify(args.map((a) => (typeof a === "number" ? "scalar" : a.length)))));
    expect(f.traces).toBe(signatures.size);
  });
});
