/** uint8 and int64, eagerly: what comes in, what comes out, where it wraps, and what is refused. */
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;
const long = (...values: (number | bigint)[]): gf.Tensor => gf.tensor(values, [values.length], "int64");
const bytes = (...values: number[]): gf.Tensor => gf.tensor(values, [values.length], "uint8");
const shown = (t: gf.Tensor): unknown => [t.dtype, t.arraySync()];
const coded = (code: string): unknown => expect.objectContaining({ code });
/** Tiny tensors are computed in JavaScript, larger ones in native code: the elements of `t` many times. */
const many = (t: gf.Tensor): gf.Tensor => t.tile([50]);
const head = (t: gf.Tensor, n: number): unknown => [t.dtype, t.slice([0], [n]).arraySync()];

describe("values that come in", () => {
  it("numbers, bigints, booleans, typed arrays, nested arrays of all of them", () => {
    expect(shown(gf.tensor([1n, MOST, LEAST]))).toEqual(["int64", [1n, MOST, LEAST]]);
    expect(
      shown(
        gf.tensor(
          [
            [1, 2n],
            [true, 2 ** 53],
          ] as never,
          [2, 2],
          "int64",
        ),
      ),
    ).toEqual([
      "int64",
      [
        [1n, 2n],
        [1n, 2n ** 53n],
      ],
    ]);
    expect(shown(gf.tensor(BigInt64Array.of(5n, -1n)))).toEqual(["int64", [5n, -1n]]);
    expect(shown(gf.tensor([BigInt64Array.of(5n), BigInt64Array.of(6n)]))).toEqual(["int64", [[5n], [6n]]]);
    expect(shown(gf.tensor(Float64Array.of(2 ** 60), [1], "int64"))).toEqual(["int64", [2n ** 60n]]);
    expect(shown(gf.tensor(BigInt64Array.of(7n, 2n ** 53n + 1n), [2], "float64"))).toEqual(["float64", [7, 2 ** 53]]);
    expect(shown(gf.tensor(Uint8Array.of(0, 255), [2], "uint8"))).toEqual(["uint8", [0, 255]]);
    expect(shown(gf.tensor([-0, true] as never, [2], "uint8"))).toEqual(["uint8", [0, 1]]);
    expect(shown(gf.scalar(7n))).toEqual(["int64", 7n]);
    expect(shown(gf.scalar(-0, "int64"))).toEqual(["int64", 0n]);
    expect(shown(gf.tensor([], [0], "int64"))).toEqual(["int64", []]);
    // As TensorFlow.js has it.
    expect(gf.tensor(Uint8Array.of(1)).dtype).toBe("int32");
  });

  it("values that the dtype does not hold are refused", () => {
    for (const value of [1.5, Number.NaN, Infinity]) {
      for (const dtype of ["int64", "uint8"] as const) {
        expect(() => gf.tensor([value], [1], dtype)).toThrow(coded("E_ARGUMENT"));
        expect(() => gf.tensor(Float32Array.of(0, value), [2], dtype)).toThrow(/element \[1\].*whole numbers.*\.cast/s);
        expect(() => gf.fill([2], value, dtype)).toThrow(coded("E_ARGUMENT"));
        expect(() => gf.scalar(value, dtype)).toThrow(coded("E_ARGUMENT"));
      }
    }
    for (const value of [2n ** 63n, LEAST - 1n, 2 ** 63, 1e300, 10n ** 40n]) {
      expect(() => gf.tensor([value], [1], "int64")).toThrow(coded("E_OVERFLOW"));
    }
    expect(() => gf.tensor([2n ** 63n], [1], "float32")).toThrow(coded("E_OVERFLOW"));
    expect(() => gf.tensor([2n ** 31n], [1], "int32")).toThrow(/element \[0\] is 2147483648, but int32 holds/);
    for (const value of [-1, 256, 256n, -1n]) expect(() => gf.tensor([value], [1], "uint8")).toThrow(coded("E_OVERFLOW"));
    expect(() => gf.tensor([1n, 2])).toThrow(/bigints.*mixed/);
    expect(() => gf.tensor([1, 2n])).toThrow(/bigints.*mixed/);
    expect(() => gf.tensor([[1n, 2n], [3n]])).toThrow(coded("E_RAGGED"));
    expect(() => gf.tensor(new BigUint64Array(1) as never)).toThrow(coded("U_UNSUPPORTED"));
    expect(() => gf.tensor(["1"], [1], "int64")).toThrow(coded("E_ARGUMENT"));
  });

  it("leave no tensor behind where they are refused", () => {
    const before = gf.memory().numTensors;
    expect(() => gf.tensor(Float32Array.of(1, 0.5), [2], "uint8")).toThrow();
    expect(() => gf.tensor([1, 0.5], [2], "int64")).toThrow();
    expect(() => gf.range(0, 2, 0.5, "int64")).toThrow();
    expect(gf.memory().numTensors).toBe(before);
  });

  it("creation", () => {
    expect(shown(gf.zeros([2], "int64"))).toEqual(["int64", [0n, 0n]]);
    expect(shown(gf.onesLike(long(5)))).toEqual(["int64", [1n]]);
    expect(shown(gf.fill([2], MOST))).toEqual(["int64", [MOST, MOST]]);
    expect(shown(gf.fill([2], 200, "uint8"))).toEqual(["uint8", [200, 200]]);
    expect(shown(gf.eye(2, 2, null, "int64"))).toEqual([
      "int64",
      [
        [1n, 0n],
        [0n, 1n],
      ],
    ]);
    expect(shown(gf.range(2 ** 53 - 1, 2 ** 53 + 4, 2, "int64"))).toEqual(["int64", [2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 53n + 3n]]);
    expect(shown(gf.range(5, 0, -2, "uint8"))).toEqual(["uint8", [5, 3, 1]]);
    expect(() => gf.range(250, 260, 1, "uint8")).toThrow(coded("E_OVERFLOW"));
    expect(shown(gf.oneHot(long(1, 5), 2, 7, 3, "int64"))).toEqual([
      "int64",
      [
        [3n, 7n],
        [3n, 3n],
      ],
    ]);
    expect(shown(gf.oneHot([1], 2, 1, 0, "uint8"))).toEqual(["uint8", [[0, 1]]]);
  });
});

describe("values that go out", () => {
  it("are bigints of int64", async () => {
    const t = long(1, MOST);
    expect(t.dataSync<"int64">()).toEqual(BigInt64Array.of(1n, MOST));
    expect(await t.data()).toEqual(BigInt64Array.of(1n, MOST));
    expect(await t.array()).toEqual([1n, MOST]);
    expect(t.slice([1], [1]).item()).toBe(MOST);
    expect(bytes(200).item()).toBe(200);
    expect((await t.bytes()).length).toBe(16);
    expect(await bytes(1, 2, 3).bytes()).toEqual(Uint8Array.of(1, 2, 3));
  });

  it("are printed without an n, and counted in bytes", () => {
    expect(long(1, -2n, MOST).toString()).toBe("Tensor\n    [1, -2, 9223372036854775807]");
    expect(bytes(1, 255).toString()).toBe("Tensor\n    [1, 255]");
    expect(gf.scalar(5n).toString(true)).toContain("int64");
    const before = gf.memory().numBytes;
    const kept = [gf.zeros([100], "int64"), gf.zeros([100], "uint8")];
    expect(gf.memory().numBytes - before).toBe(900);
    gf.dispose(kept);
  });

  it("buffers hold them", () => {
    const b = gf.buffer([2], "int64");
    b.set(5, 0);
    b.set(MOST, 1);
    expect(shown(b.toTensor())).toEqual(["int64", [5n, MOST]]);
    expect(b.get(1)).toBe(MOST);
    expect(() => b.set(0.5, 0)).toThrow(coded("E_ARGUMENT"));
    expect(gf.buffer([1], "uint8", Uint8Array.of(9)).toTensor().dtype).toBe("uint8");
  });
});

describe("arithmetic", () => {
  it("wraps around, in JavaScript and in native code", () => {
    const cases: [gf.Tensor, gf.Tensor, (a: gf.Tensor, b: gf.Tensor) => gf.Tensor, unknown][] = [
      [long(MOST, LEAST), long(1, 1), gf.add, [LEAST, LEAST + 1n]],
      [long(LEAST, 0), long(1, MOST), gf.sub, [MOST, -MOST]],
      [long(MOST, 2n ** 62n), long(2, 3), gf.mul, [-2n, BigInt.asIntN(64, 3n * 2n ** 62n)]],
      [long(LEAST, -7), long(-1, 2), gf.floorDiv, [LEAST, -4n]],
      [long(LEAST, -7), long(-1, 3), gf.mod, [0n, 2n]],
      [long(LEAST, -7), long(-1, 3), gf.truncMod, [0n, -1n]],
      [long(3, -2), long(41, 63), gf.pow, [BigInt.asIntN(64, 3n ** 41n), LEAST]],
      [long(2n ** 53n, 1), long(2n ** 53n + 1n, 2), gf.maximum, [2n ** 53n + 1n, 2n]],
      [long(-1, 6), long(2n ** 40n, 3), gf.bitwiseAnd, [2n ** 40n, 2n]],
      [long(1, 1), long(63, 64), gf.leftShift, [LEAST, 1n]],
      [long(LEAST, 9), long(62, 65), gf.rightShift, [-2n, 4n]],
      [bytes(250, 3), bytes(10, 4), gf.add, [4, 7]],
      [bytes(3, 200), bytes(5, 100), gf.sub, [254, 100]],
      [bytes(16, 7), bytes(17, 3), gf.mul, [16, 21]],
      [bytes(255, 9), bytes(2, 10), gf.floorDiv, [127, 0]],
      [bytes(3, 2), bytes(6, 8), gf.pow, [217, 0]],
      [bytes(3, 10), bytes(5, 4), gf.squaredDifference, [4, 36]],
      [bytes(129, 1), bytes(1, 9), gf.leftShift, [2, 2]],
      [bytes(128, 255), bytes(7, 12), gf.rightShift, [1, 15]],
      [bytes(12, 5), bytes(10, 9), gf.bitwiseXor, [6, 12]],
    ];
    for (const [a, b, f, want] of cases) {
      expect(head(f(a, b), 2), `${f.name} ${a}`).toEqual([a.dtype, want]);
      expect(head(f(many(a), many(b)), 2), `${f.name} ${a}, large`).toEqual([a.dtype, want]);
    }
    expect(shown(long(LEAST).abs())).toEqual(["int64", [LEAST]]);
    expect(shown(bytes(1, 0).neg())).toEqual(["uint8", [255, 0]]);
    expect(shown(long(-5, 9).relu6())).toEqual(["int64", [0n, 6n]]);
    expect(shown(long(-5, 9, 3).clipByValue(-1, 4))).toEqual(["int64", [-1n, 4n, 3n]]);
    expect(shown(bytes(0, 9, 255).clipByValue(-1, 300))).toEqual(["uint8", [0, 9, 255]]);
    expect(shown(gf.sign(long(LEAST, 0, 4)))).toEqual(["int64", [-1n, 0n, 1n]]);
  });

  it("comparisons see all bits", () => {
    const [a, b] = [long(2n ** 53n, MOST), long(2n ** 53n + 1n, MOST)];
    expect(a.equal(b).arraySync()).toEqual([0, 1]);
    expect(a.less(b).arraySync()).toEqual([1, 0]);
    expect(many(a).notEqual(many(b)).slice([0], [2]).arraySync()).toEqual([1, 0]);
    expect(long(3_000_000_001).equal(3e9).item()).toBe(false);
    expect(bytes(200).greater(100).item()).toBe(true);
  });

  it("by zero and to negative powers it is refused", () => {
    for (const t of [long(1), bytes(1), many(long(1)), many(bytes(1))]) {
      expect(() => t.floorDiv(gf.zerosLike(t))).toThrow(coded("E_DIVIDE"));
      expect(() => t.mod(0)).toThrow(coded("E_DIVIDE"));
    }
    expect(() => long(2).pow(-1)).toThrow(coded("E_POWER"));
  });

  it("numbers take the dtype of the tensor where it holds them", () => {
    expect(shown(long(5).add(1))).toEqual(["int64", [6n]]);
    expect(shown(bytes(5).add(250))).toEqual(["uint8", [255]]);
    expect(shown(long(5).add(10n))).toEqual(["int64", [15n]]);
    expect(shown(bytes(5).add(1000n))).toEqual(["int64", [1005n]]);
    for (const t of [bytes(5), many(bytes(5))]) {
      expect(() => t.add(256)).toThrow(coded("E_OVERFLOW"));
      expect(() => t.mul(-1)).toThrow(/-1 met a uint8 tensor.*Cast the tensor to int32/s);
      expect(() => gf.setIndex(t, 0, 256)).toThrow(coded("E_OVERFLOW"));
      expect(() => gf.where(true, t, -1)).toThrow(coded("E_OVERFLOW"));
    }
  });
});

describe("reductions and others", () => {
  it("keep int64, and count uint8 as int32 where results grow", () => {
    for (const t of [long(MOST, 1, 1), gf.concat([long(MOST, 1, 1), gf.zeros([10_000], "int64")])]) {
      expect(shown(t.sum())).toEqual(["int64", LEAST + 1n]);
      expect(shown(t.max())).toEqual(["int64", MOST]);
    }
    expect(shown(long(MOST, 3).prod())).toEqual(["int64", BigInt.asIntN(64, MOST * 3n)]);
    expect(shown(bytes(255, 255).sum())).toEqual(["int32", 510]);
    expect(shown(gf.fill([100_000], 255, "uint8").sum())).toEqual(["int32", 25_500_000]);
    expect(shown(bytes(3, 200).min())).toEqual(["uint8", 3]);
    expect(shown(bytes(200, 100).cumsum())).toEqual(["int32", [200, 300]]);
    expect(shown(long(MOST, 1).cumsum())).toEqual(["int64", [MOST, LEAST]]);
    expect(shown(long(4, 5).cumprod(0, true))).toEqual(["int64", [1n, 4n]]);
    expect(shown(long(2n ** 53n, 2n ** 53n + 1n).argMax())).toEqual(["int32", 1]);
    expect(shown(gf.zeros([0], "int64").min())).toEqual(["int64", MOST]);
    expect(shown(gf.zeros([0], "uint8").max())).toEqual(["uint8", 0]);
    expect(shown(long(1, 2).mean())).toEqual(["float64", 1.5]);
    expect(shown(gf.matMul(long(MOST, 2).reshape([1, 2]), long(2, 3).reshape([2, 1])))).toEqual(["int64", [[4n]]]);
    expect(shown(gf.matMul(bytes(255, 255).reshape([1, 2]), bytes(255, 255).reshape([2, 1])))).toEqual(["int32", [[130050]]]);
    expect(() => long(1).any()).toThrow(coded("E_DTYPE"));
  });

  it("moving elements keeps every bit", () => {
    const t = long(MOST, 2n ** 53n + 1n, LEAST, -1).reshape([2, 2]);
    expect(t.transpose().arraySync()).toEqual([
      [MOST, LEAST],
      [2n ** 53n + 1n, -1n],
    ]);
    expect(gf.concat([t, t.reverse(0)], 1).arraySync()).toEqual([
      [MOST, 2n ** 53n + 1n, LEAST, -1n],
      [LEAST, -1n, MOST, 2n ** 53n + 1n],
    ]);
    expect(
      t
        .pad(
          [
            [0, 0],
            [1, 0],
          ],
          -3,
        )
        .arraySync(),
    ).toEqual([
      [-3n, MOST, 2n ** 53n + 1n],
      [-3n, LEAST, -1n],
    ]);
    expect(gf.topk(t, 1).values.arraySync()).toEqual([[MOST], [-1n]]);
    expect(gf.unique(long(MOST, MOST, MOST - 1n)).values.arraySync()).toEqual([MOST, MOST - 1n]);
    expect(gf.searchSorted(long(1, 2n ** 53n, 2n ** 53n + 1n), long(2n ** 53n + 1n)).arraySync()).toEqual([2]);
    expect(shown(gf.concat([bytes(1), long(2)]))).toEqual(["int64", [1n, 2n]]);
    expect(shown(gf.concat([gf.tensor([true]), bytes(2)]))).toEqual(["uint8", [1, 2]]);
    expect(shown(gf.unsortedSegmentSum(long(MOST, 1), [0, 0], 1))).toEqual(["int64", [LEAST]]);
    expect(shown(gf.image.resizeNearestNeighbor(long(1, MOST).reshape([1, 1, 2, 1]), [1, 4]).flatten())).toEqual([
      "int64",
      [1n, 1n, MOST, MOST],
    ]);
  });

  it("int64 and uint8 indices do where they are in range", () => {
    const x = gf.tensor([10, 20, 30]);
    expect(gf.gather(x, long(2, 0)).arraySync()).toEqual([30, 10]);
    expect(gf.gather(x, bytes(1)).arraySync()).toEqual([20]);
    expect(gf.gather(x, BigInt64Array.of(1n)).arraySync()).toEqual([20]);
    expect(gf.gatherND(x, long(2).reshape([1, 1])).arraySync()).toEqual([30]);
    expect(gf.index(x, gf.scalar(1n)).item()).toBe(20);
    expect(() => gf.gather(x, long(2n ** 32n))).toThrow(coded("E_INDEX"));
    expect(() => gf.gather(x, long(3))).toThrow(coded("E_INDEX"));
  });

  it("other ops refuse int64 and name what to cast to, and take uint8 as int32", () => {
    expect(() => gf.maxPool(gf.ones([1, 2, 2, 1], "int64"), 2, 2, "valid")).toThrow(/int64.*int32, float32, float64.*cast/s);
    expect(gf.maxPool(gf.ones([1, 2, 2, 1], "uint8"), 2, 2, "valid").dtype).toBe("int32");
    expect(() => gf.randomUniform([1], 0, 9, "int64")).toThrow(coded("E_DTYPE"));
    expect(() => gf.grad((t: gf.Tensor) => t.sum())(long(1))).toThrow(coded("E_GRADIENT"));
  });
});

describe("casts", () => {
  const floats = [Number.NaN, Infinity, -Infinity, 300, -300, 255.9, -0.9, 2 ** 63, -(2 ** 63), 2 ** 53, 1e30];
  it.each(["float32", "float64"] as const)("%s to whole numbers truncates and saturates", (dtype) => {
    for (const t of [gf.tensor(floats, undefined, dtype), many(gf.tensor(floats, undefined, dtype))]) {
      const n = floats.length;
      expect(head(t.cast("uint8"), n)).toEqual(["uint8", [0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 255]]);
      expect(head(t.cast("int64"), n)).toEqual(["int64", [0n, MOST, LEAST, 300n, -300n, 255n, 0n, MOST, LEAST, 2n ** 53n, MOST]]);
    }
  });

  it("whole numbers to fewer bits wrap around, to more keep their values", () => {
    const values = [MOST, LEAST, 2n ** 32n + 5n, -1n, 300n];
    for (const t of [long(...values), many(long(...values))]) {
      expect(head(t.cast("int32"), 5)).toEqual(["int32", [-1, 0, 5, -1, 300]]);
      expect(head(t.cast("uint8"), 5)).toEqual(["uint8", [255, 0, 5, 255, 44]]);
      expect(head(t.cast("bool"), 5)).toEqual(["bool", [1, 1, 1, 1, 1]]);
    }
    for (const t of [gf.tensor([-1, 300], [2], "int32"), many(gf.tensor([-1, 300], [2], "int32"))]) {
      expect(head(t.cast("uint8"), 2)).toEqual(["uint8", [255, 44]]);
      expect(head(t.cast("int64"), 2)).toEqual(["int64", [-1n, 300n]]);
    }
    expect(shown(bytes(200).cast("int64"))).toEqual(["int64", [200n]]);
    expect(shown(gf.real(long(5).cast("complex64")))).toEqual(["float32", [5]]);
  });

  it("int64 to floats rounds once", () => {
    // Just above the middle of two float32, and of two float64: through a double the first would be rounded down.
    const values = [2n ** 62n + 2n ** 38n + 1n, -(2n ** 62n + 2n ** 38n + 1n), 2n ** 62n + 2n ** 38n, 2n ** 53n + 1n, MOST, LEAST];
    const want = [2 ** 62 + 2 ** 39, -(2 ** 62 + 2 ** 39), 2 ** 62, 2 ** 53, 2 ** 63, -(2 ** 63)];
    for (const t of [long(...values), many(long(...values))]) {
      expect(head(t.cast("float32"), 6)).toEqual(["float32", want]);
      expect(head(t.cast("float64"), 6)).toEqual(["float64", values.map(Number)]);
    }
  });
});

describe("variables", () => {
  it("keep their dtype", () => {
    const v = gf.variable(long(1, MOST));
    v.assign(v.add(1));
    expect(shown(v)).toEqual(["int64", [2n, LEAST]]);
    expect(() => v.assign(gf.tensor([1, 2], [2], "int32"))).toThrow(coded("E_DTYPE"));
    expect(gf.variable(bytes(1)).dtype).toBe("uint8");
  });
});
