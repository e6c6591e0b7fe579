/** docs/performance.md is what `npm run bench -- --write` wrote for the cases of test/perf/targets.json; each of them is measured somewhere. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const perf = join(import.meta.dirname, "..", "perf");
const targets: { id: string; aims: { source: string; by?: string; of?: string }[] }[] = JSON.parse(
  readFileSync(join(perf, "targets.json"), "utf8"),
);
const page = readFileSync(join(perf, "..", "..", "docs", "performance.md"), "utf8");

test("the page has a row for each case", () => {
  const rows = [...page.matchAll(/^\| ([WN]\d\d\.\w+) \|/gm)].map(([, id]) => id);
  expect(rows).toEqual(targets.map(({ id }) => id));
});

test("each case is measured by a workload of ours, under its name", () => {
  const folder = join(perf, "workloads", "ours");
  const sources = [
    ...readdirSync(folder).map((file) => join(folder, file)),
    join(perf, "workloads", "peers.mjs"),
    join(perf, "memory.bench.mjs"),
  ];
  // `W03.n${n}` stands for any number.
  const names = sources
    .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/["`]([WN]\d\d\.(?:\w|\$\{\w+\})+)["`]/g)])
    .map(([, name]) => new RegExp(`^${(name as string).replace(".", "\\.").replace(/\$\{\w+\}/g, "\\w+")}$`));
  const unmeasured = targets.map(({ id }) => id).filter((id) => !names.some((name) => name.test(id)));
  expect(unmeasured).toEqual([]);
});

test("each aim says where it comes from, and of whom it speaks", () => {
  for (const { id, aims } of targets) {
    expect(aims.length, id).toBeGreaterThan(0);
    for (const { source, by = "ours" } of aims) {
      expect(source, id).toMatch(/^(design|native|baselines) \d+: |^issue \d+: /);
      expect(["ours", "ours-eager", "ours-plan", "ours-own", "ours-2T"], id).toContain(by);
    }
  }
});
