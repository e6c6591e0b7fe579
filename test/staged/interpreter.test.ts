/** Graphs that are run node by node: here by the switch, so that they can be compared with their plans. */
import * as gf from "graphfn";
import { $ } from "graphfn/autograph";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { graph, thrown, type V } from "./emitted.ts";

beforeEach(() => {
  vi.stubEnv("GRAPHFN_INTERPRET", "1");
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function countdown() {
  return graph("countdown", ["n", "x"], (n: V, x: V) => {
    $.while(
      "2:3",
      $.vars(
        () => ({ n, x }),
        ($v: V) => {
          ({ n, x } = $v);
        },
      ),
      () => $.gt(n, 0),
      () => {
        x = $.add(x, $.index(gf.tensor([1, 2]), 1));
        n = $.sub(n, 1);
      },
    );
    return x;
  });
}

describe("a graph run node by node", () => {
  it("explain says that it is, and why", () => {
    const f = countdown();
    const text = f.explain(gf.scalar(2), gf.zeros([3])).text();
    expect(text).toContain("Interpreted: GRAPHFN_INTERPRET is set.");
    expect(text).not.toContain("L1:");
  });

  it("a loop of 100000 rounds needs the memory of one", () => {
    const f = countdown();
    const [n, x] = [gf.scalar(100_000, "int32"), gf.zeros([1000])];
    f(gf.scalar(1, "int32"), x);
    const before = gf.memory();
    const y = f(n, x);
    expect(y.arraySync()[999]).toBe(200_000);
    y.dispose();
    expect(gf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
    expect(gf.memory().numBytesInPool - before.numBytesInPool).toBeLessThan(20_000);
  });

  it("in a tidy() keeps its result alone", () => {
    const f = countdown();
    f(gf.scalar(1), gf.zeros([2]));
    const before = gf.memory().numTensors;
    const y = gf.tidy(() => f(gf.scalar(3), gf.zeros([2])) as gf.Tensor);
    expect(gf.memory().numTensors).toBe(before + 1);
    expect(y.arraySync()).toEqual([6, 6]);
  });

  it("that fails leaves variables alone and nothing behind", () => {
    const v = gf.variable(gf.tensor([1, 2]));
    const f = graph("fails", ["i"], (i: V) => {
      v.assign(v.mul(2) as gf.Tensor<"float32">);
      return $.index(v, i);
    });
    expect(f(gf.scalar(1, "int32")).item()).toBe(4);
    const before = gf.memory().numTensors;
    const at = gf.scalar(5, "int32");
    expect(thrown(() => f(at))).toMatchObject({ code: "E_INDEX", at: { file: expect.stringContaining("interpreter.test.ts") } });
    at.dispose();
    expect(gf.memory().numTensors).toBe(before);
    expect(v.arraySync()).toEqual([2, 4]);
  });

  it("prints in order, of values that stay", () => {
    const log = vi.spyOn(console, "log").mockImplementation((t: gf.Tensor) => t.dispose());
    const f = graph("shows", ["x"], (x: V) => {
      $.log("2:3", "log", x);
      return $.add(x, 1);
    });
    const x = gf.scalar(1);
    expect(f(x).item()).toBe(2);
    expect(x.isDisposed).toBe(false);
    expect(log).toHaveBeenCalledOnce();
  });
});
