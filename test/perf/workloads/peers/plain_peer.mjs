// Plain JavaScript over typed arrays, written as a careful user would: mode plain-js.
// Cases with a suffix (-pixels, -elements, -scalars) use freedom a whole-array framework does not have.
import * as D from "../data.mjs";
import { args, cannot, measure } from "../harness.mjs";

const P = "plain-js";
const sum = (a) => {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += a[i];
  return s;
};
const sumOf = (a, f) => {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += f(a[i]);
  return s;
};

const work = {
  async W01() {
    // an "eager op" at its cheapest: allocate a result, loop, return
    const add = (a, b) => {
      const out = new Float32Array(a.length);
      for (let i = 0; i < out.length; i++) out[i] = a[i] + b[i];
      return out;
    };
    const loop = (x, d) => {
      for (let i = 0; i < 10_000; i++) x = add(x, d);
      return x;
    };
    const fill = (n, v) => new Float32Array(n).fill(v);
    await measure(P, "W01.scalar", () => loop(fill(1, 0), fill(1, 1)), { unit: "ns", per: 10_000, check: sum });
    await measure(P, "W01.vec10", () => loop(fill(10, 0), fill(10, 1)), { unit: "ns", per: 10_000, check: sum });
  },
  async W02() {
    const a = D.uniform(1, [D.POINTS]),
      b = D.uniform(2, [D.POINTS]);
    await measure(
      P,
      "W02.add",
      () => {
        const o = new Float32Array(a.length);
        for (let i = 0; i < o.length; i++) o[i] = a[i] + b[i];
        return o;
      },
      { unit: "us", check: sum },
    );
    await measure(
      P,
      "W02.tanh",
      () => {
        const o = new Float32Array(a.length);
        for (let i = 0; i < o.length; i++) o[i] = Math.tanh(a[i]);
        return o;
      },
      { unit: "us", check: sum },
    );
    await measure(P, "W02.sum", () => sum(a), { unit: "us", check: Number });
  },
  async W03() {
    for (const n of [1, 1_000, 1_000_000]) {
      const x = n === 1 ? Float32Array.of(3) : D.uniform(3, [n]);
      const poly = () => {
        const o = new Float32Array(n);
        for (let i = 0; i < n; i++) {
          const v = x[i];
          o[i] = v * v + 2 * v + 1;
        }
        return o;
      };
      await measure(P, `W03.n${n}`, poly, { unit: "us", check: (r) => sum(r) / n });
    }
  },
  async W04() {
    const { x0, tol, limit } = D.LOGISTIC;
    const logistic = () => {
      let x = x0,
        delta = 1,
        i = 0;
      while (delta > tol && i < limit) {
        const next = 3 * x * (1 - x);
        delta = Math.abs(next - x);
        x = next;
        i++;
      }
      return i;
    };
    await measure(P, "W04.logistic", logistic, { unit: "ns", per: 55_530, check: Number });
    for (const n of [1_000, 100_000]) {
      const collatz = () => {
        let best = 0,
          where = 0;
        for (let start = 1; start < n; start++) {
          let v = start,
            k = 0;
          while (v !== 1) {
            v = v % 2 === 0 ? v / 2 : 3 * v + 1;
            k++;
          }
          if (k > best) {
            best = k;
            where = start;
          }
        }
        return where;
      };
      await measure(P, `W04.collatz${n}`, collatz, { unit: "ns", per: D.collatzSteps(n), check: Number });
    }
  },
  async W05() {
    const { re, im } = D.mandelGrid(),
      n = re.length,
      { limit } = D.MANDEL;
    const whole = () => {
      const zr = new Float32Array(n),
        zi = new Float32Array(n),
        count = new Int32Array(n),
        alive = new Uint8Array(n).fill(1);
      for (let i = 0, any = true; i < limit && any; i++) {
        any = false;
        for (let k = 0; k < n; k++) {
          if (!alive[k]) continue;
          const r = zr[k],
            m = zi[k];
          const nr = (zr[k] = r * r - m * m + re[k]),
            ni = (zi[k] = 2 * r * m + im[k]);
          if (nr * nr + ni * ni <= 4) {
            count[k]++;
            any = true;
          } else alive[k] = 0;
        }
      }
      return count;
    };
    const pixels = () => {
      const count = new Int32Array(n),
        f = Math.fround;
      for (let k = 0; k < n; k++) {
        const cr = re[k],
          ci = im[k];
        let zr = 0,
          zi = 0,
          c = 0;
        while (c < limit) {
          const nr = f(f(f(zr * zr) - f(zi * zi)) + cr),
            ni = f(f(f(2 * zr) * zi) + ci);
          zr = nr;
          zi = ni;
          if (f(f(zr * zr) + f(zi * zi)) > 4) break;
          c++;
        }
        count[k] = c;
      }
      return count;
    };
    await measure(P, "W05.mandel", whole, { check: sum });
    await measure(P, "W05.mandel-pixels", pixels, { check: sum, note: "per-pixel early exit" });
  },
  async W06() {
    const d = D.rnnData(),
      { batch: B, inputs: I, hidden: H } = D.RNN;
    // out[B,N] += a[B,K] @ w[K,N], inner loop contiguous
    const addMatmul = (out, a, aOff, w, K, N) => {
      for (let r = 0; r < B; r++)
        for (let k = 0; k < K; k++) {
          const v = a[aOff + r * K + k];
          for (let c = 0, o = r * N, q = k * N; c < N; c++) out[o + c] += v * w[q + c];
        }
    };
    const forward = (keep) => {
      const last = Math.max(...d.lengths);
      let h = new Float32Array(B * H);
      for (let t = 0; t < last; t++) {
        const z = new Float32Array(B * H);
        for (let r = 0; r < B; r++) z.set(d.b, r * H);
        addMatmul(z, d.x, t * B * I, d.wx, I, H);
        addMatmul(z, h, 0, d.wh, H, H);
        for (let r = 0; r < B; r++) for (let c = r * H; c < (r + 1) * H; c++) z[c] = t < d.lengths[r] ? Math.tanh(z[c]) : h[c];
        keep?.push(h);
        h = z;
      }
      return { h, last };
    };
    const mean2 = (h) => sumOf(h, (v) => v * v) / h.length;
    const gradient = () => {
      const states = [],
        { h, last } = forward(states);
      states.push(h);
      const gwx = new Float32Array(I * H),
        gwh = new Float32Array(H * H),
        gb = new Float32Array(H);
      let g = h.map((v) => (2 * v) / h.length);
      for (let t = last - 1; t >= 0; t--) {
        const prev = states[t],
          now = states[t + 1],
          gPrev = new Float32Array(B * H);
        for (let r = 0; r < B; r++) {
          const row = r * H;
          if (t >= d.lengths[r]) {
            for (let c = 0; c < H; c++) gPrev[row + c] = g[row + c];
            continue;
          }
          for (let c = 0; c < H; c++) gb[c] += g[row + c] *= 1 - now[row + c] * now[row + c];
          for (let k = 0; k < I; k++) {
            const v = d.x[t * B * I + r * I + k];
            for (let c = 0; c < H; c++) gwx[k * H + c] += v * g[row + c];
          }
          for (let k = 0; k < H; k++) {
            const v = prev[row + k];
            let s = 0;
            for (let c = 0; c < H; c++) {
              gwh[k * H + c] += v * g[row + c];
              s += g[row + c] * d.wh[k * H + c];
            }
            gPrev[row + k] = s;
          }
        }
        g = gPrev;
      }
      return gwh;
    };
    await measure(P, "W06.fwd", () => mean2(forward().h), { check: Number });
    await measure(P, "W06.grad", gradient, { check: (g) => sumOf(g, Math.abs), note: "backward pass written by hand" });
  },
  async W07() {
    for (const batch of [32, 256]) {
      const { x, labels } = D.images(batch);
      const step = mlp(D.mlpWeights(), [784, 256, 128, 10]);
      await measure(P, `W07.b${batch}`, () => step(x, 0, labels, 0, batch), {
        note: "backward pass and Adam written by hand",
        check: () => {
          let loss;
          for (let i = 0; i < 9; i++) loss = step(x, 0, labels, 0, batch);
          return loss;
        },
      });
    }
  },
  async W08() {
    const { x, labels } = D.images(12_800);
    const epoch = () => {
      const step = mlp(D.mlpWeights([784, 128, 10]), [784, 128, 10]);
      let total = 0;
      for (let i = 0; i < 12_800; i += 32) total += step(x, i * 784, labels, i, 32);
      return total / 400;
    };
    await measure(P, "W08.fit", epoch, { unit: "s", budget: 3, check: Number });
  },
  async W09() {
    cannot(P, "W09.cnn", "not written: few users would hand-write convolution gradients");
  },
  async W10() {
    const a = D.newtonTargets(),
      { x0, tol, limit, n } = D.NEWTON;
    const whole = () => {
      const x = new Float64Array(n).fill(x0),
        open = new Uint8Array(n).fill(1);
      for (let i = 0, any = true; i < limit && any; i++) {
        any = false;
        for (let k = 0; k < n; k++) {
          if (!open[k]) continue;
          const e = Math.exp(x[k]),
            step = (x[k] * e - a[k]) / (e * (x[k] + 1));
          x[k] -= step;
          if (Math.abs(step) > tol) any = true;
          else open[k] = 0;
        }
      }
      return x;
    };
    await measure(P, "W10.newton", whole, { check: sum });
  },
  async W11() {
    const { x0, tol } = D.FIXED;
    for (const [n, name] of [
      [1, "scalar"],
      [1000, "vec1000"],
    ]) {
      const p = D.fixedP(n);
      const dual = () => {
        const out = new Float64Array(n);
        for (let k = 0; k < n; k++) {
          let x = x0,
            dx = 0,
            delta = 1;
          while (delta > tol) {
            const s = Math.sin(p[k] * x),
              next = Math.cos(p[k] * x);
            dx = -s * (x + p[k] * dx);
            delta = Math.abs(next - x);
            x = next;
          }
          out[k] = dx;
        }
        return out;
      };
      await measure(P, `W11.${name}`, dual, { unit: "us", check: sum, note: "derivative written by hand" });
    }
  },
  async W12() {
    // as a user of small vectors would write it: arrays of 3, one function per stage
    const derivative = (s, out) => {
      out[0] = 10 * (s[1] - s[0]);
      out[1] = s[0] * (28 - s[2]) - s[1];
      out[2] = s[0] * s[1] - (8 / 3) * s[2];
      return out;
    };
    const lorenz = (n) => {
      const h = 1e-4,
        s = Float64Array.of(1, 1, 1),
        [k1, k2, k3, k4, u] = Array.from({ length: 5 }, () => new Float64Array(3));
      for (let i = 0; i < n; i++) {
        derivative(s, k1);
        for (let j = 0; j < 3; j++) u[j] = s[j] + 0.5 * h * k1[j];
        derivative(u, k2);
        for (let j = 0; j < 3; j++) u[j] = s[j] + 0.5 * h * k2[j];
        derivative(u, k3);
        for (let j = 0; j < 3; j++) u[j] = s[j] + h * k3[j];
        derivative(u, k4);
        for (let j = 0; j < 3; j++) s[j] += (h / 6) * (k1[j] + 2 * k2[j] + 2 * k3[j] + k4[j]);
      }
      return s;
    };
    for (const n of [1_000, 10_000, 100_000]) await measure(P, `W12.lorenz${n}`, () => lorenz(n), { unit: "ns", per: n, check: sum });
  },
  async W13() {
    const { embed, recur, out } = D.decodeData(),
      { vocab: V, hidden: H, steps, eos } = D.DECODE;
    const decode = () => {
      let h = new Float32Array(H),
        token = 1;
      const tokens = [];
      while (tokens.length < steps && token !== eos) {
        const next = embed.slice(token * H, (token + 1) * H),
          logits = new Float32Array(V);
        for (let k = 0; k < H; k++) {
          const v = h[k];
          for (let c = 0; c < H; c++) next[c] += v * recur[k * H + c];
        }
        for (let c = 0; c < H; c++) next[c] = Math.tanh(next[c]);
        for (let k = 0; k < H; k++) {
          const v = next[k];
          for (let c = 0, q = k * V; c < V; c++) logits[c] += v * out[q + c];
        }
        token = 0;
        for (let c = 1; c < V; c++) if (logits[c] > logits[token]) token = c;
        tokens.push(token);
        h = next;
      }
      return tokens;
    };
    await measure(P, "W13.decode", decode, { unit: "us", per: steps, check: sum });
  },
  async W14() {
    for (const n of [256, 1024]) {
      const a = D.uniform(70, [n, n]),
        b = D.uniform(71, [n, n]);
      const gemm = () => {
        const out = new Float32Array(n * n);
        for (let i = 0; i < n; i++)
          for (let k = 0; k < n; k++) {
            const v = a[i * n + k];
            for (let j = 0, o = i * n, q = k * n; j < n; j++) out[o + j] += v * b[q + j];
          }
        return out;
      };
      await measure(P, `W14.gemm${n}`, gemm, { check: (r) => sumOf(r, Math.abs) });
    }
    const n = 1024,
      x = D.uniform(72, [n, n]);
    const softmax = () => {
      const out = new Float32Array(n * n);
      for (let r = 0; r < n * n; r += n) {
        let top = -Infinity,
          total = 0;
        for (let c = 0; c < n; c++) if (x[r + c] > top) top = x[r + c];
        for (let c = 0; c < n; c++) total += out[r + c] = Math.exp(x[r + c] - top);
        for (let c = 0; c < n; c++) out[r + c] /= total;
      }
      return out;
    };
    const layernorm = () => {
      const out = new Float32Array(n * n);
      for (let r = 0; r < n * n; r += n) {
        let mean = 0,
          variance = 0;
        for (let c = 0; c < n; c++) mean += x[r + c];
        mean /= n;
        for (let c = 0; c < n; c++) variance += (x[r + c] - mean) ** 2;
        const scale = 1 / Math.sqrt(variance / n + 1e-5);
        for (let c = 0; c < n; c++) out[r + c] = (x[r + c] - mean) * scale;
      }
      return out;
    };
    await measure(P, "W14.softmax", softmax, { check: (r) => sumOf(r, (v) => v * v) });
    await measure(P, "W14.layernorm", layernorm, { check: (r) => sumOf(r, Math.abs) });
  },
};

/** Dense layers with relu between, softmax cross-entropy, Adam: forward, backward and update in place. */
function mlp(weights, sizes) {
  const ws = weights.map((w) => w.data.slice()),
    ms = ws.map((w) => new Float32Array(w.length)),
    vs = ws.map((w) => new Float32Array(w.length));
  const layers = sizes.length - 1;
  let t = 0;
  return (x, xOff, labels, lOff, batch) => {
    const acts = [x.subarray(xOff, xOff + batch * sizes[0])];
    for (let l = 0; l < layers; l++) {
      const [K, N, w, b, a] = [sizes[l], sizes[l + 1], ws[2 * l], ws[2 * l + 1], acts[l]];
      const out = new Float32Array(batch * N);
      for (let r = 0; r < batch; r++) {
        const o = r * N;
        for (let c = 0; c < N; c++) out[o + c] = b[c];
        for (let k = 0; k < K; k++) {
          const v = a[r * K + k];
          if (v !== 0) for (let c = 0, q = k * N; c < N; c++) out[o + c] += v * w[q + c];
        }
        if (l < layers - 1) for (let c = o; c < o + N; c++) if (out[c] < 0) out[c] = 0;
      }
      acts.push(out);
    }
    const last = sizes[layers],
      logits = acts[layers];
    let g = new Float32Array(batch * last),
      loss = 0;
    for (let r = 0; r < batch; r++) {
      const o = r * last;
      let top = -Infinity,
        total = 0;
      for (let c = 0; c < last; c++) top = Math.max(top, logits[o + c]);
      for (let c = 0; c < last; c++) total += g[o + c] = Math.exp(logits[o + c] - top);
      loss -= Math.log(g[o + labels[lOff + r]] / total);
      for (let c = 0; c < last; c++) g[o + c] /= total * batch;
      g[o + labels[lOff + r]] -= 1 / batch;
    }
    t++;
    const scale = (1e-3 * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
    const update = (i, grad) => {
      const w = ws[i],
        m = ms[i],
        v = vs[i];
      for (let k = 0; k < w.length; k++) {
        m[k] = 0.9 * m[k] + 0.1 * grad[k];
        v[k] = 0.999 * v[k] + 0.001 * grad[k] * grad[k];
        w[k] -= (scale * m[k]) / (Math.sqrt(v[k]) + 1e-7);
      }
    };
    for (let l = layers - 1; l >= 0; l--) {
      const [K, N, w, a] = [sizes[l], sizes[l + 1], ws[2 * l], acts[l]];
      const gw = new Float32Array(K * N),
        gb = new Float32Array(N),
        ga = new Float32Array(l ? batch * K : 0);
      for (let r = 0; r < batch; r++) {
        const o = r * N;
        for (let c = 0; c < N; c++) gb[c] += g[o + c];
        for (let k = 0; k < K; k++) {
          const v = a[r * K + k],
            q = k * N;
          if (v !== 0) for (let c = 0; c < N; c++) gw[q + c] += v * g[o + c];
          if (l && v > 0) {
            let s = 0;
            for (let c = 0; c < N; c++) s += g[o + c] * w[q + c];
            ga[r * K + k] = s;
          }
        }
      }
      update(2 * l, gw);
      update(2 * l + 1, gb);
      g = ga;
    }
    return loss / batch;
  };
}

const asked = (args.case ?? "").split(",").filter(Boolean);
for (const [name, run] of Object.entries(work))
  if (!asked.length || asked.some((c) => c.startsWith(name) || name.startsWith(c))) await run();
