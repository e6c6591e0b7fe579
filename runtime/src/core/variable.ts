/**
 * Variable: a tensor whose elements can be replaced. Ops take it as the value it has at that moment; graph functions take it by
 * reference: they read and assign it in program order and leave the last value in it (see trace/state.ts).
 *
 * `elements` always has memory that no other tensor shares while a compiled function writes it: `unshared` in eager/memory.ts.
 */
import type { DType, TypedArray } from "./dtype.ts";
import type { Shape } from "./shape.ts";
import { type Storage, Tensor } from "./tensor.ts";

export class Variable<D extends DType = DType> extends Tensor<D> {
  /** Gradients are taken with respect to it unless a list says otherwise. */
  trainable: boolean;

  constructor(
    dtype: D,
    shape: Shape,
    size: number,
    elements: TypedArray | null,
    storage: Storage | null,
    trainable: boolean,
    name: string,
  ) {
    super(dtype, shape, size, false, elements, storage, null);
    this.trainable = trainable;
    this.name = name;
    this.kept = true;
  }
}

export function isVariable(x: unknown): x is Variable {
  return x instanceof Variable;
}
