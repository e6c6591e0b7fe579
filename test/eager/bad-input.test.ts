/**
 * Bad arguments: each gets a typed error before memory is taken or native code runs, nothing is left behind, and the next call
 * is right. One table row per way to be wrong; `as never` stands for untyped callers.
 */
import vm from "node:vm";
import * as gf from "graphfn";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const any = (x: unknown): never => x as never;
const m = gf.ones([3, 4]);
const v = gf.tensor([1, 2, 3]);
const int = gf.tensor([1, 2, 3], [3], "int32");
/** [1, (nothing), 3] */
const withHole = Object.assign(new Array<number>(3), { 0: 1, 2: 3 });

let before: number;
beforeEach(() => {
  before = gf.memory().numBytes;
});
afterEach(() => {
  expect(gf.add([1, 2], [3, 4]).arraySync()).toEqual([4, 6]);
});

function check(rows: [string, () => unknown, string][]): void {
  it.each(rows)("%s", (_, run, code) => {
    let error: unknown;
    gf.tidy(() => {
      try {
        run();
      } catch (e) {
        error = e;
      }
    });
    expect(error).toBeInstanceOf(gf.GraphFnError);
    expect((error as gf.GraphFnError).code).toBe(code);
    expect(gf.memory().numBytes).toBe(before);
  });
}

describe("shapes that do not fit", () => {
  check([
    ["add", () => m.add(v), "E_SHAPE"],
    ["where", () => gf.where([true, false], v, v), "E_SHAPE"],
    ["matMul inner", () => m.matMul(m), "E_SHAPE"],
    ["matMul of vectors", () => v.matMul(v), "E_SHAPE"],
    ["matMul batch", () => gf.ones([2, 2, 3]).matMul(gf.ones([3, 3, 1])), "E_SHAPE"],
    ["dot", () => gf.dot(gf.ones([2, 2, 2]), v), "E_SHAPE"],
    ["concat", () => gf.concat([m, gf.ones([3, 5])]), "E_SHAPE"],
    ["concat of ranks", () => gf.concat([m, v]), "E_SHAPE"],
    ["stack", () => gf.stack([v, gf.ones([2])]), "E_SHAPE"],
    ["reshape", () => m.reshape([5, 5]), "E_SHAPE"],
    ["reshape to overflow", () => m.reshape([2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1]), "E_SHAPE"],
    ["broadcastTo", () => v.broadcastTo([2]), "E_SHAPE"],
    ["split", () => v.split(2), "E_SHAPE"],
    ["split sizes", () => v.split([4, -1]), "E_SHAPE"],
    ["squeeze", () => m.squeeze([0]), "E_SHAPE"],
    ["pad pairs", () => m.pad([[1, 1]]), "E_SHAPE"],
    ["tile", () => m.tile([2]), "E_SHAPE"],
    ["slice beyond", () => v.slice([2], [2]), "E_SHAPE"],
    ["setIndex", () => gf.setIndex(m, 0, [1, 2]), "E_SHAPE"],
    ["item of many", () => v.item(), "E_SHAPE"],
    ["tensor2d of a vector", () => gf.tensor2d([1, 2, 3]), "E_SHAPE"],
    ["tensor1d of a matrix", () => gf.tensor1d([[1], [2]]), "E_SHAPE"],
    ["values against shape", () => gf.tensor([1, 2, 3], [2]), "E_SHAPE"],
    [
      "nested values against shape",
      () =>
        gf.tensor(
          [
            [1, 2],
            [3, 4],
          ],
          [4, 1],
        ),
      "E_SHAPE",
    ],
    ["rank 9", () => gf.zeros([1, 1, 1, 1, 1, 1, 1, 1, 1]), "E_SHAPE"],
    ["rank 9 by expandDims", () => gf.zeros([1, 1, 1, 1, 1, 1, 1, 1]).expandDims(), "E_SHAPE"],
  ]);
});

describe("lengths, axes and indices", () => {
  const bad: [string, unknown][] = [
    ["NaN", NaN],
    ["Infinity", Infinity],
    ["a fraction", 1.5],
    ["a string", "1"],
    ["a BigInt", 1n],
    ["null", null],
    ["an object", { valueOf: () => 1 }],
    ["a hole", withHole[1]],
    ["negative", -7],
    ["beyond 2^53", 2 ** 60],
  ];
  for (const [name, value] of bad) {
    const rows: [string, () => unknown, string][] = [
      ["zeros", () => gf.zeros([any(value)]), "E_SHAPE"],
      ["reshape", () => v.reshape([any(value), 1]), "E_SHAPE"],
      ["broadcastTo", () => v.broadcastTo([any(value), 3]), "E_SHAPE"],
      ["argMax", () => m.argMax(any(value ?? "undefined")), "E_AXIS"],
      ["concat axis", () => gf.concat([m, m], any(value ?? "undefined")), "E_AXIS"],
      ["sum axis", () => m.sum([any(value)]), "E_AXIS"],
    ];
    describe(name, () => check(rows));
  }
  describe("as other arguments", () =>
    check([
      ["transpose perm twice", () => m.transpose([0, 0]), "E_AXIS"],
      ["transpose perm", () => m.transpose([0, 5]), "E_AXIS"],
      ["transpose perm fraction", () => m.transpose([0.5, 1]), "E_ARGUMENT"],
      ["gather over", () => v.gather([0, 3]), "E_INDEX"],
      ["gather negative", () => v.gather([-1]), "E_INDEX"],
      ["gather fraction", () => v.gather([0.5]), "E_INDEX"],
      ["gather NaN", () => v.gather([NaN]), "E_INDEX"],
      ["gather by a float tensor", () => v.gather(gf.tensor([1])), "E_DTYPE"],
      ["gather of large data, over", () => gf.ones([100, 2]).gather(gf.tensor([5, 100], [2], "int32")), "E_INDEX"],
      ["index over", () => gf.index(v, 3), "E_INDEX"],
      ["index negative", () => gf.index(v, -1), "E_INDEX"],
      ["index fraction", () => gf.index(v, 0.5), "E_INDEX"],
      ["index by a fraction in a tensor", () => gf.index(v, gf.scalar(0.5)), "E_INDEX"],
      ["index of a scalar", () => gf.index(gf.scalar(1), 0), "E_SHAPE"],
      ["setIndex over", () => gf.setIndex(v, 3, 0), "E_INDEX"],
      ["slice negative", () => v.slice([-1], [1]), "E_SHAPE"],
      ["slice of strings", () => v.slice(any(["0"])), "E_ARGUMENT"],
      ["slice rank", () => v.slice([0, 0]), "E_SHAPE"],
      ["stridedSlice stride 0", () => gf.stridedSlice(v, [0], [3], [0]), "E_SHAPE"],
      ["stridedSlice index", () => gf.stridedSlice(v, [3], [4], [1], 0, 0, 0, 0, 1), "E_INDEX"],
      ["stridedSlice entries", () => gf.stridedSlice(v, [0, 0], [1, 1]), "E_SHAPE"],
      ["oneHot depth", () => gf.oneHot([1], -1), "E_ARGUMENT"],
      ["split into 0", () => v.split(0), "E_ARGUMENT"],
      ["pad negative", () => v.pad([[-1, 0]]), "E_SHAPE"],
      ["tile negative", () => v.tile([-1]), "E_SHAPE"],
      ["eye", () => gf.eye(-1), "E_ARGUMENT"],
      ["range without end", () => gf.range(0, Infinity), "E_ARGUMENT"],
      ["range step 0", () => gf.range(0, 1, 0), "E_ARGUMENT"],
      ["linspace 0", () => gf.linspace(0, 1, 0), "E_ARGUMENT"],
      ["reductions over what is no axis", () => m.sum(any({})), "E_AXIS"],
      ["an axis that is a symbol", () => m.sum(any(Symbol("x"))), "E_AXIS"],
      ["axes with a hole", () => m.sum(any(Object.assign(new Array<number>(2), { 0: 1 }))), "E_AXIS"],
      ["an index array of fractions", () => gf.index(v, [0.5]), "E_INDEX"],
      ["indices nested 10000 deep", () => v.gather(any(deep(10000))), "E_SHAPE"],
      ["a NaN as shape", () => gf.sparseToDense([0], [1], any(NaN)), "E_ARGUMENT"],
      ["pads with holes", () => gf.maxPool3d(gf.ones([1, 3, 3, 3, 1]), 2, 2, any(new Array(5))), "E_ARGUMENT"],
      ["a BigInt as a pad", () => gf.conv2d(gf.ones([1, 3, 3, 1]), gf.ones([1, 1, 1, 1]), 1, any([1n, 1, 1, 1])), "E_ARGUMENT"],
      ["a mask that is an object", () => gf.stridedSlice(v, [0], [1], [1], any({})), "E_ARGUMENT"],
      ["a batch shape that is a number", () => gf.eye(2, 2, any(3)), "E_ARGUMENT"],
      ["fused arguments of nothing", () => gf.fused.matMul(any(undefined)), "E_ARGUMENT"],
      ["addN with holes", () => gf.addN(any(new Array(3))), "E_ARGUMENT"],
      ["reshapeAs no tensor", () => v.reshapeAs(any(null)), "E_ARGUMENT"],
      ["axis of a scalar", () => gf.scalar(1).sum(0), "E_AXIS"],
      ["argMax of an empty axis", () => gf.zeros([0]).argMax(), "E_SHAPE"],
    ]));
});

describe("sizes", () => {
  check([
    ["product beyond 2^53", () => gf.zeros([2 ** 30, 2 ** 30, 2 ** 30]), "E_SHAPE"],
    ["the same with a 0 in it", () => gf.zeros([0, 2 ** 30, 2 ** 30]), "E_SHAPE"],
    ["2^45 elements", () => gf.zeros([2 ** 15, 2 ** 30]), "E_MEMORY"],
    ["2^45 elements by tile", () => gf.ones([2 ** 10]).tile([2 ** 30]), "E_MEMORY"],
    ["2^45 elements by broadcastTo", () => gf.ones([1, 1]).broadcastTo([2 ** 15, 2 ** 30]), "E_MEMORY"],
    [
      "2^45 elements by pad",
      () =>
        gf.ones([1, 2 ** 15]).pad([
          [0, 2 ** 30],
          [0, 0],
        ]),
      "E_MEMORY",
    ],
    ["2^45 elements by oneHot", () => gf.oneHot(gf.zeros([2 ** 15], "int32"), 2 ** 30), "E_MEMORY"],
    [
      "2^45 elements by add",
      () =>
        gf
          .ones([2 ** 12, 1, 1])
          .add(gf.ones([2 ** 12, 1]))
          .add(gf.ones([2 ** 21])),
      "E_MEMORY",
    ],
  ]);

  it("a refusal takes no memory", () => {
    const rss = process.memoryUsage.rss();
    expect(() => gf.zeros([2 ** 15, 2 ** 30])).toThrow(gf.MemoryError);
    expect(process.memoryUsage.rss() - rss).toBeLessThan(50 * 2 ** 20);
  });
});

describe("sizes over the memory that is there, which the system would still lend", () => {
  beforeEach(() => {
    vi.spyOn(process, "availableMemory").mockReturnValue(2 ** 26);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const row = gf.ones([1, 2 ** 12]);
  check([
    ["zeros", () => gf.zeros([2 ** 25]), "E_MEMORY"],
    ["fill", () => gf.fill([2 ** 25], 1), "E_MEMORY"],
    ["tile", () => row.tile([2 ** 13, 1]), "E_MEMORY"],
    ["broadcastTo", () => row.broadcastTo([2 ** 13, 2 ** 12]), "E_MEMORY"],
    [
      "pad",
      () =>
        gf.pad(row, [
          [0, 2 ** 13 - 1],
          [0, 0],
        ]),
      "E_MEMORY",
    ],
    ["oneHot", () => gf.oneHot(gf.zeros([2 ** 12], "int32"), 2 ** 13), "E_MEMORY"],
    ["add", () => gf.ones([2 ** 13, 1]).add(row), "E_MEMORY"],
  ]);
});

describe("sizes of what is computed on the host", () => {
  beforeEach(() => {
    vi.spyOn(process, "availableMemory").mockReturnValue(2 ** 26);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const most = 2 ** 31 - 1;
  check([
    ["raggedRange, computed on the host", () => gf.raggedRange([0], [2 ** 30], [1]), "E_MEMORY"],
    ["rand", () => gf.rand([most], Math.random), "E_MEMORY"],
    ["createShuffledIndices", () => gf.util.createShuffledIndices(most), "E_MEMORY"],
    ["hannWindow", () => gf.signal.hannWindow(most), "E_MEMORY"],
    ["frame", () => gf.signal.frame(gf.ones([2]), most, 1, true), "E_MEMORY"],
    ["range", () => gf.range(0, 2 ** 30), "E_MEMORY"],
    ["split of an empty axis", () => gf.zeros([0]).split(most), "E_MEMORY"],
    ["unstack", () => gf.zeros([most, 0]).unstack(), "E_MEMORY"],
    ["arraySync", () => gf.zeros([most, 0]).arraySync(), "E_MEMORY"],
  ]);
  it("text of axes that are long beside empty ones is abbreviated", () => {
    expect(gf.zeros([most, 0]).toString().replaceAll(/\s+/g, " ")).toBe("Tensor [[], [], [], ..., [], [], []]");
    expect(gf.zeros([0, most]).toString()).toMatch(/\[\]$/);
  });
  it("a stride beyond the image needs no memory of its own", () => {
    const [image, filter] = [gf.ones([1, 40, 40, 2]), gf.ones([3, 3, 2, 2])];
    expect(gf.conv2d(image, filter, most, "same").arraySync()).toEqual(gf.conv2d(image, filter, 40, "same").arraySync());
    expect(gf.conv2d(image, gf.ones([1, 1, 2, 2]), [1, most], "valid").shape).toEqual([1, 40, 1, 2]);
  });
});

describe("things that are no tensors", () => {
  const throwing = new Proxy([1, 2], {
    get(target, key) {
      if (key === "1") throw new Error("trap");
      return Reflect.get(target, key);
    },
  });
  check([
    ["undefined", () => gf.add(any(undefined), 1), "E_ARGUMENT"],
    ["null", () => v.add(any(null)), "E_ARGUMENT"],
    ["a plain object", () => v.mul(any({})), "E_ARGUMENT"],
    ["a function", () => gf.sin(any(() => 1)), "E_ARGUMENT"],
    ["a symbol", () => gf.sin(any(Symbol("x"))), "E_ARGUMENT"],
    ["a BigInt beyond int64", () => gf.sin(2n ** 63n), "E_OVERFLOW"],
    ["a string", () => gf.sin(any("1")), "E_DTYPE"],
    ["an ArrayBuffer", () => gf.tensor(any(new ArrayBuffer(8))), "E_ARGUMENT"],
    ["a DataView", () => gf.tensor(any(new DataView(new ArrayBuffer(8)))), "U_UNSUPPORTED"],
    ["a BigUint64Array", () => gf.tensor(any(new BigUint64Array(1))), "U_UNSUPPORTED"],
    ["a tensor of another copy", () => v.add(any(vm.runInNewContext("new (class Tensor { shape = [1] })()"))), "E_ARGUMENT"],
    ["a tensor as values", () => gf.tensor(any(v)), "E_ARGUMENT"],
    ["tensors in an array", () => gf.tensor(any([gf.scalar(1), gf.scalar(2)])), "E_ARGUMENT"],
    ["concat of nothing", () => gf.concat([]), "E_ARGUMENT"],
    ["concat of a tensor", () => gf.concat(any(v)), "E_ARGUMENT"],
    ["scalar of an array", () => gf.scalar(any([1])), "E_ARGUMENT"],
    ["fill with a string for numbers", () => gf.fill([1], any("0"), "float32"), "E_ARGUMENT"],
    ["a shape that is no array", () => gf.zeros(any(3)), "E_ARGUMENT"],
    ["a shape that is a string", () => gf.zeros(any("33")), "E_ARGUMENT"],
    ["an unknown dtype", () => v.cast(any("float7")), "E_DTYPE"],
    ["a dtype from the prototype", () => v.cast(any("toString")), "E_DTYPE"],
    [
      "a DataView in an array, of a given dtype",
      () => gf.tensor(any([new DataView(new ArrayBuffer(8))]), undefined, "bool"),
      "U_UNSUPPORTED",
    ],
    ["a DataView in an array, as indices", () => v.gather(any([new DataView(new ArrayBuffer(8)), [1]])), "U_UNSUPPORTED"],
    ["a dtype to come", () => v.cast(any("float16")), "U_UNSUPPORTED"],
    ["clip by a string", () => v.clipByValue(any("0"), 1), "E_ARGUMENT"],
    ["clip upside down", () => v.clipByValue(2, 1), "E_ARGUMENT"],
    ["norm of an unknown kind", () => v.norm(any("nuclear")), "E_ARGUMENT"],
    ["tidy of nothing", () => gf.tidy(any(undefined)), "E_ARGUMENT"],
  ]);
  it("a tensor of another copy is named as such", () => {
    const foreign = vm.runInNewContext("new (class Tensor { shape = [1] })()") as unknown;
    expect(() => v.add(any(foreign))).toThrow(expect.objectContaining({ hint: expect.stringContaining("another copy") as string }));
    expect(() => gf.concat([v, any(foreign)])).toThrow(/tensors\[1\]/);
    expect(() => v.add(any({ shape: [1] }))).toThrow(expect.objectContaining({ hint: undefined }));
  });
  it("a throwing getter passes through and leaves nothing behind", () => {
    expect(() => gf.tensor(any(throwing))).toThrow("trap");
    expect(gf.memory().numBytes).toBe(before);
  });
});

describe("dtypes", () => {
  check([
    ["logic of numbers", () => v.logicalAnd(v), "E_DTYPE"],
    ["any of numbers", () => v.any(), "E_DTYPE"],
    ["a condition of numbers", () => gf.where(v, 1, 2), "E_DTYPE"],
    ["isNaN of int32", () => int.isNaN(), "E_DTYPE"],
    ["a fraction into an int32 tensor", () => gf.setIndex(int, 0, 0.5), "E_DTYPE"],
    ["float64 into float32", () => gf.setIndex(v, 0, gf.scalar(1, "float64")), "E_DTYPE"],
    ["oneHot of floats", () => gf.oneHot(v, 3), "E_DTYPE"],
    ["int32 / 0", () => int.floorDiv(gf.zeros([3], "int32")), "E_DIVIDE"],
    ["large int32 / 0", () => gf.ones([100], "int32").floorDiv(gf.zeros([100], "int32")), "E_DIVIDE"],
    ["int32 mod 0", () => int.mod(0), "E_DIVIDE"],
    ["int32 % 0", () => int.truncMod(0), "E_DIVIDE"],
    ["int32 to a negative power", () => int.pow(-1), "E_POWER"],
    ["clip int32 to a fraction", () => int.clipByValue(0.5, 2), "E_ARGUMENT"],
  ]);
});

describe("nested arrays", () => {
  check([
    ["ragged", () => gf.tensor([[1, 2], [3]]), "E_RAGGED"],
    ["deeper later", () => gf.tensor(any([1, [2]])), "E_RAGGED"],
    ["shallower later", () => gf.tensor(any([[1], 2])), "E_RAGGED"],
    [
      "ragged inside",
      () =>
        gf.tensor([
          [
            [1, 2],
            [3, 4],
          ],
          [[5, 6], [7]],
        ]),
      "E_RAGGED",
    ],
    ["holes", () => gf.tensor(any(withHole)), "E_ARGUMENT"],
    ["undefined", () => gf.tensor(any([undefined])), "E_ARGUMENT"],
    ["strings for numbers", () => gf.tensor(any(["1"]), [1], "float32"), "E_ARGUMENT"],
    ["mixed", () => gf.tensor(any([1, true])), "E_ARGUMENT"],
    ["depth 10000", () => gf.tensor(any(deep(10000))), "E_SHAPE"],
  ]);
  it("a million rows take linear time", () => {
    expect(gf.tensor(Array.from({ length: 1e6 }, (_, i) => [i])).shape).toEqual([1e6, 1]);
  });
});

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

describe("buffers", () => {
  it("a detached buffer is refused", () => {
    const data = new Float32Array([1, 2, 3]);
    structuredClone(data, { transfer: [data.buffer] });
    expect(() => gf.tensor(data)).toThrow(/detached/);
    expect(() => v.add(data)).toThrow(gf.ArgumentError);
    expect(gf.tensor(new Float32Array(0)).shape).toEqual([0]);
  });
  it("a view that lost its buffer is refused, one that follows it is copied", () => {
    const Resizable = ArrayBuffer as unknown as new (n: number, options: object) => ArrayBuffer & { resize(n: number): void };
    const buffer = new Resizable(16, { maxByteLength: 32 });
    const [all, end] = [new Float32Array(buffer), new Float32Array(buffer, 8, 2)];
    buffer.resize(8);
    expect(gf.tensor(all).shape).toEqual([2]);
    expect(() => gf.tensor(end)).toThrow(gf.ArgumentError);
    const t = gf.tensor(all);
    buffer.resize(0);
    expect(t.arraySync()).toEqual([0, 0]);
  });
  it("a shared buffer is copied at the call", () => {
    const shared = new Float32Array(new SharedArrayBuffer(8));
    const t = gf.tensor(shared);
    shared[0] = 5;
    expect(t.arraySync()).toEqual([0, 0]);
  });
  it("parts of a buffer at odd offsets are copied", () => {
    const bytes = Buffer.from([9, 1, 2, 3, 9]);
    expect(gf.tensor(bytes.subarray(1, 4)).arraySync()).toEqual([1, 2, 3]);
  });
  it("transferring what was read out leaves the tensor alone", () => {
    const t = gf.range(0, 1000);
    const data = t.dataSync();
    structuredClone(data, { transfer: [data.buffer as ArrayBuffer] });
    expect(t.max().item()).toBe(999);
  });
});

describe("disposed tensors", () => {
  const uses: [string, (t: gf.Tensor) => unknown][] = [
    ["add", (t) => t.add(1)],
    ["add on the right", (t) => v.add(t)],
    ["sum", (t) => t.sum()],
    ["reshape", (t) => t.reshape([-1])],
    ["cast", (t) => t.cast("int32")],
    ["cast to the same", (t) => t.cast("float32")],
    ["clone", (t) => t.clone()],
    ["dataSync", (t) => t.dataSync()],
    ["arraySync", (t) => t.arraySync()],
    ["item", (t) => t.item()],
    ["print", (t) => t.print()],
    ["concat", (t) => gf.concat([v, t])],
    ["index", (t) => gf.index(t, 0)],
    ["where", (t) => gf.where(t.shape.length > 0, t, t)],
  ];
  it.each(uses)("%s names the tensor", (_, use) => {
    const t = gf.tensor([1, 2, 3]);
    t.dispose();
    expect(() => use(t)).toThrow(gf.DisposedError);
    expect(() => use(t)).toThrow(`#${t.id}`);
  });
  it("data() and array() reject", async () => {
    const t = gf.scalar(1);
    t.dispose();
    await expect(t.data()).rejects.toThrow(gf.DisposedError);
    await expect(t.array()).rejects.toThrow(gf.DisposedError);
  });
  it("an object with Tensor's prototype is no tensor", () => {
    const fake = Object.create(gf.Tensor.prototype) as gf.Tensor;
    for (const use of [() => fake.add(1), () => v.add(fake), () => fake.sum(), () => fake.dataSync(), () => gf.concat([v, fake])]) {
      expect(use).toThrow(gf.ArgumentError);
    }
  });
});

describe("many operands", () => {
  it("concat of 100,000 tensors", () => {
    const parts = Array.from({ length: 100000 }, (_, i) => gf.tensor([i]));
    expect(gf.concat(parts).slice([99999]).item()).toBe(99999);
    for (const t of parts) t.dispose();
  });
  // More than one call can have arguments, on any stack that Node gives.
  it("concat of a million", () => {
    const parts = new Array<gf.Tensor>(1e6).fill(gf.tensor([1]));
    parts[999_999] = gf.tensor([7]);
    const all = gf.concat(parts);
    expect([all.size, all.slice([999_999]).item()]).toEqual([1e6, 7]);
  });
});
