/**
 * Cost of datasets: `npm run build && node test/perf/data.bench.mjs`. An epoch over 60000 rows of 784 float32 in batches of 32, next
 * to copying the same bytes once with typed arrays (best of 5 rounds), and the cost per element of stages over plain numbers.
 */
import * as gf from "graphfn";

const [ROWS, WIDTH, BATCH, ROUNDS] = [60000, 784, 32, 5];

async function time(run) {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    await run();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e6);
  }
  return best;
}

const source = new Float32Array(ROWS * WIDTH).map((_, i) => i % 251);
const x = gf.tensor(source, [ROWS, WIDTH]);
const y = gf.range(0, ROWS, 1, "int32");
const rows = gf.data.fromTensorSlices(x);
const order = [...gf.data.range(ROWS).shuffle(ROWS, 1)];

const each = (ds) => () => {
  for (const batch of ds) gf.dispose(batch);
};
const copy = (row) => () => {
  const batch = new Float32Array(BATCH * WIDTH);
  for (let i = 0; i < ROWS; i++) {
    const from = row(i) * WIDTH;
    batch.set(source.subarray(from, from + WIDTH), (i % BATCH) * WIDTH);
  }
};

const epochs = [
  ["copy, in order (typed arrays)", copy((i) => i)],
  ["copy, in random order (typed arrays)", copy((i) => order[i])],
  ["batch", each(rows.batch(BATCH))],
  ["shuffle, batch", each(rows.shuffle(ROWS, 1).batch(BATCH))],
  ["shuffle, batch, for await", async () => gf.dispose(await last(rows.shuffle(ROWS, 1).batch(BATCH)))],
  ["{ x, y }: shuffle, batch", each(gf.data.fromTensorSlices({ x, y }).shuffle(ROWS, 1).batch(BATCH))],
  [
    "zip of two, shuffle, batch",
    each(
      gf.data
        .zip({ x: rows, y: gf.data.fromTensorSlices(y) })
        .shuffle(ROWS, 1)
        .batch(BATCH),
    ),
  ],
  ["map of each row, batch", each(rows.map((row) => row).batch(BATCH))],
  [
    "array of typed arrays, batch",
    each(gf.data.array(Array.from({ length: ROWS }, (_, i) => source.subarray(i * WIDTH, (i + 1) * WIDTH))).batch(BATCH)),
  ],
];

async function last(ds) {
  let previous = null;
  for await (const batch of ds) {
    gf.dispose(previous);
    previous = batch;
  }
  return previous;
}

let base = null;
for (const [name, run] of epochs) {
  const ms = await time(run);
  base ??= ms;
  console.log(`${name.padEnd(40)} ${ms.toFixed(1).padStart(8)} ms ${(ms / base).toFixed(2).padStart(7)}×`);
}

const N = 200000;
const drain = (ds) => () => {
  for (const _ of ds);
};
const numbers = gf.data.range(N);
for (const [name, run] of [
  ["range", drain(numbers)],
  ["range, map", drain(numbers.map((v) => v + 1))],
  [
    "range, map, filter, skip, take",
    drain(
      numbers
        .map((v) => v + 1)
        .filter((v) => v > 0)
        .skip(1)
        .take(N),
    ),
  ],
  ["range, shuffle", drain(numbers.shuffle(1000, 1))],
  [
    "range, for await",
    async () => {
      for await (const _ of numbers);
    },
  ],
]) {
  console.log(`${name.padEnd(40)} ${(((await time(run)) * 1e6) / N).toFixed(0).padStart(8)} ns per element`);
}
