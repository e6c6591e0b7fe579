/** gf.timeline: Chrome's trace events of what graph functions did. */
import { nativeAddon } from "@graphfn/native";
import * as gf from "graphfn";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TraceEvent } from "../../runtime/src/watch/timeline.ts";
import { inputs, settling } from "./program.ts";

const BACKENDS = ["native", "reference"] as const;
const addon = nativeAddon();
const hasLlvm = addon?.hasCompiler() ?? false;

/** Loops that are compiled have no steps: another test has them. */
beforeAll(() => addon?.setCompiler("off", ""));
afterAll(() => addon?.setCompiler("background", ""));

const end = (event: TraceEvent) => event.ts + event.dur;
const named = (events: readonly TraceEvent[], name: string | RegExp) =>
  events.filter((event) => (typeof name === "string" ? event.name === name : name.test(event.name)));
/** A microsecond: what two readings of clocks may differ by. */
const SLACK = 1;

function expectInside(inner: TraceEvent, outer: TraceEvent): void {
  expect(inner.ts, `${inner.name} begins in ${outer.name}`).toBeGreaterThanOrEqual(outer.ts - SLACK);
  expect(end(inner), `${inner.name} ends in ${outer.name}`).toBeLessThanOrEqual(end(outer) + SLACK);
}

/** Any two lie one in the other, or apart: what a drawing of a stack needs. */
function expectNested(events: readonly TraceEvent[]): void {
  const open: TraceEvent[] = [];
  for (const event of events) {
    while (open.length > 0 && end(open.at(-1) as TraceEvent) <= event.ts + SLACK) open.pop();
    const around = open.at(-1);
    if (around !== undefined) expectInside(event, around);
    open.push(event);
  }
}

describe.each(BACKENDS)("on the %s backend", (backend) => {
  beforeEach(() => gf.setBackend(backend));

  it("a first call is traced, optimised, planned, compiled and run; a second one run", async () => {
    const f = settling("settle");
    const [x, w] = inputs();
    const expected = settling("other")(x, w).dataSync();
    const { traceEvents, result, displayTimeUnit, otherData } = await gf.timeline(() => [f(x, w), f(x, w)] as const);
    expect(displayTimeUnit).toBe("ns");
    expect(otherData).toEqual({ dropped: 0 });
    for (const y of result) expect(y.dataSync()).toEqual(expected);
    const events = JSON.parse(JSON.stringify(traceEvents)) as TraceEvent[];
    expectNested(events);
    const count = (name: string) => named(events, name).length;
    expect(["trace settle", "passes settle", "plan settle", "compile settle", "run settle"].map(count)).toEqual([1, 1, 1, 1, 2]);
    for (const event of events) {
      expect(event).toMatchObject({ ph: "X", pid: process.pid, tid: expect.any(Number) as number });
      expect(event.dur).toBeGreaterThanOrEqual(0);
    }
    const [passes] = named(events, "passes settle") as [TraceEvent];
    const rules = named(events, "rules");
    expect(rules.length).toBeGreaterThan(0);
    for (const each of rules) {
      expectInside(each, passes);
      expect(each.args).toMatchObject({ before: expect.any(Number) as number, after: expect.any(Number) as number });
    }
  });

  it("steps of a run lie in it, with ops, types, bytes and places", async () => {
    const f = settling("settle");
    const [x, w] = inputs();
    f(x, w);
    const { traceEvents } = await gf.timeline(() => f(x, w));
    const [run, ...steps] = traceEvents as [TraceEvent, ...TraceEvent[]];
    expect(run.name).toBe("run settle");
    expect(steps.every(({ cat }) => cat === "step")).toBe(true);
    for (const step of steps) expectInside(step, run);
    // Three rounds of the loop.
    expect(named(steps, "matMul")).toHaveLength(3);
    expect(named(steps, "fused add, tanh, mul")).toHaveLength(3);
    const [product] = named(steps, "matMul") as [TraceEvent];
    expect(product.args).toMatchObject({
      inputs: ["f32[4,8]", "f32[8,8]"],
      outputs: ["f32[4,8]"],
      bytesRead: 4 * (32 + 64),
      bytesWritten: 4 * 32,
    });
    expect(product.args["at"]).toMatch(/program\.ts:\d+:\d+$/);
    expect(run.args).toMatchObject({ steps: steps.length, shown: steps.length });
    expect(run.args["slowest"]).toHaveLength(Math.min(10, new Set(steps.map(({ args }) => args["step"])).size));
  });

  it("a long loop has events for its first steps, and all of them in the sums of the run", async () => {
    const rounds = 3000;
    const f = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
      let h: gf.Tensor = x;
      for (let i: gf.Tensor = 0; i < n; i += 1) h = gf.reverse(h, 0);
      return h;
    });
    const { traceEvents } = await gf.timeline(() => f(gf.tensor([1, 2, 3]), gf.scalar(rounds, "int32")));
    const [run] = named(traceEvents, /^run /) as [TraceEvent];
    const steps = traceEvents.filter(({ cat }) => cat === "step");
    expect(run.args["shown"]).toBe(4096);
    expect(steps).toHaveLength(4096);
    expect(run.args["steps"]).toBeGreaterThan(2 * rounds);
    expect((run.args["slowest"] as string[]).some((line) => line.includes(`reverse`) && line.includes(`${rounds} times`))).toBe(true);
    expectNested(traceEvents);
  });

  it("a run that fails has the steps up to there, and leaves the function as it was", async () => {
    const f = gf.graphFunction((x: gf.Tensor, i: gf.Tensor): gf.Tensor => gf.gather(x * 2 + 1, i).sum());
    const x = gf.tensor([1, 2, 3]);
    const good = gf.tensor([1], [1], "int32");
    const expected = f(x, good).dataSync();
    const { traceEvents } = await gf.timeline(() => {
      expect(() => f(x, gf.tensor([7], [1], "int32"))).toThrow(expect.objectContaining({ code: "E_INDEX" }) as Error);
      return f(x, good);
    });
    const runs = named(traceEvents, /^run /);
    expect(runs).toHaveLength(2);
    expect(f(x, good).dataSync()).toEqual(expected);
  });

  it("a function that calls itself from a print step: the outer run has its steps, and both are right", async () => {
    const seen: number[] = [];
    const f: (x: gf.Tensor, deep: boolean) => gf.Tensor = gf.graphFunction((x: gf.Tensor) => {
      const y = gf.cumsum(x);
      console.log(y);
      return y.sum();
    }) as never;
    const log = console.log;
    const x = gf.tensor([1, 2, 3]);
    console.log = () => {
      if (seen.length > 0) return;
      seen.push(0);
      seen.push(f(x, false).item() as number);
    };
    try {
      const { traceEvents, result } = await gf.timeline(() => f(x, false));
      expect([result.item(), seen[1]]).toEqual([10, 10]);
      const runs = named(traceEvents, /^run /);
      expect(runs).toHaveLength(2);
      expect(named(traceEvents, "cumsum").length).toBeGreaterThanOrEqual(1);
      expectNested(traceEvents);
    } finally {
      console.log = log;
    }
  });
});

describe("gf.timeline", () => {
  beforeEach(() => gf.setBackend("native"));

  it.runIf(hasLlvm)("a loop that is compiled is one event", async () => {
    addon?.setCompiler("wait", "");
    try {
      const f = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
        let h: gf.Tensor = x;
        for (let i: gf.Tensor = 0; i < n; i += 1) h = h * 0.5 + x;
        return h;
      });
      const [x, n] = [gf.tensor([1, 2, 3]), gf.scalar(200_000, "int32")];
      const expected = f(x, n).dataSync();
      const { traceEvents, result } = await gf.timeline(() => f(x, n));
      expect(result.dataSync()).toEqual(expected);
      const steps = traceEvents.filter(({ cat }) => cat === "step");
      expect(steps.length).toBeLessThan(20);
      expect(named(steps, /^compiled loop from /)).toHaveLength(1);
      expectNested(traceEvents);
    } finally {
      addon?.setCompiler("off", "");
    }
  });

  it("graphs of scalars run as JavaScript, whose steps nobody sees", async () => {
    const f = gf.graphFunction((x: gf.Tensor): gf.Tensor => x * 2 + 1);
    f(gf.scalar(1));
    const { traceEvents } = await gf.timeline(() => f(gf.scalar(3)));
    expect(traceEvents.map(({ cat }) => cat)).toEqual(["run"]);
    expect(traceEvents[0]?.args["runs"]).toContain("JavaScript");
  });

  it("nests: each has what happened in it", async () => {
    const f = settling("settle");
    const [x, w] = inputs();
    f(x, w);
    const outer = await gf.timeline(async () => {
      f(x, w);
      const inner = await gf.timeline(() => f(x, w));
      expect(named(inner.traceEvents, "run settle")).toHaveLength(1);
    });
    expect(named(outer.traceEvents, "run settle")).toHaveLength(2);
    const after = await gf.timeline(() => 1);
    expect(after.traceEvents).toEqual([]);
  });

  it("refuses what is no function, and the inside of graph functions", async () => {
    await expect(gf.timeline(7 as never)).rejects.toMatchObject({ code: "E_ARGUMENT" });
    await expect(gf.timeline(() => Promise.reject(new Error("mine")))).rejects.toThrow("mine");
    const inside: Promise<unknown>[] = [];
    const attempt = () => {
      inside.push(gf.timeline(() => 1));
    };
    gf.vmap((x: gf.Tensor) => {
      attempt();
      return x.mul(2);
    })(gf.tensor([1, 2]));
    await expect(inside[0]).rejects.toMatchObject({ code: "E_STAGING" });
  });
});
