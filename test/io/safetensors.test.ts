/** The safetensors format: files of the official library, our own round trip, values to the bit, and every way to be damaged. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as gf from "graphfn";
import { describe, expect, it } from "vitest";
import { failure, fileOf, folder } from "./files.ts";

/** Written by the Python package safetensors 0.8.0 from numpy arrays: one tensor per dtype, metadata with text of all kinds. */
const OFFICIAL =
  "mAMAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJub3RlIjoiw7xcbiIsImZvcm1hdCI6Im5wIn0sInU2NCI6eyJkdHlwZSI6IlU2NCIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzAsOF19LCJpNjQiOnsiZHR5cGUiOiJJNjQiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOls4LDI0XX0sImY2NCI6eyJkdHlwZSI6IkY2NCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzI0LDQwXX0sImVtcHR5Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlswLDNdLCJkYXRhX29mZnNldHMiOls0MCw0MF19LCJmMzIiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsM10sImRhdGFfb2Zmc2V0cyI6WzQwLDY0XX0sInNjYWxhciI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbXSwiZGF0YV9vZmZzZXRzIjpbNjQsNjhdfSwidTMyIjp7ImR0eXBlIjoiVTMyIiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbNjgsNzJdfSwiaTMyIjp7ImR0eXBlIjoiSTMyIiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbNzIsODBdfSwi5ZCN5YmNIFwicVwiIjp7ImR0eXBlIjoiSTMyIiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbODAsODRdfSwiZjE2Ijp7ImR0eXBlIjoiRjE2Iiwic2hhcGUiOls1XSwiZGF0YV9vZmZzZXRzIjpbODQsOTRdfSwidTE2Ijp7ImR0eXBlIjoiVTE2Iiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbOTQsOTZdfSwiaTE2Ijp7ImR0eXBlIjoiSTE2Iiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbOTYsOThdfSwiaTgiOnsiZHR5cGUiOiJJOCIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6Wzk4LDk5XX0sInU4Ijp7ImR0eXBlIjoiVTgiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOls5OSwxMDBdfSwiYm9vbCI6eyJkdHlwZSI6IkJPT0wiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOlsxMDAsMTAzXX19ICAgIAcAAAAAAAAA+/////////////9/AAAAAJqZmZmZmbk/nHUAiDzkN34AAMA/AAAQwAAAgH8AAMB/AAAAgAIAAAAAAJBACQAAAAAAAID///9/AQAAAP97AQABvAB8/wP//wCAgP8BAAE=";

/** A file with this header and so many bytes behind it. A header from an object ends at byte 200. */
function raw(header: string | object, body: Uint8Array | number = 0, length?: bigint): string {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header).padEnd(192));
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(length ?? BigInt(text.length));
  return fileOf(Buffer.concat([head, text, typeof body === "number" ? Buffer.alloc(body) : body]));
}

const entry = (dtype: string, shape: unknown, data_offsets: unknown) => ({ dtype, shape, data_offsets });

describe("a file of the official library", () => {
  it("is read with every value exact", async () => {
    const t = await gf.io.loadSafetensors(fileOf(Buffer.from(OFFICIAL, "base64")));
    const shown = Object.fromEntries(Object.entries(t).map(([name, x]) => [name, [x.dtype, x.shape, Array.from(x.dataSync())]]));
    expect(shown).toEqual({
      f32: ["float32", [2, 3], [1.5, -2.25, Infinity, NaN, -0, Math.fround(3e-45)]],
      f64: ["float64", [2], [0.1, 1e300]],
      i32: ["int32", [2], [-2147483648, 2147483647]],
      bool: ["bool", [3], [1, 0, 1]],
      f16: ["float32", [5], [65504, 2 ** -24, -1.0009765625, Infinity, 6.103515625e-5 - 2 ** -24 * 1]],
      i64: ["int64", [2], [-5n, 2147483647n]],
      u64: ["int64", [1], [7n]],
      u32: ["int64", [1], [9n]],
      u16: ["int32", [1], [65535]],
      i16: ["int32", [1], [-32768]],
      u8: ["uint8", [1], [255]],
      i8: ["int32", [1], [-128]],
      scalar: ["float32", [], [4.5]],
      empty: ["float32", [0, 3], []],
      '名前 "q"': ["int32", [1], [1]],
    });
  });

  it("has its header read alone", async () => {
    const { metadata, tensors } = await gf.io.readSafetensorsHeader(fileOf(Buffer.from(OFFICIAL, "base64")));
    expect(metadata).toEqual({ format: "np", note: "ü\n" });
    expect(tensors["i64"]).toEqual({ dtype: "I64", shape: [2] });
  });
});

/** Of all values of an encoding as float32, NaN as 12345: the numbers that numpy and ml_dtypes give. */
it.each([
  ["F16", 2, "096857e82fd43c1a9d6008249cb9f8b86f8511b3328dc1a5e7bcf347dec0d132"],
  ["BF16", 2, "24266f21e2494fea4d981a86891ea107f98f3b53e14739d0dcdd94c1b71e592c"],
  ["F8_E5M2", 1, "b4685286a46b100946d038bd06a9cf8977d074f22482e5879c0b7beebdead0de"],
  ["F8_E4M3", 1, "60efb1d40706a18a8834b00445a3e025c9f2bc953f6acbf3dc1d3caa17950418"],
])("every value of %s is decoded as numpy does", async (dtype, bytes, hash) => {
  const count = 256 ** bytes;
  const all = bytes === 1 ? Uint8Array.from({ length: count }, (_, i) => i) : Uint16Array.from({ length: count }, (_, i) => i);
  const { x } = await gf.io.loadSafetensors(raw({ x: entry(dtype, [count], [0, all.byteLength]) }, new Uint8Array(all.buffer)));
  const values = (x!.dataSync() as Float32Array).map((v) => (Number.isNaN(v) ? 12345 : v));
  expect(createHash("sha256").update(new Uint8Array(values.buffer)).digest("hex")).toBe(hash);
});

describe("what is saved", () => {
  it("is loaded again: every dtype, NaN and −0, rank 0, no elements, odd names", async () => {
    const file = join(folder(), "new", "folders", "w.safetensors");
    const saved = {
      a: gf.tensor([1, -0, NaN, Infinity, 1e-45]),
      b: gf.tensor([true, false, true]),
      c: gf.tensor([[0.1], [1e300]], [2, 1], "float64"),
      d: gf.scalar(-7, "int32"),
      e: gf.zeros([0, 4]),
      __proto__x: gf.ones([100, 101]),
      "": gf.scalar(1),
      'quo"te\\\n': gf.scalar(2),
      2: gf.scalar(3),
    };
    await gf.io.saveSafetensors(file, saved, { epoch: "12" });
    const loaded = await gf.io.loadSafetensors(`file://${file}`);
    expect(new Set(Object.keys(loaded))).toEqual(new Set(Object.keys(saved)));
    for (const [name, t] of Object.entries(saved)) {
      expect([name, loaded[name]!.dtype, loaded[name]!.shape]).toEqual([name, t.dtype, t.shape]);
      expect(loaded[name]!.dataSync()).toEqual(t.dataSync());
    }
    expect((await gf.io.readSafetensorsHeader(file)).metadata).toEqual({ epoch: "12" });
  });

  it("takes a name that objects treat specially", async () => {
    const file = join(folder(), "w");
    const tensors = Object.fromEntries([["__proto__", gf.scalar(5)]]);
    await gf.io.saveSafetensors(file, tensors);
    const loaded = await gf.io.loadSafetensors(file);
    expect(Object.entries(loaded).map(([name, t]) => [name, t.arraySync()])).toEqual([["__proto__", 5]]);
  });

  it("has aligned elements and the values at the time of the call", async () => {
    const file = join(folder(), "w");
    const t = gf.ones([100], "float64");
    const done = gf.io.saveSafetensors(file, { flag: gf.tensor([true]), t });
    t.dispose();
    gf.zeros([100], "float64");
    await done;
    const { t: back } = await gf.io.loadSafetensors(file);
    expect(back!.sum().arraySync()).toBe(100);
    const bytes = readFileSync(file);
    const start = 8 + Number(bytes.readBigUInt64LE());
    const header = JSON.parse(bytes.toString("utf8", 8, start)) as Record<string, { data_offsets: number[] }>;
    expect([start % 8, header["t"]!.data_offsets]).toEqual([0, [0, 800]]);
  });

  it("replaces the old file as a whole, or leaves it and nothing else", async () => {
    const place = folder();
    const file = join(place, "w");
    await gf.io.saveSafetensors(file, { a: gf.scalar(1) });
    const dead = gf.scalar(2);
    dead.dispose();
    expect(await failure(gf.io.saveSafetensors(file, { a: dead }))).toMatch(/^E_DISPOSED: saveSafetensors: tensor #\d+ .* was disposed/);
    mkdirSync(join(place, "taken"));
    expect(await failure(gf.io.saveSafetensors(join(place, "taken"), { a: gf.scalar(1) }))).toMatch(/^E_FILE: taken cannot be written/);
    expect(readdirSync(place).sort()).toEqual(["taken", "w"]);
    expect((await gf.io.loadSafetensors(file))["a"]!.arraySync()).toBe(1);
  });

  it.each<[string, () => Promise<void>, RegExp]>([
    [
      "the name of metadata",
      () => gf.io.saveSafetensors("w", { __metadata__: gf.scalar(1) }),
      /^E_ARGUMENT: .*cannot be named __metadata__/,
    ],
    ["a number", () => gf.io.saveSafetensors("w", { a: 1 as never }), /^E_ARGUMENT: saveSafetensors: "a" is not a tensor/],
    ["no object", () => gf.io.saveSafetensors("w", gf.scalar(1) as never), /^E_ARGUMENT: .*an object of named tensors/],
    ["metadata of numbers", () => gf.io.saveSafetensors("w", {}, { n: 1 as never }), /^E_ARGUMENT: .*metadata "n" must be a string/],
    ["another scheme", () => gf.io.saveSafetensors("http://x/y", {}), /^E_ARGUMENT: .*names the scheme http/],
    ["no path", () => gf.io.saveSafetensors(undefined as never, {}), /^E_ARGUMENT: .*must be a path, but is undefined/],
  ])("cannot have %s", async (_, call, message) => {
    expect(await failure(call())).toMatch(message);
  });
});

describe("a damaged file", () => {
  const f32 = (at: number, end: number) => entry("F32", [(end - at) / 4], [at, end]);
  it.each<[string, () => string, string]>([
    [
      "nothing",
      () => fileOf(""),
      "E_FILE_FORMAT: file is not a safetensors file: it has 0 bytes, fewer than the 8 of the header's length.",
    ],
    [
      "a huge header",
      () => raw("{}", 0, 2n ** 63n),
      "E_FILE_FORMAT: file is damaged or not a safetensors file: its header should have 9223372036854775808 bytes, but the file has 10 bytes.",
    ],
    [
      "a header past the end",
      () => raw("{}", 0, 3n),
      "E_FILE_FORMAT: file is damaged or not a safetensors file: its header should have 3 bytes, but the file has 10 bytes.",
    ],
    ["another start", () => raw(" {}"), "E_FILE_FORMAT: file is not a safetensors file: its header does not start with {."],
    [
      "text that is not UTF-8",
      () => fileOf(Buffer.concat([Buffer.of(2, 0, 0, 0, 0, 0, 0, 0), Buffer.of(0x7b, 0xff)])),
      "E_FILE_FORMAT: file has text that is not UTF-8.",
    ],
    ["a list", () => raw("{]"), "E_FILE_FORMAT: file is not readable: the header is not JSON"],
    [
      "a name twice",
      () => raw('{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[],"data_offsets":[4,8]}}', 8),
      'E_FILE_FORMAT: file is ambiguous: the header names "a" twice.',
    ],
    [
      "metadata of numbers",
      () => raw({ __metadata__: { a: 1 } }),
      "E_FILE_FORMAT: file is damaged: __metadata__ must be an object of strings.",
    ],
    ["an entry that is none", () => raw({ a: [] }), 'E_FILE_FORMAT: file is damaged: the entry of "a" is not an object.'],
    ["no dtype", () => raw({ a: { shape: [], data_offsets: [0, 0] } }), 'E_FILE_FORMAT: file is damaged: the dtype of "a" is undefined.'],
    ["a negative length", () => raw({ a: entry("F32", [-1], [0, 4]) }, 4), 'E_FILE_FORMAT: file is damaged: the shape of "a" is [-1].'],
    ["a fraction", () => raw({ a: entry("F32", [0.5], [0, 2]) }, 2), 'E_FILE_FORMAT: file is damaged: the shape of "a" is [0.5].'],
    ["no shape", () => raw({ a: entry("F32", "x", [0, 4]) }, 4), 'E_FILE_FORMAT: file is damaged: the shape of "a" is "x".'],
    [
      "a huge shape",
      () => raw({ a: entry("F32", [2 ** 30, 2 ** 30], [0, 4]) }, 4),
      'E_FILE_FORMAT: file holds "a" of shape [1073741824,1073741824], over the limits (rank 8, lengths of 2^31 − 1).',
    ],
    [
      "a shape of 4 GiB",
      () => raw({ a: entry("F32", [2 ** 30], [0, 2 ** 32]) }, 4),
      `E_FILE_FORMAT: file is truncated: "a" ends at byte ${2 ** 32 + 200}, but the file has 204.`,
    ],
    [
      "rank 9",
      () => raw({ a: entry("F32", [1, 1, 1, 1, 1, 1, 1, 1, 1], [0, 4]) }, 4),
      'E_FILE_FORMAT: file holds "a" of shape [1,1,1,1,1,1,1,1,1], over the limits (rank 8, lengths of 2^31 − 1).',
    ],
    [
      "offsets backwards",
      () => raw({ a: entry("F32", [1], [4, 0]) }, 4),
      'E_FILE_FORMAT: file is damaged: the data_offsets of "a" are [4,0].',
    ],
    [
      "offsets that are none",
      () => raw({ a: entry("F32", [1], [0, 4, 8]) }, 4),
      'E_FILE_FORMAT: file is damaged: the data_offsets of "a" are [0,4,8].',
    ],
    [
      "negative offsets",
      () => raw({ a: entry("F32", [1], [-4, 0]) }, 4),
      'E_FILE_FORMAT: file is damaged: the data_offsets of "a" are [-4,0].',
    ],
    [
      "another size",
      () => raw({ a: entry("F32", [3], [0, 4]) }, 4),
      'E_FILE_FORMAT: file is damaged: "a" is F32[3], which takes 12 bytes, but its data_offsets span 4.',
    ],
    ["an overlap", () => raw({ a: f32(0, 8), b: f32(4, 12) }, 12), 'E_FILE_FORMAT: file is damaged: "b" and "a" overlap at byte 204.'],
    [
      "a hole",
      () => raw({ a: f32(0, 4), b: f32(8, 12) }, 12),
      'E_FILE_FORMAT: file is damaged: nothing owns the bytes 204 to 208, between "a" and "b".',
    ],
    ["too few bytes", () => raw({ a: f32(0, 8) }, 7), 'E_FILE_FORMAT: file is truncated: "a" ends at byte 208, but the file has 207.'],
    ["too many bytes", () => raw({ a: f32(0, 8) }, 9), 'E_FILE_FORMAT: file is damaged: it has 209 bytes, but "a" ends at byte 208.'],
    [
      "a dtype of the future",
      () => raw({ a: entry("Q3", [3], [0, 4]) }, 4),
      'E_FILE_DTYPE: file: tensor "a" has dtype Q3, which cannot be read. Convert it to one of BOOL, I32, F32, F64, U8, I8, U16, I16, U32, I64, U64, F16, BF16, F8_E5M2, F8_E4M3, C64 where the file is made.',
    ],
    [
      "a bool of 2",
      () => raw({ a: entry("BOOL", [2], [0, 2]) }, Uint8Array.of(1, 2)),
      'E_FILE_VALUE: file: tensor "a" of dtype BOOL holds 2, which bool cannot hold exactly.',
    ],
    [
      "a large U64",
      () => raw({ a: entry("U64", [1], [0, 8]) }, new Uint8Array(8).fill(255)),
      'E_FILE_VALUE: file: tensor "a" of dtype U64 holds 18446744073709551615, which int64 cannot hold exactly.',
    ],
  ])("with %s is refused and leaves nothing behind", async (_, file, message) => {
    const before = gf.memory().numTensors;
    const found = await failure(gf.io.loadSafetensors(file()));
    // The engine's own words about JSON differ between versions.
    expect(found.replace(/ \(.*position.*\)\.$/, "")).toBe(message);
    expect(gf.memory().numTensors).toBe(before);
  });

  it("that is not there, or a folder, is named", async () => {
    const place = folder();
    expect(await failure(gf.io.loadSafetensors(join(place, "none")))).toBe("E_FILE: none cannot be read: it is not there.");
    expect(await failure(gf.io.loadSafetensors(place))).toMatch(/^E_FILE: .*cannot be read: it is a folder\.$/);
  });

  it("is refused however it is cut or changed", async () => {
    const bytes = Buffer.from(OFFICIAL, "base64");
    for (let cut = 0; cut < bytes.length; cut += 7) {
      expect(await failure(gf.io.loadSafetensors(fileOf(bytes.subarray(0, cut))))).toMatch(/^E_FILE_FORMAT: /);
    }
    let seed = 1;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    for (let round = 0; round < 300; round++) {
      const changed = Buffer.from(bytes);
      for (let i = 0; i <= random(3); i++) changed[random(928)] = random(256);
      await gf.io.loadSafetensors(fileOf(changed)).catch((error: unknown) => expect(error).toBeInstanceOf(gf.FileError));
    }
  });

  it("may have a very long header", async () => {
    const file = raw(`{"__metadata__":{"a":"${"x\\n".repeat(5_000_000)}"}}`);
    expect((await gf.io.readSafetensorsHeader(file)).metadata["a"]).toHaveLength(10_000_000);
  });
});
