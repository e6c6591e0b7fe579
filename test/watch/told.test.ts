/** GRAPHFN_LOG and GRAPHFN_DUMP: lines on stderr, files of stages. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as gf from "graphfn";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import { setLog, TOPICS } from "../../runtime/src/watch/log.ts";
import { inputs, settling } from "./program.ts";

let lines: string[] = [];

beforeEach(() => {
  gf.setBackend("reference");
  lines = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
});
afterEach(() => {
  setLog("");
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const withoutTimes = (text: string) => text.replace(/\d+(\.\d+)? (ms|µs)/g, "… ms").replace(/\(\S*told[^)]*\)/, "(…)");

describe("GRAPHFN_LOG", () => {
  it("tells of each stage, with the function's name and place", () => {
    setLog("trace, passes, plan, jit, run");
    const f = settling("settle");
    f(...inputs());
    expect(lines.every((line) => /^graphfn \w+ +settle \(.*program\.ts:\d+:\d+\): .*\n$/.test(line))).toBe(true);
    const said = lines.map((line) => withoutTimes(line.replace(/\(\S*program\.ts:\d+:\d+\)/, "(…)")).trim());
    expect(said).toMatchInlineSnapshot(`
      [
        "graphfn trace    settle (…): (f32[4,8], f32[8,8]) → 18 nodes in … ms",
        "graphfn passes   settle (…): rules, round 1: 18 → 18 nodes (fold 2) in … ms",
        "graphfn passes   settle (…): dce, round 1: 18 → 16 nodes in … ms",
        "graphfn plan     settle (…): 13 steps, 192 B of arena, 1 fused group of 3 ops, 0 single ops in … ms",
        "graphfn jit      settle (…): g1 add, tanh, mul: reference",
        "graphfn run      settle (…): ran in … ms",
      ]
    `);
  });

  it("tells of what was asked for only, and why a call needs another trace", () => {
    setLog("retrace,backend");
    let rate = 0.5;
    const f = gf.graphFunction((x: gf.Tensor) => x * rate);
    f(gf.scalar(1));
    rate = 0.25;
    f(gf.scalar(1));
    gf.setBackend("reference");
    expect(lines.map((line) => line.split(/ +/)[1])).toEqual(["retrace", "backend"]);
    expect(lines[0]).toContain("`rate`");
    expect(lines[0]).toContain("changed from 0.5 to 0.25");
  });

  it("all is everything; a topic that is not there is said once, with those that are", () => {
    setLog("all");
    settling("settle")(...inputs());
    const topics = new Set(lines.map((line) => line.split(/ +/)[1]));
    expect([...topics]).toEqual(["trace", "passes", "plan", "jit", "run"]);
    lines = [];
    setLog("plans,trace");
    expect(lines.join("")).toBe(`graphfn: GRAPHFN_LOG names plans; there is ${Object.keys(TOPICS).join(", ")}, all.\n`);
  });

  it("says nothing by default", () => {
    settling("settle")(...inputs());
    expect(lines).toEqual([]);
  });
});

describe("GRAPHFN_DUMP", () => {
  it("keeps each stage, and a folder per trace", () => {
    const folder = mkdtempSync(join(tmpdir(), "graphfn-dump-"));
    try {
      vi.stubEnv("GRAPHFN_DUMP", join(folder, "stages"));
      const f = settling("settle it/..");
      const [x, w] = inputs();
      f(x, w);
      f(gf.fill([2, 8], 0.5), w);
      const kept = readdirSync(join(folder, "stages")).toSorted();
      expect(kept.slice(0, 2).map((name) => name.replace(/-\d+$/, ""))).toEqual(["settle_it_..", "settle_it_.."]);
      const first = join(folder, "stages", kept[0] as string);
      const files = readdirSync(first).toSorted();
      expect(files).toMatchInlineSnapshot(`
        [
          "00-emitted.js",
          "00-source.ts",
          "01-traced.txt",
          "02-rules.txt",
          "03-dce.txt",
          "04-plan.txt",
          "05-graph.dot",
        ]
      `);
      const read = (name: string) => readFileSync(join(first, files.find((file) => file.includes(name)) as string), "utf8");
      // A graph of a stage is the text that reads back.
      expect(parseGraph(read("traced")).name).toBe("settle it/..");
      expect(parseGraph(read("dce")).name).toBe("settle it/..");
      expect(read("plan")).toContain("fused(");
      expect(read("graph.dot")).toMatch(/^digraph/);
      expect(read("emitted")).toContain("$.while");
      expect(lines).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("where it cannot write, it says so once and the program goes on", () => {
    const folder = mkdtempSync(join(tmpdir(), "graphfn-dump-"));
    try {
      const file = join(folder, "file");
      writeFileSync(file, "");
      vi.stubEnv("GRAPHFN_DUMP", file);
      const [x, w] = inputs();
      expect(settling("a")(x, w).shape).toEqual([4, 8]);
      expect(settling("b")(x, w).shape).toEqual([4, 8]);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^graphfn: GRAPHFN_DUMP: /);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
