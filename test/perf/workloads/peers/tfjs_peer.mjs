// TensorFlow.js, eager by nature. --backend cpu | wasm; modes tfjs-cpu, tfjs-wasm. No float64.
import { createRequire } from "node:module";
import path from "node:path";
import * as D from "../data.mjs";
import { args, cannot, measure } from "../harness.mjs";

const backend = args.backend ?? "wasm",
  P = `tfjs-${backend}`;
const core = await import("@tensorflow/tfjs-core");
await import("@tensorflow/tfjs-backend-cpu");
const layers = await import("@tensorflow/tfjs-layers");
const tf = { ...core, sequential: layers.sequential, layers: layers.layers };
if (backend === "wasm") {
  const wasm = await import("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(path.dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")) + "/");
  wasm.setThreadsCount(1);
}
// Chained methods, which the bundle of the whole library installs.
for (const [name, op] of Object.entries(core)) {
  if (typeof op === "function")
    core.Tensor.prototype[name] ??= function (...rest) {
      return op(this, ...rest);
    };
}
core.Tensor.prototype.toInt = function () {
  return core.cast(this, "int32");
};
core.Tensor.prototype.toFloat = function () {
  return core.cast(this, "float32");
};
await tf.setBackend(backend);
await tf.ready();
tf.enableProdMode();

const T = (data, ...shape) => tf.tensor(data, shape, data instanceof Int32Array ? "int32" : "float32");
const sum = (a) => a.reduce((s, v) => s + v, 0);
/** Run fn, read one tensor back so that it is ready, free everything. keep=true hands the data to check(). */
const run = (fn) => () =>
  tf.tidy(() => {
    const out = fn();
    return out.dataSync ? out.dataSync() : out;
  });

const work = {
  async W01() {
    const loop = (shape) => () => {
      let x = tf.zeros(shape);
      const d = tf.ones(shape);
      for (let i = 0; i < 10_000; i++) {
        const next = tf.add(x, d);
        x.dispose();
        x = next;
      }
      const out = x.dataSync();
      x.dispose();
      d.dispose();
      return out;
    };
    await measure(P, "W01.scalar", loop([]), { unit: "ns", per: 10_000, check: sum });
    await measure(P, "W01.vec10", loop([10]), { unit: "ns", per: 10_000, check: sum });
  },
  async W02() {
    // timed without reading back: all three backends compute before returning
    const a = T(D.uniform(1, [D.POINTS]), D.POINTS),
      b = T(D.uniform(2, [D.POINTS]), D.POINTS);
    for (const [name, fn] of [
      ["add", () => tf.add(a, b)],
      ["tanh", () => tf.tanh(a)],
      ["sum", () => tf.sum(a)],
    ]) {
      const value = sum(tf.tidy(() => fn().dataSync()));
      await measure(P, `W02.${name}`, () => fn().dispose(), { unit: "us", check: () => value });
    }
  },
  async W03() {
    for (const n of [1, 1_000, 1_000_000]) {
      const x = T(n === 1 ? Float32Array.of(3) : D.uniform(3, [n]), n);
      const fn = () => tf.tidy(() => x.pow(2).add(x.mul(2)).add(1));
      const value = sum(fn().dataSync()) / n;
      await measure(P, `W03.n${n}`, () => fn().dispose(), { unit: "us", check: () => value });
    }
  },
  async W04() {
    cannot(P, "W04.logistic", "no float64; no graph while: a host loop that reads every condition");
    const f32 = () =>
      tf.tidy(() => {
        let x = tf.scalar(0.4),
          i = 0,
          delta = 1;
        while (delta > 2e-3 && i < 2_000) {
          [x, delta] = tf.tidy(() => {
            const next = x.mul(3).mul(tf.sub(1, x));
            return [next, next.sub(x).abs().dataSync()[0]];
          });
          i++;
        }
        return i;
      });
    await measure(P, "W04.logistic-f32-2000", f32, { unit: "ns", per: 2_000, check: Number, note: "f32, stopped at 2000 iterations" });
  },
  async W05() {
    const { re, im } = D.mandelGrid(),
      { size, limit } = D.MANDEL,
      cr = T(re, size, size),
      ci = T(im, size, size);
    const mandel = () => {
      let state = [tf.zerosLike(cr), tf.zerosLike(ci), tf.zeros(cr.shape, "int32"), tf.ones(cr.shape, "bool")];
      for (let i = 0; i < limit && state[3].any().dataSync()[0]; i++) {
        const old = state;
        state = tf.tidy(() => {
          const [zr, zi, count, alive] = old;
          const nr = tf.where(alive, zr.square().sub(zi.square()).add(cr), zr);
          const ni = tf.where(alive, zr.mul(zi).mul(2).add(ci), zi);
          const next = nr.square().add(ni.square()).lessEqual(4);
          return [nr, ni, count.add(next.toInt()), next];
        });
        tf.dispose(old);
      }
      return state[2];
    };
    await measure(P, "W05.mandel", run(mandel), { check: sum, budget: 2 });
  },
  async W06() {
    const d = D.rnnData(),
      { time, batch, inputs, hidden } = D.RNN;
    const x = T(d.x, time, batch, inputs),
      lengths = T(d.lengths, batch),
      ws = [T(d.wx, inputs, hidden), T(d.wh, hidden, hidden), T(d.b, hidden)];
    const xs = tf.unstack(x);
    const forward = (wx, wh, b) => {
      let h = tf.zeros([batch, hidden]);
      const last = Math.max(...d.lengths);
      for (let t = 0; t < last; t++)
        h = tf.where(lengths.greater(t).expandDims(1).tile([1, hidden]), tf.tanh(xs[t].matMul(wx).add(h.matMul(wh)).add(b)), h);
      return h.square().mean();
    };
    await measure(
      P,
      "W06.fwd",
      run(() => forward(...ws)),
      { check: sum },
    );
    const grads = tf.grads(forward);
    await measure(
      P,
      "W06.grad",
      run(() => grads(ws)[1]),
      { check: (g) => g.reduce((s, v) => s + Math.abs(v), 0) },
    );
  },
  async W07() {
    for (const batch of [32, 256]) {
      const { x, labels } = D.images(batch),
        xs = T(x, batch, 784),
        ys = tf.oneHot(T(labels, batch), 10);
      const step = trainer(D.mlpWeights(), (ws) => tf.losses.softmaxCrossEntropy(ys, dense(ws, xs)));
      await measure(P, `W07.b${batch}`, step, { check: after(10, step) });
    }
  },
  async W08() {
    const { x, labels } = D.images(12_800),
      xs = T(x, 12_800, 784),
      ys = T(labels, 12_800).toFloat();
    const fit = async () => {
      const model = tf.sequential({
        layers: [
          tf.layers.dense({ units: 128, activation: "relu", inputShape: [784] }),
          tf.layers.dense({ units: 10, activation: "softmax" }),
        ],
      });
      const w = D.mlpWeights([784, 128, 10]).map((p) => T(p.data, ...p.shape));
      model.setWeights(w);
      model.compile({ optimizer: tf.train.adam(1e-3), loss: "sparseCategoricalCrossentropy" });
      const history = await model.fit(xs, ys, { batchSize: 32, epochs: 1, shuffle: false, verbose: 0, yieldEvery: "never" });
      model.dispose();
      return history.history.loss[0];
    };
    await measure(P, "W08.fit", fit, { unit: "s", budget: 3, check: Number });
  },
  async W09() {
    const { x, labels } = D.images(32),
      xs = T(x, 32, 28, 28, 1),
      ys = tf.oneHot(T(labels, 32), 10);
    const step = trainer(D.cnnWeights(), (w) => {
      let h = tf.maxPool(tf.relu(tf.conv2d(xs, w[0], 1, "valid").add(w[1])), 2, 2, "valid");
      h = tf.maxPool(tf.relu(tf.conv2d(h, w[2], 1, "valid").add(w[3])), 2, 2, "valid").reshape([32, 1600]);
      return tf.losses.softmaxCrossEntropy(ys, tf.relu(h.matMul(w[4]).add(w[5])).matMul(w[6]).add(w[7]));
    });
    await measure(P, "W09.cnn", step, { check: after(5, step), budget: 2 });
  },
  async W10() {
    cannot(P, "W10.newton", "no float64");
    const a = T(D.newtonTargets(Float32Array), D.NEWTON.n);
    const newton = () => {
      let x = tf.fill(a.shape, D.NEWTON.x0),
        open = tf.ones(a.shape, "bool");
      for (let i = 0; i < 60 && open.any().dataSync()[0]; i++) {
        const e = x.exp(),
          step = x
            .mul(e)
            .sub(a)
            .div(e.mul(x.add(1)));
        x = tf.where(open, x.sub(step), x);
        open = step.abs().greater(1e-5);
      }
      return x;
    };
    await measure(P, "W10.newton-f32", run(newton), { check: sum, note: "f32, tolerance 1e-5" });
  },
  async W11() {
    for (const [n, name] of [
      [1, "scalar"],
      [1000, "vec1000"],
    ]) {
      cannot(P, `W11.${name}`, "no float64");
      const p = T(D.fixedP(n, Float32Array), n);
      const gradient = tf.grad((p) => {
        let x = tf.fill(p.shape, 0.5),
          delta = 1;
        for (let i = 0; delta > 1e-6 && i < 100; i++) {
          const next = p.mul(x).cos();
          delta = next.sub(x).abs().max().dataSync()[0];
          x = next;
        }
        return x.sum();
      });
      await measure(
        P,
        `W11.${name}-f32`,
        run(() => gradient(p)),
        { unit: "us", check: sum, note: "f32, tolerance 1e-6" },
      );
    }
  },
  async W12() {
    cannot(P, "W12.lorenz1000", "no float64");
    const derivative = (s) => {
      const [x, y, z] = tf.unstack(s);
      return tf.stack([y.sub(x).mul(10), x.mul(tf.sub(28, z)).sub(y), x.mul(y).sub(z.mul(8 / 3))]);
    };
    const lorenz = () => {
      const h = 1e-4;
      let s = tf.ones([3]);
      for (let i = 0; i < 200; i++)
        s = tf.tidy(() => {
          const k1 = derivative(s),
            k2 = derivative(s.add(k1.mul(h / 2))),
            k3 = derivative(s.add(k2.mul(h / 2))),
            k4 = derivative(s.add(k3.mul(h)));
          return s.add(
            k1
              .add(k2.mul(2))
              .add(k3.mul(2))
              .add(k4)
              .mul(h / 6),
          );
        });
      return s;
    };
    await measure(P, "W12.lorenz200-f32", run(lorenz), { unit: "ns", per: 200, check: sum, note: "f32, 200 steps" });
  },
  async W13() {
    const d = D.decodeData(),
      { vocab, hidden, steps, eos } = D.DECODE;
    const [embed, recur, out] = [T(d.embed, vocab, hidden), T(d.recur, hidden, hidden), T(d.out, hidden, vocab)];
    const decode = () => {
      let h = tf.zeros([1, hidden]),
        token = 1;
      const tokens = [];
      while (tokens.length < steps && token !== eos) {
        [h, token] = tf.tidy(() => {
          const next = tf.tanh(tf.gather(embed, [token]).add(h.matMul(recur)));
          return [next, next.matMul(out).argMax(1).dataSync()[0]];
        });
        tokens.push(token);
      }
      return tokens;
    };
    await measure(P, "W13.decode", run(decode), { unit: "us", per: steps, check: sum });
  },
  async W14() {
    const abs = (r) => r.reduce((s, v) => s + Math.abs(v), 0);
    for (const n of [256, 1024]) {
      const a = T(D.uniform(70, [n, n]), n, n),
        b = T(D.uniform(71, [n, n]), n, n);
      if (backend === "cpu" && n === 1024) {
        cannot(P, "W14.gemm1024", "several seconds a call");
        continue;
      }
      const value = abs(tf.tidy(() => a.matMul(b).dataSync()));
      await measure(P, `W14.gemm${n}`, () => a.matMul(b).dispose(), { check: () => value });
    }
    const x = T(D.uniform(72, [1024, 1024]), 1024, 1024);
    const norm = () =>
      tf.tidy(() => {
        const { mean, variance } = tf.moments(x, -1, true);
        return x.sub(mean).mul(variance.add(1e-5).rsqrt());
      });
    for (const [name, fn, check] of [
      ["softmax", () => tf.softmax(x), (r) => r.reduce((s, v) => s + v * v, 0)],
      ["layernorm", norm, abs],
    ]) {
      const value = check(tf.tidy(() => fn().dataSync()));
      await measure(
        P,
        `W14.${name}`,
        () =>
          tf.tidy(() => {
            fn();
          }),
        { check: () => value },
      );
    }
  },
};

function dense(ws, x) {
  for (let k = 0; k < ws.length; k += 2) {
    x = x.matMul(ws[k]).add(ws[k + 1]);
    if (k + 2 < ws.length) x = x.relu();
  }
  return x;
}

function trainer(weights, lossOf) {
  const ws = weights.map((w) => tf.variable(T(w.data, ...w.shape))),
    opt = tf.train.adam(1e-3);
  return () => {
    const loss = opt.minimize(() => lossOf(ws), true, ws),
      value = loss.dataSync()[0];
    loss.dispose();
    return value;
  };
}

const after = (steps, step) => () => {
  let loss;
  for (let i = 1; i < steps; i++) loss = step();
  return loss;
};

const asked = (args.case ?? "").split(",").filter(Boolean);
for (const [name, go] of Object.entries(work))
  if (!asked.length || asked.some((c) => c.startsWith(name) || name.startsWith(c))) {
    try {
      await go();
    } catch (error) {
      cannot(P, name, `${error.name}: ${error.message}`);
    }
  }
process.exit(0);
