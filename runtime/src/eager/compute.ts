/**
 * From blocks to tensors: memory for results, the cheapest place to compute, tensors only when all went well (an op that throws
 * leaves nothing behind).
 */
import { activeBackend } from "../backends/select.ts";
import { DTYPES, type DType, newElements, type TypedArray } from "../core/dtype.ts";
import { DisposedError, GraphFnError, ShapeError } from "../core/errors.ts";
import { checkMemory, newArray, type PooledStorage, poolFor } from "../core/pool.ts";
import { type Dims, isStatic, type Shape, showShape, sizeOf } from "../core/shape.ts";
import { dataOf, type Tensor } from "../core/tensor.ts";
import type { TensorType } from "../core/type.ts";
import type { Attrs, Block, OpRecord } from "../ops/op.ts";
import { symbolOf } from "../trace/tracer.ts";
import { adopt } from "./memory.ts";

/** Up to this many elements an op runs in JavaScript: crossing to native code would cost more (about 50 ns). */
export const TINY = 32;

/** Rank 0. */
export const SCALAR: Shape = Object.freeze([]);

export function symbolicError(t: Tensor): GraphFnError {
  const what = `Tensor ${t.name ?? `#${t.id}`} (${t.dtype}${showShape(t.symbol?.dims ?? t.shape)})`;
  return new GraphFnError("E_SYMBOLIC", `${what} has no elements: it stands for a value of a graph.`, {
    hint: symbolOf(t)?.tracer.whereValuesAre,
  });
}

/** What kernels read. Throws E_DISPOSED (naming tensor and op) or E_SYMBOLIC for a tensor without elements. */
export function blockOf(t: Tensor, what: string): Block {
  if (t.elements === null && t.symbol === null) {
    throw new DisposedError(`${what}: tensor ${t.name ?? `#${t.id}`} (${t.dtype}${showShape(t.shape)}) was disposed before.`);
  }
  return { dtype: t.dtype, shape: t.shape, data: dataOf(t, symbolicError) };
}

/** A typed array of the V8 heap. */
export function tinyArray(dtype: DType, size: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(size);
    case "float64":
      return new Float64Array(size);
    case "int32":
      return new Int32Array(size);
    case "bool":
    case "uint8":
      return new Uint8Array(size);
    default:
      return newElements(dtype, size);
  }
}

/** One result of a known shape. Throws what the kernel throws, and E_MEMORY before anything is allocated. */
export function computeOne(op: OpRecord, inputs: readonly Block[], dtype: DType, shape: Shape, weak: boolean, attrs: Attrs): Tensor {
  const size = sizeOf(shape);
  checkMemory(size * DTYPES[dtype].bytes);
  const storage: PooledStorage | null = poolFor(dtype, size);
  const data = newArray(dtype, size, storage);
  runKernel(op, inputs, [{ dtype, shape, data }], size, attrs);
  return adopt(dtype, shape, size, weak, data, storage);
}

/** All results of an op, of the inferred types. */
export function computeAll(op: OpRecord, inputs: readonly Block[], types: readonly TensorType[], attrs: Attrs): Tensor[] {
  if (types.length === 1) {
    const { dtype, shape, weak = false } = types[0];
    return [computeOne(op, inputs, dtype, staticShape(shape), weak, attrs)];
  }
  const storages: (PooledStorage | null)[] = [];
  const blocks = types.map(({ dtype, shape }, i): Block => {
    const fixed = staticShape(shape);
    const size = sizeOf(fixed);
    checkMemory(size * DTYPES[dtype].bytes);
    storages[i] = poolFor(dtype, size);
    return { dtype, shape: fixed, data: newArray(dtype, size, storages[i]) };
  });
  runKernel(op, inputs, blocks, Math.max(...blocks.map((b) => b.data.length)), attrs);
  return blocks.map(({ dtype, shape, data }, i) => adopt(dtype, shape, sizeOf(shape), types[i].weak === true, data, storages[i]));
}

/** A result's shape. */
export function staticShape(shape: Dims): Shape {
  if (!isStatic(shape)) throw new ShapeError(`An eager tensor cannot have the shape ${showShape(shape)}.`);
  return shape.length === 0 ? SCALAR : Object.freeze(shape);
}

/** Computes where the work is cheapest. Nothing is launched for empty results. */
function runKernel(op: OpRecord, inputs: readonly Block[], outputs: readonly Block[], size: number, attrs: Attrs): void {
  if (size === 0 && !op.flags.has("checked")) return;
  let largest = size;
  for (let i = 0; i < inputs.length; i++) if (inputs[i].data.length > largest) largest = inputs[i].data.length;
  if (largest <= TINY || op.flags.has("shape")) op.reference(inputs, outputs, attrs);
  else activeBackend().kernel(op, inputs, outputs, attrs);
}
