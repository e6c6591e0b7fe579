/** Names and forms that programs for TensorFlow.js use: methods, namespaces, arrays where bool is asked for, optimizers by class. */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";

const list = (t: gf.Tensor): number[] => [...t.dataSync()] as number[];

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof gf.GraphFnError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

describe("math.confusionMatrix", () => {
  it("counts labels by predictions; classes outside count nowhere", () => {
    const m = gf.math.confusionMatrix([0, 1, 2, 1, 0, 5], [0, 2, 2, 1, 0, 1], 3);
    expect([m.dtype, m.shape, list(m)]).toEqual(["int32", [3, 3], [2, 0, 0, 0, 1, 1, 0, 0, 1]]);
  });

  it("refuses", () => {
    expect(codeOf(() => gf.math.confusionMatrix([0], [0], 0.5))).toBe("E_ARGUMENT");
    expect(codeOf(() => gf.math.confusionMatrix([0, 1], [0], 2))).toBe("E_SHAPE");
    expect(codeOf(() => gf.math.confusionMatrix([[0]], [[0]], 2))).toBe("E_SHAPE");
  });
});

describe("methods", () => {
  it("variable", () => {
    const v = gf.tensor([1, 2]).variable(false, "names-v", "float64");
    expect([v.dtype, v.trainable, v.name, list(v)]).toEqual(["float64", false, "names-v", [1, 2]]);
  });

  it("bytes are a copy of the elements", async () => {
    const x = gf.tensor([1, 256], undefined, "int32");
    const bytes = (await x.bytes()) as Uint8Array;
    expect([...new Int32Array(bytes.buffer, bytes.byteOffset, 2)]).toEqual([1, 256]);
    bytes.fill(7);
    expect(list(x)).toEqual([1, 256]);
    expect((await gf.zeros([0]).bytes()).length).toBe(0);
  });
});

describe("bool operands", () => {
  it("numbers and arrays of them are truth values", () => {
    expect(list(gf.all([1, 2]))).toEqual([1]);
    expect(list(gf.any([[0, 0]]))).toEqual([0]);
    expect(list(gf.logicalAnd([1, 0], [2, 2]))).toEqual([1, 0]);
    expect(list(gf.logicalNot([0, 3]))).toEqual([1, 0]);
    expect(list(gf.where(1, 10, 20))).toEqual([10]);
    expect(list(gf.where([1, 0], [1, 2], [3, 4]))).toEqual([1, 4]);
  });

  it("tensors stay what they are", () => {
    expect(codeOf(() => gf.all(gf.tensor([1, 2])))).toBe("E_DTYPE");
    expect(codeOf(() => gf.where(gf.tensor([1]), 1, 2))).toBe("E_DTYPE");
  });
});

describe("small forms", () => {
  it("int32 divided by bool is floorDiv; eye without a batch; squeeze of no axes", () => {
    const q = gf.div(gf.scalar(7, "int32"), gf.scalar(true, "bool"));
    expect([q.dtype, list(q)]).toEqual(["int32", [7]]);
    expect(gf.eye(2, 3, null, "int32").shape).toEqual([2, 3]);
    expect(gf.squeeze(gf.zeros([2, 1, 3, 1]), []).shape).toEqual([2, 3]);
  });
});

describe("gradients leave nothing behind", () => {
  it("grad, grads and grad of grad", () => {
    const x = gf.tensor([0.1, 0.2]);
    const before = gf.memory().numTensors;
    const second = gf.grad(gf.grad((t) => t.mul(t).mul(t)))(x);
    expect(gf.memory().numTensors).toBe(before + 1);
    expect(list(second)).toEqual([expect.closeTo(0.6, 5), expect.closeTo(1.2, 5)]);
    for (const t of gf.grads((a, b) => gf.div(a.square(), b))([x, x])) t.dispose();
    expect(gf.memory().numTensors).toBe(before + 1);
  });
});

describe("optimizers by class", () => {
  const made: [gf.Optimizer, Parameters<typeof gf.Optimizer.fromConfig>[0]][] = [
    [gf.train.sgd(0.1), gf.SGDOptimizer],
    [gf.train.momentum(0.1, 0.2, true), gf.MomentumOptimizer],
    [gf.train.adagrad(0.1, 0.2), gf.AdagradOptimizer],
    [gf.train.adadelta(0.1, 0.2, 2e-8), gf.AdadeltaOptimizer],
    [gf.train.adam(0.1, 0.2, 0.3, 2e-8, { clipNorm: 3 }), gf.AdamOptimizer],
    [gf.train.adamax(0.1, 0.2, 0.3, 2e-8, 0.1), gf.AdamaxOptimizer],
    [gf.train.rmsprop(0.1, 0.5, 0.1, 1e-7, true), gf.RMSPropOptimizer],
  ];
  it.each(made)("fromConfig(getConfig()) %#", (optimizer, cls) => {
    const again = gf.Optimizer.fromConfig(cls, optimizer.getConfig());
    expect(again.getConfig()).toEqual(optimizer.getConfig());
    expect(again.getClassName()).toBe(optimizer.getClassName());
  });

  it("a schedule cannot be made again", () => {
    const { learningRate: _, ...rest } = gf.train.adam(0.1).getConfig();
    expect(codeOf(() => gf.AdamOptimizer.fromConfig(gf.AdamOptimizer, rest))).toBe("E_CONFIG");
  });

  it("leave nothing behind", () => {
    const before = gf.memory().numTensors;
    gf.train.adam(0.1).dispose();
    expect(gf.memory().numTensors).toBe(before);
  });
});
