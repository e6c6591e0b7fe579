/**
 * What degradation.test.ts runs in a process per way: samples, programs of all families of kernels, random graphs. A line of JSON for
 * each: its name, whether all ways owe it the same bits, and its values.
 *
 *   exact   every op rounds once, or is promised to give the same bits on every level of vector instructions
 *   close   sums and products of matrices, whose order a library or a level may choose; elementary functions
 */
import { nativeAddon } from "@graphfn/native";
import * as gf from "graphfn";
import type { TypedArray } from "../../runtime/src/core/dtype.ts";
import { GraphFnError } from "../../runtime/src/core/errors.ts";
import type { Shape } from "../../runtime/src/core/shape.ts";
import { allocate } from "../../runtime/src/eager/memory.ts";
import { runnerOf } from "../../runtime/src/staged/runner.ts";
import { Stages } from "../../runtime/src/staged/stages.ts";
import { samples } from "../../samples/src/index.ts";
import type { Plain } from "../../samples/src/sample.ts";
import { evaluate, TooLong } from "../support/evaluate.ts";
import { randomGraph, randomInputs } from "../support/random-graph.ts";

type Class = "exact" | "close";

/** Any number as text that JSON keeps: NaN, infinities, −0, int64. */
const shown = (x: unknown) => (Object.is(x, -0) ? "-0" : String(x));

function tell(name: string, kind: Class, values: ArrayLike<unknown>): void {
  process.stdout.write(`${JSON.stringify({ name, kind, values: Array.from(values, shown) })}\n`);
}

const elementsOf = (result: unknown): unknown[] =>
  [result].flat().flatMap((t) => (t instanceof gf.Tensor ? [...(t.dataSync() as unknown as Iterable<unknown>)] : [t]));

/** What samples print says nothing here. */
const print = console.log;
console.log = () => {};

// --- samples that show a function -----------------------------------------------------------------------------------

for (const [name, { sample }] of Object.entries(samples)) {
  if ("check" in sample) continue;
  const values = sample.inputs.flatMap((args: readonly Plain[]) => {
    const given = args.map((x) => gf.tensor(x as number | number[], undefined, sample.dtype));
    return elementsOf(sample.fn(...given));
  });
  tell(`sample ${name}`, sample.tolerance === 0 ? "exact" : "close", values);
}

console.log = print;

// --- programs, by families of kernels ---------------------------------------------------------------------------------

/** Numbers in no order, of which no two sums cancel to nothing. */
const wave = (...shape: number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: size }, (_, i) => ((i * 37) % 101) / 50 - 0.9);
  return gf.tensor(values, shape);
};

const chain = gf.graphFunction((a: gf.Tensor, b: gf.Tensor): gf.Tensor => {
  const h = gf.maximum((a * b + a) * 2 - b, 0);
  return gf.where(h > 1, gf.sqrt(h), -h) / 3;
});
const rounds = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
  let h: gf.Tensor = x;
  for (let i: gf.Tensor = 0; i < n; i += 1) {
    h = h * 0.75 + gf.abs(x);
    if (h[0] > 3) h = gf.reverse(h, 0) - 1;
  }
  return h;
});
const settled = gf.graphFunction((x: gf.Tensor, w: gf.Tensor): gf.Tensor => {
  let h: gf.Tensor = x;
  for (;;) {
    const next = gf.tanh(gf.matMul(h, w)) * 0.5 + x;
    if (gf.max(gf.abs(next - h)) < 1e-4) return next;
    h = next;
  }
});
const product = gf.graphFunction((a: gf.Tensor, b: gf.Tensor): gf.Tensor => gf.matMul(a, b));
const sums = gf.graphFunction((a: gf.Tensor): gf.Tensor[] => [a.sum(), a.mean(0), a.max(1), a.cumsum(1), a.softmax(), a.prod(1)]);
const functions = gf.graphFunction((a: gf.Tensor): gf.Tensor[] => [a.exp(), a.tanh(), a.sin(), a.sigmoid(), gf.log1p(a * a), gf.erf(a)]);
const images = gf.graphFunction(
  (x: gf.Tensor4D, k: gf.Tensor4D): gf.Tensor => gf.maxPool(gf.conv2d(x, k, 1, "same") as gf.Tensor4D, 2, 2, "valid"),
);
const whole = gf.graphFunction((a: gf.Tensor, b: gf.Tensor): gf.Tensor[] => [
  a * b + 7,
  gf.floorDiv(a, 3),
  gf.mod(a, 5),
  gf.bitwiseAnd(a, b),
]);

tell("elementwise, small", "exact", elementsOf(chain(wave(4, 7), wave(7))));
// Long enough for threads, and for results that are written past the caches.
const many = gf.tile(wave(1 << 10), [1 << 10]);
const large = chain(many, many.mul(0.5)).dataSync();
tell("elementwise, 1M", "exact", [...large.slice(0, 64), ...large.slice(-64)]);
tell("whole numbers", "exact", elementsOf(whole(gf.range(1, 90, 1, "int32"), gf.range(2, 91, 1, "int32"))));
tell("a loop over vectors", "exact", elementsOf(rounds(wave(50), gf.scalar(40, "int32"))));
tell("random numbers", "exact", elementsOf([gf.randomUniform([100], -1, 1, "float32", 5), gf.randomUniform([100], 0, 90, "int32", 6)]));
tell(
  "moves",
  "exact",
  elementsOf([gf.transpose(wave(5, 9)), gf.concat([wave(2, 3), wave(4, 3)]), gf.gather(wave(9, 2), gf.tensor([8, 0, 3], [3], "int32"))]),
);
tell("functions", "close", elementsOf(functions(wave(333))));
tell("sums", "close", elementsOf(sums(wave(37, 41))));
tell(
  "a sum of 1M",
  "close",
  elementsOf(
    wave(1 << 20)
      .abs()
      .sum(),
  ),
);
for (const n of [5, 64, 200])
  tell(
    `product of ${n}`,
    "close",
    elementsOf(product(wave(n, n), wave(n, n))).filter((_, i) => i % 37 === 0),
  );
tell("convolution, pool", "close", elementsOf(images(wave(2, 12, 12, 3) as gf.Tensor4D, wave(3, 3, 3, 8) as gf.Tensor4D)));
/** A convolution and both gradients, large enough for a library: by rows of places, by channels, of a volume. */
const convolutions: [string, (x: gf.Tensor, k: gf.Tensor) => gf.Tensor, number[], number[]][] = [
  ["of rows", (x, k) => gf.conv2d(x as gf.Tensor4D, k as gf.Tensor4D, 1, "same"), [4, 16, 20, 16], [3, 3, 16, 32]],
  ["of one image, strides", (x, k) => gf.conv2d(x as gf.Tensor4D, k as gf.Tensor4D, [2, 1], "same"), [1, 51, 30, 16], [3, 4, 16, 32]],
  ["of channels", (x, k) => gf.conv2d(x as gf.Tensor4D, k as gf.Tensor4D, 1, "same"), [2, 5, 5, 128], [3, 3, 128, 128]],
  ["of a volume", (x, k) => gf.conv3d(x as gf.Tensor5D, k as gf.Tensor5D, 1, "same"), [2, 5, 6, 7, 16], [3, 3, 3, 16, 32]],
];
for (const [name, f, x, k] of convolutions) {
  const all = gf.graphFunction((a: gf.Tensor, b: gf.Tensor): gf.Tensor[] => [
    f(a, b),
    ...gf.grads((p, q) => f(p, q).square().mean())([a, b]),
  ]);
  const [result, ...gradients] = all(wave(...x), wave(...k));
  tell(
    `convolution ${name}`,
    "close",
    elementsOf([result, ...gradients]).filter((_, i) => i % 37 === 0),
  );
}
tell("a loop until it settles", "close", elementsOf(settled(wave(2, 16), wave(16, 16).mul(0.1))));
tell(
  "its gradient",
  "close",
  elementsOf(gf.grads((x: gf.Tensor, w: gf.Tensor) => settled(x, w).square().sum())([wave(2, 16), wave(16, 16).mul(0.1)])),
);

function trained(): unknown[] {
  const [w1, b1, w2] = [gf.variable(wave(20, 16).mul(0.3)), gf.variable(gf.zeros([16])), gf.variable(wave(16, 3).mul(0.3))];
  const weights = [w1, b1, w2];
  const optimizer = gf.train.adam(0.01);
  const labels = gf.oneHot(gf.range(0, 12, 1, "int32").mod(gf.scalar(3, "int32")), 3);
  const step = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    const tape = gf.gradientTape();
    const loss = gf.losses.softmaxCrossEntropy(labels, gf.matMul(gf.relu(gf.matMul(x, w1) + b1), w2));
    optimizer.applyGradients(tape.gradient(loss, weights) as gf.Tensor[], weights);
    return loss;
  });
  const x = wave(12, 20);
  return Array.from({ length: 20 }, () => step(x).item());
}
tell("20 training steps", "close", trained());

// --- random graphs -------------------------------------------------------------------------------------------------------

const COUNT = Number(process.argv[2] ?? 250);
for (let seed = 1; seed <= COUNT; seed++) {
  const graph = randomGraph(seed, { nodes: 4 + (seed % 9), depth: 3, exact: true, scalars: seed % 4 === 0 });
  const inputs = randomInputs(graph, seed);
  try {
    const { outputs, printed } = evaluate(graph, inputs, 20_000);
    // Results without elements show nothing.
    if (printed.length === 0 && outputs.every(({ length }) => length === 0)) continue;
  } catch (error) {
    if (error instanceof TooLong) continue;
  }
  tell(`random ${seed}`, "exact", ran(graph, inputs));
}

function ran(graph: ReturnType<typeof randomGraph>, inputs: readonly TypedArray[]): unknown[] {
  const stages = new Stages(graph.name);
  const runner = runnerOf(stages.optimize(graph), stages);
  const given = graph.body.params.map(({ type }, i) => {
    const shape = type.shape as Shape;
    const tensor = allocate(
      type.dtype,
      shape,
      shape.reduce((a, b) => a * b, 1),
      false,
    );
    (tensor.elements as TypedArray).set(inputs[i] as never);
    return tensor;
  });
  const log = console.log;
  const printed: unknown[] = [];
  console.log = (...values: unknown[]) => void printed.push(...values.map(String));
  try {
    return [...elementsOf(runner.run(given, [], [])), ...printed];
  } catch (error) {
    if (!(error instanceof GraphFnError)) throw error;
    return [error.code];
  } finally {
    console.log = log;
    runner.dispose();
  }
}

tell("backend", "exact", [
  gf.backendInfo().name,
  nativeAddon()?.cpu() ?? "",
  nativeAddon()?.threads() ?? 0,
  gf.backendInfo().gemm,
  gf.backendInfo().convolution,
  gf.backendInfo().compiler,
]);
