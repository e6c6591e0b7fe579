/**
 * Memory of eager tensors. Buffers are ordinary ArrayBuffers that V8 owns: what nobody disposes is collected, so forgetting
 * dispose costs speed, never memory. Disposed buffers go to free lists by size class (2ᵏ and 1.5·2ᵏ bytes) up to a byte cap.
 *
 * - up to TINY_BYTES: a plain typed array on the V8 heap, no storage, nothing to give back (25 ns; reuse would not pay);
 * - up to SLAB_SHARE: a part of a slab, since an ArrayBuffer of its own costs 300 ns; a slab is small, so that a survivor
 *   holds on to little;
 * - larger: an ArrayBuffer of its own. Both are a PooledStorage, counted by references because views (reshape) share it.
 *
 * Fresh memory is zero, reused memory is not: kernels write every element of their outputs.
 */
import { DTYPES, type DType, newElements, type TypedArray } from "./dtype.ts";
import { InternalError, MemoryError } from "./errors.ts";
import type { Storage } from "./tensor.ts";

/** V8 keeps typed arrays of up to 64 bytes on its own heap. */
export const TINY_BYTES = 64;
/** Buffers over this size are never kept. */
const LARGEST_CLASS = 2 ** 30;
/** Requests from this size on are compared with the memory that is there before they are made. */
const BIG = 2 ** 26;
/** Fresh bytes from which on the process counts as one that leaves its tensors to the collector. */
const UNDISPOSED = 2 ** 28;

let capBytes = 256 * 2 ** 20;
let freeBytes = 0;
const freeLists: Place[][] = [];

/** Class number of a byte count up to 2³⁰: 2i for 2ⁱ⁺⁶, 2i+1 for 1.5·2ⁱ⁺⁶. */
function classOf(bytes: number): number {
  if (bytes <= 64) return 0;
  const k = 31 - Math.clz32(bytes - 1); // 2ᵏ < bytes ≤ 2ᵏ⁺¹
  return 2 * (k - 6) + (bytes <= 3 << (k - 1) ? 1 : 2);
}

function classBytes(index: number): number {
  return (index & 1) === 0 ? 1 << (6 + (index >> 1)) : 3 << (5 + (index >> 1));
}

/** A stretch of a buffer with the bytes of its class. */
interface Place {
  readonly buffer: ArrayBuffer;
  readonly offset: number;
  readonly bytes: number;
}

const SLAB_BYTES = 4096;
/** Largest class that is cut from slabs. */
const SLAB_SHARE = 768;
let slab: ArrayBuffer | null = null;
let slabUsed = 0;

function freshPlace(bytes: number): Place {
  if (bytes > SLAB_SHARE) return { buffer: freshBuffer(bytes), offset: 0, bytes };
  if (slab === null || slabUsed + bytes > SLAB_BYTES) {
    slab = freshBuffer(SLAB_BYTES);
    slabUsed = 0;
  }
  const offset = slabUsed;
  slabUsed += bytes;
  return { buffer: slab, offset, bytes };
}

export class PooledStorage implements Storage {
  refs = 1;
  readonly bytes: number;
  readonly place: Place;

  constructor(bytes: number) {
    // One wrong number here would have all later tensors share memory.
    if (!Number.isSafeInteger(bytes)) throw new InternalError(`Memory of ${bytes} bytes was asked for.`);
    this.bytes = bytes;
    const index = bytes <= LARGEST_CLASS ? classOf(bytes) : -1;
    const reused = index < 0 ? undefined : freeLists[index]?.pop();
    if (reused !== undefined) freeBytes -= reused.bytes;
    this.place = reused ?? freshPlace(index < 0 ? bytes : classBytes(index));
  }

  /** Gives up one reference; the last one gives the place back. */
  release(): void {
    this.refs--;
    if (this.refs > 0) return;
    const { bytes } = this.place;
    if (bytes > LARGEST_CLASS || freeBytes + bytes > capBytes) return;
    (freeLists[classOf(bytes)] ??= []).push(this.place);
    freeBytes += bytes;
  }
}

/** Storage without a buffer of its own: counts the sharers of a tiny array. */
export class SharedHeap implements Storage {
  refs = 1;
  readonly bytes: number;
  constructor(bytes: number) {
    this.bytes = bytes;
  }
  release(): void {
    this.refs--;
  }
}

let freshBytes = 0;

function freshBuffer(bytes: number): ArrayBuffer {
  checkMemory(bytes);
  freshBytes += bytes;
  if (freshBytes >= UNDISPOSED) freeDeadBuffersAtOnce();
  try {
    return new ArrayBuffer(bytes);
  } catch (cause) {
    throw tooLarge(bytes, cause);
  }
}

/**
 * From here on V8 frees dead buffers within its rounds. By default another thread does so beside the program, which in a loop that disposes
 * nothing allocates as much again meanwhile; the sum of both starts markings of the whole heap, which keep the buffers that are made while
 * they last: 165 MB at the peak of a loop over 1 MB, against 120, and half as much processor time again
 * (`node test/perf/memory.bench.mjs "1 MB"`). Versions of V8 that are not known to have the flag are left as they are.
 */
function freeDeadBuffersAtOnce(): void {
  freshBytes = -Infinity;
  type Builtin = (name: "node:v8") => { setFlagsFromString(flags: string): void };
  const { process } = globalThis as { process?: { versions?: { v8?: string; bun?: string }; getBuiltinModule?: Builtin } };
  const major = Number.parseInt(process?.versions?.v8 ?? "", 10);
  if (process?.versions?.bun !== undefined || !(major >= 11 && major <= 14)) return;
  process?.getBuiltinModule?.("node:v8").setFlagsFromString("--no-concurrent-array-buffer-sweeping");
}

/** Throws E_MEMORY where a request is plainly more than there is. Called before anything is allocated. */
export function checkMemory(bytes: number): void {
  if (bytes < BIG) return;
  const { process } = globalThis as { process?: { availableMemory?: () => number } };
  const available = process?.availableMemory?.() ?? Infinity;
  if (available > 0 && bytes > available) throw tooLarge(bytes, undefined, available);
}

function tooLarge(bytes: number, cause: unknown, available?: number): MemoryError {
  const there = available === undefined ? "more than can be allocated" : `but ${showBytes(available)} are available`;
  return new MemoryError(`A tensor needs ${showBytes(bytes)}, ${there}.`, cause === undefined ? {} : { cause });
}

function showBytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];
  const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Math.round((bytes / 2 ** (10 * unit)) * 10) / 10} ${units[unit]}`;
}

/** A typed array of `size` elements over a pooled buffer, or null when the array belongs on the V8 heap. */
export function poolFor(dtype: DType, size: number): PooledStorage | null {
  const bytes = size * DTYPES[dtype].bytes;
  return bytes <= TINY_BYTES ? null : new PooledStorage(bytes);
}

/** Elements for a tensor; contents are undefined when `storage` is a reused one. */
export function newArray(dtype: DType, size: number, storage: PooledStorage | null): TypedArray {
  if (storage === null) return newElements(dtype, size);
  const { buffer, offset } = storage.place;
  switch (dtype) {
    case "float32":
      return new Float32Array(buffer, offset, size);
    case "float64":
      return new Float64Array(buffer, offset, size);
    case "int32":
      return new Int32Array(buffer, offset, size);
    case "bool":
    case "uint8":
      return new Uint8Array(buffer, offset, size);
    case "int64":
      return new BigInt64Array(buffer, offset, size) as unknown as TypedArray;
    case "complex64":
      return new Float32Array(buffer, offset, 2 * size);
    case "string":
      throw new InternalError("Strings have no place in a buffer.");
  }
}

/** Bytes held in free lists, and their cap. */
export function poolInfo(): { readonly freeBytes: number; readonly capBytes: number } {
  return { freeBytes, capBytes };
}

/** Sets the cap of the free lists; a lower one empties them at once. */
export function setPoolCap(bytes: number): void {
  capBytes = Math.max(0, bytes);
  if (freeBytes <= capBytes) return;
  freeLists.length = 0;
  freeBytes = 0;
}
