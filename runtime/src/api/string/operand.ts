/** Operands of the functions of `gf.string`, checked. */
import { DTypeError } from "../../core/errors.ts";
import type { StringArray } from "../../core/strings.ts";
import type { Tensor } from "../../core/tensor.ts";
import { isTracing } from "../../dispatch/dispatch.ts";
import { blockOf } from "../../eager/compute.ts";
import { stringsInGraph } from "../../trace/tracer.ts";
import { type TensorLike, toTensor } from "../convert.ts";
import { fromStrings } from "../text.ts";

/** A tensor of strings with its elements. E_DTYPE for another one, and in a trace. */
export function stringsOf(value: TensorLike, fn: string, arg: string): { readonly t: Tensor; readonly elements: StringArray } {
  if (isTracing()) throw stringsInGraph(`string.${fn} was called in it`);
  // Of an empty array nothing else tells that it stands for strings.
  const t = Array.isArray(value) && value.length === 0 ? fromStrings(value, undefined, fn) : toTensor(value, fn, arg);
  if (t.dtype !== "string") throw new DTypeError(`${fn}: ${arg} is ${t.dtype}, but must be string.`);
  return { t, elements: blockOf(t, fn).data as unknown as StringArray };
}
