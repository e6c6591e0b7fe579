import * as gf from "graphfn";
import { $ } from "graphfn/autograph";
import { afterEach, describe, expect, it } from "vitest";
import { twins } from "./hand-emitted.ts";

const meta = () => ({ version: 1, name: "f", file: "f.ts", at: "1:1", params: ["a", "b"], decisions: [] });

afterEach(() => {
  gf.runFunctionsEagerly(false);
});

const backends = gf.backendInfo().name === "native" ? (["reference", "native"] as const) : (["reference"] as const);

describe.each(twins)("$name", ({ emitted, plain, inputs }) => {
  const expected = inputs.map((args) => plain(...args));
  const run = (f: typeof emitted): unknown[] => inputs.map((args) => (f(...args.map((x) => gf.scalar(x, "float64"))) as gf.Tensor).item());

  it("plain numbers", () => {
    expect(
      inputs.map((args) => {
        const r: unknown = emitted(...args);
        return r instanceof gf.Tensor ? r.item() : r;
      }),
    ).toEqual(expected);
  });
  it("eager", () => {
    gf.runFunctionsEagerly(true);
    expect(run($.graphFunction(meta, emitted))).toEqual(expected);
  });
  it.each(backends)("graph on the %s backend", (backend) => {
    gf.setBackend(backend);
    const f = $.graphFunction(meta, emitted);
    expect(run(f)).toEqual(expected);
    expect((f as unknown as { traces: number }).traces).toBe(1);
  });
});
