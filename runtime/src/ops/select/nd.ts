/**
 * Positions of several axes at once: the last axis of int32 indices [...B, K] holds one position for each of the first K axes of a
 * shape. What record and kernels of gatherND, scatterND and scatterUpdate share.
 */
import { DTypeError, IndexError, ShapeError } from "../../core/errors.ts";
import { type Dim, type Dims, type Shape, showShape } from "../../core/shape.ts";
import type { TensorType } from "../../core/type.ts";
import type { Block } from "../op.ts";

export const count = (dims: Shape): number => dims.reduce((a, b) => a * b, 1);

/** The refusal of one index: which, and the limit. */
export function outOfRange(name: string, index: number, length: number, axis = 0): IndexError {
  return new IndexError(`${name}: index ${index} is out of range for axis ${axis} of length ${length}.`, {
    hint: length === 0 ? "The axis is empty." : `Use 0 to ${length - 1}.`,
  });
}

export function checkIndices(name: string, at: TensorType): void {
  if (at.dtype !== "int32") throw new DTypeError(`${name}: the indices are ${at.dtype}, but must be int32.`, { hint: "Use toInt()." });
}

/** K of indices [...B, K] into a shape: a known number, at most the rank. */
export function depthOf(name: string, at: TensorType, shape: Dims): number {
  checkIndices(name, at);
  const depth: Dim | undefined = at.shape.at(-1);
  if (depth === undefined) {
    throw new ShapeError(`${name}: the indices are a scalar, but must have rank 1 or more.`, { hint: "Their last axis is one position." });
  }
  if (typeof depth !== "number") throw new ShapeError(`${name}: the last length of the indices ${showShape(at.shape)} must be known.`);
  if (depth > shape.length) {
    throw new ShapeError(
      `${name}: the indices ${showShape(at.shape)} have ${depth} entries each for shape ${showShape(shape)} of rank ${shape.length}.`,
    );
  }
  return depth;
}

/** Shape of the slices that indices [...B, K] name: [...B, ...shape from axis K on]. */
export function slicesAt(at: TensorType, shape: Dims, depth: number): Dim[] {
  return [...at.shape.slice(0, -1), ...shape.slice(depth)];
}

/** For each of the indices the number of its slice, in row-major order of the first K axes; all are checked. */
export function sliceNumbers(name: string, at: Block, shape: Shape): Float64Array {
  const depth = at.shape.at(-1) as number;
  // Slices without elements, and nothing to check: there may be more of them than memory.
  if (depth === 0 && count(shape) === 0) return new Float64Array(0);
  const numbers = new Float64Array(count(at.shape.slice(0, -1)));
  for (let i = 0; i < numbers.length; i++) {
    let n = 0;
    for (let axis = 0; axis < depth; axis++) {
      const index = at.data[i * depth + axis];
      if (index < 0 || index >= shape[axis]) throw outOfRange(name, index, shape[axis], axis);
      n = n * shape[axis] + index;
    }
    numbers[i] = n;
  }
  return numbers;
}
