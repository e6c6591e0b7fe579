/** What `stacks.bench.mjs` measures: the gradient of a scalar `while`, bundled with graphfn's sources so that pushes can be counted. */
import * as gf from "graphfn";
import { ByteStack } from "../../runtime/src/backends/byte-stack.ts";

type Loop = (x: gf.Tensor, n: gf.Tensor) => gf.Tensor;

const all = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
  let y = x;
  let left = n;
  while (left > 0) {
    y = (y * x).sin();
    left -= 1;
  }
  return y;
});
const sqrt = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
  let y = x;
  let left = n;
  while (left > 0) {
    gf.loop.options({ checkpoint: "sqrt" });
    y = (y * x).sin();
    left -= 1;
  }
  return y;
});
const hundredth = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => {
  let y = x;
  let left = n;
  while (left > 0) {
    gf.loop.options({ checkpoint: 100 });
    y = (y * x).sin();
    left -= 1;
  }
  return y;
});
const loops: Record<string, Loop> = { none: all, sqrt, "100": hundredth };

/** The gradient by x of so many rounds, as one graph; and what explain says of it. */
export function gradientOf(checkpoint: string) {
  const loop = loops[checkpoint] as Loop;
  const gradient = gf.graphFunction((x: gf.Tensor, n: gf.Tensor): gf.Tensor => gf.grad((y) => loop(y, n))(x));
  const x = gf.scalar(0.7, "float64");
  const [said] = gradient.explain(x, gf.scalar(1, "int32")).text({ columns: 1000 }).split("\n\n");
  return {
    said: / · kept (.*)$/m.exec(said as string)?.[1] ?? "nothing",
    run: (rounds: number): number => {
      const n = gf.scalar(rounds, "int32");
      const dx = gradient(x, n);
      const found = dx.dataSync()[0] as number;
      gf.dispose([n, dx]);
      return found;
    },
  };
}

/** Bytes that lie on all stacks of the reference backend together, at their most. */
export function mostOnStacks(body: () => void): number {
  let [now, most] = [0, 0];
  const { push, pop } = ByteStack.prototype;
  ByteStack.prototype.push = function (value) {
    push.call(this, value);
    if ((now += value.byteLength) > most) most = now;
  };
  ByteStack.prototype.pop = function (to) {
    pop.call(this, to);
    now -= to.byteLength;
  };
  body();
  Object.assign(ByteStack.prototype, { push, pop });
  return most;
}

export const { setBackend } = gf;
