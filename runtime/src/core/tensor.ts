/**
 * Tensor: one monomorphic class for eager values and for symbols of a graph under construction.
 *
 * Eager: `elements` is a V8-owned typed array with exactly `size` elements in row-major order (possibly a view of a pooled
 * buffer that `storage` owns and other tensors share). Symbolic: `elements` is null and `symbol` names a graph value.
 * Elements never change after construction. Methods (`add`, `print`, …) are added by api/.
 */
import type { DType, DTypeMap, TypedArray } from "./dtype.ts";
import { ArgumentError, DisposedError } from "./errors.ts";
import type { Dims, Shape } from "./shape.ts";

/** What a tracer attaches to a symbolic tensor: opaque here, an ir Value and its region in trace/. */
export interface TensorSymbol {
  readonly id: number;
  readonly dims: Dims;
}

/** Reference-counted owner of a pooled buffer. */
export interface Storage {
  refs: number;
  readonly bytes: number;
  release(): void;
}

/** What kernels see: a StringArray or BigInt64Array, under the type of an array of numbers, for string and int64. */
export type ElementsOf<D extends DType> = D extends "string" | "int64" ? TypedArray : DTypeMap[D] & TypedArray;

let nextId = 1;

export class Tensor<D extends DType = DType> {
  readonly id: number;
  readonly dtype: D;
  /** Lengths per axis. Of a symbolic tensor those that are no numbers refuse to be read; see `symbol.dims`. */
  readonly shape: Shape;
  readonly size: number;
  /** From a JavaScript number: takes the dtype of what it meets. */
  readonly weak: boolean;
  /** Elements, or null when symbolic or disposed. Use `dataOf` to read. (`data()` is the user's method, as in TensorFlow.js.) */
  elements: ElementsOf<D> | null;
  storage: Storage | null;
  readonly symbol: TensorSymbol | null;
  /** User's name, where one is known (variables, placeholders); shown in errors. */
  name: string | undefined;
  /** tidy() does not dispose it. */
  kept: boolean;

  constructor(
    dtype: D,
    shape: Shape,
    size: number,
    weak: boolean,
    elements: TypedArray | null,
    storage: Storage | null,
    symbol: TensorSymbol | null,
  ) {
    this.id = nextId++;
    this.dtype = dtype;
    this.shape = shape;
    this.size = size;
    this.weak = weak;
    this.elements = elements as ElementsOf<D> | null;
    this.storage = storage;
    this.symbol = symbol;
    this.name = undefined;
    this.kept = false;
  }

  get rank(): number {
    return this.shape.length;
  }

  get isDisposed(): boolean {
    return this.elements === null && this.symbol === null;
  }
}

/**
 * Every tensor has these fields of its own. An object that got the prototype without the constructor finds these instead, so a function
 * or method that it reaches refuses it; tensors pay nothing for that.
 */
for (const field of ["dtype", "shape", "size", "elements", "storage", "symbol"]) {
  Object.defineProperty(Tensor.prototype, field, {
    configurable: true,
    get() {
      throw new ArgumentError(`An object with the prototype of Tensor is no tensor: it has no ${field}.`, {
        hint: "Make tensors with tensor(), zeros() and the like.",
      });
    },
  });
}

export function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

/** Elements of an eager tensor. Throws E_DISPOSED, or `symbolic(t)` for a tensor of a graph under construction. */
export function dataOf<D extends DType>(t: Tensor<D>, symbolic: (t: Tensor) => Error): ElementsOf<D> {
  if (t.elements !== null) return t.elements;
  if (t.symbol !== null) throw symbolic(t);
  throw new DisposedError(`Tensor ${t.name ?? `#${t.id}`} (${t.dtype} ${JSON.stringify(t.shape)}) was used after dispose().`);
}
