/** Arguments that are positions, and elements that a result's shape depends on. */
import { isInteger, type TypedArray } from "../core/dtype.ts";
import { IndexError, MemoryError, ShapeError, StagingError } from "../core/errors.ts";
import { checkMemory } from "../core/pool.ts";
import { MAX_RANK, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1, interpreter } from "../dispatch/dispatch.ts";
import * as ops from "../ops/index.ts";
import { fromValues, type TensorLike, toTensor } from "./convert.ts";
import { dataSync } from "./read.ts";
import { dimsOf } from "./shape.ts";

function checkWhole(i: unknown, fn: string): void {
  if (typeof i === "number" && i !== (i | 0))
    throw new IndexError(`${fn}: ${i} is not a valid index.`, { hint: "An index is a whole number of 32 bits." });
}

/** Numbers and nested arrays as int32, refusing fractions that a cast would hide. Tensors stay: ops say what they take. */
export function indicesOf(indices: TensorLike, fn: string, arg = "indices"): Tensor {
  if (typeof indices === "number") {
    checkWhole(indices, fn);
    return interpreter().constant(indices, "int32", false);
  }
  if (!Array.isArray(indices)) return narrowed(toTensor(indices, fn, arg));
  // Deeper ones are no tensor: fromValues refuses them.
  for (const i of (indices as unknown[]).flat(MAX_RANK)) checkWhole(i, fn);
  return fromValues(indices, undefined, "int32", fn);
}

/** Whole numbers of other dtypes as int32: one beyond it is E_INDEX when it runs. Other dtypes stay: ops say what they take. */
export function narrowed(t: Tensor): Tensor {
  return isInteger(t.dtype) && t.dtype !== "int32" ? apply1(ops.toIndex, [t]) : t;
}

/** The elements. E_SYMBOLIC in a graph, whose shapes cannot depend on them. */
export function elementsOf(t: Tensor, fn: string, instead = "Call it outside of the graph function and pass its result in."): TypedArray {
  if (t.symbol === null) return dataSync(t);
  throw new StagingError(`${fn}: what it returns depends on elements, which are not known while a graph is made.`, {
    code: "E_SYMBOLIC",
    hint: instead,
  });
}

/** An array of zeros for n numbers; E_MEMORY where there is no room for them. */
export function room<T>(array: (new (n: number) => T) & { readonly BYTES_PER_ELEMENT: number }, n: number, fn: string): T {
  checkMemory(n * array.BYTES_PER_ELEMENT);
  try {
    return new array(n);
  } catch (cause) {
    throw new MemoryError(`${fn}: there is no room for ${n} numbers.`, { cause });
  }
}

export function checkRank(t: Tensor, rank: number, fn: string, arg = "x"): void {
  if (t.rank !== rank) throw new ShapeError(`${fn}: ${arg} has shape ${showShape(dimsOf(t))}, but must have rank ${rank}.`);
}

/** The value, or its error, by promise: elements are there already. */
export function promised<T>(compute: () => T): Promise<T> {
  return new Promise((resolve) => resolve(compute()));
}
