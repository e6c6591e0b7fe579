/** Rows and shapes of sparse tensors: indices [N, rank] with values [N]. What comes out depends on elements: eager only. */
import { ArgumentError, ShapeError } from "../../core/errors.ts";
import { type Shape, showShape, stridesOf } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { tidy } from "../../eager/scope.ts";
import { fromValues, type TensorLike, toTensor } from "../convert.ts";
import { cast } from "../elementwise.ts";
import { checkRank, elementsOf, indicesOf, room } from "../indices.ts";
import { concat } from "../join.ts";
import { reshape } from "../shape.ts";
import { gather } from "../slice.ts";

function checkedIndices(indices: TensorLike, fn: string, arg: string): { at: Int32Array; count: number; rank: number } {
  const t = indicesOf(indices, fn, arg);
  checkRank(t, 2, fn, arg);
  const [count, rank] = t.shape;
  return { at: Int32Array.from(elementsOf(t, fn)), count, rank };
}

function shapeOf(shape: TensorLike, fn: string, arg: string): number[] {
  const t = indicesOf(shape, fn, arg);
  checkRank(t, 1, fn, arg);
  return Array.from(elementsOf(t, fn), Number);
}

/** Where index i of a list is no row of a tensor with so many. */
function badRow(fn: string, i: number, row: number, rows: number): Error {
  return new ArgumentError(`${fn}: indices[${i}] has row ${row}, but there are rows 0 to ${rows - 1}.`, { code: "E_INDEX" });
}

/**
 * Gives every row of a sparse tensor a value: where one has none, `defaultValue` in column 0. indices int32 [N, rank], values [N],
 * denseShape [rank]. outputIndices and outputValues are ordered by rows; emptyRowIndicator [rows] tells which were empty;
 * reverseIndexMap [N] where each value went. Gradient: of values. E_INDEX for a row that is not there.
 */
export function sparseFillEmptyRows(
  indices: TensorLike,
  values: TensorLike,
  denseShape: TensorLike,
  defaultValue: TensorLike,
): { outputIndices: Tensor; outputValues: Tensor; emptyRowIndicator: Tensor; reverseIndexMap: Tensor } {
  const fn = "sparseFillEmptyRows";
  return tidy(() => {
    const { at, count, rank } = checkedIndices(indices, fn, "indices");
    const given = toTensor(values, fn, "values");
    checkRank(given, 1, fn, "values");
    const shape = shapeOf(denseShape, fn, "denseShape");
    const fill = toTensor(defaultValue, fn, "defaultValue");
    checkRank(fill, 0, fn, "defaultValue");
    if (given.shape[0] !== count || shape.length !== rank || rank === 0) {
      throw new ShapeError(
        `${fn}: indices [${count},${rank}], values ${showShape(given.shape)} and a denseShape of ${shape.length} lengths do not fit.`,
      );
    }
    const rows = shape[0];
    if (rows < 0) throw new ShapeError(`${fn}: denseShape ${showShape(shape)} has a negative length.`);
    // Places of rows in the result, as if none were missing, then one more for each row without members.
    const members = room(Int32Array, rows, fn);
    for (let i = 0; i < count; i++) {
      const row = at[i * rank];
      if (row < 0 || row >= rows) throw badRow(fn, i, row, rows);
      members[row]++;
    }
    const next = room(Int32Array, rows, fn);
    let total = 0;
    for (let row = 0; row < rows; row++) {
      next[row] = total;
      total += Math.max(members[row], 1);
    }
    const picks = room(Int32Array, total, fn).fill(count);
    const out = room(Int32Array, total * rank, fn);
    for (let row = 0; row < rows; row++) out[next[row] * rank] = row;
    const reverse = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const place = next[at[i * rank]]++;
      reverse[i] = place;
      picks[place] = i;
      out.set(at.subarray(i * rank, (i + 1) * rank), place * rank);
    }
    const all = concat([given, reshape(cast(fill, given.dtype), [1])]);
    return {
      outputIndices: fromValues(out, [total, rank], "int32", fn),
      outputValues: gather(all, fromValues(picks, [total], "int32", fn)),
      emptyRowIndicator: fromValues(
        Uint8Array.from(members, (n) => Number(n === 0)),
        [rows],
        "bool",
        fn,
      ),
      reverseIndexMap: fromValues(reverse, [count], "int32", fn),
    };
  });
}

/** The new shape with its −1 put in. */
function filled(from: Shape, to: readonly number[], fn: string): number[] {
  const size = from.reduce((a, b) => a * b, 1);
  const misfit = (why: string) => new ShapeError(`${fn}: shape ${showShape(from)} does not fit ${showShape(to)}: ${why}.`);
  if (to.filter((d) => d === -1).length > 1) throw misfit("only one length may be -1");
  if (to.some((d) => d < -1)) throw misfit("a length is negative");
  const known = to.reduce((n, d) => (d === -1 ? n : n * d), 1);
  if (!to.includes(-1)) {
    if (known !== size) throw misfit(`${size} elements against ${known}`);
    return [...to];
  }
  if (known === 0) throw misfit("-1 cannot be found beside a length of 0");
  if (size % known !== 0) throw misfit(`${size} elements are no multiple of ${known}`);
  return to.map((d) => (d === -1 ? size / known : d));
}

/**
 * The same elements under another shape: inputIndices int32 [N, rank], inputShape [rank], newShape, in which one length may be −1.
 * E_SHAPE where the numbers of elements differ, E_INDEX for an index outside of inputShape.
 */
export function sparseReshape(
  inputIndices: TensorLike,
  inputShape: TensorLike,
  newShape: TensorLike,
): { outputIndices: Tensor; outputShape: Tensor } {
  const fn = "sparseReshape";
  return tidy(() => {
    const { at, count, rank } = checkedIndices(inputIndices, fn, "inputIndices");
    const from = shapeOf(inputShape, fn, "inputShape");
    if (from.length !== rank)
      throw new ShapeError(`${fn}: inputIndices [${count},${rank}] do not fit inputShape ${showShape(from)} of ${from.length} lengths.`);
    const negative = from.find((d) => d < 0);
    if (negative !== undefined) throw new ShapeError(`${fn}: inputShape ${showShape(from)} has a negative length.`);
    const to = filled(from, shapeOf(newShape, fn, "newShape"), fn);
    const strides = [stridesOf(from), stridesOf(to)];
    const out = new Int32Array(count * to.length);
    for (let i = 0; i < count; i++) {
      let flat = 0;
      for (let axis = 0; axis < rank; axis++) {
        const index = at[i * rank + axis];
        if (index < 0 || index >= from[axis]) {
          throw new ArgumentError(`${fn}: index ${index} of inputIndices[${i}] is out of range for axis ${axis} of length ${from[axis]}.`, {
            code: "E_INDEX",
          });
        }
        flat += index * strides[0][axis];
      }
      for (const [axis, stride] of strides[1].entries()) {
        out[i * to.length + axis] = Math.floor(flat / stride);
        flat %= stride;
      }
    }
    return {
      outputIndices: fromValues(out, [count, to.length], "int32", fn),
      outputShape: fromValues(to, [to.length], "int32", fn),
    };
  });
}
