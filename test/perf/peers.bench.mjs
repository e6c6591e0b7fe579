/**
 * Eager ops next to other libraries, in one run: `npm run build && node test/perf/peers.bench.mjs [part of a name] [--rounds 3]`.
 *
 * Peers are TensorFlow.js's cpu and wasm backends, and numpy, torch, tensorflow and jax where GRAPHFN_PYTHON names a Python that has them.
 * Everybody has one thread. Each peer is a process of its own, peers in turn; the least time of all rounds counts. Columns are the
 * peer's time over ours: above 1, ours is faster. A row misses its bar where ours takes more than that part of the fastest peer's time.
 */
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, styleText } from "node:util";
import { CASES } from "./peers/cases.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "3" }, budget: { type: "string", default: "200" } },
});
const asked = positionals[0] ?? "";
const cases = CASES.filter(({ name }) => name.includes(asked));
const here = join(dirname(fileURLToPath(import.meta.url)), "peers");
const python = process.env.GRAPHFN_PYTHON;

const inNode = (peer) => [process.execPath, [join(here, "node.mjs"), peer, values.budget, asked]];
const inPython = (peer) => [python, [join(here, "eager_peer.py"), peer, values.budget, JSON.stringify(cases)]];
const has = (module) =>
  spawnSync(python, ["-c", `import importlib.util, sys; sys.exit(importlib.util.find_spec("${module}") is None)`]).status === 0;
const libraries = python === undefined ? [] : ["numpy", "torch", "tensorflow", "jax"].filter(has);
const peers = new Map([
  ["ours", inNode("ours")],
  ["tfjs cpu", inNode("cpu")],
  ["tfjs wasm", inNode("wasm")],
  ...libraries.map((name) => [name, inPython(name)]),
]);

/** Least nanoseconds, by peer and case. */
const least = new Map([...peers.keys()].map((peer) => [peer, new Map()]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [peer, [command, args]] of peers) {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kround ${round + 1}, ${peer} …`);
    const { stdout, stderr, status } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 26 });
    if (status !== 0) console.error(`${peer} ended with ${status}: ${stderr.trim().split("\n").at(-1)}`);
    for (const line of stdout.split("\n").filter((text) => text.startsWith("{"))) {
      const { name, ns } = JSON.parse(line);
      least.get(peer).set(name, Math.min(ns, least.get(peer).get(name) ?? Infinity));
    }
  }
}
if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");

const time = (ns) => (ns < 1e3 ? `${ns.toFixed(0)} ns` : ns < 1e6 ? `${(ns / 1e3).toFixed(1)} µs` : `${(ns / 1e6).toFixed(2)} ms`);
const others = [...peers.keys()].filter((peer) => peer !== "ours");
const width = Math.max(...cases.map(({ name }) => name.length));
console.log(["".padEnd(width), "ours".padStart(9), ...others.map((peer) => peer.padStart(10)), "bar".padStart(6)].join("  "));
let missed = 0;
for (const { name, bar } of cases) {
  const ours = least.get("ours").get(name);
  const ratios = others.map((peer) => least.get(peer).get(name) / ours);
  const fastest = Math.min(...ratios.filter((ratio) => ratio > 0));
  const misses = bar !== undefined && fastest * bar < 1;
  if (misses) missed++;
  const cells = ratios.map((ratio) => (ratio > 0 ? ratio.toFixed(2) : "–").padStart(10));
  const line = [name.padEnd(width), time(ours).padStart(9), ...cells, String(bar ?? "").padStart(6)].join("  ");
  console.log(misses ? styleText("yellow", `${line}  misses: ${(1 / fastest).toFixed(2)} of the fastest`) : line);
}
console.log(
  `${cases.length} rows, ${missed} short of their bar; ${libraries.length === 0 ? "no Python peers (GRAPHFN_PYTHON)" : libraries.join(", ")}`,
);
