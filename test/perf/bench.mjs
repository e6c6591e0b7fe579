/**
 * `npm run bench [-- filter]`: times each workload in every way in one run and prints ratios to plain JavaScript. Medians of
 * samples of at least 5 ms, ways in turn; nothing is asserted but the results. Training comes last: see training.bench.mjs.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { graphfn } from "@graphfn/plugin-esbuild";
import * as esbuild from "esbuild";
import * as gf from "graphfn";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "..", "out", "workloads.mjs");
const filter = process.argv[2] ?? "";
const ROUNDS = 9;

async function load() {
  mkdirSync(path.dirname(out), { recursive: true });
  await esbuild.build({
    entryPoints: [path.join(here, "workloads.ts")],
    outfile: out,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    sourcemap: true,
    plugins: [graphfn({ root: here })],
  });
  return (await import(pathToFileURL(out).href)).workloads;
}

/** Nanoseconds of one call, over as many calls as fill 5 ms. */
function sample(run, repeat) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < repeat; i++) run();
  return Number(process.hrtime.bigint() - start) / repeat;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function measure(ways) {
  const repeats = ways.map(([, run]) => {
    for (let i = 0; i < 3; i++) run();
    let repeat = 1;
    while (sample(run, repeat) * repeat < 5e6 && repeat < 1 << 20) repeat *= 2;
    return repeat;
  });
  const times = ways.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, [, run]] of ways.entries()) times[i].push(sample(run, repeats[i]));
  }
  return times.map(median);
}

const time = (ns) =>
  ns < 1000 ? `${ns.toFixed(ns < 10 ? 2 : 0)} ns` : ns < 1e6 ? `${(ns / 1e3).toFixed(2)} µs` : `${(ns / 1e6).toFixed(2)} ms`;

const workloads = (await load()).filter(({ name }) => name.includes(filter));
console.log(`${gf.backendInfo().summary}; Node ${process.versions.node}; median of ${ROUNDS}; ratio to the first row of each\n`);
let wrong = 0;
for (const { name, unit, units, ways, check } of workloads) {
  const entries = Object.entries(ways);
  const results = entries.map(([, run]) => check(run()));
  const times = measure(entries).map((ns) => ns / units);
  console.log(`${name}`);
  entries.forEach(([way], i) => {
    const same = Math.abs(results[i] - results[0]) <= 1e-9 * Math.abs(results[0]);
    if (!same) wrong++;
    const note = same ? "" : `   WRONG: ${results[i]} instead of ${results[0]}`;
    console.log(
      `  ${way.padEnd(14)} ${time(times[i]).padStart(10)} per ${unit.padEnd(10)} ${(times[i] / times[0]).toFixed(2).padStart(8)}×${note}`,
    );
  });
  const [eager, graph] = ["eager", "graph"].map((way) => entries.findIndex(([w]) => w === way));
  if (eager >= 0 && graph >= 0) console.log(`  ${"eager / graph".padEnd(14)} ${(times[eager] / times[graph]).toFixed(1).padStart(10)}`);
}
process.exitCode = wrong === 0 ? 0 : 1;
if (filter === "") await import("./training.bench.mjs");
