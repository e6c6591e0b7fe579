/**
 * From text to string tensors. Values are strings or the bytes of their UTF-8 (Uint8Array), alone or nested in arrays; a tensor does
 * not tell which of the two it was made of.
 */
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { checkMemory } from "../core/pool.ts";
import { MAX_RANK, type Shape, showShape } from "../core/shape.ts";
import { elementOfBytes, elementOfText, StringArray } from "../core/strings.ts";
import type { Tensor } from "../core/tensor.ts";
import { SCALAR } from "../eager/compute.ts";
import { adoptStrings } from "../eager/memory.ts";

/** A string tensor over elements that nobody else writes to. */
export function stringTensor(elements: StringArray, shape: Shape): Tensor<"string"> {
  return adoptStrings(shape.length === 0 ? SCALAR : Object.freeze(shape), elements.length, elements as never);
}

/** `count` times the same text. E_ARGUMENT where it is none. */
export function repeated(text: unknown, count: number, fn: string): StringArray {
  checkMemory(count * 8);
  const elements = new StringArray(count);
  elements.fill(elementOf(text, `${fn}: the value`));
  return elements;
}

/** A string tensor of copied values; E_RAGGED, E_SHAPE and E_ARGUMENT as for numbers. */
export function fromStrings(values: unknown, shape: Shape | undefined, fn: string): Tensor<"string"> {
  const nested: number[] = [];
  for (let level = values; Array.isArray(level); level = level[0]) {
    if (nested.length === MAX_RANK) throw new ShapeError(`${fn}: arrays are nested deeper than ${MAX_RANK} levels.`);
    nested.push(level.length);
  }
  if (shape !== undefined && nested.length > 1 && (nested.length !== shape.length || nested.some((d, i) => d !== shape[i]))) {
    throw new ShapeError(`${fn}: the values have shape ${showShape(nested)}, but shape ${showShape(shape)} was given.`);
  }
  const [size, wanted] = [nested, shape ?? nested].map((dims) => dims.reduce((a, b) => a * b, 1)) as [number, number];
  if (size !== wanted) {
    throw new ShapeError(`${fn}: shape ${showShape(shape ?? nested)} needs ${wanted} values, but ${size} were given.`);
  }
  const elements = new StringArray(0);
  if (size > 0) collect(values, nested, 0, elements, fn);
  return stringTensor(elements, [...(shape ?? nested)]);
}

function collect(value: unknown, shape: Shape, axis: number, into: StringArray, fn: string): void {
  if (axis === shape.length) {
    into.push(elementOf(value, `${fn}: element ${into.length}`));
    return;
  }
  if (!Array.isArray(value) || value.length !== shape[axis]) {
    const what = Array.isArray(value) ? `an array of ${value.length} elements` : `of type ${typeof value}`;
    throw new ShapeError(
      `${fn}: ragged values: what starts with element ${into.length} is ${what}, but an array of ${shape[axis]} before.`,
      {
        code: "E_RAGGED",
      },
    );
  }
  for (let i = 0; i < value.length; i++) collect(value[i], shape, axis + 1, into, fn);
}

/** One value as an element. `what` starts the message. */
export function elementOf(value: unknown, what: string): string {
  if (typeof value === "string") return elementOfText(value);
  if (value instanceof Uint8Array) return elementOfBytes(value);
  if (Array.isArray(value)) throw new ShapeError(`${what} is an array, but text before it: ragged values.`, { code: "E_RAGGED" });
  throw new ArgumentError(`${what} must be a string or the bytes of one, but is ${value === null ? "null" : `of type ${typeof value}`}.`);
}
