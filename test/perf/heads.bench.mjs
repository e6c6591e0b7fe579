/**
 * Matrix products with fused ops behind them, with the product as the group's head (plan/heads.ts) and apart:
 * `npm run build && node --import @graphfn/transformer/register test/perf/heads.bench.mjs [part of a name] [--threads 1] [--own] [--ms 400]`.
 * Both in turn; times are those that 15 % of all runs stay below. --own: without oneDNN. In brackets whether the planner takes the head by
 * itself.
 */
import { parseArgs } from "node:util";
import { nativeAddon } from "@graphfn/native";
import { createNativeBackend } from "../../runtime/src/backends/native.ts";
import { newElements } from "../../runtime/src/core/dtype.ts";
import { parseGraph } from "../../runtime/src/ir/parse.ts";
import "../../runtime/src/ops/index.ts";
import { buildPlan } from "../../runtime/src/plan/build.ts";
import { headOf } from "../../runtime/src/plan/heads.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: "string", default: "1" },
    own: { type: "boolean", default: false },
    ms: { type: "string", default: "400" },
  },
});
const addon = nativeAddon();
if (addon === null) throw new Error("The native addon is not built.");
addon.setThreads(Number(values.threads));
const library = addon.setOneDnn(!values.own);
const backend = createNativeBackend();

const f = (...shape) => `f32[${shape}]`;
const product = (turned) => `{transposeA=${turned}, transposeB=false}`;
/** relu(x·w + bias). */
const forward = (m, k, n) => `graph forward(%0: ${f(m, k)}, %1: ${f(k, n)}, %2: ${f(n)}) {
  %3: f32 = const 0
  %4: ${f(m, n)} = matMul %0, %1 ${product(false)}
  %5: ${f(m, n)} = add %4, %2
  %6: ${f(m, n)} = maximum %5, %3
  return %6
}`;
/** w − rate · xᵀd. */
const sgd = (m, k, n) => `graph sgd(%0: ${f(k, m)}, %1: ${f(k, n)}, var %2: ${f(m, n)}) {
  %3: f32 = const 0.01
  %4: ${f(m, n)} = matMul %0, %1 ${product(true)}
  %5: ${f(m, n)} = mul %4, %3
  %6: ${f(m, n)} = sub %2, %5
  return %2 := %6
}`;
/** The moments of Adam, and w by them. */
const adam = (m, k, n) => `graph adam(%0: ${f(k, m)}, %1: ${f(k, n)}, var %2: ${f(m, n)}, var %3: ${f(m, n)}, var %4: ${f(m, n)}) {
  %5: f32 = const 0.1
  %6: f32 = const 0.001
  %7: ${f(m, n)} = matMul %0, %1 ${product(true)}
  %8: ${f(m, n)} = sub %7, %3
  %9: ${f(m, n)} = mul %8, %5
  %10: ${f(m, n)} = add %3, %9
  %11: ${f(m, n)} = square %7
  %12: ${f(m, n)} = sub %11, %4
  %13: ${f(m, n)} = mul %12, %6
  %14: ${f(m, n)} = add %4, %13
  %15: ${f(m, n)} = sqrt %14
  %16: ${f(m, n)} = add %15, %6
  %17: ${f(m, n)} = mul %10, %6
  %18: ${f(m, n)} = realDiv %17, %16
  %19: ${f(m, n)} = sub %2, %18
  return %2 := %19, %3 := %10, %4 := %14
}`;
const FORWARD = [
  ...[
    [32, 784, 256],
    [128, 784, 256],
    [256, 64, 256],
    [4096, 64, 64],
    [1024, 32, 1024],
    [1024, 64, 1024],
    [1024, 256, 1024],
  ],
  [1024, 1024, 1024],
];
const UPDATES = [
  ...[
    [256, 32, 10],
    [256, 32, 128],
    [784, 32, 256],
    [784, 128, 256],
    [512, 128, 512],
    [1024, 32, 1024],
    [1024, 256, 1024],
    [2048, 64, 2048],
  ],
];
const CASES = [
  ...FORWARD.map((lengths) => [`forward ${lengths.join("×")}`, forward(...lengths)]),
  ...UPDATES.flatMap((lengths) => [
    [`sgd ${lengths.join("×")}`, sgd(...lengths)],
    [`adam ${lengths.join("×")}`, adam(...lengths)],
  ]),
];

const time = (run, count) => {
  const start = performance.now();
  for (let i = 0; i < count; i++) run();
  return ((performance.now() - start) * 1000) / count;
};
const part = (list, share) => list.toSorted((a, b) => a - b)[Math.floor(list.length * share)];

console.log(`µs, ${values.threads} thread(s), products by ${library ? addon.gemm() : "own kernels"}`);
for (const [name, text] of CASES) {
  if (!name.includes(positionals[0] ?? "")) continue;
  const graph = parseGraph(text);
  const options = { compiles: () => backend.compiles(), usesLibrary: () => backend.usesLibrary() };
  const chosen = buildPlan(graph, options).steps.some((step) => step.kind === "fused" && headOf(step.ops) !== null);
  const [headed, apart] = ["always", "off"].map((heads) => {
    const plan = buildPlan(graph, { ...options, heads });
    const executable = backend.compile(plan, () => {});
    const filled = (id) => {
      const { dtype, size } = plan.buffers[id];
      return newElements(dtype, size).map((_, i) => ((i * 37) % 101) / 100);
    };
    const [given, results, variables] = [plan.inputs.map(filled), plan.outputs.map(filled), plan.variables.map((v) => filled(v.buffer))];
    return { plan, executable, times: [], run: () => executable.run(given, results, variables) };
  });
  for (const { run } of [headed, apart]) {
    // Machine code is there by then.
    for (const end = performance.now() + 60; performance.now() < end; ) run();
  }
  const count = Math.max(1, Math.round(1500 / time(apart.run, 3)));
  for (const end = performance.now() + Number(values.ms); performance.now() < end || apart.times.length < 9; ) {
    for (const each of [headed, apart]) each.times.push(time(each.run, count));
  }
  const [own, other] = [headed, apart].map(({ times }) => part(times, 0.15));
  console.log(
    `${name.padEnd(24)} headed ${own.toFixed(1).padStart(8)}  apart ${other.toFixed(1).padStart(8)}  ratio ${(own / other).toFixed(2)}  arena ${headed.plan.arenaBytes} / ${apart.plan.arenaBytes} B  (${chosen ? "taken" : "left apart"})`,
  );
  for (const { executable } of [headed, apart]) executable.dispose();
}
