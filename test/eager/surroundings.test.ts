/** What programs for TensorFlow.js use besides ops: util, buffers, the backend by name, nextFrame; next to TensorFlow.js itself. */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";

describe("util", () => {
  it("answers as TensorFlow.js does", () => {
    for (const shape of [[], [3], [2, 3], [4, 0, 2], [2, 3, 4, 5]]) {
      expect(gf.util.sizeFromShape(shape)).toBe(tf.util.sizeFromShape(shape));
      expect(gf.util.computeStrides(shape)).toEqual(tf.util.computeStrides(shape));
    }
    for (const [size, start] of [
      [12, 5],
      [7, 2],
      [9, 9],
    ]) {
      expect(gf.util.nearestDivisor(size, start)).toBe(tf.util.nearestDivisor(size, start));
    }
    expect(gf.util.flatten([1, [2, [3, [4]]]])).toEqual(tf.util.flatten([1, [2, [3, [4]]]]));
    expect(gf.util.distSquared([1, 2], [4, 6])).toBe(25);
    expect(gf.util.clamp(0, 7, 5)).toBe(tf.util.clamp(0, 7, 5));
    expect(gf.util.arraysEqual([1, 2], [1, 2])).toBe(true);
    expect(gf.util.arraysEqual([1, 2], [1])).toBe(false);
    expect(gf.util.arraysEqual(null, undefined)).toBe(false);
  });

  it("asserts with text or with a function", () => {
    gf.util.assert(true, () => expect.fail());
    expect(() => gf.util.assert(false, "no rows")).toThrow(/^no rows$/);
    expect(() => gf.util.assert(false, () => "no columns")).toThrow(/^no columns$/);
    expect(() => gf.util.assert(gf.scalar(true) as never, "x")).toThrow(/of type object/);
    expect(() => gf.util.assertShapesMatch([2], [3], "In loss: ")).toThrow(/In loss: shapes \[2\] and \[3\] must match/);
  });

  it("shuffles: every element stays, pairs stay pairs", () => {
    const a = Array.from({ length: 100 }, (_, i) => i);
    const b = a.map((i) => `${i}`);
    gf.util.shuffleCombo(a, b);
    expect(a.map(String)).toEqual(b);
    expect(a).not.toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...a].sort((x, y) => x - y)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    const indices = gf.util.createShuffledIndices(50);
    expect(indices).toBeInstanceOf(Uint32Array);
    expect([...indices].sort((x, y) => x - y)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(() => gf.util.shuffleCombo([1], [])).toThrow(/1 and 0 elements/);
  });
});

describe("buffer", () => {
  it("holds and gives what TensorFlow.js's does", () => {
    const [ours, theirs] = [gf.buffer([2, 3]), tf.buffer([2, 3])];
    for (const b of [ours, theirs]) {
      b.set(5, 1, 2);
      b.set(-1.5, 0, 1);
      expect([b.get(1, 2), b.locToIndex([1, 2]), b.indexToLoc(4), b.size, b.rank, b.dtype]).toEqual([5, 5, [1, 1], 6, 2, "float32"]);
    }
    expect(ours.toTensor().arraySync()).toEqual([
      [0, -1.5, 0],
      [0, 0, 5],
    ]);
    const scalar = gf.buffer([], "int32");
    scalar.set(3.7);
    expect(scalar.toTensor().item()).toBe(3);
  });

  it("its tensor is a copy; a tensor's buffer too", async () => {
    const b = gf.buffer([2], "int32", Int32Array.of(1, 2));
    const t = b.toTensor();
    b.set(9, 0);
    expect(t.arraySync()).toEqual([1, 2]);
    const back = await t.buffer();
    back.set(7, 1);
    expect([back.get(1), t.arraySync(), t.bufferSync().dtype]).toEqual([7, [1, 2], "int32"]);
  });

  it("refuses what does not fit", () => {
    const b = gf.buffer([2, 2]);
    expect(() => b.set(1, 2, 0)).toThrow(/E_INDEX: buffer.set: index 2 of axis 0 is not one of 0 to 1/);
    expect(() => b.get(0.5, 0)).toThrow(/E_INDEX/);
    expect(() => b.get(0)).toThrow(/E_SHAPE: buffer.get: 1 indices were given, but a buffer of shape \[2,2\] has 2/);
    expect(() => b.set("1" as never, 0, 0)).toThrow(/E_ARGUMENT/);
    expect(() => gf.buffer([3], "float32", Float32Array.of(1))).toThrow(/needs 3 values, but 1/);
    expect(() => gf.buffer([1], "float32", Int32Array.of(1) as never)).toThrow(/must be a Float32Array/);
    expect(() => gf.buffer([0]).get(0)).toThrow(/E_INDEX/);
    expect(() => gf.buffer([-1])).toThrow(/E_SHAPE/);
  });
});

describe("backend and event loop", () => {
  it("has a name, is chosen by one, and refuses names of other systems", async () => {
    const before = gf.getBackend();
    expect(before).toBe(gf.backendInfo().name);
    expect(await gf.setBackend("reference")).toBe(true);
    expect(gf.getBackend()).toBe("reference");
    await gf.setBackend(before);
    expect(() => gf.setBackend("webgl" as never)).toThrow(/no backend "webgl".*"native" or "reference"/);
    await gf.ready();
  });

  it("nextFrame lets timers run", async () => {
    let ran = false;
    setImmediate(() => {
      ran = true;
    });
    await gf.nextFrame();
    expect(ran).toBe(true);
  });
});
