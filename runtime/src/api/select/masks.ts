/** What masks pick. How much that is depends on elements, so these functions run eagerly only; `where` keeps the shape. */
import { DTypeError, ShapeError } from "../../core/errors.ts";
import { normalizeAxis, showShape, stridesOf } from "../../core/shape.ts";
import { Tensor } from "../../core/tensor.ts";
import { tidy } from "../../eager/scope.ts";
import { fromValues, type TensorLike, toTensor } from "../convert.ts";
import { elementsOf, promised } from "../indices.ts";
import { reshape } from "../shape.ts";
import { gather } from "../slice.ts";

const INSTEAD = "In a graph function where(mask, x, 0) keeps the shape.";

/** The flat places of a bool tensor's true elements. */
function placesOf(mask: Tensor, fn: string, arg: string): number[] {
  const elements = elementsOf(mask, fn, INSTEAD);
  if (mask.dtype !== "bool") {
    throw new DTypeError(`${fn}: ${arg} is ${mask.dtype}, but must be bool.`, { hint: "Compare first, for example x.notEqual(0)." });
  }
  const places: number[] = [];
  for (let i = 0; i < elements.length; i++) if (elements[i] !== 0) places.push(i);
  return places;
}

/** Thrown where it stands, and not by the promise, which a graph function would not see. */
function refuseSymbols(fn: string, ...values: readonly TensorLike[]): void {
  for (const t of values) if (t instanceof Tensor && t.symbol !== null) elementsOf(t, fn, INSTEAD);
}

/** Positions of the true elements of a bool tensor in row-major order: [...S] → int32 [N, rank]. E_SYMBOLIC in a graph function. */
export function whereAsync(condition: TensorLike): Promise<Tensor> {
  const fn = "whereAsync";
  refuseSymbols(fn, condition);
  return promised(() =>
    tidy(() => {
      const mask = toTensor(condition, fn, "condition");
      const places = placesOf(mask, fn, "condition");
      const strides = stridesOf(mask.shape);
      const flat = new Int32Array(places.length * mask.rank);
      places.forEach((place, i) => {
        for (const [axis, stride] of strides.entries()) flat[i * mask.rank + axis] = Math.floor(place / stride) % mask.shape[axis];
      });
      return fromValues(flat, [places.length, mask.rank], "int32", fn);
    }),
  );
}

/**
 * The slices of x [...A, ...M, ...S] where the mask [...M] is true, M beginning at `axis` → [...A, N, ...S]. Gradient: of the slices
 * that were taken. E_SHAPE where the mask does not fit, E_SYMBOLIC in a graph function.
 */
export function booleanMaskAsync(tensor: TensorLike, mask: TensorLike, axis?: number): Promise<Tensor> {
  const fn = "booleanMaskAsync";
  refuseSymbols(fn, tensor, mask);
  return promised(() =>
    tidy(() => {
      const x = toTensor(tensor, fn, "tensor");
      const m = Array.isArray(mask) ? fromValues(mask, undefined, "bool", fn) : toTensor(mask, fn, "mask");
      const from = x.rank === 0 ? 0 : normalizeAxis(axis ?? 0, x.rank, `${fn}: axis`);
      if (m.rank === 0) throw new ShapeError(`${fn}: the mask is a scalar, but must have rank 1 or more.`);
      if (m.shape.some((d, i) => d !== x.shape[from + i])) {
        throw new ShapeError(`${fn}: a mask of shape ${showShape(m.shape)} does not fit ${showShape(x.shape)} from axis ${from} on.`);
      }
      const places = placesOf(m, fn, "the mask");
      const rows = reshape(x, [...x.shape.slice(0, from), m.size, ...x.shape.slice(from + m.rank)]);
      return gather(rows, fromValues(places, [places.length], "int32", fn), from);
    }),
  );
}
