/**
 * `node --import @graphfn/transformer/register train-node.mjs ours | cpu | wasm <index of a case>`: prints the loss of step 5, then, for each line with a number of steps that it
 * is given, microseconds per step. `ours counts` prints what one step costs besides time, and ends.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { CASES, inputs, SIZES, weights } from "./train-cases.mjs";

const [peer, index, counts] = process.argv.slice(2);
const { optimizer, batch, rate } = CASES[Number(index)];
/** Calls into the addon. */
let crossings = 0;

async function library() {
  if (peer === "ours") {
    const { nativeAddon } = await import("@graphfn/native");
    const addon = nativeAddon();
    addon?.setThreads(1);
    // Before graphfn takes them. Counting costs time, so nothing is timed then.
    if (counts && addon !== null) {
      for (const name of ["runPlan", "runOp"]) {
        const plain = addon[name];
        addon[name] = (...args) => {
          crossings++;
          return plain(...args);
        };
      }
    }
    return import("graphfn");
  }
  const tf = await import("@tensorflow/tfjs-core");
  if (peer === "cpu") await import("@tensorflow/tfjs-backend-cpu");
  else {
    const wasm = await import("@tensorflow/tfjs-backend-wasm");
    wasm.setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
    wasm.setThreadsCount(1);
  }
  // Registers gradients.
  await import("@tensorflow/tfjs-layers");
  tf.env().set("PROD", true);
  await tf.setBackend(peer);
  await tf.ready();
  return tf;
}

const tf = await library();
const { x, y } = inputs(batch);
const [xs, ys] = [tf.tensor(x, [batch, SIZES[0]]), tf.tensor(y, [batch, SIZES[2]])];
const [w1, b1, w2, b2] = weights().map(([values, shape]) => tf.variable(tf.tensor(values, shape)));
const train = optimizer === "sgd" ? tf.train.sgd(rate) : tf.train.adam(rate);
const loss = (a, b) => tf.losses.softmaxCrossEntropy(b, tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(a, w1), b1)), w2), b2));
const plain = (a, b) => train.minimize(() => loss(a, b), true, [w1, b1, w2, b2]);
const step = peer === "ours" ? (await import("./train-ours.mjs")).asGraph(plain) : plain;

/** Reads the loss, as training loops do. */
function steps(count) {
  let last = 0;
  for (let i = 0; i < count; i++) {
    const value = step(xs, ys);
    last = value.dataSync()[0];
    value.dispose();
  }
  return last;
}

/** Allocations on this thread until now, of all code and of the addon's, where allocations.c counts them. */
function allocations() {
  const file = process.env.COUNT_ALLOCATIONS;
  if (file === undefined) return {};
  const numbers = new BigUint64Array(new Uint8Array(readFileSync(file)).buffer);
  return { allocations: Number(numbers[0]), addonAllocations: Number(numbers[1]) };
}

if (counts) {
  const first = allocations();
  // Machine code is there by then.
  steps(500);
  const state = () => ({ ...tf.memory(), ...process.memoryUsage(), faults: process.resourceUsage().minorPageFault, ...allocations() });
  const many = 1000;
  crossings = 0;
  const before = state();
  steps(many);
  const after = state();
  const per = (key) => (after[key] - before[key]) / many;
  const planned = /^plan [^:]*: (\d+) steps/m.exec(step.explain(xs, ys).plan)?.[1];
  console.log(
    JSON.stringify({
      crossings: crossings / many,
      planSteps: Number(planned),
      tensors: per("numTensors"),
      bytes: per("numBytes"),
      buffers: per("arrayBuffers"),
      faults: per("faults"),
      allocations: per("allocations"),
      addonAllocations: per("addonAllocations"),
      addonAllocationsBefore: before.addonAllocations - first.addonAllocations,
      traces: step.traces,
    }),
  );
  process.exit(0);
}

console.log(JSON.stringify({ loss: steps(5) }));
for await (const line of createInterface({ input: process.stdin })) {
  const count = Number(line);
  const start = process.hrtime.bigint();
  steps(count);
  console.log(JSON.stringify({ us: Number(process.hrtime.bigint() - start) / 1e3 / count }));
}
// Some backends keep the process alive.
process.exit(0);
