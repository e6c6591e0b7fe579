/**
 * `npm run bench`: the workloads of workloads/README.md, ours next to each peer that is there, with the aims of targets.json and the limits
 * of the machine.
 *
 *   npm run bench -- --list                 the cases, with what is aimed at
 *   npm run bench -- --only W04,N03         cases whose names begin so
 *   npm run bench -- --peers jax,tfjs       these peers only; none: ours alone
 *   npm run bench -- --modes all            of torch also torch.compile, which takes minutes
 *   npm run bench -- --rounds 3             all of it so often, every other time in the opposite order; medians count
 *   npm run bench -- --write                docs/performance.md
 *
 * REF_PY (or GRAPHFN_PYTHON) names a Python that has some of numpy, numba, jax, torch, tensorflow, keras. Each peer is a process with one
 * thread, on one core where taskset is there; workloads go in turn. Every number of a result is checked (workloads/checks.json): a wrong
 * one is shown and never counted. Between workloads a fixed loop is timed: how much it varies is the noise of the machine.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import * as gf from "graphfn";
import { bundle } from "./bundle.mjs";
import { commandsOf, core, here, missingPeers, pinned } from "./workloads/peers.mjs";
import { judge, Results, summary, table, text } from "./workloads/report.mjs";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    peers: { type: "string" },
    modes: { type: "string", default: "" },
    rounds: { type: "string", default: "1" },
    list: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});

const targets = JSON.parse(readFileSync(path.join(here, "targets.json"), "utf8"));
const asked = values.only.split(",").filter(Boolean);
const rows = targets.filter(({ id }) => asked.length === 0 || asked.some((prefix) => id.startsWith(prefix)));
const workloads = [...new Set(rows.map(({ id }) => id.slice(0, 3)))];

if (values.list) {
  for (const { id, what, unit, aims } of rows) console.log(`${id.padEnd(17)} ${what} (${unit}): ${aims.map(judge.said).join(", ")}`);
  process.exit(0);
}
if (rows.length === 0) {
  console.error(`There is no case ${values.only}: see npm run bench -- --list`);
  process.exit(2);
}

/** What this core can do, by a program that is compiled for it; null without a compiler. */
function measureLimits() {
  const program = path.join(here, "..", "out", "limits");
  mkdirSync(path.dirname(program), { recursive: true });
  const compiler = process.env.CXX ?? "g++";
  const built = spawnSync(compiler, ["-O3", "-march=native", path.join(here, "workloads", "limits.cc"), "-o", program]);
  if (built.status !== 0) return null;
  const { stdout } = spawnSync(...pinned([program]), { encoding: "utf8" });
  return JSON.parse(stdout);
}

/** Milliseconds of one fixed loop, some times. */
function fixedLoop() {
  const script = `const t=[];for(let r=0;r<14;r++){const s=performance.now();let x=0.4;for(let i=0;i<2e6;i++)x=3.7*x*(1-x);if(r>3)t.push(performance.now()-s);if(x===7)throw 0}console.log(JSON.stringify(t))`;
  return JSON.parse(spawnSync(...pinned([process.execPath, "-e", script]), { encoding: "utf8" }).stdout);
}

await bundle("workloads/ours/main.ts");
const limits = measureLimits();
const chosen = values.peers?.split(",").filter(Boolean);
const commands = commandsOf({ chosen, all: values.modes === "all" });
const results = new Results(JSON.parse(readFileSync(path.join(here, "workloads", "checks.json"), "utf8")));
const noise = [];

for (let round = 0; round < Number(values.rounds); round++) {
  for (const workload of workloads) {
    const cases = rows.filter(({ id }) => id.startsWith(workload)).map(({ id }) => id);
    const peers = commands.filter((peer) => peer.takes(workload));
    for (const peer of round % 2 === 0 ? peers : peers.toReversed()) {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${workload}, ${peer.id} …`);
      for (const record of peer.run(cases)) results.add(record);
    }
    noise.push(...fixedLoop());
  }
}
if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");

const judged = rows.map((row) => judge(row, results, limits, gf.backendInfo().gemm));
const sorted = noise.toSorted((a, b) => a - b);
const [usual, slow] = [sorted[sorted.length >> 1], sorted[Math.floor(sorted.length * 0.95)]];
const missing = missingPeers(chosen);
const about = [
  `${gf.backendInfo().summary}; Node ${process.versions.node}; ${os.cpus()[0]?.model ?? "unknown processor"}, ${os.availableParallelism()} cores${core === null ? "" : ", each peer on one of them"}.`,
  limits === null
    ? "No C++ compiler, so no limits of this machine."
    : `Limits of one core: ${(limits.flops / 1e9).toFixed(0)} Gflop/s float32, ${(limits.bytes / 1e9).toFixed(0)} GB/s for a + b of 1M float32.`,
  `Noise: a fixed loop took ${usual.toFixed(2)} ms in the median, ${(slow / usual).toFixed(2)} times that at the 95th percentile; load average ${os.loadavg()[0].toFixed(1)}.`,
  missing.length === 0 ? "All peers are there." : `Missing peers: ${missing.join(", ")}.`,
];
console.log(`${about.join("\n")}\n\n${judged.map(text).join("\n\n")}\n\n${summary(judged)}`);
if (values.write) {
  const command = `npm run bench -- --write${asked.length > 0 ? ` --only ${values.only}` : ""}${values.rounds === "1" ? "" : ` --rounds ${values.rounds}`}`;
  writeFileSync(path.join(here, "..", "..", "docs", "performance.md"), table({ command, about, judged }));
}
process.exitCode = judged.some(({ wrong }) => wrong) ? 1 : 0;
