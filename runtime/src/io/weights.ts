/**
 * TensorFlow.js's format of weights: a list of specs {name, shape, dtype} and their elements one after the other, little-endian,
 * in that order. Converted models may be quantized: uint8 and uint16 stand for value · scale + min, float16 for float32.
 *
 * Source: tfjs-core, io/types.ts (WeightsManifestEntry) and io/io_utils.ts.
 */
import type { DType } from "../core/dtype.ts";
import { ArgumentError, DTypeError, FileError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { blockOf } from "../eager/compute.ts";
import { dispose } from "../eager/memory.ts";
import { ENCODINGS, type Encoding, storedBytes } from "./encodings.ts";
import { promised } from "./files.ts";
import { formatError, isObject } from "./json.ts";
import { type Stored, storedSize, tensorFrom } from "./read-tensor.ts";
import type { NamedTensors } from "./safetensors.ts";

export interface Quantization {
  readonly dtype: "uint8" | "uint16" | "float16";
  readonly scale?: number;
  readonly min?: number;
}

/** What the bytes of one weight mean. */
export interface WeightsManifestEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32" | "bool" | "string" | "complex64";
  readonly group?: "model" | "optimizer";
  readonly quantization?: Quantization;
}

export interface EncodedWeights {
  readonly data: ArrayBuffer;
  readonly specs: WeightsManifestEntry[];
}

/** Elements as they are: dtypes that TensorFlow.js and we share. */
const PLAIN: Readonly<Record<string, string>> = { float32: "F32", int32: "I32", bool: "BOOL" };

function writable(name: string, dtype: DType): WeightsManifestEntry["dtype"] {
  if (dtype === "string") {
    throw new DTypeError(`encodeWeights: weight ${JSON.stringify(name)} is of strings, but weights are numbers.`, {
      hint: "Keep text in a file of its own.",
    });
  }
  if (dtype !== "float64" && dtype !== "int64" && dtype !== "uint8") return dtype;
  throw new DTypeError(`encodeWeights: ${JSON.stringify(name)} is ${dtype}, which TensorFlow.js does not know.`, {
    hint: `Cast it to "${dtype === "float64" ? "float32" : "int32"}", or keep it as it is with saveSafetensors.`,
  });
}

/**
 * The elements of tensors as one buffer, with specs that say what they are. `group` is put into each spec.
 *
 * Errors   E_DTYPE for float64, int64 and uint8; E_DISPOSED, E_SYMBOLIC for tensors without elements.
 */
export function encodeWeights(
  tensors: NamedTensors | readonly { readonly name: string; readonly tensor: Tensor }[],
  group?: WeightsManifestEntry["group"],
): Promise<EncodedWeights> {
  return promised(() => encodeNow(tensors, group));
}

export function encodeNow(tensors: Parameters<typeof encodeWeights>[0], group?: WeightsManifestEntry["group"]): EncodedWeights {
  const named: readonly { readonly name: string; readonly tensor: Tensor }[] = isList(tensors)
    ? tensors
    : Object.entries(tensors).map(([name, tensor]) => ({ name, tensor }));
  const names = new Set<string>();
  const blocks = named.map(({ name, tensor }) => {
    if (!isTensor(tensor)) throw new ArgumentError(`encodeWeights: ${JSON.stringify(name)} is not a tensor.`);
    if (names.has(name)) throw new ArgumentError(`encodeWeights: two tensors are named ${JSON.stringify(name)}.`);
    names.add(name);
    return blockOf(tensor, "encodeWeights");
  });
  const specs = blocks.map(({ dtype, shape }, i): WeightsManifestEntry => {
    const { name } = named[i];
    return { name, shape: [...shape], dtype: writable(name, dtype), ...(group === undefined ? {} : { group }) };
  });
  const data = new Uint8Array(blocks.reduce((n, block) => n + block.data.byteLength, 0));
  let at = 0;
  for (const block of blocks) {
    data.set(storedBytes(block.data), at);
    at += block.data.byteLength;
  }
  return { data: data.buffer, specs };
}

function isList<T extends readonly unknown[]>(value: T | object): value is T {
  return Array.isArray(value);
}

/**
 * The tensors that a buffer (or several, one after the other) holds by these specs. Quantized ones come as float32 or int32.
 *
 * Errors   E_FILE_FORMAT where specs are wrong or need more or fewer bytes than there are; E_FILE_DTYPE for string and complex64.
 */
export function decodeWeights(
  weightData: ArrayBuffer | readonly ArrayBuffer[],
  specs: readonly WeightsManifestEntry[],
): Record<string, Tensor> {
  const parts = Array.isArray(weightData) ? (weightData as readonly ArrayBuffer[]) : [weightData as ArrayBuffer];
  const bytes = parts.length === 1 ? new Uint8Array(parts[0] as ArrayBuffer) : Buffer.concat(parts.map((part) => new Uint8Array(part)));
  const all = storedWeights(specs, "The weight data");
  const needed = bytesOf(all);
  if (needed !== bytes.length) throw formatError("The weight data", `has ${bytes.length} bytes, but its specs need ${needed}`);
  const tensors: [string, Tensor][] = [];
  try {
    for (const stored of all) tensors.push([stored.name, tensorFrom(bytes, stored, "The weight data")]);
  } catch (error) {
    for (const [, tensor] of tensors) dispose(tensor);
    throw error;
  }
  return Object.fromEntries(tensors);
}

/** Bytes that weights take together. */
export function bytesOf(all: readonly Stored[]): number {
  const last = all[all.length - 1];
  return last === undefined ? 0 : last.at + last.size * last.encoding.bytes;
}

/** Specs from a file, checked: each with its place behind the others. */
export function storedWeights(specs: unknown, file: string): Stored[] {
  if (!Array.isArray(specs)) throw formatError(file, "is damaged: the specs of the weights are not an array");
  const names = new Set<string>();
  let at = 0;
  return specs.map((spec: unknown) => {
    const name = isObject(spec) ? spec["name"] : undefined;
    if (!isObject(spec) || typeof name !== "string") throw formatError(file, `is damaged: a weight has no name (${JSON.stringify(spec)})`);
    if (names.has(name)) throw formatError(file, `is ambiguous: two weights are named ${JSON.stringify(name)}`);
    names.add(name);
    const size = storedSize(file, name, spec["shape"]);
    const { encoding, stored } = encodingOf(file, name, spec["dtype"], spec["quantization"]);
    const weight: Stored = { name, stored, encoding, shape: spec["shape"] as number[], size, at };
    at += size * encoding.bytes;
    if (!Number.isSafeInteger(at)) throw formatError(file, `is damaged: its weights take ${at} bytes together`);
    return weight;
  });
}

function encodingOf(file: string, name: string, dtype: unknown, quantization: unknown): { encoding: Encoding; stored: string } {
  const plain = typeof dtype === "string" && Object.hasOwn(PLAIN, dtype) ? ENCODINGS.get(PLAIN[dtype] as string) : undefined;
  if (plain === undefined) {
    throw new FileError(`${file}: weight ${JSON.stringify(name)} has dtype ${JSON.stringify(dtype)}, which cannot be read.`, {
      code: "E_FILE_DTYPE",
      hint: "Weights can be float32, int32 or bool.",
    });
  }
  if (quantization === undefined || quantization === null) return { encoding: plain, stored: dtype as string };
  const { dtype: packed, scale, min } = isObject(quantization) ? quantization : {};
  const stored = `${dtype as string} in ${String(packed)}`;
  if (packed === "float16" && dtype === "float32") return { encoding: ENCODINGS.get("F16") as Encoding, stored };
  if ((packed !== "uint8" && packed !== "uint16") || (dtype !== "float32" && dtype !== "int32")) {
    throw formatError(file, `is damaged: weight ${JSON.stringify(name)} is ${stored}, which quantization does not know`);
  }
  if (!Number.isFinite(scale) || !Number.isFinite(min)) {
    throw formatError(file, `is damaged: weight ${JSON.stringify(name)} is quantized with scale ${String(scale)} and min ${String(min)}`);
  }
  const [times, plus] = [scale as number, min as number];
  const value = dtype === "float32" ? (x: number) => x * times + plus : (x: number) => Math.round(x * times + plus);
  const allows = dtype === "float32" ? {} : { allows: (x: number | bigint) => x === (Number(x) | 0) };
  const encoding: Encoding =
    packed === "uint8"
      ? { bytes: 1, dtype, read: (v, i) => value(v.getUint8(i)), ...allows }
      : { bytes: 2, dtype, read: (v, i) => value(v.getUint16(2 * i, true)), ...allows };
  return { encoding, stored };
}
