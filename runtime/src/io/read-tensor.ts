/**
 * One tensor from a stretch of bytes. The border: shape, dtype and length are checked by `checkStored` against each other before
 * anything is allocated; the elements then are read straight into the tensor's memory, or by blocks through a decoder.
 */
import type { TypedArray } from "../core/dtype.ts";
import { DTYPES } from "../core/dtype.ts";
import { FileError } from "../core/errors.ts";
import { checkMemory } from "../core/pool.ts";
import { MAX_RANK, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { allocate, dispose } from "../eager/memory.ts";
import { decode, type Encoding, filled, ownBytes } from "./encodings.ts";
import type { ByteSource } from "./files.ts";
import { formatError, isShape } from "./json.ts";

/** A tensor as a file holds it. */
export interface Stored {
  /** For messages: `tensor "a"`, with its file. */
  readonly name: string;
  /** The dtype as the file names it. */
  readonly stored: string;
  readonly encoding: Encoding;
  readonly shape: readonly number[];
  /** Elements. */
  readonly size: number;
  /** First byte. */
  readonly at: number;
}

const MAX_LENGTH = 2 ** 31 - 1;

/** Elements of a shape from a file. Throws E_FILE_FORMAT where it is none, or beyond what tensors may have. */
export function storedSize(file: string, name: string, shape: unknown): number {
  if (!isShape(shape)) throw formatError(file, `is damaged: the shape of ${JSON.stringify(name)} is ${JSON.stringify(shape)}`);
  const size = shape.reduce((a, b) => a * b, 1);
  if (shape.length > MAX_RANK || shape.some((d) => d > MAX_LENGTH) || !Number.isSafeInteger(size * 8)) {
    throw formatError(
      file,
      `holds ${JSON.stringify(name)} of shape ${showShape(shape)}, over the limits (rank ${MAX_RANK}, lengths of 2^31 − 1)`,
    );
  }
  return size;
}

/** Bytes decoded at a time. */
const BLOCK = 2 ** 20;

/** The tensor; nothing is left behind where it cannot be read. */
export async function readTensor(source: ByteSource, stored: Stored): Promise<Tensor> {
  const { encoding, shape, size } = stored;
  checkMemory(size * DTYPES[encoding.dtype].bytes);
  const tensor = allocate(encoding.dtype, Object.freeze([...shape]), size, false);
  const data = tensor.elements as TypedArray;
  try {
    if (encoding.read === undefined) {
      await source.read(stored.at, ownBytes(data));
      filled(data);
      return tensor;
    }
    const step = Math.floor(BLOCK / encoding.bytes);
    const block = new Uint8Array(Math.min(size, step) * encoding.bytes);
    for (let i = 0; i < size; i += step) {
      const count = Math.min(step, size - i);
      await source.read(stored.at + i * encoding.bytes, block.subarray(0, count * encoding.bytes));
      const bad = decode(encoding, block, data.subarray(i, i + count));
      if (bad !== undefined) throw valueError(source.name, stored, bad);
    }
    return tensor;
  } catch (error) {
    dispose(tensor);
    throw error;
  }
}

/** The tensor in bytes that are in memory. */
export function tensorFrom(bytes: Uint8Array, stored: Stored, file: string): Tensor {
  const { encoding, shape, size, at } = stored;
  checkMemory(size * DTYPES[encoding.dtype].bytes);
  const tensor = allocate(encoding.dtype, Object.freeze([...shape]), size, false);
  const bad = decode(encoding, bytes.subarray(at, at + size * encoding.bytes), tensor.elements as TypedArray);
  if (bad === undefined) return tensor;
  dispose(tensor);
  throw valueError(file, stored, bad);
}

function valueError(file: string, { name, stored, encoding }: Stored, value: number | bigint): FileError {
  return new FileError(
    `${file}: tensor ${JSON.stringify(name)} of dtype ${stored} holds ${value}, which ${encoding.dtype} cannot hold exactly.`,
    { code: "E_FILE_VALUE" },
  );
}

/** All tensors by name, in order; none if one of them cannot be read. */
export async function readTensors(source: ByteSource, all: readonly Stored[]): Promise<Record<string, Tensor>> {
  const tensors: [string, Tensor][] = [];
  try {
    for (const stored of all) tensors.push([stored.name, await readTensor(source, stored)]);
  } catch (error) {
    for (const [, tensor] of tensors) dispose(tensor);
    throw error;
  }
  return Object.fromEntries(tensors);
}
