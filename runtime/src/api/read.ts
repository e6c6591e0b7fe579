/** Reading elements out of tensors: always copies, so that a tensor never changes. Symbolic tensors refuse (E_SYMBOLIC). */
import type { DType, TypedArray } from "../core/dtype.ts";
import { DTypeError, MemoryError, ShapeError } from "../core/errors.ts";
import { checkMemory } from "../core/pool.ts";
import { type Shape, showShape } from "../core/shape.ts";
import { bytesOf, type StringArray, textOf } from "../core/strings.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { isTracing } from "../dispatch/dispatch.ts";
import { blockOf } from "../eager/compute.ts";
import { formatTensor, formatValues } from "../eager/format.ts";
import { captureSpan } from "../trace/span.ts";
import { symbolOf, tracer } from "../trace/tracer.ts";
import { type TensorLike, toTensor } from "./convert.ts";
import { dimsOf } from "./shape.ts";

/** bigints of int64. */
export type NestedNumbers = number | NestedNumbers[];
export type NestedStrings = string | NestedStrings[];

/** What a string tensor's elements are in memory. */
function elementsOf(data: TypedArray): StringArray {
  return data as unknown as StringArray;
}

/** The elements in row-major order; an array of texts for string. */
export function dataSync(t: Tensor): TypedArray {
  const { data, dtype } = blockOf(t, "dataSync");
  if (dtype === "string") return Array.from(elementsOf(data), textOf) as unknown as TypedArray;
  checkMemory(data.byteLength);
  return data.slice();
}

/** The bytes of the elements: of all together, or of each text for string. */
export function bytesSync(t: Tensor): Uint8Array | Uint8Array[] {
  const { data, dtype } = blockOf(t, "bytes");
  return dtype === "string" ? Array.from(elementsOf(data), bytesOf) : new Uint8Array(data.slice().buffer);
}

/**
 * The elements as nested arrays; a number for rank 0. bool elements are 0 and 1; complex ones are two numbers each in the innermost
 * array, as TensorFlow.js has them.
 */
export function arraySync(t: Tensor): NestedNumbers {
  const { data, dtype, shape: own } = blockOf(t, "arraySync");
  if (dtype === "string") return nest(dataSync(t), own, 0, 0, data.length);
  const shape = dtype === "complex64" ? [...own.slice(0, -1), 2 * (own.at(-1) ?? 1)] : own;
  checkPlaces(shape);
  return nest(data, shape, 0, 0, data.length);
}

/** Where JavaScript's arrays have more entries, V8 ends the process instead of throwing. */
const MOST_PLACES = 2 ** 26;

/** Arrays within arrays have entries even where the innermost ones are empty. */
function checkPlaces(shape: Shape): void {
  for (let axis = 0, places = 1; axis < shape.length; axis++) {
    places *= shape[axis];
    if (places > MOST_PLACES) {
      throw new MemoryError(`arraySync: arrays of shape ${showShape(shape)} have ${places} entries, over the limit of 2^26.`, {
        hint: "Use dataSync().",
      });
    }
  }
}

function nest(data: TypedArray, shape: Shape, axis: number, start: number, size: number): NestedNumbers {
  if (axis === shape.length) return data[start];
  const n = shape[axis];
  if (axis === shape.length - 1) return Array.from(data.slice(start, start + n));
  const step = size / n;
  return Array.from({ length: n }, (_, i) => nest(data, shape, axis + 1, start + i * step, step));
}

/** The only element: a boolean for bool, text for string, a bigint for int64, else a number. E_SHAPE where there are more or none. */
export function item(t: Tensor): number | boolean {
  const { data, shape, dtype } = blockOf(t, "item");
  if (t.size !== 1) throw new ShapeError(`item: a tensor of shape ${showShape(shape)} has ${t.size} elements, not one.`);
  if (dtype === "complex64") {
    throw new DTypeError("item: a complex64 element is two numbers.", { hint: "Use real().item() and imag().item(), or dataSync()." });
  }
  if (dtype === "string") return textOf(elementsOf(data)[0] as string) as unknown as number;
  return dtype === "bool" ? data[0] !== 0 : data[0];
}

/** Text of a tensor as `print` shows it; for a symbolic one its name, dtype and shape. */
export function tensorToString(t: Tensor, verbose = false): string {
  const shown = symbolOf(t)?.tracer.show(t);
  if (typeof shown === "string") return shown;
  if (t.symbol !== null) return `Tensor(${t.name === undefined ? "" : `${t.name}: `}${typeText(t.dtype, dimsOf(t))}, symbolic)`;
  return t.isDisposed ? `Tensor(${typeText(t.dtype, t.shape)}, disposed)` : formatTensor(blockOf(t, "toString"), { verbose });
}

function typeText(dtype: DType, dims: ReturnType<typeof dimsOf>): string {
  return `${dtype}${showShape(dims)}`;
}

/** `Tensor float32[2,3]` and the values: what console.log shows. Never throws. */
export function inspectText(t: Tensor): string {
  if (t.symbol !== null || t.isDisposed) return tensorToString(t);
  const values = formatValues(blockOf(t, "inspect"));
  return `Tensor ${typeText(t.dtype, t.shape)}${values.includes("\n") ? "\n" : " "}${values}`;
}

/** Writes a tensor to the console. In a graph function it is written when the graph runs, as by console.log. */
export function print(x: TensorLike, verbose = false): void {
  const t = isTensor(x) ? x : toTensor(x, "print");
  if (isTracing() && tracer().inFunction) {
    tracer().print("log", [t], [0], captureSpan());
    return;
  }
  if (t.symbol === null) blockOf(t, "print");
  console.log(tensorToString(t, verbose));
}
