/**
 * Times of the native layer, by hand after `npm run build`:
 *
 *   node test/perf/native.bench.mjs [crossing | variables | stacks | machine | elementwise]
 *
 * Best of many short samples, so that a busy machine disturbs little. Nothing is asserted.
 */
import { nativeAddon } from "@graphfn/native";
import { activeBackend, backendInfo, setBackend } from "../../runtime/dist/backends/select.js";
import { DTYPES } from "../../runtime/dist/core/dtype.js";
import { allOps, getOp } from "../../runtime/dist/ops/index.js";

const only = process.argv[2] ?? "";
setBackend("native");
nativeAddon().setThreads(1);
console.log(`${backendInfo().summary}; Node ${process.versions.node}`);

/** Nanoseconds of one call. */
function best(run, minimum = 40) {
  let repeat = 1;
  const sample = () => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < repeat; i++) run();
    return Number(process.hrtime.bigint() - start) / repeat;
  };
  while (sample() * repeat < 2e5 && repeat < 1 << 22) repeat *= 2;
  let least = Infinity;
  // Long enough for the optimising compiler of V8 to have its say.
  const end = performance.now() + 5 * minimum;
  for (let i = 0; i < minimum || performance.now() < end; i++) least = Math.min(least, sample());
  return least;
}

const line = (title, value, unit) => console.log(`  ${title.padEnd(44)} ${value.toFixed(value < 10 ? 2 : 0).padStart(8)} ${unit}`);
const block = (dtype, shape, fill = 1) => ({ dtype, shape, data: new DTYPES[dtype].array(shape.reduce((a, b) => a * b, 1)).fill(fill) });
const buffer = (dtype, place, shape = []) => ({ dtype, shape, size: shape.reduce((a, b) => a * b, 1), place });
const slot = (dtype, index) => buffer(dtype, { kind: "arena", offset: 8 * index });
const op = (name, inputs, output, attrs = {}) => ({ kind: "op", op: name, inputs, outputs: [output], attrs });

function compile(plan) {
  return activeBackend().compile({ name: "bench", prints: [], variables: [], stacks: [], ...plan }, () => {});
}

if ("crossing".includes(only)) {
  console.log("\ncrossing");
  const noop = compile({ buffers: [], steps: [], inputs: [], outputs: [], arenaBytes: 0 });
  line(
    "plan of nothing",
    best(() => noop.run([], [])),
    "ns",
  );
  const one = compile({
    buffers: [buffer("float32", { kind: "input", index: 0 }), buffer("float32", { kind: "output", index: 0 })],
    steps: [op("neg", [0], 1)],
    inputs: [0],
    outputs: [1],
    arenaBytes: 0,
  });
  const [x, y] = [[new Float32Array(1)], [new Float32Array(1)]];
  line(
    "plan of one op, scalar in and out",
    best(() => one.run(x, y)),
    "ns",
  );
  const large = compile({
    buffers: [buffer("float32", { kind: "input", index: 0 }, [128]), buffer("float32", { kind: "output", index: 0 }, [128])],
    steps: [op("neg", [0], 1)],
    inputs: [0],
    outputs: [1],
    arenaBytes: 0,
  });
  const [a, b] = [[new Float32Array(128)], [new Float32Array(128)]];
  line(
    "plan of one op, 128 elements in and out",
    best(() => large.run(a, b)),
    "ns",
  );
  const add = getOp("add");
  const [p, q, r] = [block("float32", [64]), block("float32", [64]), block("float32", [64])];
  line(
    "eager add of 64 elements",
    best(() => activeBackend().kernel(add, [p, q], [r], {})),
    "ns",
  );
  const sum = getOp("sum");
  const s = block("float32", []);
  line(
    "eager sum of 64 elements",
    best(() => activeBackend().kernel(sum, [p], [s], { axes: [0], keepDims: false })),
    "ns",
  );
}

if ("variables".includes(only)) {
  console.log("\nvariables: a call that reads and writes them in place");
  for (const count of [1, 60]) {
    const buffers = Array.from({ length: count }, (_, index) => buffer("float32", { kind: "variable", index }, [128]));
    const given = buffers.map(() => new Float32Array(128));
    const variables = buffers.map((_, i) => ({ buffer: i, written: true }));
    const plan = { buffers, variables, steps: [op("neg", [0], 0)], inputs: [], outputs: [], arenaBytes: 0 };
    const step = compile(plan);
    const time = (title, run) => line(`${title}, ${count} of them`, best(run), "ns");
    time("known to the addon", () => step.run([], [], given));
    const other = given.with(0, new Float32Array(128));
    let swapped = false;
    time("one has other memory at each call", () => {
      swapped = !swapped;
      step.run([], [], swapped ? other : given);
    });
    const skipped = [
      { kind: "jump", target: 2 },
      { kind: "print", site: 0, inputs: [] },
    ];
    const printing = compile({ ...plan, steps: [...skipped, ...plan.steps], prints: [{ method: "log", parts: [] }] });
    time("passed to each call (plan with prints)", () => printing.run([], [], given));
  }
}

if ("stacks".includes(only)) {
  console.log("\nstacks, per push and pop");
  for (const [title, shape, rounds] of [
    ["scalar", [], 1e5],
    ["128 elements", [128], 1e4],
  ]) {
    const size = shape[0] ?? 1;
    const value = size === 1 ? slot("float32", 3) : buffer("float32", { kind: "arena", offset: 64 }, shape);
    const constant = (v) => buffer("int32", { kind: "const", data: Int32Array.of(v) });
    const buffers = [slot("int32", 0), slot("bool", 1), constant(0), constant(1), constant(rounds), value];
    const loop = (at, step) => [
      { kind: "copy", from: 2, to: 0 },
      { kind: "jump", target: at + 4 },
      step,
      op("add", [0, 3], 0),
      op("less", [0, 4], 1),
      { kind: "when", pred: 1, target: at + 2 },
    ];
    const base = { buffers, inputs: [], outputs: [], arenaBytes: 1024, stacks: [{ bytes: 4 * size }] };
    const both = compile({
      ...base,
      steps: [...loop(0, { kind: "push", stack: 0, from: 5 }), ...loop(6, { kind: "pop", stack: 0, to: 5 })],
    });
    const empty = compile({ ...base, steps: [...loop(0, op("neg", [5], 5)), ...loop(6, op("neg", [5], 5))] });
    line(`${title}, with both loops`, best(() => both.run([], []), 5) / rounds, "ns");
    line(`${title}, the same loops with neg`, best(() => empty.run([], []), 5) / rounds, "ns");
  }
}

if ("machine".includes(only)) {
  console.log("\nmachine, per instruction or iteration");
  const N = 1e6;
  for (const dtype of ["float64", "int32"]) {
    const constant = (v) => buffer(dtype, { kind: "const", data: new DTYPES[dtype].array(1).fill(v) });
    const loop = compile({
      buffers: [
        buffer(dtype, { kind: "input", index: 0 }),
        slot(dtype, 0),
        slot(dtype, 1),
        slot("bool", 2),
        constant(0),
        constant(1),
        constant(3),
        buffer(dtype, { kind: "output", index: 0 }),
      ],
      inputs: [0],
      outputs: [7],
      arenaBytes: 64,
      steps: [
        { kind: "copy", from: 4, to: 1 },
        { kind: "copy", from: 4, to: 2 },
        { kind: "jump", target: 6 },
        op("mul", [2, 6], 2),
        op("add", [2, 5], 2),
        op("add", [1, 5], 1),
        op("less", [1, 0], 3),
        { kind: "when", pred: 3, target: 3 },
        { kind: "copy", from: 2, to: 7 },
      ],
    });
    const [n, out] = [[new DTYPES[dtype].array(1).fill(N)], [new DTYPES[dtype].array(1)]];
    line(`${dtype}: s = s * 3 + 1; i = i + 1; i < n`, best(() => loop.run(n, out)) / N, "ns per iteration");
  }
  const chain = compile({
    buffers: [buffer("float32", { kind: "input", index: 0 }), ...Array.from({ length: 8 }, (_, i) => slot("float32", i))],
    inputs: [0],
    outputs: [],
    arenaBytes: 64,
    steps: Array.from({ length: 10_000 }, (_, i) => op("add", [0, 1 + ((i + 1) % 8)], 1 + (i % 8))),
  });
  line("independent scalar adds in a row", best(() => chain.run([new Float32Array(1)], [])) / 10_000, "ns per instruction");
  for (const n of [4, 64, 512]) {
    const vector = compile({
      buffers: Array.from({ length: 8 }, (_, i) => buffer("float32", { kind: "arena", offset: i * 2048 }, [n])),
      inputs: [],
      outputs: [],
      arenaBytes: 8 * 2048,
      steps: Array.from({ length: 1000 }, (_, i) => op("add", [i % 8, (i + 1) % 8], (i + 2) % 8)),
    });
    line(`adds of ${n} elements in a row`, best(() => vector.run([], [])) / 1000, "ns per step");
  }
}

if ("elementwise".includes(only)) {
  console.log("\nelementwise, ns per element of 4096 (in cache): same shape; then with a scalar right");
  const n = 4096;
  for (const record of allOps().filter((o) => o.flags.has("elementwise"))) {
    const cells = record.dtypes.map((dtype) => {
      const attrs = record.samples[0]?.attrs ?? {};
      const time = (shapes) => {
        const inputs = shapes.map((shape, k) => block(record.name === "where" && k === 0 ? "bool" : dtype, shape, 1));
        for (const input of inputs)
          if (input.dtype.startsWith("float"))
            for (let i = 0; i < input.data.length; i++) input.data[i] = record.name === "toIndex" ? i : 0.1 + (i % 90) / 100;
        const [type] = record.infer(inputs, attrs);
        const out = block(type.dtype, type.shape);
        return best(() => activeBackend().kernel(record, inputs, [out], attrs), 12) / n;
      };
      const same = time(Array.from({ length: record.arity }, () => [n]));
      const scalar = record.arity === 2 ? `/${time([[n], []]).toFixed(3)}` : "";
      return `${DTYPES[dtype].short} ${same.toFixed(3)}${scalar}`;
    });
    console.log(`  ${record.name.padEnd(20)} ${cells.join("   ")}`);
  }
}
