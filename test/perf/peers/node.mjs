/** `node node.mjs ours | cpu | wasm <milliseconds per case> [part of a name]`: this library, or a backend of TensorFlow.js. Results are disposed. */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { CASES, element, sizeOf } from "./cases.mjs";
import { measure } from "./measure.mjs";

const [peer, budget, asked = ""] = process.argv.slice(2);

async function load() {
  if (peer === "ours") {
    const { nativeAddon } = await import("@graphfn/native");
    nativeAddon()?.setThreads(1);
    return import("graphfn");
  }
  const tf = await import("@tensorflow/tfjs-core");
  if (peer === "cpu") await import("@tensorflow/tfjs-backend-cpu");
  else {
    const wasm = await import("@tensorflow/tfjs-backend-wasm");
    const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
    wasm.setWasmPaths(`${dirname(entry)}/`);
    wasm.setThreadsCount(1);
  }
  await tf.setBackend(peer);
  await tf.ready();
  return tf;
}

const tf = await load();

const OPS = {
  add: (a, b) => tf.add(a, b),
  mul: (a, b) => tf.mul(a, b),
  tanh: (a) => tf.tanh(a),
  exp: (a) => tf.exp(a),
  sum: (a) => tf.sum(a),
  sumRows: (a) => tf.sum(a, 1),
  sumColumns: (a) => tf.sum(a, 0),
  transpose: (a) => tf.transpose(a),
  softmax: (a) => tf.softmax(a),
  cumsum: (a) => tf.cumsum(a, 1),
  matMul: (a, b) => tf.matMul(a, b),
  conv2d: (a, b) => tf.conv2d(a, b, 1, "same"),
  maxPool: (a) => tf.maxPool(a, 2, 2, "valid"),
};

for (const { name, op, shapes, dtype = "float32" } of CASES.filter((each) => each.name.includes(asked))) {
  const operands = shapes.map((shape) =>
    tf.tensor(
      Array.from({ length: sizeOf(shape) }, (_, i) => element(i, dtype)),
      shape,
      dtype,
    ),
  );
  const apply = OPS[op];
  measure(name, () => apply(...operands).dispose(), Number(budget));
}
// Some backends keep the process alive.
process.exit(0);
