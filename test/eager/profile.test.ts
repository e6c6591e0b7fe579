/** `profile` and `time`: numbers as TensorFlow.js gives them. */
import * as gf from "graphfn";
import { expect, it } from "vitest";

it("lists kernels with the memory that they take", async () => {
  const before = gf.memory();
  const { kernels, kernelNames, newBytes, newTensors, peakBytes, result } = await gf.profile(() => {
    const x = gf.tensor([1, 2, 3]);
    x.square().dispose();
    x.concat(x).dispose();
    x.square().dispose();
    return x;
  });
  expect([newBytes, newTensors]).toEqual([12, 1]);
  expect(peakBytes - before.numBytes).toBeGreaterThanOrEqual(12 + 24);
  expect(kernelNames.filter((name) => name === "square")).toEqual(["square"]);
  const squares = kernels.filter(({ name }) => name === "square");
  expect(squares.length).toBe(2);
  const [first] = squares as [gf.KernelInfo];
  expect([first.bytesAdded, first.tensorsAdded, first.inputShapes, first.outputShapes]).toEqual([12, 1, [[3]], [[3]]]);
  expect([first.totalBytesSnapshot - before.numBytes, first.totalTensorsSnapshot - before.numTensors]).toEqual([24, 2]);
  expect(first.kernelTimeMs).toBeGreaterThanOrEqual(0);
  expect([...result.dataSync()]).toEqual([1, 2, 3]);
  result.dispose();
  expect(gf.memory().numTensors).toBe(before.numTensors);
});

it("waits for promises, and for gradients counts what they run", async () => {
  const { kernels, result } = await gf.profile(async () => {
    await gf.nextFrame();
    return gf.grad((x: gf.Tensor) => x.exp().sum())(gf.tensor([0, 1]));
  });
  expect(kernels.map(({ name }) => name)).toEqual(expect.arrayContaining(["exp", "sum", "mul"]));
  expect(result.shape).toEqual([2]);
});

it("leaves everything as it was, also when the function throws", async () => {
  await expect(gf.profile(() => gf.tensor([1]).reshape([2]))).rejects.toThrow("E_SHAPE");
  const { kernels } = await gf.profile(() => 1);
  expect(kernels).toEqual([]);
  expect(gf.scalar(1).add(2).item()).toBe(3);
});

it("nests, and calls may overlap", async () => {
  const x = gf.tensor([1, 2]);
  const names = ({ kernels }: gf.ProfileInfo): string[] => kernels.map(({ name }) => name);
  const outer = await gf.profile(async () => {
    x.exp();
    await gf.time(() => x.sqrt());
    x.square();
  });
  expect(names(outer)).toEqual(["exp", "sqrt", "square"]);
  const short = gf.profile(() => x.exp());
  const long = gf.profile(async () => {
    await short;
    await gf.nextFrame();
    x.square();
  });
  expect(names(await short)).toEqual(["exp"]);
  expect(names(await long)).toContain("square");
  const { kernels } = await gf.profile(() => x.sqrt());
  expect(kernels.length).toBe(1);
});

it("refuses what is no function, and graph functions around it", async () => {
  await expect(gf.profile(3 as never)).rejects.toThrow("E_ARGUMENT");
  await expect(gf.time(undefined as never)).rejects.toThrow("E_ARGUMENT");

  const inside = gf.compat.v1.graph(() => gf.profile(() => gf.scalar(1).exp()));
  await expect(inside).rejects.toThrow("E_STAGING");
});

it("time: kernels are a part of it", async () => {
  const a = gf.ones([64, 64]);
  const { wallMs, kernelMs } = await gf.time(() => a.matMul(a).matMul(a));
  expect(kernelMs).toBeGreaterThan(0);
  expect(wallMs).toBeGreaterThanOrEqual(kernelMs);
});
