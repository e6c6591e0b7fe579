/** Weights in TensorFlow.js's format: its bytes are ours and ours are its; quantized ones; shards; damaged folders. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { failure, folder } from "./files.ts";
import { tf, tfFolder } from "./tfjs.ts";

const values = {
  "dense_Dense1/kernel": [
    [1.5, -0, NaN],
    [Infinity, 1e-45, -2],
  ],
  "dense_Dense1/bias": [0.1, 0.2, 0.3],
  count: [-2147483648, 7],
  mask: [true, false],
  one: 3,
};
const ours = () => ({
  "dense_Dense1/kernel": gf.tensor(values["dense_Dense1/kernel"]),
  "dense_Dense1/bias": gf.tensor(values["dense_Dense1/bias"]),
  count: gf.tensor(values.count, undefined, "int32"),
  mask: gf.tensor(values.mask),
  one: gf.scalar(3),
});
const theirs = () => ({
  "dense_Dense1/kernel": tf.tensor(values["dense_Dense1/kernel"]),
  "dense_Dense1/bias": tf.tensor(values["dense_Dense1/bias"]),
  count: tf.tensor(values.count, undefined, "int32"),
  mask: tf.tensor(values.mask),
  one: tf.scalar(3),
});

function shown(tensors: Readonly<Record<string, { dtype: string; shape: readonly number[]; dataSync(): ArrayLike<unknown> }>>): unknown {
  return Object.entries(tensors).map(([name, t]) => [name, t.dtype, [...t.shape], Array.from(t.dataSync())]);
}

describe("weights", () => {
  it("have the bytes and specs that TensorFlow.js writes", async () => {
    const [mine, other] = [await gf.io.encodeWeights(ours(), "model"), await tf.io.encodeWeights(theirs(), "model")];
    expect(mine.specs).toEqual(other.specs);
    expect(Buffer.from(mine.data).equals(Buffer.from(other.data))).toBe(true);
    const listed = await gf.io.encodeWeights(Object.entries(ours()).map(([name, tensor]) => ({ name, tensor })));
    expect(Buffer.from(listed.data).equals(Buffer.from(other.data))).toBe(true);
  });

  it("are read from its buffers, and by it from ours", async () => {
    const other = await tf.io.encodeWeights(theirs());
    expect(shown(gf.io.decodeWeights(other.data, other.specs as gf.io.WeightsManifestEntry[]))).toEqual(shown(theirs()));
    const mine = await gf.io.encodeWeights(ours());
    expect(shown(tf.io.decodeWeights(mine.data, mine.specs as tf.io.WeightsManifestEntry[]))).toEqual(shown(theirs()));
  });

  it("are read from several buffers, cut anywhere", async () => {
    const { data, specs } = await gf.io.encodeWeights(ours());
    const parts = [data.slice(0, 5), data.slice(5, 6), data.slice(6)];
    expect(shown(gf.io.decodeWeights(parts, specs))).toEqual(shown(ours()));
  });

  it.each(["uint8", "uint16", "float16"] as const)("in %s are unpacked as TensorFlow.js does, every value", (dtype) => {
    const bytes = dtype === "uint8" ? Uint8Array.from({ length: 256 }, (_, i) => i) : Uint16Array.from({ length: 65536 }, (_, i) => i);
    const quantization = dtype === "float16" ? { dtype } : { dtype, scale: 0.1234567, min: -3.21 };
    const specs = [{ name: "w", shape: [bytes.length], dtype: "float32" as const, quantization }];
    if (dtype !== "float16") specs.push({ ...specs[0]!, name: "n", dtype: "int32" as never });
    const data = new Uint8Array(specs.length * bytes.byteLength);
    for (const i of specs.keys()) data.set(new Uint8Array(bytes.buffer), i * bytes.byteLength);
    const other = tf.io.decodeWeights(data.buffer, specs as tf.io.WeightsManifestEntry[]);
    expect(shown(gf.io.decodeWeights(data.buffer, specs))).toEqual(shown(other));
  });

  const w = (entry: object) => [{ name: "w", shape: [2], dtype: "float32", ...entry }] as never;
  it.each<[string, () => unknown, string]>([
    [
      "too few bytes",
      () => gf.io.decodeWeights(new ArrayBuffer(7), w({})),
      "E_FILE_FORMAT: The weight data has 7 bytes, but its specs need 8.",
    ],
    [
      "too many bytes",
      () => gf.io.decodeWeights(new ArrayBuffer(9), w({})),
      "E_FILE_FORMAT: The weight data has 9 bytes, but its specs need 8.",
    ],
    [
      "strings",
      () => gf.io.decodeWeights(new ArrayBuffer(8), w({ dtype: "string" })),
      'E_FILE_DTYPE: The weight data: weight "w" has dtype "string", which cannot be read. Weights can be float32, int32 or bool.',
    ],
    [
      "a dtype named like a method",
      () => gf.io.decodeWeights(new ArrayBuffer(8), w({ dtype: "toString" })),
      'E_FILE_DTYPE: The weight data: weight "w" has dtype "toString", which cannot be read. Weights can be float32, int32 or bool.',
    ],
    [
      "a shape of text",
      () => gf.io.decodeWeights(new ArrayBuffer(8), w({ shape: ["2"] })),
      'E_FILE_FORMAT: The weight data is damaged: the shape of "w" is ["2"].',
    ],
    [
      "a huge shape",
      () => gf.io.decodeWeights(new ArrayBuffer(8), w({ shape: [2 ** 31 - 1, 2 ** 19] })),
      "E_FILE_FORMAT: The weight data has 8 bytes, but its specs need 4503599625273344.",
    ],
    [
      "no name",
      () => gf.io.decodeWeights(new ArrayBuffer(8), w({ name: 1 })),
      'E_FILE_FORMAT: The weight data is damaged: a weight has no name ({"name":1,"shape":[2],"dtype":"float32"}).',
    ],
    [
      "a name twice",
      () => gf.io.decodeWeights(new ArrayBuffer(16), [...w({}), ...w({})] as never),
      'E_FILE_FORMAT: The weight data is ambiguous: two weights are named "w".',
    ],
    [
      "float16 of int32",
      () => gf.io.decodeWeights(new ArrayBuffer(4), w({ dtype: "int32", quantization: { dtype: "float16" } })),
      'E_FILE_FORMAT: The weight data is damaged: weight "w" is int32 in float16, which quantization does not know.',
    ],
    [
      "no scale",
      () => gf.io.decodeWeights(new ArrayBuffer(2), w({ quantization: { dtype: "uint8", min: 0 } })),
      'E_FILE_FORMAT: The weight data is damaged: weight "w" is quantized with scale undefined and min 0.',
    ],
    [
      "specs that are none",
      () => gf.io.decodeWeights(new ArrayBuffer(2), {} as never),
      "E_FILE_FORMAT: The weight data is damaged: the specs of the weights are not an array.",
    ],
    [
      "a bool of 3",
      () => gf.io.decodeWeights(Uint8Array.of(1, 3).buffer, w({ dtype: "bool" })),
      'E_FILE_VALUE: The weight data: tensor "w" of dtype bool holds 3, which bool cannot hold exactly.',
    ],
    [
      "an int32 beyond its range",
      () => gf.io.decodeWeights(Uint8Array.of(1, 3).buffer, w({ dtype: "int32", quantization: { dtype: "uint8", scale: 1e9, min: 0 } })),
      'E_FILE_VALUE: The weight data: tensor "w" of dtype int32 in uint8 holds 3000000000, which int32 cannot hold exactly.',
    ],
  ])("with %s are refused", async (_, decode, message) => {
    const before = gf.memory().numTensors;
    expect(await failure(Promise.resolve().then(decode))).toBe(message);
    expect(gf.memory().numTensors).toBe(before);
  });

  it("cannot be float64, which TensorFlow.js does not know, nor two of one name", async () => {
    expect(await failure(gf.io.encodeWeights({ a: gf.zeros([1], "float64") }))).toBe(
      'E_DTYPE: encodeWeights: "a" is float64, which TensorFlow.js does not know. Cast it to "float32", or keep it as it is with saveSafetensors.',
    );
    expect(await failure(gf.io.encodeWeights({ a: gf.zeros([1], "int64") }))).toMatch(/^E_DTYPE.*int64.*"int32"/);
    const twice = [1, 2].map((x) => ({ name: "a", tensor: gf.scalar(x) }));
    expect(await failure(gf.io.encodeWeights(twice))).toBe('E_ARGUMENT: encodeWeights: two tensors are named "a".');
    expect(await failure(gf.io.encodeWeights({ a: 1 as never }))).toBe('E_ARGUMENT: encodeWeights: "a" is not a tensor.');
  });
});

describe("a folder of artifacts", () => {
  const artifacts = async () => {
    const { data, specs } = await gf.io.encodeWeights(ours());
    return {
      modelTopology: { class_name: "None" },
      format: "layers-model",
      generatedBy: "a test",
      convertedBy: null,
      weightSpecs: specs,
      weightData: data,
    };
  };

  it("keeps them in shards, and gives them to TensorFlow.js and back", async () => {
    const place = join(folder(), "deep", "down");
    const saved = await artifacts();
    const { modelArtifactsInfo } = await gf.io.fileSystem(`file://${place}`, { shardBytes: 16 }).save(saved);
    expect(readdirSync(place).sort()).toEqual([...[1, 2, 3, 4].map((i) => `group1-shard${i}of4.bin`), "model.json"]);
    expect(modelArtifactsInfo.weightDataBytes).toBe(saved.weightData.byteLength);
    const seen = await tfFolder(place).load!();
    expect(shown(tf.io.decodeWeights(seen.weightData!, seen.weightSpecs!))).toEqual(shown(theirs()));
    const again = folder();
    await tfFolder(again).save!(seen);
    for (const path of [again, join(again, "model.json")]) {
      const { weightData, weightSpecs, ...rest } = await gf.io.fileSystem(path).load();
      expect(rest).toEqual({ modelTopology: { class_name: "None" }, format: "layers-model", generatedBy: "a test", convertedBy: null });
      expect(shown(gf.io.decodeWeights(weightData!, weightSpecs!))).toEqual(shown(ours()));
    }
  });

  it("may hold no weights", async () => {
    const place = folder();
    await gf.io.fileSystem(place).save({ format: "layers-model", weightSpecs: [], weightData: new ArrayBuffer(0) });
    expect(readdirSync(place)).toEqual(["model.json"]);
    expect(await gf.io.fileSystem(place).load()).toMatchObject({ weightSpecs: [] });
  });

  /** model.json as changed by `edit`. */
  async function damaged(
    edit: (json: Record<string, unknown> & { weightsManifest: { paths: string[]; weights: object[] }[] }, place: string) => unknown,
  ): Promise<string> {
    const place = folder();
    await gf.io.fileSystem(place).save(await artifacts());
    const file = join(place, "model.json");
    const json = JSON.parse(readFileSync(file, "utf8"));
    const result = edit(json, place);
    writeFileSync(file, typeof result === "string" ? result : JSON.stringify(json));
    return failure(gf.io.fileSystem(place).load());
  }

  it.each<[string, Parameters<typeof damaged>[0], string]>([
    ["no JSON", () => "{", "E_FILE_FORMAT: model.json is not readable: it is not JSON"],
    ["a list", () => "[]", "E_FILE_FORMAT: model.json is not readable: it is not a JSON object."],
    ["a key twice", () => '{"format":"a","format":"b"}', 'E_FILE_FORMAT: model.json is ambiguous: it names "format" twice.'],
    ["a format of numbers", (json) => void (json["format"] = 3), "E_FILE_FORMAT: model.json is damaged: format is not a text."],
    [
      "a topology of text",
      (json) => void (json["modelTopology"] = "x"),
      "E_FILE_FORMAT: model.json is damaged: modelTopology is not an object.",
    ],
    [
      "a manifest that is none",
      (json) => void (json.weightsManifest = {} as never),
      "E_FILE_FORMAT: model.json is damaged: weightsManifest is not an array.",
    ],
    [
      "a group without paths",
      (json) => void delete (json.weightsManifest[0] as { paths?: unknown }).paths,
      "E_FILE_FORMAT: model.json is damaged: a group of weightsManifest has no paths.",
    ],
    [
      "a group without weights",
      (json) => void delete (json.weightsManifest[0] as { weights?: unknown }).weights,
      "E_FILE_FORMAT: model.json is damaged: the specs of the weights are not an array.",
    ],
    [
      "a path upwards",
      (json) => void (json.weightsManifest[0]!.paths = ["../x"]),
      'E_FILE_FORMAT: model.json names "../x" as a file of weights, which is not a path below its folder.',
    ],
    [
      "a hidden path upwards",
      (json) => void (json.weightsManifest[0]!.paths = ["a\\..\\..\\x"]),
      'E_FILE_FORMAT: model.json names "a\\\\..\\\\..\\\\x" as a file of weights, which is not a path below its folder.',
    ],
    [
      "another place",
      (json) => void (json.weightsManifest[0]!.paths = ["/etc/passwd"]),
      'E_FILE_FORMAT: model.json names "/etc/passwd" as a file of weights, which is not a path below its folder.',
    ],
    [
      "a drive",
      (json) => void (json.weightsManifest[0]!.paths = ["C:\\x"]),
      'E_FILE_FORMAT: model.json names "C:\\\\x" as a file of weights, which is not a path below its folder.',
    ],
    [
      "a path that is none",
      (json) => void (json.weightsManifest[0]!.paths = [3 as never]),
      "E_FILE_FORMAT: model.json names 3 as a file of weights, which is not a path below its folder.",
    ],
    [
      "a missing shard",
      (json) => void (json.weightsManifest[0]!.paths = ["gone.bin"]),
      "E_FILE: gone.bin cannot be read: it is not there.",
    ],
    [
      "a folder for a shard",
      (json, place) => {
        mkdirSync(join(place, "sub"));
        json.weightsManifest[0]!.paths = ["sub"];
      },
      "E_FILE: sub cannot be read: it is a folder.",
    ],
    [
      "a short shard",
      (_, place) => writeFileSync(join(place, "group1-shard1of1.bin"), new Uint8Array(49)),
      "E_FILE_FORMAT: model.json does not fit its weights: they take 50 bytes, but group1-shard1of1.bin has 49.",
    ],
    [
      "a shape of 16 TB",
      (json) => void Object.assign(json.weightsManifest[0]!.weights[0]!, { shape: [2 ** 21, 2 ** 21] }),
      "E_FILE_FORMAT: model.json does not fit its weights: they take 17592186044442 bytes, but group1-shard1of1.bin has 50.",
    ],
  ])("with %s is refused", async (_, edit, message) => {
    expect((await damaged(edit)).replace(/ \([^)]*position.*$/, "")).toBe(message);
  });

  it("that is not there is named", async () => {
    expect(await failure(gf.io.fileSystem(join(folder(), "none")).load())).toMatch(/^E_FILE: .*cannot be read: it is not there\.$/);
  });
});
