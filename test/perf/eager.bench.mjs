/**
 * Cost of eager ops: `npm run build && node test/perf/eager.bench.mjs [filter]`. Each row: nanoseconds per op (best of 9 rounds, nobody
 * disposes unless it says so) and the ratio to the same work in plain JavaScript on typed arrays allocated beforehand.
 */
import * as gf from "graphfn";

const filter = process.argv[2] ?? "";
const ROUNDS = 9;
let sink;

function time(run, repeat) {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < repeat; i++) sink = run();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / repeat);
  }
  return best;
}

const arrays = (n) => [new Float32Array(n).fill(2), new Float32Array(n).fill(3), new Float32Array(n)];

/** The bar: one loop per op, results written into an array that exists already. */
function plainAdd(n) {
  const [a, b, out] = arrays(n);
  return () => {
    for (let i = 0; i < n; i++) out[i] = a[i] + b[i];
    return out;
  };
}
function plainMax(n) {
  const [a, b, out] = arrays(n);
  return () => {
    for (let i = 0; i < n; i++) out[i] = Math.max(a[i], b[i]);
    return out;
  };
}
function plainTanh(n) {
  const [a, , out] = arrays(n);
  return () => {
    for (let i = 0; i < n; i++) out[i] = Math.tanh(a[i]);
    return out;
  };
}
function plainSum(n) {
  const [a] = arrays(n);
  return () => {
    let total = 0;
    for (let i = 0; i < n; i++) total += a[i];
    return total;
  };
}
function plainCopy(n) {
  const [a, , out] = arrays(n);
  return () => {
    for (let i = 0; i < n; i++) out[i] = a[i];
    out[3] = 7;
    return out;
  };
}

const ones = (n) => (n === 1 ? gf.scalar(2) : gf.fill([n], 2));
const [s, t] = [ones(1), ones(1)];
const [i1, i2] = [gf.scalar(3, "int32"), gf.scalar(4, "int32")];
const [a10, b10] = [ones(10), ones(10)];
const [a100, b100] = [ones(100), ones(100)];
const [a1k, b1k] = [ones(1000), ones(1000)];
const [a1m, b1m] = [ones(1 << 20), ones(1 << 20)];
const m2 = gf.tensor([
  [1, 2],
  [3, 4],
]);

const rows = [
  ["scalar add", 300000, () => s.add(t), plainAdd(1)],
  ["scalar add number", 300000, () => s.add(2), plainAdd(1)],
  ["scalar add int32", 300000, () => i1.add(i2), plainAdd(1)],
  ["scalar less", 300000, () => s.less(t), plainAdd(1)],
  ["scalar exp", 300000, () => s.exp(), plainTanh(1)],
  ["scalar add by function", 300000, () => gf.add(s, t), plainAdd(1)],
  ["scalar add, disposed", 300000, () => s.add(t).dispose(), plainAdd(1)],
  ["scalar item", 300000, () => s.item(), plainAdd(1)],
  ["10 add", 300000, () => a10.add(b10), plainAdd(10)],
  ["10 add scalar", 300000, () => a10.add(s), plainAdd(10)],
  ["10 maximum", 300000, () => a10.maximum(b10), plainMax(10)],
  ["10 sum", 100000, () => a10.sum(), plainSum(10)],
  ["index of 10", 100000, () => gf.index(a10, 3), plainAdd(1)],
  ["setIndex of 10", 100000, () => gf.setIndex(a10, 3, 7), plainCopy(10)],
  ["2x2 matMul", 100000, () => m2.matMul(m2), plainAdd(4)],
  ["100 add", 100000, () => a100.add(b100), plainAdd(100)],
  ["1000 add", 30000, () => a1k.add(b1k), plainAdd(1000)],
  ["1000 add, disposed", 30000, () => a1k.add(b1k).dispose(), plainAdd(1000)],
  ["1M add", 30, () => a1m.add(b1m), plainAdd(1 << 20)],
  ["1M add, disposed", 30, () => a1m.add(b1m).dispose(), plainAdd(1 << 20)],
  ["1M tanh, disposed", 5, () => a1m.tanh().dispose(), plainTanh(1 << 20)],
];

console.log(
  `${gf.backendInfo().summary}; Node ${process.versions.node}\n${"".padEnd(26)}${"ns/op".padStart(12)}${"plain JS".padStart(12)}${"ratio".padStart(8)}`,
);
for (const [name, repeat, run, base] of rows) {
  if (!name.includes(filter)) continue;
  const [ours, plainTime] = [time(run, repeat), time(base, repeat)];
  console.log(
    `${name.padEnd(26)}${ours.toFixed(1).padStart(12)}${plainTime.toFixed(1).padStart(12)}${(ours / plainTime).toFixed(1).padStart(8)}`,
  );
}
if (sink === null) console.log(sink);
