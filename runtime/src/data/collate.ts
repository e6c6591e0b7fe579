/**
 * Elements put together to a batch: in each place of the structure, the values of all elements become one tensor with a new
 * first axis.
 *
 *   [{ x: tensor [3], y: 1 }, { x: tensor [3], y: 2 }]  →  { x: tensor [2,3], y: tensor [2] }
 *
 * Numbers are float32, booleans bool; arrays of numbers and typed arrays are tensors; arrays that hold tensors or objects, and
 * plain objects, are structure. Places that differ in shape, dtype or kind are errors that name the element and the place.
 */
import { fromValues, type NumericArray, newTensor } from "../api/convert.ts";
import type { TypedArray } from "../core/dtype.ts";
import { ArgumentError, DTypeError, type GraphFnError, ShapeError, UnsupportedError } from "../core/errors.ts";
import { MAX_RANK, sameShape, showShape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { blockOf } from "../eager/compute.ts";
import { dispose } from "../eager/memory.ts";
import { own } from "./owned.ts";

/** What a batch of T's is. */
export type Batched<T> = 0 extends 1 & T ? any : BatchedKnown<T>;

type BatchedKnown<T> = T extends Tensor | number | boolean | NumericArray
  ? Tensor
  : T extends string
    ? never
    : T extends readonly unknown[]
      ? HoldsStructure<T[number]> extends false
        ? Tensor
        : { [K in keyof T]: Batched<T[K]> }
      : T extends object
        ? { [K in keyof T]: Batched<T[K]> }
        : never;

type HoldsStructure<E> = [E] extends [number | boolean | NumericArray]
  ? false
  : [E] extends [readonly (infer I)[]]
    ? HoldsStructure<I>
    : true;

const DEEPEST = 64;

/** A batch of at least one element. `what` says which batch, for messages. */
export function collate(items: readonly unknown[], what: string): unknown {
  return collateAt(items, { what, path: [] });
}

interface Place {
  readonly what: string;
  readonly path: readonly (string | number)[];
}

function collateAt(items: readonly unknown[], place: Place): unknown {
  const first = items[0];
  if (isTensor(first)) return stackAll(items, place);
  if (isValue(first)) return stackValues(items, place);
  if (isStructure(first)) return collateStructure(items, first, place);
  throw refusal(first, place, 0);
}

/** A number, a boolean, a typed array, nested arrays of them; what is nested too deeply is refused when it is read. */
function isValue(value: unknown, depth = 0): boolean {
  if (typeof value === "number" || typeof value === "boolean") return true;
  if (ArrayBuffer.isView(value) || depth > MAX_RANK) return true;
  return Array.isArray(value) && value.every((part) => isValue(part, depth + 1));
}

type Structure = Readonly<Record<string, unknown>> | readonly unknown[];

function isStructure(value: unknown): value is Structure {
  if (Array.isArray(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function collateStructure(items: readonly unknown[], first: Structure, place: Place): unknown {
  if (place.path.length > DEEPEST) throw new ArgumentError(`${place.what}: the elements are nested deeper than ${DEEPEST} levels.`);
  const keys = Object.keys(first);
  items.forEach((item, i) => {
    const other = isStructure(item) && Array.isArray(item) === Array.isArray(first) ? Object.keys(item) : null;
    if (other === null) throw differ(place, i, kindOf(item), kindOf(first));
    const odd = other.find((key) => !keys.includes(key)) ?? keys.find((key) => !other.includes(key));
    if (odd === undefined) return;
    const [has, lacks] = keys.includes(odd) ? [0, i] : [i, 0];
    throw new ArgumentError(`${at(place, lacks)} has no ${JSON.stringify(odd)}, but element ${has} has.`);
  });
  const batch = (key: string) =>
    collateAt(
      items.map((item) => (item as Record<string, unknown>)[key]),
      { what: place.what, path: [...place.path, Array.isArray(first) ? Number(key) : key] },
    );
  if (Array.isArray(first)) return keys.map(batch);
  return Object.fromEntries(keys.map((key) => [key, batch(key)]));
}

function stackValues(items: readonly unknown[], place: Place): Tensor {
  const kind = kindOf(items[0]);
  items.forEach((item, i) => {
    if (!isValue(item)) throw isTensor(item) || isStructure(item) ? differ(place, i, kindOf(item), kind) : refusal(item, place, i);
    if (kindOf(item) !== kind) throw differ(place, i, kindOf(item), kind);
  });
  if (kind !== "an array") return own(fromValues(items, undefined, undefined, place.what));
  const parts: Tensor[] = [];
  try {
    items.forEach((item, i) => {
      parts.push(tensorOf(item, place, i));
    });
    return stackAll(parts, place);
  } finally {
    for (const part of parts) dispose(part);
  }
}

function tensorOf(values: unknown, place: Place, i: number): Tensor {
  return fromValues(values, undefined, undefined, at(place, i));
}

function stackAll(items: readonly unknown[], place: Place): Tensor {
  const first = items[0] as Tensor;
  const blocks = items.map((item, i) => {
    if (!isTensor(item)) throw differ(place, i, kindOf(item), "a tensor");
    const block = blockOf(item, at(place, i));
    if (!sameShape(block.shape, first.shape)) {
      throw new ShapeError(`${at(place, i)} has shape ${showShape(block.shape)}, but element 0 has ${showShape(first.shape)}.`, {
        code: "E_RAGGED",
        hint: "Bring the elements to one shape with map(), by pad() for example.",
      });
    }
    if (block.dtype !== first.dtype) throw new DTypeError(`${at(place, i)} is ${block.dtype}, but element 0 is ${first.dtype}.`);
    return block.data;
  });
  const result = newTensor(first.dtype, [items.length, ...first.shape], items.length * first.size);
  const to = result.elements as TypedArray;
  blocks.forEach((data, i) => {
    to.set(data, i * first.size);
  });
  return own(result);
}

function kindOf(value: unknown): string {
  if (isTensor(value)) return "a tensor";
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return "an array";
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** `batch 0: element 3, x[1]`. */
function at({ what, path }: Place, i: number): string {
  const names = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  return `${what}: element ${i}${names === "" ? "" : `, ${names.startsWith(".") ? names.slice(1) : names},`}`;
}

function differ(place: Place, i: number, is: string, first: string): GraphFnError {
  return new ArgumentError(`${at(place, i)} is ${is}, but element 0 has ${first} there.`, { code: "E_RAGGED" });
}

function refusal(value: unknown, place: Place, i: number): GraphFnError {
  const where = at(place, i);
  if (typeof value === "string") {
    return new UnsupportedError(`${where} is the string ${JSON.stringify(value.slice(0, 40))}; string tensors are not supported yet.`, {
      hint: "Turn strings into numbers with map(), or leave the column out.",
    });
  }
  if (value === undefined || value === null) {
    return new ArgumentError(`${where} is ${value}, which has no place in a tensor.`, {
      hint: "Give missing values a default, or filter() such elements out.",
    });
  }
  return new ArgumentError(`${where} is ${typeof value === "object" ? "an object of a class" : `a ${typeof value}`}.`, {
    hint: "A batch is made of tensors, numbers, booleans, and arrays and plain objects of them.",
  });
}
