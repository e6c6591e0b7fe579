/**
 * Birth and death of eager tensors: counters for memory(), scopes of tidy(), dispose().
 *
 * A tensor is counted from its creation to its dispose(), whether or not anyone still refers to it: what the collector takes
 * silently stays counted, as in TensorFlow.js. Buffers are counted once for all tensors that share them.
 */
import type { DType, TypedArray } from "../core/dtype.ts";
import { newArray, type PooledStorage, poolFor, poolInfo, SharedHeap } from "../core/pool.ts";
import type { Shape } from "../core/shape.ts";
import { type Storage, Tensor } from "../core/tensor.ts";

let numTensors = 0;
let numDataBuffers = 0;
let numBytes = 0;
let numStrings = 0;

/** Tensors born in the innermost tidy(), or null outside of any. */
let scope: Tensor[] | null = null;

/** Takes over a tensor that a scope would dispose, if someone still needs it: tapes. */
let heir: ((t: Tensor) => boolean) | null = null;

export function setHeir(next: ((t: Tensor) => boolean) | null): void {
  heir = next;
}

/** A tensor over new elements, counted and put into the scope. `data` is not shared with any other tensor. */
export function adopt(dtype: DType, shape: Shape, size: number, weak: boolean, data: TypedArray, storage: Storage | null): Tensor {
  const t = new Tensor(dtype, shape, size, weak, data, storage, null);
  numTensors++;
  numDataBuffers++;
  numBytes += data.byteLength;
  if (scope !== null) scope.push(t);
  return t;
}

/** `adopt` for strings: their bytes are counted once, when all are there. */
export function adoptStrings(shape: Shape, size: number, data: TypedArray): Tensor<"string"> {
  const storage = new SharedHeap(data.byteLength);
  const t = new Tensor("string", shape, size, false, data, storage, null);
  numTensors++;
  numStrings++;
  countBuffer(storage.bytes);
  if (scope !== null) scope.push(t);
  return t;
}

/** A tensor with undefined elements: the caller writes every one of them before anyone sees it. */
export function allocate(dtype: DType, shape: Shape, size: number, weak: boolean): Tensor {
  const storage: PooledStorage | null = poolFor(dtype, size);
  return adopt(dtype, shape, size, weak, newArray(dtype, size, storage), storage);
}

/** Another tensor over the elements of `t`: a reshape, a clone, the weak or strong form. */
export function share(t: Tensor, data: TypedArray, shape: Shape, weak: boolean): Tensor {
  t.storage ??= new SharedHeap(data.byteLength);
  t.storage.refs++;
  const view = new Tensor(t.dtype, shape, t.size, weak, data, t.storage, null);
  numTensors++;
  if (t.dtype === "string") numStrings++;
  if (scope !== null) scope.push(view);
  return view;
}

/** Gives the elements back. A second time, and on symbolic tensors, it does nothing. */
export function dispose(t: Tensor): void {
  if (t.elements === null) return;
  release(t);
  t.elements = null;
  numTensors--;
  if (t.dtype === "string") numStrings--;
}

/** Gives up a tensor's part in its elements; the caller replaces them. */
export function release(t: Tensor): void {
  const { elements, storage } = t;
  if (elements === null) return;
  if (storage !== null) {
    storage.release();
    if (storage.refs > 0) return;
  }
  numDataBuffers--;
  numBytes -= t.dtype === "string" && storage !== null ? storage.bytes : elements.byteLength;
}

/** Counts a tensor made without `adopt`. */
export function born(): void {
  numTensors++;
}

export function countBuffer(bytes: number): void {
  numDataBuffers++;
  numBytes += bytes;
}

export interface MemoryInfo {
  /** Tensors created and not disposed. */
  readonly numTensors: number;
  /** Buffers they use: views share one. */
  readonly numDataBuffers: number;
  readonly numBytes: number;
  /** Bytes of disposed buffers that wait for reuse. */
  readonly numBytesInPool: number;
  /** True while there are string tensors. */
  readonly unreliable: boolean;
  /** Why, where it is. */
  readonly reasons?: readonly string[];
}

/** Counts of what was created and not disposed. Tensors that were collected without dispose() stay counted. */
export function memory(): MemoryInfo {
  const counts = { numTensors, numDataBuffers, numBytes, numBytesInPool: poolInfo().freeBytes };
  if (numStrings === 0) return { ...counts, unreliable: false };
  const reasons = ["Of string tensors the bytes of their texts are counted, not what V8 keeps for each string."];
  return { ...counts, unreliable: true, reasons };
}

/** Opens a scope; `leaveScope` closes it. They nest. */
export function enterScope(): Tensor[] | null {
  const outer = scope;
  scope = [];
  return outer;
}

/** Closes the innermost scope: disposes what was born in it, except kept tensors and `survivors`, which move to `outer`. */
export function leaveScope(outer: Tensor[] | null, survivors: ReadonlySet<Tensor>): void {
  const born = scope ?? [];
  scope = outer;
  for (const t of born) {
    if (survivors.has(t)) outer?.push(t);
    else if (!t.kept) discard(t);
  }
}

/** `leaveScope` with one survivor. */
export function leaveScopeWith(outer: Tensor[] | null, survivor: Tensor): void {
  const born = scope ?? [];
  scope = outer;
  for (const t of born) {
    if (t === survivor) outer?.push(t);
    else if (!t.kept) discard(t);
  }
}

/** Disposes a tensor that was computed on the way: nobody has it but the tapes that recorded it, which take it over. */
export function discard(t: Tensor): void {
  if (heir === null || !heir(t)) dispose(t);
}

/**
 * Runs `body` apart from the scopes around it: what is born in it is put into `born`, or into no scope at all. For work whose
 * tensors outlive the tidy() that happens to be open.
 */
export function apart<T>(body: () => T, born: Tensor[] | null): T {
  const outer = scope;
  scope = born;
  try {
    return body();
  } finally {
    scope = outer;
  }
}

/** Puts a tensor that was born apart into the innermost scope. */
export function enroll(t: Tensor): void {
  if (scope !== null) scope.push(t);
}
