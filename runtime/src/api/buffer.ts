/**
 * TensorBuffer: elements to set one by one before they become a tensor. Plain JavaScript memory outside of graphs: its tensor is a
 * copy, and a later `set` does not change it. Names are TensorFlow.js's; indices out of range are refused, also by `set`.
 */
import { DTYPES, type DType, type DTypeMap, type ElementOf, type KnownDType, type TypedArray } from "../core/dtype.ts";
import { ArgumentError, IndexError, ShapeError } from "../core/errors.ts";
import { type Shape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { checkAnyDType, checkShape, describe, elementOf, fromValues, refuseComplex } from "./convert.ts";
import { room } from "./indices.ts";

/** As much of a typed array as `room` asks for. */
class Texts {
  static readonly BYTES_PER_ELEMENT = 8;
  readonly list: string[];
  constructor(length: number) {
    this.list = new Array<string>(length).fill("");
  }
}

export class TensorBuffer<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: Shape;
  readonly size: number;
  /** The elements in row-major order; may be written directly. */
  readonly values: DTypeMap[KnownDType<D>];

  constructor(shape: Shape, dtype: D, values?: DTypeMap[KnownDType<D>]) {
    this.dtype = checkAnyDType(dtype, "buffer") as D;
    refuseComplex(this.dtype, "buffer");
    this.shape = Object.freeze(checkShape(shape, "buffer"));
    this.size = this.shape.reduce((a, b) => a * b, 1);
    const array = this.dtype === "string" ? Array : DTYPES[this.dtype].array;
    if (values !== undefined) {
      if (!(values instanceof array)) {
        throw new ArgumentError(`buffer: values of dtype ${dtype} must be a ${array.name}, but are ${describe(values)}.`);
      }
      if (values.length !== this.size) {
        throw new ShapeError(`buffer: shape ${showShape(this.shape)} needs ${this.size} values, but ${values.length} were given.`);
      }
    }
    const empty = (): unknown =>
      this.dtype === "string" ? room(Texts, this.size, "buffer").list : room(DTYPES[this.dtype].array, this.size, "buffer");
    this.values = values ?? (empty() as DTypeMap[KnownDType<D>]);
  }

  get rank(): number {
    return this.shape.length;
  }

  /** Writes one element, cast to the dtype; text into a buffer of strings. Without indices the first. */
  set(value: number | bigint | boolean | string, ...locs: number[]): void {
    if (this.dtype === "string") {
      if (typeof value !== "string") {
        throw new ArgumentError(`buffer.set: the value must be a string, but is ${describe(value)}.`);
      }
      (this.values as string[])[position(this, locs, "set")] = value;
      return;
    }
    if (typeof value !== "number" && typeof value !== "boolean" && typeof value !== "bigint") {
      throw new ArgumentError(`buffer.set: the value must be a number, a bigint or a boolean, but is ${describe(value)}.`);
    }
    const at = position(this, locs, "set");
    (this.values as TypedArray)[at] = elementOf(value, this.dtype, () => "buffer.set: the value");
  }

  /** Reads one element. Without indices the first. */
  get(...locs: number[]): ElementOf<KnownDType<D>> {
    return this.values[position(this, locs, "get")] as ElementOf<KnownDType<D>>;
  }

  /** Position of an element in `values`. */
  locToIndex(locs: readonly number[]): number {
    return position(this, locs, "locToIndex");
  }

  /** Indices of the element at a position of `values`. */
  indexToLoc(index: number): number[] {
    const locs: number[] = [];
    let rest = index;
    for (let axis = this.rank - 1; axis >= 0; axis--) {
      locs.unshift(rest % this.shape[axis]);
      rest = Math.floor(rest / this.shape[axis]);
    }
    return locs;
  }

  /** A tensor of the elements as they are now. */
  toTensor(): Tensor {
    return fromValues(this.values, this.shape, this.dtype, "buffer.toTensor");
  }
}

/** Position of an element in `values`; E_SHAPE, E_INDEX where there is none. */
function position({ shape, size }: { readonly shape: Shape; readonly size: number }, locs: readonly number[], fn: string): number {
  const given = locs.length === 0 && fn !== "locToIndex" ? shape.map(() => 0) : locs;
  if (given.length !== shape.length) {
    throw new ShapeError(
      `buffer.${fn}: ${given.length} indices were given, but a buffer of shape ${showShape(shape)} has ${shape.length}.`,
    );
  }
  let at = 0;
  for (const [axis, i] of given.entries()) {
    const length = shape[axis];
    if (size === 0) throw new IndexError(`buffer.${fn}: a buffer of shape ${showShape(shape)} has no elements.`);
    if (!Number.isInteger(i) || i < 0 || i >= length) {
      throw new IndexError(`buffer.${fn}: index ${describe(i)} of axis ${axis} is not one of 0 to ${length - 1}.`);
    }
    at = at * length + i;
  }
  return at;
}

/** An empty buffer of a shape (zeros, or empty strings), or one over the given elements. E_SHAPE, E_DTYPE, E_ARGUMENT. */
export function buffer<D extends DType = "float32">(shape: Shape, dtype?: D, values?: DTypeMap[KnownDType<D>]): TensorBuffer<D> {
  return new TensorBuffer(shape, dtype ?? ("float32" as D), values);
}
