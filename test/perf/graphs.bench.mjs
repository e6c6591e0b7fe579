/**
 * Graphs of scalars as JavaScript, fused chains, and groups with rows: `npm run build && node --import @graphfn/transformer/register test/perf/graphs.bench.mjs
 * [part of a name]`. Per row the best and the median time of a call, in turn: as it runs by default, as a plan (GRAPHFN_SCRIPT=off, or ops one by
 * one), as a plain loop of JavaScript, and, where REF_PY (or GRAPHFN_PYTHON) names a Python that has it, jax.jit. One thread; on one core
 * where taskset is there.
 */
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { nativeAddon } from "@graphfn/native";
import * as gf from "graphfn";

const [filter = "", only] = process.argv.slice(2).filter((a) => !a.startsWith("--"));
const script = fileURLToPath(import.meta.url);
const python = process.env.REF_PY ?? process.env.GRAPHFN_PYTHON;
const ROUNDS = 15;
nativeAddon()?.setThreads(1);

const int = (n) => gf.scalar(n, "int32");

const logistic = gf.graphFunction((/** @type {gf.Tensor} */ x, /** @type {gf.Tensor} */ n) => {
  /** @type {gf.Tensor} */
  let i = 0;
  while (i < n && x < 2) {
    x = 3.9 * x * (1 - x);
    i += 1;
  }
  return x;
});
const collatz = gf.graphFunction((/** @type {gf.Tensor} */ m) => {
  /** @type {gf.Tensor} */
  let total = 0;
  /** @type {gf.Tensor} */
  let k = 1;
  for (; k < m; k++) {
    let n = k;
    while (n !== 1) {
      n = n % 2 === 0 ? gf.floorDiv(n, 2) : n * 3 + 1;
      total += 1;
    }
  }
  return total;
});
const chain = gf.graphFunction(
  (/** @type {gf.Tensor} */ a, /** @type {gf.Tensor} */ b, /** @type {gf.Tensor} */ c) => (a * b + c).tanh() * a.sigmoid(),
);
const cheap = gf.graphFunction(
  (/** @type {gf.Tensor} */ a, /** @type {gf.Tensor} */ b, /** @type {gf.Tensor} */ c) => ((a * b + c) * a - b).maximum(0) * 2 + 1,
);
const distance = gf.graphFunction((/** @type {gf.Tensor} */ a, /** @type {gf.Tensor} */ b) => gf.mean(gf.square(a - b)));
const norm = gf.graphFunction((/** @type {gf.Tensor} */ x) => {
  const d = x - gf.mean(x, -1, true);
  return d * gf.rsqrt(gf.mean(d * d, -1, true) + 1e-5);
});
const entropy = gf.graphFunction((/** @type {gf.Tensor} */ labels, /** @type {gf.Tensor} */ logits) =>
  gf.losses.softmaxCrossEntropy(labels, logits),
);
const small = gf.graphFunction((/** @type {gf.Tensor} */ a, /** @type {gf.Tensor} */ b) => a * b + 1);

const [a, b, c] = [1, 2, 3].map((seed) => gf.randomUniform([1 << 20], -1, 1, "float32", seed));
const two = gf.scalar(2);
const rows = gf.randomUniform([128, 512], -1, 1, "float32", 4);
const [labels, logits] = [5, 6].map((seed) => gf.randomUniform([128, 1000], 0, 1, "float32", seed));

const line = "jnp.linspace(-1, 1, 1 << 20, dtype=jnp.float32)";
const lines = `[${line}] * 3`;

/** name → [calls per sample, as it runs, in plain JavaScript or by eager ops, a function of jax and its arguments]. */
const ROWS = {
  "logistic f64 1e6": [
    1,
    () => logistic(gf.scalar(0.3, "float64"), int(1e6)),
    () => {
      let x = 0.3;
      for (let i = 0; i < 1e6 && x < 2; i++) x = 3.9 * x * (1 - x);
      return x;
    },
    "lambda x, n: lax.while_loop(lambda s: (s[1] < n) & (s[0] < 2), lambda s: (3.9 * s[0] * (1 - s[0]), s[1] + 1), (x, jnp.int32(0)))[0]",
    "[jnp.float64(0.3), jnp.int32(10**6)]",
  ],
  "logistic f32 1e6": [
    1,
    () => logistic(gf.scalar(0.3, "float32"), int(1e6)),
    null,
    "lambda x, n: lax.while_loop(lambda s: (s[1] < n) & (s[0] < 2), lambda s: (jnp.float32(3.9) * s[0] * (1 - s[0]), s[1] + 1), (x, jnp.int32(0)))[0]",
    "[jnp.float32(0.3), jnp.int32(10**6)]",
  ],
  "collatz below 9000": [
    1,
    () => collatz(int(9000)),
    () => {
      let total = 0;
      for (let k = 1; k < 9000; k++) for (let n = k; n !== 1; total++) n = n % 2 === 0 ? n / 2 : n * 3 + 1;
      return total;
    },
    "lambda m: lax.fori_loop(1, m, lambda k, t: lax.while_loop(lambda s: s[0] != 1, lambda s: (jnp.where(s[0] % 2 == 0, s[0] // 2, s[0] * 3 + 1), s[1] + 1), (k, t))[1], jnp.int32(0))",
    "[jnp.int32(9000)]",
  ],
  "call on scalars": [20_000, () => small(two, two), null, "lambda a, b: a * b + 1", "[jnp.float32(2)] * 2"],
  "tanh(ab+c)σ(a) 1M": [
    1,
    () => chain(a, b, c),
    () => gf.tidy(() => a.mul(b).add(c).tanh().mul(a.sigmoid())),
    "lambda a, b, c: jnp.tanh(a * b + c) * jax.nn.sigmoid(a)",
    lines,
  ],
  "7 cheap ops 1M": [
    1,
    () => cheap(a, b, c),
    () => gf.tidy(() => a.mul(b).add(c).mul(a).sub(b).maximum(0).mul(2).add(1)),
    "lambda a, b, c: jnp.maximum((a * b + c) * a - b, 0) * 2 + 1",
    lines,
  ],
  "mean((a-b)²) 1M": [
    4,
    () => distance(a, b),
    () => gf.tidy(() => gf.mean(gf.square(a.sub(b)))),
    "lambda a, b: jnp.mean((a - b) ** 2)",
    `[${line}, -${line}]`,
  ],
  "layer norm 128x512": [
    40,
    () => norm(rows),
    () =>
      gf.tidy(() => {
        const d = rows.sub(gf.mean(rows, -1, true));
        return d.mul(gf.rsqrt(gf.mean(d.mul(d), -1, true).add(1e-5)));
      }),
    "lambda x: (lambda d: d * lax.rsqrt(jnp.mean(d * d, -1, keepdims=True) + 1e-5))(x - jnp.mean(x, -1, keepdims=True))",
    "[jnp.linspace(-1, 1, 1 << 16, dtype=jnp.float32).reshape(128, 512)]",
  ],
  "entropy 128x1000": [
    10,
    () => entropy(labels, logits),
    () => gf.tidy(() => gf.losses.softmaxCrossEntropy(labels, logits)),
    "lambda y, x: -jnp.mean(jnp.sum(y * jax.nn.log_softmax(x), -1))",
    "[jnp.linspace(0, 1, 128000, dtype=jnp.float32).reshape(128, 1000)] * 2",
  ],
};

const release = (x) => {
  if (x instanceof gf.Tensor) x.dispose();
};

/** Microseconds per call. */
function time(repeat, run) {
  const times = [];
  for (let round = -4; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < repeat; i++) release(run());
    if (round >= 0) times.push(Number(process.hrtime.bigint() - start) / repeat / 1000);
  }
  times.sort((p, q) => p - q);
  return { best: times[0], median: times[ROUNDS >> 1] };
}

const PEER = `
import os, sys, time, json
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
import jax, jax.numpy as jnp
from jax import lax
jax.config.update("jax_enable_x64", True)
run, args, repeat = jax.jit(eval(sys.argv[1])), eval(sys.argv[2]), int(sys.argv[3])
times = []
for r in range(-4, ${ROUNDS}):
  start = time.perf_counter()
  for i in range(repeat): y = run(*args)
  y.block_until_ready()
  if r >= 0: times.append((time.perf_counter() - start) / repeat * 1e6)
times.sort()
print(json.dumps({"best": times[0], "median": times[len(times) // 2]}))
`;

const core = String(availableParallelism() - 1);
const pinned = spawnSync("taskset", ["-c", core, "true"]).status === 0 ? ["taskset", "-c", core] : [];

function answer(file, args, env = {}) {
  const [command, ...rest] = [...pinned, file, ...args];
  const { stdout, status } = spawnSync(command, rest, { encoding: "utf8", env: { ...process.env, ...env } });
  return status === 0 ? JSON.parse(stdout.trim().split("\n").at(-1)) : null;
}

if (only !== undefined) {
  const [repeat, run, plain] = ROWS[filter];
  const way = only === "plain" ? plain : run;
  console.log(JSON.stringify(time(repeat, way)));
} else {
  const shown = (t) => (t === null ? "–".padStart(22) : `${t.best.toFixed(2).padStart(10)} ${t.median.toFixed(2).padStart(11)}`);
  console.log(
    `${"µs: best, median".padEnd(20)}${["ours", "plan, op by op", "plain JS, eager", "jax.jit"].map((s) => s.padStart(22)).join("")}`,
  );
  for (const [name, [repeat, , plain, source, given]] of Object.entries(ROWS)) {
    if (!name.includes(filter)) continue;
    const own = (way, env) => answer(process.execPath, ["--import", "@graphfn/transformer/register", script, name, way], env);
    const times = [
      own("ours", {}),
      own("ours", { GRAPHFN_SCRIPT: "off", GRAPHFN_FUSE: "off" }),
      plain === null ? null : own("plain", {}),
      python === undefined ? null : answer(python, ["-c", PEER, source, given, String(repeat)]),
    ];
    console.log(`${name.padEnd(20)}${times.map(shown).join("")}`);
  }
}
