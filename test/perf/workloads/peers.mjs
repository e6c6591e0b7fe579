/** Whom the bench runs: how each peer is started for a workload, and which records come back. */
import { spawnSync } from "node:child_process";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** test/perf */
export const here = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const peerFile = (name) => path.join(here, "workloads", "peers", name);
const ours = path.join(here, "..", "out", "main.mjs");
const python = process.env.REF_PY ?? process.env.GRAPHFN_PYTHON;

const last = String(os.availableParallelism() - 1);
/** The core that all peers have, or null where none can be given. */
export const core = spawnSync("taskset", ["-c", last, "true"]).status === 0 ? last : null;

/** A command on that core, as spawnSync takes it. */
export function pinned(command) {
  const [file, ...rest] = core === null ? command : ["taskset", "-c", core, ...command];
  return [file, rest];
}

const LIMIT = 600_000;

function start(command, { env = {}, free = false } = {}) {
  const [file, rest] = free ? [command[0], command.slice(1)] : pinned(command);
  const quiet = { TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "", PYTHONWARNINGS: "ignore", ...env };
  const { stdout, stderr, status, error } = spawnSync(file, rest, {
    encoding: "utf8",
    env: { ...process.env, ...quiet },
    maxBuffer: 1 << 26,
    timeout: LIMIT,
  });
  if (status !== 0) {
    const why = error?.code === "ETIMEDOUT" ? `ended after ${LIMIT / 1000} s` : stderr.trim().split("\n").at(-1);
    process.stderr.write(`\n${command.slice(0, 4).join(" ")} … failed: ${why}\n`);
  }
  return (stdout ?? "")
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}

const has = (module) =>
  python !== undefined &&
  spawnSync(python, ["-c", `import importlib.util, sys; sys.exit(importlib.util.find_spec("${module}") is None)`]).status === 0;

/** Workloads that run as they are, `--case`. */
const LANGUAGE = ["W01", "W02", "W03", "W04", "W05", "W06", "W07", "W08", "W09", "W10", "W11", "W12", "W13", "W14"];
const NEW = ["N01", "N02", "N03", "N04", "N06", "N07"];

function peer(id, command, taken, options = {}) {
  const takes = (workload) => taken.some((prefix) => prefix.startsWith(workload));
  const run = (cases) => {
    // Variants of a case, which aims may compare with, have its name with a suffix: they run with it.
    const wanted = cases.filter((name) => taken.some((prefix) => name.startsWith(prefix)));
    return wanted.length === 0 ? [] : start([...command, "--case", wanted.join(",")], options);
  };
  return { id, takes, run };
}

/** W16: a first call needs a new process each time. */
function first({ id, run }) {
  return { id, takes: (workload) => workload === "W16", run: (cases) => Array.from({ length: 3 }, () => run(cases)).flat() };
}

/** W15: a process from its start to the line that it prints. */
function startup(id, command) {
  const run = () => {
    const found = [];
    for (let i = 0; i < 6; i++) {
      const begin = performance.now();
      const [record] = start(command);
      const took = performance.now() - begin;
      if (i > 0 && record?.value === 3) found.push({ took, rss: record.rss_mb });
    }
    if (found.length === 0) return [{ peer: id, case: "W15.startup", cannot: "did not start" }];
    const middle = (key) => found.map((each) => each[key]).toSorted((a, b) => a - b)[found.length >> 1];
    return [
      { peer: id, case: "W15.startup", unit: "ms", median: middle("took"), check: 3 },
      { peer: id, case: "W15.rss", unit: "MB", median: middle("rss") },
    ];
  };
  return { id, takes: (workload) => workload === "W15", run };
}

function memory() {
  const command = [process.execPath, path.join(here, "memory.bench.mjs"), "--row", "1 MB", "1000000", "--json"];
  return { id: "ours", takes: (workload) => workload === "N08", run: () => start(command) };
}

/** Rows of transform.bench.mjs. */
const TRANSFORM = {
  "N09.warm": ["warm", "435 lines"],
  "N09.edit": ["edit", "in a body"],
  "N09.cold": ["cold", "first file"],
};

function transforms() {
  const run = (cases) =>
    cases.flatMap((name) => {
      const [row, part] = TRANSFORM[name];
      const records = start([process.execPath, path.join(here, "transform.bench.mjs"), row, "--json"]);
      return records.filter((record) => record.part === part).map((record) => ({ ...record, peer: "ours", case: name }));
    });
  return { id: "ours", takes: (workload) => workload === "N09", run };
}

const TFJS_CPU = ["W01", "W02", "W03", "W15"];
const node = (name, ...rest) => [process.execPath, peerFile(name), ...rest];
const own = (...rest) => [process.execPath, ours, ...rest];

/** Peers by the name that `--peers` takes; null where it is not there. */
function others({ all }) {
  const inPython = (name, ...rest) => [python, peerFile(name), ...rest];
  const modes = all ? [] : ["--mode", "torch-eager,torch-script"];
  const plain = peer("plain", node("plain_peer.mjs"), LANGUAGE);
  const tfjs = (backend, taken) => peer("tfjs", node("tfjs_peer.mjs", "--backend", backend), taken);
  const keras = (backend) => peer("keras", inPython("keras_peer.py", "--backend", backend), ["W08"]);
  const python3 = (id, file, ...rest) => {
    const each = peer(id, inPython(file, ...rest), [...LANGUAGE, ...NEW]);
    return [each, first(peer(id, inPython(file, ...rest), ["W16"]))];
  };
  const started = (id, name) => startup(id, [python, peerFile("startup.py"), name]);
  const here = (module, list) => (has(module) ? list() : null);
  const kerasOn = ["jax", "tensorflow", "torch"].filter((backend) => has("keras") && has(backend));
  return {
    plain: [plain, startup("plain-js", node("startup.mjs", "plain"))],
    tfjs: installed("@tensorflow/tfjs-backend-wasm")
      ? [tfjs("wasm", LANGUAGE), tfjs("cpu", TFJS_CPU), startup("tfjs-cpu", node("startup.mjs", "tfjs-cpu"))]
      : null,
    numpy: here("numpy", () => [...python3("numpy", "numpy_peer.py"), started("numpy", "numpy")]),
    numba: here("numba", () => []),
    jax: here("jax", () => [...python3("jax", "jax_peer.py"), started("jax-jit", "jax")]),
    torch: here("torch", () => [...python3("torch", "torch_peer.py", ...modes), started("torch-eager", "torch")]),
    tensorflow: here("tensorflow", () => [...python3("tensorflow", "tf_peer.py"), started("tf-eager", "tf")]),
    keras: kerasOn.length > 0 ? kerasOn.map(keras) : null,
  };
}

function installed(name) {
  try {
    return import.meta.resolve(name) !== "";
  } catch {
    return false;
  }
}

const OURS = () => [
  peer("ours", own(), [...LANGUAGE, ...NEW, "N05", "N10"]),
  // Ways of ours that an aim speaks of.
  peer("ours", own("--peer", "ours-plan"), ["W04", "W12", "N05.scalars"], { env: { GRAPHFN_SCRIPT: "off", GRAPHFN_LLVM: "off" } }),
  peer("ours", own("--peer", "ours-own", "--onednn", "off"), ["W14.gemm"]),
  peer("ours", own("--peer", "ours-2T", "--threads", "2"), ["W07.b256", "W14.gemm1024", "N03"], { free: true }),
  first(peer("ours", own(), ["W16"])),
  startup("ours", node("startup.mjs", "ours")),
  memory(),
  transforms(),
];

export function commandsOf({ chosen, all }) {
  const rest = Object.entries(others({ all })).filter(([name, list]) => list !== null && (chosen === undefined || chosen.includes(name)));
  return [...OURS(), ...rest.flatMap(([, list]) => list)];
}

/** Peers that were asked for and are not there. */
export function missingPeers(chosen) {
  const missing = Object.entries(others({ all: false })).filter(
    ([name, list]) => list === null && (chosen === undefined || chosen.includes(name)),
  );
  const names = missing.map(([name]) => name);
  if (names.length > 0 && python === undefined) names.push("no Python is named by REF_PY or GRAPHFN_PYTHON");
  return names;
}
