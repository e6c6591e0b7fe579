/** The type of a value: what inference, graphs and plans speak about. */
import { DTYPES, type DType } from "./dtype.ts";
import { type Dims, sameShape, showShape } from "./shape.ts";

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Dims;
  /** From a JavaScript number: takes the dtype of what it meets. */
  readonly weak?: boolean;
}

export function sameType(a: TensorType, b: TensorType): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape);
}

/** `f32[2,3]`, `i32`, and `i32*` for a weak one. */
export function showType(t: TensorType): string {
  return `${DTYPES[t.dtype].short}${t.weak ? "*" : ""}${t.shape.length > 0 ? showShape(t.shape) : ""}`;
}
