/** Graph functions that nobody refers to any more are collected, with what was compiled for them. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as gf from "graphfn";
import { expect, test } from "vitest";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

test("functions, their gradients, and gradients of those", async () => {
  const x = gf.scalar(0.5);
  const refs: WeakRef<object>[] = [];
  for (let i = 0; i < 20; i++) {
    const f = gf.graphFunction((t: gf.Tensor): gf.Tensor => t.mul(i).sin());
    gf.grad((t) => gf.grad((s) => f(s))(t))(x);
    refs.push(new WeakRef(f.concrete(f(x).mul(0))));
  }
  for (let round = 0; round < 10 && refs.some((ref) => ref.deref() !== undefined); round++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    collect();
  }
  // The last one may still be on the stack.
  expect(refs.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(3);
});
