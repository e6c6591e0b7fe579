/** What a graph costs besides its kernels: nodes, first results, convolutions by themselves. */
import { nativeAddon } from "@graphfn/native";
import * as gf from "graphfn";
import * as D from "../data.mjs";
import { emit, GRAPH, timed, total, totalOf } from "./measure.ts";

const image = () => gf.tensor(D.uniform(80, [32, 28, 28, 64]), [32, 28, 28, 64]) as gf.Tensor4D;
const filter = () => gf.tensor(D.uniform(81, [3, 3, 64, 64]), [3, 3, 64, 64]) as gf.Tensor4D;

const forward = gf.graphFunction((x: gf.Tensor4D, w: gf.Tensor4D): gf.Tensor => gf.conv2d(x, w, 1, "same"));
/** Gradients of both operands, given the gradient of the result: no way there. */
const backward = gf.graphFunction((x: gf.Tensor4D, w: gf.Tensor4D, dy: gf.Tensor): gf.Tensor[] =>
  gf.grads((p: gf.Tensor, q: gf.Tensor) => gf.conv2d(p as gf.Tensor4D, q as gf.Tensor4D, 1, "same"))([x, w], dy),
);

export async function N02(): Promise<void> {
  const [x, w, dy] = [image(), filter(), gf.tensor(D.uniform(82, [32, 28, 28, 64]), [32, 28, 28, 64])];
  await timed(GRAPH, "N02.conv", () => forward(x, w), { check: totalOf(Math.abs) });
  const gradient = () => {
    const [dx, dw] = backward(x, w, dy) as [gf.Tensor, gf.Tensor];
    dx.dispose();
    return dw;
  };
  await timed(GRAPH, "N02.convGradient", gradient, { check: totalOf(Math.abs) });
}

const NODES = 200;

/** Steps that depend on each other and do next to nothing: what is left is the executor. */
const small = gf.graphFunction((x: gf.Tensor, y: gf.Tensor): gf.Tensor => {
  let a = x;
  for (let i = 0; i < NODES / 2; i++) a = gf.reverse(a * y, 0);
  return a;
});
const scalars = gf.graphFunction((x: gf.Tensor, y: gf.Tensor): gf.Tensor => {
  let a = x;
  for (let i = 0; i < NODES / 2; i++) a = a * y + x;
  return a;
});

export async function N05(): Promise<void> {
  const [x, y] = [gf.tensor([1, 2, 3, 4]), gf.tensor([1, -1, 1, -1])];
  await timed(GRAPH, "N05.vectors", () => small(x, y), { unit: "ns", per: NODES, check: total });
  const [s, t] = [gf.scalar(1), gf.scalar(0.5)];
  await timed(GRAPH, "N05.scalars", () => scalars(s, t), { unit: "ns", per: NODES, check: total });
}

/** Kernels that no function before has had: what the compiler's thread takes for the first, loading LLVM included, and for one more. */
export async function N10(): Promise<void> {
  const addon = nativeAddon();
  if (addon === null || !addon.hasCompiler()) return;
  addon.setCompiler("wait", "");
  const x = gf.fill([4096], 0.5);
  const kernel = (i: number) => {
    const f = gf.graphFunction((a: gf.Tensor): gf.Tensor => gf.tanh(a * (1 + i / 64) + a) * gf.sigmoid(a) - i);
    for (let run = 0; run < 200; run++) f(x).dispose();
    return addon.compiler(true);
  };
  const first = kernel(0);
  const last = Array.from({ length: 16 }, (_, i) => kernel(i + 1)).at(-1) as typeof first;
  const report = (name: string, ms: number) => emit({ peer: GRAPH, case: name, unit: "ms", median: ms, min: ms, max: ms, samples: 1 });
  if (first.compiled > 0) report("N10.jitFirst", first.milliseconds);
  const more = last.compiled - first.compiled;
  if (more > 0) report("N10.jit", (last.milliseconds - first.milliseconds) / more);
}

/** A hundred nodes that no function before has had: trace, passes, plan, run. */
function fresh(salt: number) {
  return gf.graphFunction((x: gf.Tensor): gf.Tensor => {
    let a = x;
    for (let i = 0; i < 33; i++) a = gf.tanh(a * (salt + i / 64) + x);
    return a;
  });
}

export async function N06(): Promise<void> {
  const x = gf.fill([64], 0.5);
  const times: number[] = [];
  let last = Number.NaN;
  for (let i = 0; i < 12; i++) {
    const f = fresh(1 + i / 1024);
    const start = performance.now();
    last = total(f(x));
    if (i > 2) times.push(performance.now() - start);
  }
  times.sort((p, q) => p - q);
  const [least, middle, most] = [times[0], times[times.length >> 1], times.at(-1)];
  emit({ peer: GRAPH, case: "N06.first100", unit: "ms", median: middle, min: least, max: most, samples: times.length, check: last });
}
