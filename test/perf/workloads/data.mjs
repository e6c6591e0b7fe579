// Inputs of every workload, bit-identical to data.py. See workloads.md.

export function hash32(i, seed) {
  let x = (i + Math.imul(seed, 0x9e3779b9)) >>> 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

const size = (shape) => shape.reduce((a, b) => a * b, 1);

export function uniform(seed, shape, Type = Float32Array, scale = 1, offset = 0) {
  const out = new Type(size(shape));
  for (let i = 0; i < out.length; i++) out[i] = (hash32(i, seed) / 2147483648 - 1) * scale + offset;
  return out;
}

export const weight = (seed, shape, fanIn, fanOut) => uniform(seed, shape, Float32Array, Math.sqrt(6 / (fanIn + fanOut)));

/** Learnable stand-in for MNIST: noise in [0, 1), plus 0.5 on the label's band of columns. */
export function images(n, width = 784) {
  const labels = new Int32Array(n),
    x = new Float32Array(n * width);
  for (let i = 0; i < n; i++) {
    labels[i] = hash32(i, 90) % 10;
    for (let j = 0; j < width; j++) {
      const u = (hash32(i * width + j, 91) / 2147483648 - 1) * 0.5 + 0.5;
      x[i * width + j] = u + (Math.floor((j * 10) / width) === labels[i] ? 0.5 : 0);
    }
  }
  return { x, labels };
}

export const POINTS = 1_000_000;
export const LOGISTIC = { r: 3.0, x0: 0.4, tol: 2e-3, limit: 1_000_000 };
export const MANDEL = { size: 512, limit: 200 };
export const RNN = { time: 128, batch: 32, inputs: 64, hidden: 128 };
export const DECODE = { vocab: 1000, hidden: 64, steps: 200, eos: 999 };
export const NEWTON = { n: 100_000, x0: 3.0, tol: 1e-10, limit: 60 };
export const FIXED = { x0: 0.5, tol: 1e-10 };

/** Number of inner iterations of the Collatz workload: the divisor of its time. */
export const collatzSteps = (limit) => ({ 1000: 59_431, 100000: 10_753_712 })[limit];

export function mandelGrid() {
  const n = MANDEL.size,
    re = new Float32Array(n * n),
    im = new Float32Array(n * n);
  for (let y = 0; y < n; y++)
    for (let x = 0; x < n; x++) {
      re[y * n + x] = -2 + (2.5 * x) / (n - 1);
      im[y * n + x] = -1.25 + (2.5 * y) / (n - 1);
    }
  return { re, im };
}

export function rnnData() {
  const { time: t, batch: b, inputs: i, hidden: h } = RNN;
  return {
    x: uniform(20, [t, b, i]),
    wx: weight(21, [i, h], i, h),
    wh: weight(22, [h, h], h, h),
    b: uniform(23, [h]).map((v) => Math.fround(v * Math.fround(0.1))),
    lengths: Int32Array.from({ length: b }, (_, k) => 16 + ((k * 7) % 113)), // longest is 128
  };
}

export function mlpWeights(sizes = [784, 256, 128, 10]) {
  const out = [];
  for (let k = 0; k + 1 < sizes.length; k++) {
    const [i, o] = [sizes[k], sizes[k + 1]];
    out.push({ data: weight(30 + k, [i, o], i, o), shape: [i, o] }, { data: new Float32Array(o), shape: [o] });
  }
  return out;
}

export function cnnWeights() {
  const row = (data, ...shape) => ({ data, shape });
  return [
    row(weight(40, [3, 3, 1, 32], 9, 288), 3, 3, 1, 32),
    row(new Float32Array(32), 32),
    row(weight(41, [3, 3, 32, 64], 288, 576), 3, 3, 32, 64),
    row(new Float32Array(64), 64),
    row(weight(42, [1600, 128], 1600, 128), 1600, 128),
    row(new Float32Array(128), 128),
    row(weight(43, [128, 10], 128, 10), 128, 10),
    row(new Float32Array(10), 10),
  ];
}

export const newtonTargets = (Type = Float64Array) => Type.from(uniform(50, [NEWTON.n], Float64Array), (u) => 0.1 + 4.95 * (u + 1));

export const fixedP = (n, Type = Float64Array) =>
  n === 1 ? Type.of(1) : Type.from(uniform(55, [n], Float64Array), (u) => 0.5 + 0.25 * (u + 1));

export function decodeData() {
  const { vocab: v, hidden: h, eos } = DECODE;
  const out = weight(62, [h, v], h, h);
  for (let k = 0; k < h; k++) out[k * v + eos] = 0;
  return { embed: weight(60, [v, h], 1, 1), recur: weight(61, [h, h], h, h), out };
}
