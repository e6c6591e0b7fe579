/**
 * The safetensors format: named tensors in one file that cannot run code.
 *
 *   8 bytes: length N of the header, little-endian
 *   N bytes: JSON {"name": {"dtype": "F32", "shape": [2,3], "data_offsets": [begin, end]}, …, "__metadata__": {"key": "text"}}
 *   the rest: elements, row-major and little-endian; the stretches fill it without holes or overlaps
 *
 * Source: https://github.com/huggingface/safetensors (README, "Format"). As there, headers end at 100 MB; written ones are padded with
 * spaces to a multiple of 8, and tensors with wider elements come first, so that all are aligned.
 */
import { DTYPES } from "../core/dtype.ts";
import { ArgumentError, DTypeError, FileError } from "../core/errors.ts";
import type { Shape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { blockOf } from "../eager/compute.ts";
import type { Block } from "../ops/op.ts";
import { ENCODING_OF, ENCODINGS, storedBytes } from "./encodings.ts";
import { type ByteSource, decodeText, openBytes, pathOf, promised, writeFiles } from "./files.ts";
import { formatError, isObject, parseObject } from "./json.ts";
import { readTensors, type Stored, storedSize } from "./read-tensor.ts";

const HEADER_LIMIT = 100_000_000;
const METADATA = "__metadata__";

/** Named tensors, in order. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  /** What the file holds; `dtype` is the file's own name of it: F32, I64, … */
  readonly tensors: Readonly<Record<string, { readonly dtype: string; readonly shape: Shape }>>;
}

/**
 * Writes tensors to a safetensors file (float32, float64, int32, bool and complex64 as F32, F64, I32, BOOL and C64). The values are those at the time
 * of the call. The file is replaced as a whole: it never holds a part.
 *
 * Errors   E_ARGUMENT for a name or metadata that the format does not take; E_DISPOSED, E_SYMBOLIC for tensors without elements; E_FILE.
 * Example  await gf.io.saveSafetensors("weights.safetensors", { kernel, bias }, { epoch: "12" });
 */
export function saveSafetensors(file: string | URL, tensors: NamedTensors, metadata: Readonly<Record<string, string>> = {}): Promise<void> {
  return promised(() => {
    const path = pathOf(file, "saveSafetensors");
    writeFiles([{ file: path, pieces: encodeSafetensors(blocksOf(tensors, "saveSafetensors"), metadata, "saveSafetensors") }]);
  });
}

/**
 * The tensors of a safetensors file, by name. F32, F64, I32, BOOL and C64 are read as they are; F16, BF16 and 8-bit floats become float32,
 * whole numbers of other widths int32, always with the exact values.
 *
 * Errors   E_FILE where it cannot be read; E_FILE_FORMAT where it is damaged; E_FILE_DTYPE, E_FILE_VALUE for what no dtype holds exactly.
 * Example  const { kernel, bias } = await gf.io.loadSafetensors("weights.safetensors");
 */
export async function loadSafetensors(file: string | URL): Promise<Record<string, Tensor>> {
  return withHeader(file, "loadSafetensors", ({ source, stored }) => readTensors(source, stored.map(readable(source.name))));
}

/** Names, dtypes, shapes and metadata of a safetensors file, without its elements. Errors as loadSafetensors. */
export async function readSafetensorsHeader(file: string | URL): Promise<SafetensorsHeader> {
  return withHeader(file, "readSafetensorsHeader", ({ metadata, stored }) => ({
    metadata,
    tensors: Object.fromEntries(stored.map(({ name, dtype, shape }) => [name, { dtype, shape }])),
  }));
}

// ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Elements to write, by name. */
export type NamedBlocks = readonly (readonly [name: string, block: Block])[];

function blocksOf(tensors: NamedTensors, what: string): NamedBlocks {
  if (!isObject(tensors) || isTensor(tensors)) throw new ArgumentError(`${what}: tensors must be an object of named tensors.`);
  return Object.entries(tensors).map(([name, tensor]) => {
    if (name === METADATA) {
      throw new ArgumentError(`${what}: a tensor cannot be named ${METADATA}: the format keeps that name for metadata.`);
    }
    if (!isTensor(tensor)) throw new ArgumentError(`${what}: ${JSON.stringify(name)} is not a tensor.`);
    return [name, blockOf(tensor, what)];
  });
}

/** The bytes of a file, in pieces: views of the elements. Names differ from each other. */
export function encodeSafetensors(blocks: NamedBlocks, metadata: Readonly<Record<string, string>>, what: string): Uint8Array[] {
  const wrong = Object.entries(metadata).find(([, value]) => typeof value !== "string");
  if (wrong !== undefined) {
    throw new ArgumentError(`${what}: metadata ${JSON.stringify(wrong[0])} must be a string, but is ${typeof wrong[1]}.`);
  }
  const entries = [...blocks].sort(([, a], [, b]) => DTYPES[b.dtype].bytes - DTYPES[a.dtype].bytes);
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : [];
  let at = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    if (dtype === "string") {
      throw new DTypeError(`${what}: tensor ${JSON.stringify(name)} is of strings, which safetensors has no place for.`, {
        hint: "Save numbers, and keep text in the metadata or in a file of its own.",
      });
    }
    const end = at + data.byteLength;
    header.push([name, { dtype: ENCODING_OF[dtype], shape, data_offsets: [at, end] }]);
    at = end;
  }
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const length = Math.ceil(text.length / 8) * 8;
  if (length > HEADER_LIMIT) {
    throw new ArgumentError(`${what}: the names and metadata take ${length} bytes, over the format's limit of ${HEADER_LIMIT}.`);
  }
  const head = Buffer.alloc(8 + length, " ");
  head.writeBigUInt64LE(BigInt(length));
  text.copy(head, 8);
  return [head, ...entries.map(([, { data }]) => storedBytes(data))];
}

// ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly size: number;
  /** In the file. */
  readonly begin: number;
  readonly end: number;
}

interface Opened {
  readonly source: ByteSource;
  readonly metadata: Readonly<Record<string, string>>;
  readonly stored: readonly Entry[];
}

async function withHeader<T>(file: string | URL, what: string, use: (opened: Opened) => T | Promise<T>): Promise<T> {
  const source = await openBytes([pathOf(file, what)]);
  try {
    return await use(await readHeader(source));
  } finally {
    await source.close();
  }
}

/** The header, checked against itself and the length of the file. */
async function readHeader(source: ByteSource): Promise<Opened> {
  const { name: file, size } = source;
  if (size < 8) throw formatError(file, `is not a safetensors file: it has ${size} bytes, fewer than the 8 of the header's length`);
  const prefix = Buffer.alloc(8);
  await source.read(0, prefix);
  const length = prefix.readBigUInt64LE();
  if (length > BigInt(Math.min(size - 8, HEADER_LIMIT))) {
    const limit = length > BigInt(size - 8) ? `the file has ${size} bytes` : `the limit is ${HEADER_LIMIT}`;
    throw formatError(file, `is damaged or not a safetensors file: its header should have ${length} bytes, but ${limit}`);
  }
  const bytes = new Uint8Array(Number(length));
  await source.read(8, bytes);
  if (bytes[0] !== 0x7b) throw formatError(file, "is not a safetensors file: its header does not start with {");
  const { [METADATA]: metadata = {}, ...rest } = parseObject(decodeText(bytes, file), file, "the header");
  if (!isObject(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
    throw formatError(file, `is damaged: ${METADATA} must be an object of strings`);
  }
  const start = 8 + bytes.length;
  const stored = Object.entries(rest).map(([name, entry]) => entryOf(file, name, entry, start));
  checkCovered(file, stored, start, size);
  return { source, metadata: metadata as Record<string, string>, stored };
}

function entryOf(file: string, name: string, entry: unknown, start: number): Entry {
  const label = JSON.stringify(name);
  if (!isObject(entry)) throw formatError(file, `is damaged: the entry of ${label} is not an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string") throw formatError(file, `is damaged: the dtype of ${label} is ${JSON.stringify(dtype)}`);
  const size = storedSize(file, name, shape);
  const isPair = Array.isArray(offsets) && offsets.length === 2 && offsets.every((x) => Number.isSafeInteger(x) && (x as number) >= 0);
  const [begin, end] = (isPair ? offsets : [1, 0]) as [number, number];
  if (begin > end) throw formatError(file, `is damaged: the data_offsets of ${label} are ${JSON.stringify(offsets)}`);
  const bytes = ENCODINGS.get(dtype)?.bytes;
  if (bytes !== undefined && end - begin !== size * bytes) {
    throw formatError(
      file,
      `is damaged: ${label} is ${dtype}${JSON.stringify(shape)}, which takes ${size * bytes} bytes, but its data_offsets span ${end - begin}`,
    );
  }
  return { name, dtype, shape: shape as number[], size, begin: start + begin, end: start + end };
}

/** The stretches fill the file from `start` on: no hole, no overlap, nothing after the last. */
function checkCovered(file: string, stored: readonly Entry[], start: number, size: number): void {
  let at = start;
  let before = "the header";
  for (const { name, begin, end } of [...stored].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    const label = JSON.stringify(name);
    if (end > size) throw formatError(file, `is truncated: ${label} ends at byte ${end}, but the file has ${size}`);
    if (begin < at) throw formatError(file, `is damaged: ${label} and ${before} overlap at byte ${begin}`);
    if (begin > at) throw formatError(file, `is damaged: nothing owns the bytes ${at} to ${begin}, between ${before} and ${label}`);
    at = end;
    before = label;
  }
  if (at < size) throw formatError(file, `is damaged: it has ${size} bytes, but ${before} ends at byte ${at}`);
}

function readable(file: string): (entry: Entry) => Stored {
  return ({ name, dtype, shape, size, begin }) => {
    const encoding = ENCODINGS.get(dtype);
    if (encoding !== undefined) return { name, stored: dtype, encoding, shape, size, at: begin };
    throw new FileError(`${file}: tensor ${JSON.stringify(name)} has dtype ${dtype}, which cannot be read.`, {
      code: "E_FILE_DTYPE",
      hint: `Convert it to one of ${[...ENCODINGS.keys()].join(", ")} where the file is made.`,
    });
  };
}
