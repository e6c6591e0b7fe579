/** W04, W05, W10 to W13 and the Mandelbrot set by pixel: loops whose length the data decides. */
import * as gf from "graphfn";
import * as D from "../data.mjs";
import { GRAPH, timed, total } from "./measure.ts";

const f64 = (value: number) => gf.scalar(value, "float64");
const int = (value: number) => gf.scalar(value, "int32");

const logistic = gf.graphFunction((x: gf.Tensor, tol: gf.Tensor, limit: gf.Tensor): gf.Tensor => {
  let delta: gf.Tensor = 1;
  let i: gf.Tensor = 0;
  while (delta > tol && i < limit) {
    const next = 3 * x * (1 - x);
    delta = gf.abs(next - x);
    x = next;
    i += 1;
  }
  return i;
});

const collatz = gf.graphFunction((limit: gf.Tensor): gf.Tensor => {
  let best: gf.Tensor = 0;
  let where: gf.Tensor = 0;
  let start: gf.Tensor = 1;
  while (start < limit) {
    let n = start;
    let k: gf.Tensor = 0;
    while (n !== 1) {
      n = n % 2 === 0 ? gf.floorDiv(n, 2) : 3 * n + 1;
      k += 1;
    }
    if (k > best) {
      best = k;
      where = start;
    }
    start += 1;
  }
  return where;
});

export async function W04(): Promise<void> {
  const { x0, tol, limit } = D.LOGISTIC;
  const [x, t, most] = [f64(x0), f64(tol), int(limit)];
  await timed(GRAPH, "W04.logistic", () => logistic(x, t, most), { unit: "ns", per: 55_530, check: total });
  for (const n of [1_000, 100_000]) {
    const end = int(n);
    await timed(GRAPH, `W04.collatz${n}`, () => collatz(end), { unit: "ns", per: D.collatzSteps(n), check: total });
  }
}

const mandelbrot = gf.graphFunction((re: gf.Tensor, im: gf.Tensor, limit: number): gf.Tensor => {
  let zr = gf.zerosLike(re);
  let zi = gf.zerosLike(im);
  let count = gf.zeros(re.shape, "int32");
  let alive = gf.ones(re.shape, "bool");
  let i: gf.Tensor = 0;
  while (i < limit && gf.any(alive)) {
    const nr = zr * zr - zi * zi + re;
    const ni = 2 * zr * zi + im;
    zr = gf.where(alive, nr, zr);
    zi = gf.where(alive, ni, zi);
    alive = zr * zr + zi * zi <= 4;
    count += gf.cast(alive, "int32");
    i += 1;
  }
  return count;
});

/** One pixel. */
const stepsInside = gf.graphFunction((re: gf.Tensor, im: gf.Tensor, limit: gf.Tensor): gf.Tensor => {
  let zr: gf.Tensor = re * 0;
  let zi: gf.Tensor = im * 0;
  let count: gf.Tensor = 0;
  while (count < limit && zr * zr + zi * zi <= 4) {
    const next = zr * zr - zi * zi + re;
    zi = 2 * zr * zi + im;
    zr = next;
    count += 1;
  }
  return count;
});
const pixels = gf.vmap(stepsInside, { inAxes: [0, 0, null] });

function grid(): [gf.Tensor, gf.Tensor] {
  const { re, im } = D.mandelGrid();
  const size = D.MANDEL.size;
  return [gf.tensor(re, [size, size]), gf.tensor(im, [size, size])];
}

export async function W05(): Promise<void> {
  const [re, im] = grid();
  await timed(GRAPH, "W05.mandel", () => mandelbrot(re, im, D.MANDEL.limit), { check: total });
}

export async function N04(): Promise<void> {
  const [re, im] = grid().map((x) => x.reshape([-1])) as [gf.Tensor, gf.Tensor];
  const limit = int(D.MANDEL.limit);
  await timed(GRAPH, "N04.pixels", () => pixels(re, im, limit) as gf.Tensor, { check: total });
}

const newton = gf.graphFunction((a: gf.Tensor, x0: number, tol: number, limit: number): gf.Tensor => {
  let x = gf.fill(a.shape, x0, "float64");
  let open = gf.ones(a.shape, "bool");
  let i: gf.Tensor = 0;
  while (gf.any(open) && i < limit) {
    const e = gf.exp(x);
    const step = (x * e - a) / (e * (x + 1));
    x = gf.where(open, x - step, x);
    open = gf.abs(step) > tol;
    i += 1;
  }
  return x;
});

export async function W10(): Promise<void> {
  const { x0, tol, limit } = D.NEWTON;
  const a = gf.tensor(D.newtonTargets());
  await timed(GRAPH, "W10.newton", () => newton(a, x0, tol, limit), { check: total });
}

const fixedPoint = gf.graphFunction((p: gf.Tensor): gf.Tensor => {
  let x = gf.fill(p.shape, 0.5, "float64");
  let delta: gf.Tensor = 1;
  while (delta > 1e-10) {
    const next = gf.cos(p * x);
    delta = gf.max(gf.abs(next - x));
    x = next;
  }
  return gf.sum(x);
});
const derivative = gf.graphFunction((p: gf.Tensor): gf.Tensor => gf.grad((q: gf.Tensor) => fixedPoint(q))(p));

export async function W11(): Promise<void> {
  for (const [n, name] of [
    [1, "scalar"],
    [1000, "vec1000"],
  ] as const) {
    const p = gf.tensor(D.fixedP(n));
    await timed(GRAPH, `W11.${name}`, () => derivative(p), { unit: "us", check: total });
  }
}

const lorenz = gf.graphFunction((s: gf.Tensor, n: gf.Tensor): gf.Tensor => {
  const h = 1e-4;
  const slope = (at: gf.Tensor): gf.Tensor => {
    const [x, y, z] = gf.unstack(at) as [gf.Tensor, gf.Tensor, gf.Tensor];
    return gf.stack([10 * (y - x), x * (28 - z) - y, x * y - (8 / 3) * z]);
  };
  for (let i: gf.Tensor = 0; i < n; i++) {
    const k1 = slope(s);
    const k2 = slope(s + 0.5 * h * k1);
    const k3 = slope(s + 0.5 * h * k2);
    const k4 = slope(s + h * k3);
    s = s + (h / 6) * (k1 + 2 * k2 + 2 * k3 + k4);
  }
  return s;
});

export async function W12(): Promise<void> {
  const start = gf.ones([3], "float64");
  for (const n of [1_000, 10_000, 100_000]) {
    const steps = int(n);
    await timed(GRAPH, `W12.lorenz${n}`, () => lorenz(start, steps), { unit: "ns", per: n, check: total });
  }
}

const decode = gf.graphFunction((embed: gf.Tensor, recur: gf.Tensor, out: gf.Tensor, steps: number, eos: number): gf.Tensor => {
  let h = gf.zeros([1, recur.shape[0] as number]);
  let token: gf.Tensor = gf.scalar(1, "int32");
  const tokens: gf.Tensor[] = [];
  while (tokens.length < steps && token !== eos) {
    h = gf.tanh(embed[token] + gf.matMul(h, recur));
    token = gf.argMax(gf.matMul(h, out), 1)[0];
    tokens.push(token);
  }
  return gf.stack(tokens);
});

export async function W13(): Promise<void> {
  const { vocab, hidden, steps, eos } = D.DECODE;
  const d = D.decodeData();
  const [embed, recur, out] = [
    gf.tensor(d.embed, [vocab, hidden]),
    gf.tensor(d.recur, [hidden, hidden]),
    gf.tensor(d.out, [hidden, vocab]),
  ];
  await timed(GRAPH, "W13.decode", () => decode(embed, recur, out, steps, eos), { unit: "us", per: steps, check: total });
}
