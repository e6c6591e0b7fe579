/** A step of training is one call into native code: counted, since times depend on the machine. */
import * as gf from "graphfn";
import { beforeEach, expect, it } from "vitest";
import { countCrossings, describeNative } from "../native/support.ts";

describeNative("fit and native code", () => {
  const counts = countCrossings();
  beforeEach(() => {
    gf.setBackend("native");
  });

  it("forward, gradients, Adam, regularisation and metrics of a batch are one call", async () => {
    const model = gf.sequential({
      layers: [
        gf.layers.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [8, 8, 1], kernelRegularizer: "l2" }),
        gf.layers.batchNormalization(),
        gf.layers.maxPooling2d(),
        gf.layers.flatten(),
        gf.layers.dropout({ rate: 0.25 }),
        gf.layers.dense({ units: 3, activation: "softmax", kernelConstraint: "maxNorm" }),
      ],
    });
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    const x = gf.randomUniform([64, 8, 8, 1]);
    const y = gf.tensor1d(
      Array.from({ length: 64 }, (_, i) => i % 3),
      "int32",
    );
    await model.fit(x, y, { batchSize: 16, verbose: 0, shuffle: false });
    Object.assign(counts, { createPlan: 0, runPlan: 0, runOp: 0 });
    await model.fit(x, y, { batchSize: 16, epochs: 5, verbose: 0, shuffle: false });
    expect(counts).toEqual({ createPlan: 0, runPlan: 20, runOp: 0 });
    await model.fit(x, y, { batchSize: 16, verbose: 0 });
    // Shuffled: one gather per tensor and batch, one permutation.
    expect(counts.runPlan).toBe(24);
    expect(counts.runOp).toBeLessThanOrEqual(4 * 2 + 2);
  });
});
