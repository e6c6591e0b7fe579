/** GRAPHFN_LOG, GRAPHFN_DUMP and GRAPHFN_TRACE of a whole program, run by the loader as a user would. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { project, run } from "./fixture.ts";

const FILES = {
  "app.ts": `import * as gf from "graphfn";
import { Worker, isMainThread } from "node:worker_threads";

/** @graphFunction */
function settle(x: gf.Tensor): gf.Tensor {
  let h: gf.Tensor = x;
  while (gf.max(h) > 0.25) h = gf.tanh(h * 0.5) * x;
  return h;
}
const x = gf.fill([8], 0.75);
for (let i = 0; i < 3; i++) settle(x);
if (isMainThread) await new Promise((resolve) => new Worker(new URL(import.meta.url)).once("exit", resolve));
if (isMainThread) console.log("done");
`,
};
const REGISTER = ["--import", "@graphfn/transformer/register"];

interface Event {
  readonly name: string;
  readonly cat: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur: number;
  readonly args: Readonly<Record<string, unknown>>;
}

it("GRAPHFN_TRACE writes what happened when, of workers too; GRAPHFN_LOG tells it; GRAPHFN_DUMP keeps the stages", async () => {
  const app = project(FILES);
  const settings = {
    GRAPHFN_TRACE: app.path("trace-%p.json"),
    GRAPHFN_LOG: "trace,plan",
    GRAPHFN_DUMP: app.path("stages"),
    GRAPHFN_LLVM: "off",
  };
  const { stdout, stderr, code } = await run(process.execPath, [...REGISTER, "app.ts"], app.folder, settings);
  expect({ stdout, code }).toEqual({ stdout: "done\n", code: 0 });

  const traces = readdirSync(app.folder).filter((name) => name.startsWith("trace-"));
  expect(traces.map((name) => name.replaceAll(/\d+/g, "N")).toSorted()).toEqual(["trace-N.N.json", "trace-N.json"]);
  for (const name of traces) {
    const { traceEvents } = JSON.parse(readFileSync(app.path(name), "utf8")) as { traceEvents: readonly Event[] };
    const of = (wanted: string) => traceEvents.filter((event) => event.name === wanted);
    expect(["trace settle", "passes settle", "plan settle", "compile settle", "run settle"].map((each) => of(each).length)).toEqual([
      1, 1, 1, 1, 3,
    ]);
    const runs = of("run settle");
    const steps = traceEvents.filter(({ cat }) => cat === "step");
    expect(steps.length).toBe(runs.reduce((sum, { args }) => sum + (args["steps"] as number), 0));
    expect(steps.every(({ ts, dur }) => runs.some((r) => r.ts - 1 <= ts && ts + dur <= r.ts + r.dur + 1))).toBe(true);
    expect(traceEvents.every(({ ph }) => ph === "X")).toBe(true);
    expect(steps.find((step) => step.name.startsWith("fused"))?.args["at"]).toMatch(/app\.ts:7:\d+$/);
  }

  const lines = stderr.trim().split("\n");
  expect(lines).toHaveLength(4);
  for (const line of lines) expect(line).toMatch(/^graphfn (trace|plan) +settle \(app\.ts:5:1\): /);

  const folders = readdirSync(app.path("stages")).toSorted();
  expect(folders).toEqual(["settle-1", "settle-2"]);
  for (const folder of folders) {
    const files = readdirSync(join(app.path("stages"), folder)).toSorted();
    expect(files.slice(0, 3)).toEqual(["00-emitted.js", "00-source.ts", "01-traced.txt"]);
    expect(readFileSync(join(app.path("stages"), folder, "00-source.ts"), "utf8")).toBe(FILES["app.ts"]);
  }
});

it("a file that cannot be written ends no program, and nobody is told more than was asked for", async () => {
  const app = project({ "app.mjs": `import * as gf from "graphfn"; console.log(gf.scalar(2).mul(2).item());` });
  const settings = { GRAPHFN_TRACE: app.path("nowhere/trace.json"), GRAPHFN_LOG: "jit,plans" };
  const { stdout, stderr, code } = await run(process.execPath, ["app.mjs"], app.folder, settings);
  expect({ stdout, code }).toEqual({ stdout: "4\n", code: 0 });
  const lines = stderr.trim().split("\n");
  expect(lines[0]).toMatch(/^graphfn: GRAPHFN_LOG names plans; there is backend, trace, /);
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^graphfn: GRAPHFN_TRACE: /);
  expect(existsSync(app.path("nowhere"))).toBe(false);
});
