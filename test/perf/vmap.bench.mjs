/**
 * vmap against a loop of single calls: `npm run build && node --import @graphfn/transformer/register test/perf/vmap.bench.mjs`. Printed per row:
 * microseconds per call of vmap of a marked function over all examples, of vmap of the same function without a mark, which is traced at each
 * call, and of one eager call per example.
 */
import * as gf from "graphfn";

const EXAMPLES = 64;

const w1 = gf.randomNormal([32, 64]);
const w2 = gf.randomNormal([64, 10]);
const images = gf.randomNormal([EXAMPLES, 1, 32]);
const vectors = gf.randomNormal([EXAMPLES, 100]);
const matrices = gf.randomNormal([EXAMPLES, 16, 16]);

const net = (/** @type {gf.Tensor} */ x) => x.matMul(w1).tanh().matMul(w2).square().sum();
const workloads = {
  "norm of 100": [
    (/** @type {gf.Tensor} */ x) => x.square().sum().sqrt(),
    gf.graphFunction((/** @type {gf.Tensor} */ x) => x.square().sum().sqrt()),
    vectors,
  ],
  "net 32-64-10": [net, gf.graphFunction((/** @type {gf.Tensor} */ x) => net(x)), images],
  "gradient of the net": [gf.grad(net), gf.graphFunction((/** @type {gf.Tensor} */ x) => gf.grad(net)(x)), images],
  "softmax, sums": [
    (/** @type {gf.Tensor} */ x) => x.softmax().cumsum(0),
    gf.graphFunction((/** @type {gf.Tensor} */ x) => x.softmax().cumsum(0)),
    vectors,
  ],
  "QR of 16x16": [
    (/** @type {gf.Tensor} */ x) => gf.linalg.qr(x)[0],
    gf.graphFunction((/** @type {gf.Tensor} */ x) => gf.linalg.qr(x)[0]),
    matrices,
  ],
};

/** Microseconds per call: the median of some rounds. */
function time(run) {
  const rounds = [];
  for (let i = 0; i < 30; i++) {
    const start = performance.now();
    gf.tidy(() => {
      run();
    });
    rounds.push((performance.now() - start) * 1000);
  }
  return rounds.sort((a, b) => a - b)[15];
}

const shown = (us) => `${us.toFixed(0).padStart(6)} µs`;
for (const [name, [f, marked, xs]] of Object.entries(workloads)) {
  const [known, traced] = [gf.vmap(marked), gf.vmap(f)];
  const rows = gf.unstack(xs);
  const times = [time(() => known(xs)), time(() => traced(xs)), time(() => rows.map((x) => f(x)))];
  const faster = (times[2] / times[0]).toFixed(0);
  console.log(
    `${name.padEnd(20)} marked ${shown(times[0])}   unmarked ${shown(times[1])}   ${EXAMPLES} calls ${shown(times[2])}   ${faster} × the calls`,
  );
}
