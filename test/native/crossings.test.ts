/** How often JavaScript crosses into native code: counted, since times depend on the machine. */
import * as gf from "graphfn";
import { beforeEach, expect, it } from "vitest";
import { addon, COMPILING, countCrossings, describeNative } from "./support.ts";

/** A loop as a user writes it; the test's build transforms it. */
const logistic = gf.graphFunction((x: gf.Tensor, limit: gf.Tensor): gf.Tensor => {
  let i: gf.Tensor = 0;
  while (i < limit) {
    x = 3.7 * x * (1 - x);
    i += 1;
  }
  return x;
});

describeNative("crossings into native code", () => {
  const counts = countCrossings();
  beforeEach(() => {
    gf.setBackend("native");
  });

  it("a while of 10^6 iterations over numbers is none: it is JavaScript", () => {
    let plain = 0.4;
    for (let i = 0; i < 1_000_000; i++) plain = 3.7 * plain * (1 - plain);
    expect(logistic(gf.scalar(0.4, "float64"), gf.scalar(1_000_000, "int32")).item()).toBe(plain);
    expect(counts).toEqual({ createPlan: 0, runPlan: 0, runOp: 0 });
  });

  it.runIf(COMPILING.includes("wait"))("a while over float32 that runs for long goes over from JavaScript to machine code", () => {
    let plain = Math.fround(0.4);
    for (let i = 0; i < 100_000; i++) plain = Math.fround(Math.fround(Math.fround(3.7) * plain) * Math.fround(1 - plain));
    const before = addon!.compiler().compiled;
    // At first it may be that LLVM is looked for, and then that the code is not there yet.
    for (let i = 0; i < 10_000 && addon!.compiler().compiled === before; i++) {
      const x = logistic(gf.scalar(Math.fround(0.4), "float32"), gf.scalar(100_000, "int32"));
      if (i % 100 === 0) expect(x.item()).toBe(plain);
      x.dispose();
    }
    expect(logistic(gf.scalar(Math.fround(0.4), "float32"), gf.scalar(100_000, "int32")).item()).toBe(plain);
    expect(counts.createPlan).toBe(1);
    expect(counts.runPlan).toBeGreaterThan(0);
    expect(addon!.compiler().compiled).toBe(before + 1);
  });

  it("a while over a vector is one call, and its plan is decoded once", () => {
    const x = gf.fill([40], 0.4, "float64");
    let plain = 0.4;
    for (let i = 0; i < 10_000; i++) plain = 3.7 * plain * (1 - plain);
    counts.runOp = 0;
    expect(logistic(x, gf.scalar(10_000, "int32")).dataSync()[39]).toBe(plain);
    expect(counts).toEqual({ createPlan: 1, runPlan: 1, runOp: 0 });
    logistic(x, gf.scalar(10, "int32"));
    expect(counts).toEqual({ createPlan: 1, runPlan: 2, runOp: 0 });
  });

  it("an eager op on many elements is one call, on few none", () => {
    const large = gf.range(0, 1000);
    counts.runOp = 0;
    gf.add(large, large);
    expect(counts.runOp).toBe(1);
    gf.add(gf.scalar(1), gf.scalar(2));
    expect(counts.runOp).toBe(1);
  });
});
