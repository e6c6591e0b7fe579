/**
 * A stack of the reference backend: values of one size in one growing buffer, which is kept for the next run unless it is large.
 * Throws E_MEMORY where there is no room, I_INTERNAL for a pop without a push.
 */
import type { TypedArray } from "../core/dtype.ts";
import { InternalError, MemoryError } from "../core/errors.ts";
import { checkMemory } from "../core/pool.ts";

const FIRST = 4096;
/** A buffer over this size is given back when the next run begins. */
const KEPT = 2 ** 26;

export class ByteStack {
  readonly #valueBytes: number;
  #buffer = new Uint8Array(0);
  #end = 0;

  constructor(valueBytes: number) {
    this.#valueBytes = valueBytes;
  }

  clear(): void {
    this.#end = 0;
    if (this.#buffer.length > KEPT) this.#buffer = new Uint8Array(0);
  }

  push(value: TypedArray): void {
    const end = this.#end + this.#valueBytes;
    if (end > this.#buffer.length) this.#grow(end);
    this.#buffer.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), this.#end);
    this.#end = end;
  }

  pop(to: TypedArray): void {
    const start = this.#end - this.#valueBytes;
    if (start < 0) throw new InternalError("A value was popped from an empty stack.");
    new Uint8Array(to.buffer, to.byteOffset, to.byteLength).set(this.#buffer.subarray(start, this.#end));
    this.#end = start;
  }

  #grow(needed: number): void {
    const bytes = Math.max(needed, 2 * this.#buffer.length, FIRST);
    checkMemory(bytes);
    let larger: Uint8Array<ArrayBuffer>;
    try {
      larger = new Uint8Array(bytes);
    } catch (cause) {
      throw new MemoryError(`What a loop keeps for its gradient needs ${bytes} bytes of memory, more than there are.`, { cause });
    }
    larger.set(this.#buffer.subarray(0, this.#end));
    this.#buffer = larger;
  }
}
