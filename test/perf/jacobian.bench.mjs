/**
 * Jacobians by one way back for all elements and by one for each: `npm run build && node --import @graphfn/transformer/register
 * test/perf/jacobian.bench.mjs`. Printed per row: microseconds of a jacobian (medians of rounds in turn) of a marked function and of the same
 * without a mark, both as gf.jacobian takes them, and by gf.vjp once per element, the unmarked one; and how many times faster the first is.
 */
import * as gf from "graphfn";

const [w1, w2] = [gf.randomNormal([32, 64]), gf.randomNormal([64, 32])];
const wave = (n) => gf.tensor(Float32Array.from({ length: n }, (_, i) => Math.sin(i)));

const net = (/** @type {gf.Tensor} */ x) => x.reshape([1, 32]).matMul(w1).tanh().matMul(w2).tanh().reshape([32]);
const chain = (/** @type {gf.Tensor} */ x) => x.sin().cumsum().mul(x).exp().softmax();
const energy = (/** @type {gf.Tensor} */ x) => x.sub(1).square().mul(x.cumsum().cos()).sum();
const workloads = {
  "net 32-64-32": [gf.jacobian, net, gf.graphFunction((/** @type {gf.Tensor} */ x) => net(x)), wave(32)],
  "chain of 8": [gf.jacobian, chain, gf.graphFunction((/** @type {gf.Tensor} */ x) => chain(x)), wave(8)],
  "chain of 200": [gf.jacobian, chain, gf.graphFunction((/** @type {gf.Tensor} */ x) => chain(x)), wave(200)],
  "hessian of 50": [gf.hessian, energy, gf.graphFunction((/** @type {gf.Tensor} */ x) => energy(x)), wave(50)],
};

/** One way back per element. */
function rows(f, x) {
  const { value, vjp, dispose } = gf.vjp(f, [x]);
  const found = gf.stack(gf.unstack(gf.eye(value.size)).map((unit) => vjp(unit)[0]));
  dispose();
  return found;
}

for (const [name, [derivative, plain, marked, x]] of Object.entries(workloads)) {
  const [ofMarked, ofPlain] = [derivative(marked), derivative(plain)];
  const f = derivative === gf.hessian ? gf.grad(plain) : plain;
  const ways = [() => ofMarked(x), () => ofPlain(x), () => rows(f, x)];
  const [a, , c] = ways.map((way) => way().dataSync());
  const off = Math.max(...a.map((v, i) => Math.abs(v - c[i])));
  const times = ways.map(() => []);
  for (let round = -3; round < 20; round++) {
    for (const [i, way] of ways.entries()) {
      const start = performance.now();
      gf.tidy(() => void way());
      if (round >= 0) times[i].push((performance.now() - start) * 1000);
    }
  }
  const [one, two, each] = times.map((list) => list.sort((s, t) => s - t)[list.length >> 1]);
  const shown = (us) => `${us.toFixed(0).padStart(7)} µs`;
  console.log(
    `${name.padEnd(16)} marked ${shown(one)}   unmarked ${shown(two)}   element by element ${shown(each)}   ${(each / one).toFixed(0).padStart(4)} ×, differ by ${off.toExponential(0)}`,
  );
}
