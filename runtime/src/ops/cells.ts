/**
 * Views of blocks for reference kernels: complex64 elements as what a kernel written for one number per element can work on.
 *
 *   cells    an element is one word of 8 bytes: kernels that move elements and never look at them
 *   parts    real and imaginary parts as a last axis of length 2: kernels that treat both alike (sums)
 */
import type { TypedArray } from "../core/dtype.ts";
import type { Block } from "./op.ts";

/** Complex elements as bits in a BigInt64Array; other blocks as they are. Kernels copy the elements and fill with `cellOf`. */
export function asCells(block: Block): Block {
  if (block.dtype !== "complex64") return block;
  const { buffer, byteOffset, length } = block.data;
  return { ...block, data: new BigInt64Array(buffer as ArrayBuffer, byteOffset, length / 2) as unknown as TypedArray };
}

/** A complex block as float32 with one axis more; other blocks as they are. */
export function asParts(block: Block): Block {
  return block.dtype === "complex64" ? { dtype: "float32", shape: [...block.shape, 2], data: block.data } : block;
}
