/** Different slices. How many there are depends on elements, so these functions run eagerly only. */
import { DTypeError } from "../../core/errors.ts";
import { normalizeAxis } from "../../core/shape.ts";
import { Tensor } from "../../core/tensor.ts";
import { apply } from "../../dispatch/dispatch.ts";
import { tidied, tidy } from "../../eager/scope.ts";
import * as ops from "../../ops/index.ts";
import { fromValues, type TensorLike, toTensor } from "../convert.ts";
import { checkRank, elementsOf, promised } from "../indices.ts";
import { transpose } from "../shape.ts";
import { gather, slice } from "../slice.ts";

/**
 * The different slices of x along an axis, in the order in which they first come up, and int32 indices [N]: which of them each slice
 * is. NaN equals NaN here, and 0 equals −0. Gradient: of the slices that were taken. E_SYMBOLIC in a graph function.
 */
export const unique = tidied("unique", (x: TensorLike, axis = 0): { values: Tensor; indices: Tensor } => {
  const input = toTensor(x, "unique");
  if (input.dtype === "string") return uniqueStrings(input, axis);
  const at = normalizeAxis(axis, input.rank, "unique: axis");
  if (input.symbol !== null) elementsOf(input, "unique");
  const order = [at, ...input.shape.keys()].filter((a, i) => i === 0 || a !== at);
  const [indices, firsts, total] = apply(ops.uniqueSlices, [at === 0 ? input : transpose(input, order)]);
  const count = elementsOf(total, "unique")[0];
  return { values: gather(input, slice(firsts, [0], [count]), at), indices };
});

/** By a number for each different string. */
function uniqueStrings(x: Tensor, axis: number): { values: Tensor; indices: Tensor } {
  const numbers = new Map<unknown, number>();
  const ids = Array.from(elementsOf(x, "unique") as ArrayLike<unknown>, (s) => {
    const id = numbers.get(s) ?? numbers.size;
    numbers.set(s, id);
    return id;
  });
  const { values, indices } = unique(fromValues(ids, x.shape, "int32", "unique"), axis);
  const texts = fromValues([...numbers.keys()], undefined, "string", "unique");
  return { values: gather(texts, values), indices };
}

/**
 * The elements of x [N] that are not in y [M], in order and as often as they are there, and their int32 indices. By a promise, as in
 * TensorFlow.js. E_DTYPE where dtypes differ, E_SYMBOLIC in a graph function.
 */
export function setdiff1dAsync(x: TensorLike, y: TensorLike): Promise<[Tensor, Tensor]> {
  const fn = "setdiff1dAsync";
  // An error of a graph function is thrown here, where it stands.
  for (const t of [x, y]) if (t instanceof Tensor && t.symbol !== null) elementsOf(t, fn);
  return promised(() =>
    tidy(() => {
      const [a, b] = [toTensor(x, fn), toTensor(y, fn, "y")];
      checkRank(a, 1, fn);
      checkRank(b, 1, fn, "y");
      if (a.dtype !== b.dtype) throw new DTypeError(`${fn}: x is ${a.dtype}, but y is ${b.dtype}.`, { hint: "Cast one of them." });
      const without = new Set<unknown>(elementsOf(b, fn));
      const kept = Array.from(elementsOf(a, fn) as ArrayLike<unknown>).flatMap((v, i) => (without.has(v) ? [] : [i]));
      const indices = fromValues(kept, [kept.length], "int32", fn);
      return [gather(a, indices), indices] as [Tensor, Tensor];
    }),
  );
}
