/** Rows of ragged tensors: nested splits over dense values. Eager only, since lengths depend on elements. */
import { ArgumentError, IndexError, ShapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { tidied, tidy } from "../../eager/scope.ts";
import { checkInt, describe, fromValues, type TensorLike, toTensor } from "../convert.ts";
import { checkRank, elementsOf, indicesOf, room } from "../indices.ts";
import { gather } from "../slice.ts";

/** Checked row splits: from 0 on, ascending, within what they split. */
export function splitsOf(splits: TensorLike, values: number, fn: string, what: string): number[] {
  const t = indicesOf(splits, fn, what);
  checkRank(t, 1, fn, what);
  const list = Array.from(elementsOf(t, fn), Number);
  if (list.length === 0) throw new ArgumentError(`${fn}: ${what} are empty, but must have at least one entry.`);
  if (list[0] < 0) throw new ArgumentError(`${fn}: ${what} begin with ${list[0]}, but must be 0 or more.`);
  const down = list.findIndex((s, i) => i > 0 && s < list[i - 1]);
  if (down > 0) throw new ArgumentError(`${fn}: ${what} go from ${list[down - 1]} to ${list[down]}, but must be in ascending order.`);
  const last = list[list.length - 1];
  if (last > values) throw new ArgumentError(`${fn}: ${what} end with ${last}, beyond the ${values} values that they split.`);
  return list;
}

/**
 * Rows of a ragged tensor: int32 row splits from the outermost to the innermost over paramsDenseValues, and int32 indices of any shape
 * → splits and values of the ragged tensor [...indices, ...params without its first axis]. `outputRaggedRank` is the number of its splits,
 * paramsNestedSplits.length + rank of the indices − 1. Gradient: of the values. E_INDEX for indices outside.
 */
export const raggedGather = tidied(
  "raggedGather",
  (
    paramsNestedSplits: readonly TensorLike[],
    paramsDenseValues: TensorLike,
    indices: TensorLike,
    outputRaggedRank: number,
  ): { outputNestedSplits: Tensor[]; outputDenseValues: Tensor } => {
    const fn = "raggedGather";
    if (!Array.isArray(paramsNestedSplits) || paramsNestedSplits.length === 0) {
      throw new ArgumentError(`${fn}: paramsNestedSplits must be an array of at least one tensor, but is ${describe(paramsNestedSplits)}.`);
    }
    return tidy(() => {
      const values = toTensor(paramsDenseValues, fn, "paramsDenseValues");
      if (values.rank === 0) throw new ShapeError(`${fn}: paramsDenseValues is a scalar, but must have rank 1 or more.`);
      const at = indicesOf(indices, fn);
      const rank = paramsNestedSplits.length + at.rank - 1;
      if (checkInt(outputRaggedRank, `${fn}: outputRaggedRank`) !== rank) {
        throw new ArgumentError(`${fn}: outputRaggedRank is ${outputRaggedRank}, but the result has ${rank} splits.`);
      }
      const nested: number[][] = [];
      for (let limit = values.shape[0], i = paramsNestedSplits.length - 1; i >= 0; i--) {
        nested[i] = splitsOf(paramsNestedSplits[i] as TensorLike, limit, fn, `paramsNestedSplits[${i}]`);
        limit = nested[i].length - 1;
      }
      const out: number[][] = Array.from({ length: rank }, () => [0]);
      for (let axis = 0, rows = 1; axis < at.rank - 1; axis++) {
        rows *= at.shape[axis];
        for (let i = 1; i <= rows; i++) out[axis].push(i * at.shape[axis + 1]);
      }
      const picks: number[] = [];
      const rows = nested[0].length - 1;
      for (const index of elementsOf(at, fn) as Int32Array) {
        if (index < 0 || index >= rows) {
          throw new IndexError(`${fn}: index ${index} is out of range for axis 0 of length ${rows}.`, {
            hint: rows === 0 ? "The axis is empty." : `Use 0 to ${rows - 1}.`,
          });
        }
        let [start, limit] = [index, index + 1];
        for (const [level, splits] of nested.entries()) {
          const to = level + at.rank - 1 < 0 ? undefined : out[level + at.rank - 1];
          if (to !== undefined) {
            const delta = to[to.length - 1] - splits[start];
            for (let j = start; j < limit; j++) to.push(splits[j + 1] + delta);
          }
          [start, limit] = [splits[start], splits[limit]];
        }
        for (let i = start; i < limit; i++) picks.push(i);
      }
      return {
        outputNestedSplits: out.map((list) => fromValues(list, [list.length], "int32", fn)),
        outputDenseValues: gather(values, fromValues(picks, [picks.length], "int32", fn)),
      };
    });
  },
);

/** Elements of a scalar or vector. */
function rowOf(x: TensorLike, fn: string, arg: string): { t: Tensor; list: number[] } {
  const t = toTensor(x, fn, arg);
  if (t.rank > 1) throw new ShapeError(`${fn}: ${arg} have shape ${showShape(t.shape)}, but must be a scalar or a vector.`);
  return { t, list: Array.from(elementsOf(t, fn), Number) };
}

/**
 * A range per row: starts, limits and deltas are vectors of one length, or scalars for all rows → row splits (int32) and the values of all
 * ranges in their dtype. E_ARGUMENT for a delta of 0 and for ranges beyond 2^31 − 1 elements.
 */
export const raggedRange = tidied(
  "raggedRange",
  (starts: TensorLike, limits: TensorLike, deltas: TensorLike): { rtNestedSplits: Tensor; rtDenseValues: Tensor } => {
    const fn = "raggedRange";
    return tidy(() => {
      const [a, b, d] = [rowOf(starts, fn, "starts"), rowOf(limits, fn, "limits"), rowOf(deltas, fn, "deltas")];
      const vectors = [a, b, d].filter(({ t }) => t.rank === 1);
      const rows = vectors.length === 0 ? 1 : vectors[0].list.length;
      if (vectors.some(({ list }) => list.length !== rows)) {
        throw new ShapeError(
          `${fn}: starts ${showShape(a.t.shape)}, limits ${showShape(b.t.shape)} and deltas ${showShape(d.t.shape)} differ.`,
        );
      }
      const of = ({ t, list }: { t: Tensor; list: number[] }, i: number): number => list[t.rank === 0 ? 0 : i];
      const ranges: [start: number, delta: number, size: number][] = [];
      const splits = [0];
      let total = 0;
      for (let i = 0; i < rows; i++) {
        const [start, limit, delta] = [of(a, i), of(b, i), of(d, i)];
        if (delta === 0) throw new ArgumentError(`${fn}: deltas[${i}] is 0.`, { hint: "A range needs a step." });
        const size = Math.max(0, Math.ceil((limit - start) / delta));
        if (!(total + size <= 2 ** 31 - 1)) {
          throw new ArgumentError(
            `${fn}: the range from ${start} to ${limit} by ${delta} has ${size} elements, over the limit of 2^31 - 1.`,
          );
        }
        ranges.push([start, delta, size]);
        total += size;
        splits.push(total);
      }
      const values = room(Float64Array, total, fn);
      for (const [i, [start, delta, size]] of ranges.entries()) for (let k = 0; k < size; k++) values[splits[i] + k] = start + k * delta;
      return {
        rtNestedSplits: fromValues(splits, [splits.length], "int32", fn),
        rtDenseValues: fromValues(values, [total], a.t.dtype, fn),
      };
    });
  },
);
