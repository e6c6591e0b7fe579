/** String tensors: what they are made of, what moves and compares them, what refuses them; gf.string against TensorFlow.js. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { fingerprint64 } from "../../runtime/src/api/string/fingerprint.ts";
import { allOps } from "../../runtime/src/ops/op.ts";
import { tf } from "../io/tfjs.ts";
import { graph, thrown, type V } from "../staged/emitted.ts";
import { Random } from "../support/random.ts";

const WORDS = ["", "a", "é", "€uro", "😀", "to be", "\0"];
const texts = (t: gf.Tensor): string[] => t.dataSync<"string">();

describe("elements", () => {
  it("are texts of any language, nested or flat", () => {
    expect(texts(gf.tensor(WORDS))).toEqual(WORDS);
    const t = gf.tensor([
      ["a", "é"],
      ["€uro", "😀"],
    ]);
    expect([t.dtype, t.shape, t.arraySync()]).toEqual([
      "string",
      [2, 2],
      [
        ["a", "é"],
        ["€uro", "😀"],
      ],
    ]);
    expect(gf.tensor(["a", "b", "c", "d"], [2, 2]).shape).toEqual([2, 2]);
    expect(gf.scalar("é").item()).toBe("é");
    expect(gf.tensor([], [0, 3], "string").arraySync()).toEqual([]);
  });

  it("may be any bytes, which are no text then", async () => {
    const t = gf.tensor([new Uint8Array([255, 97]), "ok"], [2], "string");
    expect(await t.bytes()).toEqual([new Uint8Array([255, 97]), new Uint8Array([111, 107])]);
    expect(thrown(() => t.dataSync())).toMatchObject({ code: "E_DTYPE" });
    expect(t.toString()).toBe("Tensor\n    ['\\xffa', 'ok']");
    expect(texts(gf.tensor([gf.util.encodeString("é")], [1], "string"))).toEqual(["é"]);
  });

  it("are whole characters: halves become U+FFFD", () => {
    expect(texts(gf.tensor(["\ud800x"]))).toEqual(["\ufffdx"]);
  });

  it("stay as they are when what they were made of changes", () => {
    const list = ["a", "b"];
    const t = gf.tensor(list);
    const read = texts(t);
    list[0] = "changed";
    read[1] = "changed";
    expect(texts(t)).toEqual(["a", "b"]);
  });

  it.each([
    ["a number among them", () => gf.tensor(["a", 1]), "E_ARGUMENT"],
    ["text among numbers", () => gf.tensor([1, "a"]), "E_ARGUMENT"],
    ["numbers", () => gf.tensor([1, 2], [2], "string"), "E_ARGUMENT"],
    ["holes", () => gf.tensor(new Array<string>(2), [2], "string"), "E_ARGUMENT"],
    ["ragged", () => gf.tensor([["a"], ["b", "c"]]), "E_RAGGED"],
    ["too few", () => gf.tensor(["a"], [2]), "E_SHAPE"],
    ["another shape", () => gf.tensor([["a"], ["b"]], [1, 2]), "E_SHAPE"],
    ["bytes without the dtype", () => gf.scalar(new Uint8Array([97])), "E_ARGUMENT"],
    ["another dtype", () => gf.tensor(["a"], [1], "float32"), "E_ARGUMENT"],
  ])("%s: refused", (_, make, code) => {
    expect(thrown(make)).toMatchObject({ code });
  });

  it("are counted by their bytes, which are not all of memory", () => {
    const before = gf.memory();
    const t = gf.tensor(["ab", "é"]);
    const view = t.reshape([2, 1]);
    const { numTensors, numDataBuffers, numBytes, unreliable, reasons } = gf.memory();
    expect([numTensors - before.numTensors, numDataBuffers - before.numDataBuffers, numBytes - before.numBytes]).toEqual([2, 1, 4]);
    expect([unreliable, reasons?.length]).toEqual([true, 1]);
    t.dispose();
    expect(texts(view)).toEqual(["ab", "é"]);
    view.dispose();
    expect(gf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
    expect(thrown(() => view.dataSync())).toMatchObject({ code: "E_DISPOSED" });
  });

  it("of a buffer are empty until they are set", () => {
    const b = gf.buffer([2, 2], "string");
    b.set("x", 1, 0);
    expect([b.get(1, 0), b.get(0, 0)]).toEqual(["x", ""]);
    expect(texts(b.toTensor())).toEqual(["", "", "x", ""]);
    expect(thrown(() => b.set(1, 0, 0))).toMatchObject({ code: "E_ARGUMENT" });
    expect(gf.tensor(["q"]).bufferSync().get(0)).toBe("q");
  });
});

describe("movement", () => {
  const t = gf.tensor([
    ["a", "b", "c"],
    ["d", "e", "f"],
  ]);
  const numbers = gf.tensor([1, 2, 3, 4, 5, 6], [2, 3], "int32");
  const moves: readonly [string, (x: gf.Tensor) => gf.Tensor][] = [
    ["reshape", (x) => x.reshape([3, 2])],
    ["transpose", (x) => x.transpose()],
    ["slice", (x) => x.slice([0, 1], [2, 2])],
    ["stridedSlice", (x) => gf.stridedSlice(x, [0, 2], [2, 0], [1, -1])],
    ["concat", (x) => gf.concat([x, x], 1)],
    ["stack", (x) => gf.stack([x, x], 1)],
    ["unstack", (x) => gf.unstack(x)[1] as gf.Tensor],
    ["split", (x) => gf.split(x, 3, 1)[2] as gf.Tensor],
    ["gather", (x) => gf.gather(x, [2, 0, 0], 1)],
    ["gatherND", (x) => gf.gatherND(x, gf.tensor([[1, 2]], [1, 2], "int32"))],
    ["tile", (x) => x.tile([2, 1])],
    ["reverse", (x) => x.reverse(1)],
    ["broadcastTo", (x) => x.broadcastTo([2, 2, 3])],
    ["expandDims, squeeze", (x) => x.expandDims(1).squeeze()],
    [
      "mirrorPad",
      (x) =>
        gf.mirrorPad(
          x,
          [
            [1, 1],
            [0, 2],
          ],
          "reflect",
        ),
    ],
    ["clone", (x) => x.clone()],
    ["where", (x) => gf.where(gf.tensor([true, false, true]), x, x.reverse())],
    ["at an index", (x) => x.gather(1).gather(gf.scalar(2, "int32"))],
  ];
  // Where elements go does not depend on what they are.
  it.each(moves)("%s as of numbers", (_, move) => {
    const moved = move(t);
    const expected = move(numbers);
    expect(moved.shape).toEqual(expected.shape);
    expect(texts(moved)).toEqual(Array.from(expected.dataSync(), (n) => "abcdef"[n - 1]));
  });

  it("pads and fills with empty strings", () => {
    expect(
      texts(
        t.slice([0, 0], [1, 1]).pad([
          [0, 1],
          [1, 0],
        ]),
      ),
    ).toEqual(["", "a", "", ""]);
    expect(texts(gf.sparseToDense([1], ["x"], [3]))).toEqual(["", "x", ""]);
    expect(texts(gf.sparseToDense([1], ["x"], [3], "-"))).toEqual(["-", "x", "-"]);
    expect(
      thrown(() =>
        t.pad(
          [
            [0, 1],
            [1, 0],
          ],
          7,
        ),
      ),
    ).toMatchObject({ code: "E_DTYPE" });
    expect(texts(gf.fill([2], "é"))).toEqual(["é", "é"]);
  });

  it("finds different slices", () => {
    const { values, indices } = gf.unique(
      gf.tensor([
        ["a", "b"],
        ["c", "d"],
        ["a", "b"],
      ]),
    );
    expect([values.arraySync(), indices.arraySync()]).toEqual([
      [
        ["a", "b"],
        ["c", "d"],
      ],
      [0, 1, 0],
    ]);
    expect(gf.unique(gf.tensor([], [0, 2], "string")).values.shape).toEqual([0, 2]);
  });

  it("of empty tensors", () => {
    const none = gf.tensor([], [0, 2], "string");
    expect(gf.concat([none, none]).shape).toEqual([0, 2]);
    expect(none.transpose().shape).toEqual([2, 0]);
  });

  it("refuses indices that are not there", () => {
    expect(thrown(() => gf.gather(t, [2]))).toMatchObject({ code: "E_INDEX" });
  });
});

describe("comparing", () => {
  it("by bytes, so characters come in the order of their numbers", () => {
    const a = gf.tensor(["a", "b", "é", "\uffff"]);
    const b = gf.tensor(["a", "a", "z", "😀"]);
    expect([...a.equal(b).dataSync()]).toEqual([1, 0, 0, 0]);
    expect([...a.notEqual(b).dataSync()]).toEqual([0, 1, 1, 1]);
    expect([...a.less(b).dataSync()]).toEqual([0, 0, 0, 1]);
    expect([...a.greaterEqual("b").dataSync()]).toEqual([0, 1, 1, 1]);
    expect(a.equal("b").dtype).toBe("bool");
    expect(thrown(() => a.equal(1))).toMatchObject({ code: "E_DTYPE" });
  });
});

describe("refused", () => {
  const t = gf.tensor(["a", "b"]);
  it.each(
    allOps()
      .filter((op) => !op.strings && op.arity !== 0)
      .map((op) => [op.name, op] as const),
  )("by op %s", (_, op) => {
    const attrs = op.samples[0]?.attrs ?? {};
    const count = op.arity < 0 ? 1 : op.arity;
    const inputs = Array.from({ length: count }, () => ({ dtype: "string" as const, shape: [2] }));
    expect(thrown(() => op.infer(inputs, attrs))).toMatchObject({ code: "E_DTYPE" });
  });

  it.each([
    ["cast to numbers", () => t.cast("float32")],
    ["cast to string", () => gf.cast([1], "string")],
    ["joined with numbers", () => gf.concat([t, gf.ones([2])])],
    ["zeros", () => gf.zeros([2], "string")],
    ["zerosLike", () => gf.zerosLike(t)],
    ["onesLike", () => gf.onesLike(t)],
    ["a variable", () => gf.variable(t)],
    ["a spec", () => gf.tensorSpec([2], "string")],
    ["real", () => gf.real(t)],
    ["conj", () => gf.conj(t)],
  ])("%s", (_, use) => {
    expect(thrown(use)).toMatchObject({ code: "E_DTYPE" });
  });

  it("in graph functions: as argument, captured, made there", () => {
    const reversed = graph("reversed", ["x"], (x: V) => x.reverse());
    expect(thrown(() => reversed(t))).toMatchObject({ code: "E_DTYPE", hint: expect.stringContaining("outside") });
    const captured = graph("captured", ["x"], (x: V) => gf.stack([x, t.reverse() as V]));
    expect(thrown(() => captured(gf.scalar(1)))).toMatchObject({ code: "E_DTYPE", hint: expect.stringContaining("outside") });
    const split = graph("split", ["x"], (x: V) => {
      gf.string.stringSplit(["a b"], " ");
      return x;
    });
    expect(thrown(() => split(gf.scalar(1)))).toMatchObject({ code: "E_DTYPE" });
  });

  it("by files of numbers", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "graphfn-")), "t.safetensors");
    await expect((async () => gf.io.saveSafetensors(file, { t }))()).rejects.toMatchObject({ code: "E_DTYPE" });
    await expect((async () => gf.io.encodeWeights({ t }))()).rejects.toMatchObject({ code: "E_DTYPE" });
  });

  it("by gradients", () => {
    expect(thrown(() => gf.grad((x) => x)(t))).toMatchObject({ code: "E_GRADIENT" });
  });
});

describe("gf.string", () => {
  const numbers = new Random(7);
  const r = (): number => numbers.next();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(r() * list.length)] as T;
  const word = (): string => Array.from({ length: Math.floor(r() * 8) }, () => pick(["a", "b", " ", ".", ",", "é"])).join("");

  it("fingerprints equal TensorFlow.js's for every length", () => {
    for (let n = 0; n < 300; n++) {
      const bytes = Uint8Array.from({ length: n }, () => Math.floor(r() * 256));
      const mine = gf.string.stringToHashBucketFast(gf.tensor([bytes], [1], "string"), 2147483647).dataSync()[0];
      const theirs = tf.string.stringToHashBucketFast(tf.tensor([bytes], [1], "string"), 2147483647).dataSync()[0];
      expect(mine, `${n} bytes`).toBe(theirs);
    }
    expect(fingerprint64(new Uint8Array(0))).toBe(0x9ae16a3b2f90404fn);
  });

  it("buckets keep the shape", () => {
    const t = gf.string.stringToHashBucketFast([["a"], ["b"]], 3);
    expect([t.shape, t.dtype]).toEqual([[2, 1], "int32"]);
    expect(thrown(() => gf.string.stringToHashBucketFast(["a"], 0))).toMatchObject({ code: "E_ARGUMENT" });
    expect(thrown(() => gf.string.stringToHashBucketFast([1], 3))).toMatchObject({ code: "E_DTYPE" });
  });

  it("splits as TensorFlow.js does", async () => {
    for (let i = 0; i < 60; i++) {
      const input = Array.from({ length: 1 + Math.floor(r() * 4) }, word);
      const [delimiter, skip] = [pick(["", " ", ".,", " .", "ab"]), r() < 0.5];
      const mine = gf.string.stringSplit(input, delimiter, skip);
      const theirs = tf.string.stringSplit(input, delimiter, skip);
      const label = JSON.stringify([input, delimiter, skip]);
      expect(mine.indices.arraySync(), label).toEqual(theirs.indices?.arraySync());
      expect(mine.shape.arraySync(), label).toEqual(theirs.shape?.arraySync());
      expect(await mine.values.bytes(), label).toEqual(await theirs.values?.bytes());
    }
  });

  it("makes n-grams as TensorFlow.js does", () => {
    for (let i = 0; i < 60; i++) {
      const rows = Array.from({ length: 1 + Math.floor(r() * 3) }, () => Array.from({ length: Math.floor(r() * 5) }, word));
      const data = rows.flat();
      if (data.length === 0) continue;
      const splits = [0];
      for (const row of rows) splits.push((splits.at(-1) as number) + row.length);
      const widths = pick([[1], [2], [3], [1, 3], [6]]);
      const [pad, short] = [pick([-1, 0, 1, 5]), r() < 0.5];
      const label = JSON.stringify([data, splits, widths, pad, short]);
      const mine = gf.string.stringNGrams(data, gf.tensor1d(splits, "int32"), "|", widths, "L", "R", pad, short);
      const theirs = tf.string.stringNGrams(data, tf.tensor1d(splits, "int32"), "|", widths, "L", "R", pad, short);
      expect(mine.nGrams.arraySync(), label).toEqual(theirs.nGrams?.arraySync());
      expect(mine.nGramsSplits.arraySync(), label).toEqual(theirs.nGramsSplits?.arraySync());
    }
  });

  it.each([
    ["not from 0", [1, 2], "E_INDEX"],
    ["sinking", [0, 2, 1, 2], "E_INDEX"],
    ["beyond the end", [0, 3], "E_INDEX"],
    ["before the end", [0, 1], "E_INDEX"],
  ])("splits %s are refused", (_, splits, code) => {
    const run = (): unknown => gf.string.stringNGrams(["a", "b"], gf.tensor1d(splits, "int32"), "|", [1], "", "", 0, false);
    expect(thrown(run)).toMatchObject({ code });
  });

  it("replaces by regular expressions", () => {
    const t = gf.tensor(["aéa", ""]);
    expect(texts(gf.string.staticRegexReplace(t, "a", "x"))).toEqual(["xéx", ""]);
    expect(texts(gf.string.staticRegexReplace(t, "(a)", "<$1>", false))).toEqual(["<a>éa", ""]);
    expect(thrown(() => gf.string.staticRegexReplace(t, "(", ""))).toMatchObject({ code: "E_ARGUMENT" });
  });
});
