/**
 * A training step, 784-256-10, as one graph next to other libraries: `npm run build && node test/perf/training-peers.bench.mjs [part of a name]
 * [--rounds 7] [--budget 200]`, in µs per step with the loss read, and as parts of our time.
 *
 * Peers are TensorFlow.js's cpu and wasm backends and, where REF_PY (or GRAPHFN_PYTHON) names a Python that has them, torch (eager), jax
 * (jit) and tensorflow (tf.function). Each is a process of its own with one thread, on one core where taskset is there; all live as long as a
 * row, and rounds go in turn: medians. Losses of step 5 are compared. Below: what a step of ours costs besides time.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CASES } from "./peers/train-cases.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "7" }, budget: { type: "string", default: "200" } },
});
const [rounds, budget] = [Number(values.rounds), Number(values.budget)];
const here = join(dirname(fileURLToPath(import.meta.url)), "peers");
const python = process.env.REF_PY ?? process.env.GRAPHFN_PYTHON;
const core = String(availableParallelism() - 1);
const pinned = spawnSync("taskset", ["-c", core, "true"]).status === 0 ? ["taskset", "-c", core] : [];
const has = (module) =>
  spawnSync(python, ["-c", `import importlib.util, sys; sys.exit(importlib.util.find_spec("${module}") is None)`]).status === 0;

const ours = (...args) => [process.execPath, "--import", "@graphfn/transformer/register", join(here, "train-node.mjs"), "ours", ...args];
const inNode = (peer) => (i) => [process.execPath, join(here, "train-node.mjs"), peer, String(i)];
const inPython = (peer) => (i) => [python, join(here, "train_peer.py"), peer, JSON.stringify(CASES[i])];
const PEERS = {
  ours: (i) => ours(String(i)),
  "tfjs cpu": inNode("cpu"),
  "tfjs wasm": inNode("wasm"),
  ...(python !== undefined && has("torch") ? { torch: inPython("torch") } : {}),
  ...(python !== undefined && has("jax") ? { "jax.jit": inPython("jax") } : {}),
  ...(python !== undefined && has("tensorflow") ? { "tf.function": inPython("tensorflow") } : {}),
};
const commandOf = ([file, ...args]) => [file, args];
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

/** A process that answers lines with lines of JSON; null where it ends instead. */
class Peer {
  times = [];

  constructor(name, command) {
    this.name = name;
    const [file, ...args] = [...pinned, ...command];
    this.child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.child.stdin.on("error", () => {});
    let said = "";
    this.child.stderr.on("data", (text) => (said = (said + text).slice(-4000)));
    this.said = () => said.trim().split("\n").at(-1);
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async answer() {
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done) return null;
      if (value.startsWith("{")) return JSON.parse(value);
    }
  }

  async round(steps) {
    this.child.stdin.write(`${steps}\n`);
    return (await this.answer())?.us ?? Number.NaN;
  }

  end() {
    this.child.stdin.end();
    this.child.kill();
  }
}

async function row(index) {
  const peers = [];
  // One after the other: what a library does when it is loaded disturbs nobody.
  for (const [name, command] of Object.entries(PEERS)) {
    const peer = new Peer(name, command(index));
    peer.loss = (await peer.answer())?.loss ?? Number.NaN;
    if (Number.isNaN(peer.loss)) console.error(`${name} has no such step: ${peer.said()}`);
    peers.push(peer);
  }
  const running = peers.filter((peer) => !Number.isNaN(peer.loss));
  for (const peer of running) {
    const [, once] = [await peer.round(2), await peer.round(3)];
    peer.steps = Math.max(2, Math.round((budget * 1e3) / once));
    await peer.round(peer.steps);
  }
  for (let round = 0; round < rounds; round++) for (const peer of running) peer.times.push(await peer.round(peer.steps));
  for (const peer of peers) peer.end();
  return peers;
}

const names = Object.keys(PEERS);
const cell = (text) => String(text).padStart(17);
console.log(
  `µs per step, median of ${rounds} rounds in turn${pinned.length > 0 ? `, all on core ${core}` : ""}; in brackets parts of ours`,
);
console.log(`${"".padEnd(16)}${names.map(cell).join("")}`);
for (const [index, { name }] of CASES.entries()) {
  if (!name.includes(positionals[0] ?? "")) continue;
  const peers = await row(index);
  const [own] = peers;
  const cells = peers.map((peer) => {
    if (peer.times.length === 0) return cell("–");
    const us = median(peer.times);
    return cell(peer === own ? us.toFixed(0) : `${us.toFixed(0)} (${(us / median(own.times)).toFixed(1)})`);
  });
  const off = peers.filter((peer) => Math.abs(peer.loss - own.loss) > 1e-2 * Math.abs(own.loss));
  console.log(
    `${name.padEnd(16)}${cells.join("")}${off.map((peer) => `  ${peer.name} has another loss: ${peer.loss}, not ${own.loss}`).join("")}`,
  );
  if (off.length > 0) process.exitCode = 1;
}

/** What counts allocations in a process: built by the C compiler that there is, or null. */
function allocationCounter() {
  const folder = join(here, "..", "..", "out");
  mkdirSync(folder, { recursive: true });
  const [library, file] = [join(folder, "allocations.so"), join(folder, "allocations.counts")];
  const built = spawnSync("cc", ["-O2", "-shared", "-fPIC", "-o", library, join(here, "allocations.c")], { encoding: "utf8" });
  if (built.status === 0) return { library, file };
  console.log(`allocations are not counted: ${built.error?.message ?? built.stderr.split("\n")[0]}`);
  return null;
}

console.log("\nper step of ours, over 1000 steps after 500");
const counter = allocationCounter();
for (const [index, { name }] of CASES.entries()) {
  if (!name.includes(positionals[0] ?? "")) continue;
  if (counter !== null) writeFileSync(counter.file, new Uint8Array(16));
  const env = counter === null ? process.env : { ...process.env, LD_PRELOAD: counter.library, COUNT_ALLOCATIONS: counter.file };
  const { stdout, stderr } = spawnSync(...commandOf(ours(String(index), "counts")), { encoding: "utf8", env });
  const line = stdout.split("\n").find((text) => text.startsWith("{"));
  if (line === undefined) throw new Error(stderr);
  const { crossings, planSteps, tensors, bytes, buffers, faults, traces, ...allocated } = JSON.parse(line);
  console.log(
    `${name.padEnd(16)}  calls into the addon ${crossings} (runPlan and runOp wrapped), for ${planSteps} steps of one plan, traced ${traces} times`,
  );
  console.log(
    `${"".padEnd(16)}  grown: tensors ${tensors}, their bytes ${bytes} (gf.memory()), ArrayBuffers ${buffers.toFixed(1)} B (process.memoryUsage()), pages ${faults.toFixed(3)} (minor faults)`,
  );
  if (counter === null) continue;
  const { addonAllocations, addonAllocationsBefore, allocations } = allocated;
  console.log(
    `${"".padEnd(16)}  allocated: by the addon ${addonAllocations.toFixed(3)} (in the first 500 steps ${addonAllocationsBefore}), by V8 and Node ${(allocations - addonAllocations).toFixed(1)}`,
  );
}
