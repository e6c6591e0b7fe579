/** W01 to W03, W14 and the fused chain: ops on elements, one after the other and as one function. */
import * as gf from "graphfn";
import * as D from "../data.mjs";
import { EAGER, GRAPH, measure, timed, total, totalOf } from "./measure.ts";

export async function W01(): Promise<void> {
  const loop = (x: gf.Tensor, d: gf.Tensor) => {
    for (let i = 0; i < 10_000; i++) x = gf.add(x, d);
    return x;
  };
  const options = { unit: "ns", per: 10_000, check: total } as const;
  await measure(EAGER, "W01.scalar", () => loop(gf.scalar(0), gf.scalar(1)), options);
  await measure(EAGER, "W01.vec10", () => loop(gf.zeros([10]), gf.ones([10])), options);
}

export async function W02(): Promise<void> {
  const [a, b] = [1, 2].map((seed) => gf.tensor(D.uniform(seed, [D.POINTS]))) as [gf.Tensor, gf.Tensor];
  const options = { unit: "us", check: total } as const;
  await timed(EAGER, "W02.add", () => gf.add(a, b), options);
  await timed(EAGER, "W02.tanh", () => gf.tanh(a), options);
  await timed(EAGER, "W02.sum", () => gf.sum(a), options);
}

const polynomial = gf.graphFunction((x: gf.Tensor): gf.Tensor => x ** 2 + 2 * x + 1);

export async function W03(): Promise<void> {
  for (const n of [1, 1_000, 1_000_000]) {
    const x = gf.tensor(n === 1 ? Float32Array.of(3) : D.uniform(3, [n]));
    const options = { unit: "us", check: (y: gf.Tensor) => total(y) / n } as const;
    await timed(GRAPH, `W03.n${n}`, () => polynomial(x), options);
    await timed(EAGER, `W03.n${n}`, () => gf.tidy(() => x.pow(2).add(x.mul(2)).add(1)), options);
  }
}

const normalised = gf.graphFunction((x: gf.Tensor): gf.Tensor => {
  const centred = x - x.mean(-1, true);
  return centred * gf.rsqrt((centred * centred).mean(-1, true) + 1e-5);
});
const softmax = gf.graphFunction((x: gf.Tensor): gf.Tensor => gf.softmax(x));
const product = gf.graphFunction((a: gf.Tensor, b: gf.Tensor): gf.Tensor => gf.matMul(a, b));

const pair = (n: number) => [70, 71].map((seed) => gf.tensor(D.uniform(seed, [n, n]), [n, n])) as [gf.Tensor, gf.Tensor];
const absolute = totalOf(Math.abs);

export async function W14(): Promise<void> {
  for (const n of [256, 1024]) {
    const [a, b] = pair(n);
    await timed(GRAPH, `W14.gemm${n}`, () => product(a, b), { check: absolute });
    await timed(EAGER, `W14.gemm${n}`, () => gf.matMul(a, b), { check: absolute });
  }
  const x = gf.tensor(D.uniform(72, [1024, 1024]), [1024, 1024]);
  await timed(GRAPH, "W14.softmax", () => softmax(x), { check: totalOf((v) => v * v) });
  await timed(GRAPH, "W14.layernorm", () => normalised(x), { check: absolute });
}

/** Small products through a compiled function. */
export async function N01(): Promise<void> {
  for (const n of [16, 32, 64, 128, 512]) {
    const [a, b] = pair(n);
    await timed(GRAPH, `N01.gemm${n}`, () => product(a, b), { unit: "us", check: absolute });
  }
}

const chain = gf.graphFunction((a: gf.Tensor, b: gf.Tensor, c: gf.Tensor): gf.Tensor => gf.tanh(a * b + c) * gf.sigmoid(a));

export async function N03(): Promise<void> {
  const [a, b, c] = [4, 5, 6].map((seed) => gf.tensor(D.uniform(seed, [1 << 20]))) as [gf.Tensor, gf.Tensor, gf.Tensor];
  await timed(GRAPH, "N03.chain", () => chain(a, b, c), { unit: "us", check: total });
}
