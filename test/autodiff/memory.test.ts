/** What gradients leave behind: nothing, after training steps and after errors. In a file of its own, where no tape is open. */
import * as gf from "graphfn";
import { expect, test } from "vitest";

const f64 = (x: number | number[]) => gf.tensor(x, undefined, "float64");

test("an error in a run leaves variables and tapes as they were", () => {
  const v = gf.variable(f64([1, 2]), true, "v");
  const f = gf.graphFunction((i: gf.Tensor): gf.Tensor => {
    v.assign(v.mul(2));
    const y = v.gather(i.reshape([1])).sum();
    v.assignSub(1);
    return y;
  });
  const at = (i: number) => gf.scalar(i, "int32");
  expect(() => f(at(7))).toThrow("E_INDEX");
  expect(() => gf.variableGrads(() => f(at(7)))).toThrow("E_INDEX");
  expect(() => gf.grad(() => f.original(at(7)) as gf.Tensor)(f64(1))).toThrow("E_INDEX");
  const before = gf.memory().numTensors;
  gf.tidy(() => v.mul(2).mul(3)).dispose();
  expect(gf.memory().numTensors).toBe(before);
});

test("training steps leave nothing behind: eager, marked, compiled under a tape", () => {
  const w = gf.variable(gf.ones([8, 8]), true, "weights");
  const x = gf.ones([4, 8]);
  const loop = gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
    let h = xs;
    let i: gf.Tensor = 0;
    while (i < 3) {
      h = h.matMul(w).tanh();
      i += 1;
    }
    return h.square().mean();
  });
  const steps: Record<string, () => void> = {
    eager: () => gf.tidy(() => void w.assignSub(gf.variableGrads(() => x.matMul(w).tanh().mean()).grads["weights"] as gf.Tensor)),
    marked: () => gf.tidy(() => void marked(x)),
    compiled: () => gf.tidy(() => void gf.variableGrads(() => loop(x))),
    second: () => gf.tidy(() => void gf.grad((t) => gf.grad((s) => loop(s))(t))(x)),
  };
  const marked = gf.graphFunction((xs: gf.Tensor): gf.Tensor => {
    const tape = gf.gradientTape();
    const loss = loop(xs);
    w.assignSub(tape.gradient(loss, w).mul(0.1));
    return loss;
  });
  for (const [name, step] of Object.entries(steps)) {
    step();
    const { numTensors, numBytes } = gf.memory();
    for (let i = 0; i < 50; i++) step();
    expect([name, gf.memory().numTensors - numTensors, gf.memory().numBytes - numBytes]).toEqual([name, 0, 0]);
  }
});
