/**
 * TensorSpec: dtype and shape of a tensor without elements. It stands for an argument where a graph function is traced but not run:
 * `concrete`, `graph`, `explain`, `save`. For readers of elements it looks like a symbol.
 */
import type { DType } from "./dtype.ts";
import type { Shape } from "./shape.ts";

export class TensorSpec<D extends DType = DType> {
  readonly shape: Shape;
  readonly dtype: D;
  /** Name of the graph's parameter; that of the function's otherwise. */
  readonly name: string | undefined;
  readonly elements = null;
  readonly symbol = "spec";

  constructor(shape: Shape, dtype: D, name: string | undefined) {
    this.shape = shape;
    this.dtype = dtype;
    this.name = name;
  }
}

export function isTensorSpec(x: unknown): x is TensorSpec {
  return x instanceof TensorSpec;
}
