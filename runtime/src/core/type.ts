/** The type of a value: what inference, graphs and plans speak about. */
import { DTYPES, type DType } from "./dtype.ts";
import { type Dims, sameShape, showShape } from "./shape.ts";

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Dims;
  /** From a JavaScript number: takes the dtype of what it meets. */
  readonly weak?: boolean;
  /** Not one tensor but a list of tensors of this type: see `ListNode` in ir/graph.ts. */
  readonly list?: true;
}

export function sameType(a: TensorType, b: TensorType): boolean {
  return a.dtype === b.dtype && a.list === b.list && sameShape(a.shape, b.shape);
}

/** `f32[2,3]`, `i32`, `i32*` for a weak one, `list(f32[2,3])`. */
export function showType(t: TensorType): string {
  const { list, ...element } = t;
  if (list) return `list(${showType(element)})`;
  return `${DTYPES[t.dtype].short}${t.weak ? "*" : ""}${t.shape.length > 0 ? showShape(t.shape) : ""}`;
}
