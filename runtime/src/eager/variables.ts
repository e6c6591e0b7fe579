/** Eager side of variables: their memory, reading and assigning. */
import type { TypedArray } from "../core/dtype.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import { newArray, poolFor, SharedHeap } from "../core/pool.ts";
import { sameShape, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { Variable } from "../core/variable.ts";
import { blockOf } from "./compute.ts";
import { born, countBuffer, release, share } from "./memory.ts";

/** A variable with the value of a tensor, which may be disposed afterwards. */
export function createVariable(initial: Tensor, trainable: boolean, name: string): Variable {
  const { data } = blockOf(initial, "variable");
  initial.storage ??= new SharedHeap(data.byteLength);
  initial.storage.refs++;
  const v = new Variable(initial.dtype, initial.shape, initial.size, data, initial.storage, trainable, name);
  born();
  return v;
}

/** Throws E_DTYPE or E_SHAPE where a value does not fit a variable. */
export function checkAssign(variable: Variable, value: Tensor): void {
  const name = variable.name ?? "the variable";
  if (value.dtype !== variable.dtype) {
    throw new DTypeError(`${name} is ${variable.dtype}, but was assigned a ${value.dtype} tensor.`, {
      hint: `Use .cast("${variable.dtype}").`,
    });
  }
  const shape = value.symbol?.dims ?? value.shape;
  if (!sameShape(shape, variable.shape)) {
    throw new ShapeError(`${name} has shape ${showShape(variable.shape)}, but was assigned a tensor of shape ${showShape(shape)}.`);
  }
}

/** The variable takes the elements of a tensor; nothing is copied. */
export function assignEager(variable: Variable, value: Tensor): Tensor {
  const { data } = blockOf(value, "assign");
  blockOf(variable, "assign");
  if (value.elements === variable.elements) return variable;
  value.storage ??= new SharedHeap(data.byteLength);
  value.storage.refs++;
  release(variable);
  variable.elements = data as Variable["elements"];
  variable.storage = value.storage;
  return variable;
}

/** Values that were read of variables: for gradients they count as the variable. */
const readings = new WeakMap<Tensor, Variable>();

/** The variable that a tensor is a value of, by `readEager`. */
export function variableOf(reading: Tensor): Variable | undefined {
  return readings.get(reading);
}

/** The value of a variable now, as a tensor that later assignments leave alone. */
export function readEager(variable: Variable): Tensor {
  const reading = share(variable, blockOf(variable, "read").data, variable.shape, false);
  readings.set(reading, variable);
  return reading;
}

/** Gives a variable memory of its own, if others share it: before compiled code writes there. */
export function unshare(variable: Variable): TypedArray {
  const { data } = blockOf(variable, "assign");
  const { storage } = variable;
  if (storage === null || storage.refs === 1) return data;
  const own = poolFor(variable.dtype, variable.size);
  const copy = newArray(variable.dtype, variable.size, own);
  copy.set(data as never);
  release(variable);
  countBuffer(copy.byteLength);
  variable.elements = copy as Variable["elements"];
  variable.storage = own;
  return copy;
}
