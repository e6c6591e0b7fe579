/**
 * Convolutions by our own kernels and by oneDNN, where it is installed, next to one matrix product of as many multiplications, and pools;
 * by hand after `npm run build`:
 *
 *   node test/perf/convolution.bench.mjs [threads]
 *
 * Below them depthwise convolutions and those of volumes, next to TensorFlow.js's WebAssembly backend with one thread, which has
 * the time for a call and for reading the result.
 *
 * The product is [places, window · channels] · [window · channels, outputs]. Ways in turn, best of many; nothing is asserted.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { nativeAddon } from "@graphfn/native";
import { activeBackend, backendInfo, setBackend } from "../../runtime/dist/backends/select.js";
import { getOp } from "../../runtime/dist/ops/index.js";

const ROUNDS = 40;
setBackend("native");
const addon = nativeAddon();
addon.setThreads(Number(process.argv[2] ?? 1));
console.log(`${backendInfo().summary}; ${addon.threads()} threads; Node ${process.versions.node}`);

const sizeOf = (shape) => shape.reduce((a, b) => a * b, 1);
const block = (shape, dtype = "float32") => ({
  dtype,
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 37) % 101) / 50 - 1),
});

/** A call of an op on blocks of these shapes. */
function caller(name, shapes, attrs) {
  const op = getOp(name);
  const inputs = shapes.map((shape) => block(shape));
  const outputs = op.infer(inputs, attrs).map(({ shape }) => block(shape));
  return () => activeBackend().kernel(op, inputs, outputs, attrs);
}

/** Nanoseconds of one call of each, the least of many rounds. */
function best(calls) {
  const repeats = calls.map((run) => {
    run();
    const start = process.hrtime.bigint();
    run();
    return Math.max(1, Math.round(2e6 / Number(process.hrtime.bigint() - start)));
  });
  const least = calls.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, run] of calls.entries()) {
      const start = process.hrtime.bigint();
      for (let k = 0; k < repeats[i]; k++) run();
      least[i] = Math.min(least[i], Number(process.hrtime.bigint() - start) / repeats[i]);
    }
  }
  return least;
}

const SHAPES = [
  [[32, 32, 32, 3], [3, 3, 3, 32], 1],
  [[32, 28, 28, 64], [3, 3, 64, 64], 1],
  [[1, 224, 224, 3], [7, 7, 3, 64], 2],
  [[32, 28, 28, 1], [3, 3, 1, 32], 1],
  [[32, 28, 28, 64], [1, 1, 64, 64], 1],
  [[32, 28, 28, 1], [3, 3, 1, 8], 1],
  [[32, 14, 14, 16], [3, 3, 16, 32], 1],
  [[8, 56, 56, 64], [3, 3, 64, 64], 1],
  [[8, 28, 28, 128], [3, 3, 128, 128], 1],
  [[8, 7, 7, 512], [3, 3, 512, 512], 1],
  [[8, 56, 56, 64], [1, 1, 64, 256], 1],
  [[8, 56, 56, 64], [3, 3, 64, 128], 2],
  [[1, 56, 56, 64], [3, 3, 64, 64], 1],
  [[4, 14, 14, 8], [3, 3, 8, 16], 1],
  [[2, 8, 28, 28, 32], [3, 3, 3, 32, 32], 1],
];

const WAYS = ["own", "oneDNN"];
console.log("\nmilliseconds by our own kernels and by oneDNN where it takes the shape, and their ratio; Gflop/s of the faster");
for (const [x, filter, stride] of SHAPES) {
  const axes = x.length - 2;
  const places = x.slice(1, -1).map((length) => Math.ceil(length / stride));
  const y = [x[0], ...places, filter.at(-1)];
  const pads = places.flatMap((count, i) => {
    const total = Math.max(0, (count - 1) * stride + filter[i] - x[1 + i]);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
  const attrs = { strides: Array(axes).fill(stride), pads, dilations: Array(axes).fill(1) };
  const depth = sizeOf(filter.slice(0, -1));
  const flops = 2 * sizeOf(y) * depth;
  const op = `conv${axes}d`;
  const calls = {
    matMul: caller("matMul", [[sizeOf(y.slice(0, -1)), depth], [depth, filter.at(-1)]], { transposeA: false, transposeB: false }), // biome-ignore format: short
    [op]: caller(op, [x, filter], attrs),
    [`${op}InputGrad`]: caller(`${op}InputGrad`, [y, filter], { inputSize: x.slice(1, -1), ...attrs }),
    [`${op}FilterGrad`]: caller(`${op}FilterGrad`, [x, y], { filterSize: filter.slice(0, axes), ...attrs }),
  };
  const times = best(
    Object.values(calls).flatMap((call) =>
      WAYS.map((way) => () => {
        addon.setOneDnn(way === "oneDNN");
        call();
      }),
    ),
  );
  console.log(`\n[${x}] * [${filter}] stride ${stride}: ${(flops / 1e6).toFixed(1)} Mflop`);
  for (const [i, name] of Object.keys(calls).entries()) {
    const [own, theirs] = times.slice(2 * i);
    const columns = [own / 1e6, theirs / 1e6, theirs / own].map((value) => value.toFixed(3).padStart(9)).join("");
    console.log(`  ${name.padEnd(18)}${columns}${(flops / Math.min(own, theirs)).toFixed(1).padStart(8)}`);
  }
}
addon.setOneDnn(true);

console.log("\npools, ns per element of the larger side");
for (const x of [
  [32, 28, 28, 8],
  [32, 14, 14, 32],
  [8, 56, 56, 64],
]) {
  const y = [x[0], x[1] / 2, x[2] / 2, x[3]];
  const attrs = { window: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], dilations: [1, 1] };
  const names = ["maxPool", "maxPoolGrad", "avgPool", "avgPoolGrad"];
  const times = best([
    caller("maxPool", [x], attrs),
    caller("maxPoolGrad", [x, y], attrs),
    caller("avgPool", [x], attrs),
    caller("avgPoolGrad", [y], { inputSize: x.slice(1, 3), ...attrs }),
  ]);
  console.log(`  [${x}] ${names.map((name, i) => `${name} ${(times[i] / sizeOf(x)).toFixed(3)}`).join("   ")}`);
}

const tf = await import("@tensorflow/tfjs-core");
const wasm = await import("@tensorflow/tfjs-backend-wasm");
const require = createRequire(import.meta.url);
wasm.setWasmPaths(join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist", "/"));
wasm.setThreadsCount(1);
await tf.setBackend("wasm");

/** Milliseconds of one call, the least of a few. */
function leastOf(rounds, run) {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint();
    run();
    least = Math.min(least, Number(process.hrtime.bigint() - start) / 1e6);
  }
  return least;
}

console.log("\nnext to TensorFlow.js (wasm, one thread), pad same");
for (const [name, x, filter, theirs, rounds] of [
  ["depthwiseConv2d", [1, 112, 112, 32], [3, 3, 32, 1], (a, b) => tf.depthwiseConv2d(a, b, 1, "same"), 20],
  ["depthwiseConv2d", [1, 14, 14, 512], [3, 3, 512, 1], (a, b) => tf.depthwiseConv2d(a, b, 1, "same"), 20],
  ["depthwiseConv2d", [1, 56, 56, 16], [3, 3, 16, 4], (a, b) => tf.depthwiseConv2d(a, b, 1, "same"), 20],
  ["conv3d", [1, 16, 56, 56, 16], [3, 3, 3, 16, 32], (a, b) => tf.conv3d(a, b, 1, "same"), 1],
]) {
  const axes = x.length - 2;
  const attrs = { strides: Array(axes).fill(1), pads: Array(2 * axes).fill(1), dilations: Array(axes).fill(1) };
  const y = [...x.slice(0, -1), name === "conv3d" ? filter.at(-1) : filter.at(-1) * filter.at(-2)];
  const products = sizeOf(y) * sizeOf(filter.slice(0, name === "conv3d" ? -1 : -2));
  const times = best([
    caller(name, [x, filter], attrs),
    caller(`${name}InputGrad`, [y, filter], { inputSize: x.slice(1, -1), ...attrs }),
    caller(`${name}FilterGrad`, [x, y], { filterSize: filter.slice(0, axes), ...attrs }),
  ]).map((ns) => ns / 1e6);
  const operands = [x, filter].map((shape) => tf.tensor(block(shape).data, shape));
  const other = leastOf(rounds, () => {
    const result = theirs(...operands);
    result.dataSync();
    result.dispose();
  });
  const ours = times
    .map((ms) => ms.toFixed(3))
    .join(", gradients ")
    .replace(", gradients", "; gradients");
  console.log(
    `  ${name} [${x}] * [${filter}]: ${ours} ms, ${(products / times[0] / 1e6).toFixed(1)} G products/s; theirs ${(other / times[0]).toFixed(1)} times as long`,
  );
}
