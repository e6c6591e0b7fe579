/**
 * Time per training step: `npm run build && node test/perf/training.bench.mjs [mlp|cnn|first|memory]`.
 *
 *   custom   a marked step: tape, softmax cross-entropy, Adam       next to optimizer.minimize of TensorFlow.js
 *   fit      an epoch of model.fit, in order and shuffled           next to model.fit of TensorFlow.js
 *   bare     the compiled step that fit uses, on one batch by hand  fit − bare is what fit itself costs
 *
 * In microseconds, medians of rounds in which all ways take turns, and the best round: on a busy machine the better measure.
 * TensorFlow.js runs on its wasm backend where that has all kernels, on its cpu backend otherwise; it takes a few steps per round.
 */
import { pathToFileURL } from "node:url";
import * as gf from "graphfn";
import { bundle } from "./bundle.mjs";

const only = process.argv[2] ?? "";
const [ROUNDS, BATCHES] = [11, 64];

const { BATCH, INPUTS, CLASSES, layersOf, customStep, compiledModel, bareStep } = await import(
  pathToFileURL(await bundle("training.ts")).href
);

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** TensorFlow.js, on the backend that is told; null where the packages are missing. */
async function peer() {
  try {
    const { default: wasm } = await import("@tensorflow/tfjs-backend-wasm");
    const tf = await import("@tensorflow/tfjs-core");
    const tfl = await import("@tensorflow/tfjs-layers");
    await import("@tensorflow/tfjs-backend-cpu");
    void wasm;
    tf.env().set("PROD", true);
    return { tf, tfl };
  } catch (error) {
    console.log(`TensorFlow.js is not measured: ${error.message}`);
    return null;
  }
}

const count = BATCH * BATCHES;
const size = (shape) => shape.reduce((a, b) => a * b, 1);

/** Inputs and one-hot labels, of the same values for both libraries. */
function dataOf(kind) {
  let seed = 7;
  const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const x = Float32Array.from({ length: count * size(INPUTS[kind]) }, () => next() * 2 - 1);
  const y = new Float32Array(count * CLASSES);
  for (let i = 0; i < count; i++) y[i * CLASSES + Math.floor(next() * CLASSES)] = 1;
  return { x, y };
}

/** Ways to train a model here: each makes `steps` steps per call. */
function ourWays(kind) {
  const { x, y } = dataOf(kind);
  const xs = gf.tensor(x, [count, ...INPUTS[kind]]);
  const ys = gf.tensor(y, [count, CLASSES]);
  const [bx, by] = [gf.keep(xs.slice([0], [BATCH])), gf.keep(ys.slice([0], [BATCH]))];
  const custom = customStep(kind);
  const model = compiledModel(kind);
  const fit = (shuffle) => () => model.fit(xs, ys, { epochs: 1, batchSize: BATCH, shuffle, verbose: 0, yieldEvery: "never" });
  let bare = null;
  return {
    custom: { steps: BATCHES, run: () => repeat(BATCHES, () => custom(bx, by).dispose()) },
    fit: { steps: BATCHES, run: fit(false) },
    "fit shuffled": { steps: BATCHES, run: fit(true) },
    bare: {
      steps: BATCHES,
      run: () => {
        bare ??= bareStep(model);
        repeat(BATCHES, () => gf.dispose(bare(bx, by)));
      },
    },
  };
}

function repeat(times, body) {
  for (let i = 0; i < times; i++) body();
}

async function theirWays({ tf, tfl }, kind, backend) {
  await tf.setBackend(backend);
  const few = backend === "cpu" ? 2 : 8;
  const { x, y } = dataOf(kind);
  const rows = few * BATCH;
  const xs = tf.tensor(x.subarray(0, rows * size(INPUTS[kind])), [rows, ...INPUTS[kind]]);
  const ys = tf.tensor(y.subarray(0, rows * CLASSES), [rows, CLASSES]);
  const [bx, by] = [tf.slice(xs, [0], [BATCH]), tf.slice(ys, [0], [BATCH])];
  const logits = tfl.sequential({ layers: layersOf(tfl.layers, kind, "linear") });
  const optimizer = tf.train.adam(1e-3);
  const loss = () => tf.losses.softmaxCrossEntropy(by, logits.apply(bx, { training: true }));
  const model = tfl.sequential({ layers: layersOf(tfl.layers, kind, "softmax") });
  model.compile({ optimizer: "adam", loss: "categoricalCrossentropy" });
  const fit = (shuffle) => async () => {
    await tf.setBackend(backend);
    await model.fit(xs, ys, { epochs: 1, batchSize: BATCH, shuffle, verbose: 0, yieldEvery: "never" });
  };
  const custom = async () => {
    await tf.setBackend(backend);
    repeat(few, () => optimizer.minimize(loss, true).dispose());
  };
  await custom();
  await fit(true)();
  return { custom: { steps: few, run: custom }, fit: { steps: few, run: fit(false) }, "fit shuffled": { steps: few, run: fit(true) } };
}

/** wasm where it can train this, else cpu. */
async function fastestPeer(library, kind) {
  try {
    return { name: "tfjs wasm", ways: await theirWays(library, kind, "wasm") };
  } catch {
    return { name: "tfjs cpu", ways: await theirWays(library, kind, "cpu") };
  }
}

async function perStep({ steps, run }) {
  const start = process.hrtime.bigint();
  await run();
  return Number(process.hrtime.bigint() - start) / 1e3 / steps;
}

async function steps(library, kind) {
  const ours = ourWays(kind);
  const other = library === null ? { name: "", ways: {} } : await fastestPeer(library, kind);
  const ways = Object.keys(ours).map((way) => ({ way, ours: ours[way], theirs: other.ways[way], our: [], their: [] }));
  for (let round = -3; round < ROUNDS; round++) {
    for (const row of ways) {
      const [our, their] = [await perStep(row.ours), row.theirs ? await perStep(row.theirs) : Number.NaN];
      if (round < 0) continue;
      row.our.push(our);
      row.their.push(their);
    }
  }
  const cell = (x, digits = 1) => (Number.isNaN(x) ? "" : x.toFixed(digits)).padStart(12);
  console.log(`\n${kind}, batch ${BATCH}: µs per step`);
  console.log(`  ${"".padEnd(14)}${["median", "best", other.name, "best", "ours/theirs"].map((t) => t.padStart(12)).join("")}`);
  for (const { way, our, their } of ways) {
    const [a, b] = [median(our), median(their)];
    console.log(`  ${way.padEnd(14)}${cell(a)}${cell(Math.min(...our))}${cell(b)}${cell(Math.min(...their))}${cell(a / b, 3)}`);
  }
  const of = (name) => ways.find(({ way }) => way === name).our;
  const best = (way) => Math.min(...of(way));
  for (const way of ["fit", "fit shuffled"]) {
    const own = median(of(way).map((t, i) => t - of("bare")[i]));
    const share = [own, best(way) - best("bare")].map((t) => (t / 1e3).toFixed(4));
    console.log(`  ${way}: its own share of a step ${share[0]} ms, of the best rounds ${share[1]} ms (at most 0.1)`);
  }
}

/** The first call: trace, gradient, passes, plan, decoding. A second function of the same kind, where the code is warm already. */
function firstCalls(kind) {
  const { x, y } = dataOf(kind);
  const [bx, by] = [
    gf.tensor(x.subarray(0, BATCH * size(INPUTS[kind])), [BATCH, ...INPUTS[kind]]),
    gf.tensor(y.subarray(0, BATCH * CLASSES), [BATCH, CLASSES]),
  ];
  const times = [];
  for (let i = 0; i < 8; i++) {
    const step = customStep(kind);
    const start = performance.now();
    step(bx, by).dispose();
    times.push(performance.now() - start);
  }
  console.log(
    `\n${kind}: first call ${times[0].toFixed(1)} ms (at most 20), of another such function ${median(times.slice(1)).toFixed(1)} ms`,
  );
}

async function flatMemory() {
  const ways = ourWays("mlp");
  const model = [ways["fit shuffled"], ways.custom, ways.bare];
  const round = async () => {
    for (const { run } of model) await run();
  };
  for (let i = 0; i < 10; i++) await round();
  const [rss, before] = [process.memoryUsage.rss(), gf.memory()];
  const rounds = Math.ceil(5000 / BATCHES);
  for (let i = 0; i < rounds; i++) await round();
  const [grown, after] = [(process.memoryUsage.rss() - rss) / 2 ** 20, gf.memory()];
  console.log(
    `\nmemory over ${3 * rounds * BATCHES} steps: RSS ${grown >= 0 ? "+" : ""}${grown.toFixed(1)} MB, tensors ${before.numTensors} → ${after.numTensors}, bytes ${before.numBytes} → ${after.numBytes}`,
  );
}

console.log(`${gf.backendInfo().summary}; Node ${process.versions.node}; median of ${ROUNDS}`);
if ("first".includes(only)) firstCalls("mlp");
if ("mlp cnn".includes(only)) {
  const library = await peer();
  for (const kind of ["mlp", "cnn"]) if (kind.includes(only)) await steps(library, kind);
}
if ("memory".includes(only)) await flatMemory();
const missing = Object.entries(gf.backendInfo().fallbacks);
if (missing.length > 0) console.log(`\nops without a native kernel: ${missing.map(([op, n]) => `${op} (${n})`).join(", ")}`);
