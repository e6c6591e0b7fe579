/** N-grams of ragged rows of strings. */

import { ArgumentError, DTypeError, IndexError, ShapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import { elementOfText, StringArray } from "../../core/strings.ts";
import type { Tensor } from "../../core/tensor.ts";
import { blockOf } from "../../eager/compute.ts";
import { tidied } from "../../eager/scope.ts";
import { checkInt, checkInts, describe, type TensorLike, toTensor } from "../convert.ts";
import { tensor1d } from "../create.ts";
import { stringTensor } from "../text.ts";
import { stringsOf } from "./operand.ts";

/**
 * The n-grams of each row, one width after the other, with `separator` between their strings.
 *
 * Shapes   data [N] and dataSplits [R + 1], where row r is data[dataSplits[r]] to data[dataSplits[r + 1] − 1] → nGrams [M] and
 *          nGramsSplits [R + 1].
 * Dtypes   string, int32 → string, int32.
 * Errors   E_DTYPE, E_SHAPE; E_INDEX for splits that do not start at 0, sink, or do not end at N; E_ARGUMENT for widths below 1.
 * Gradient none.
 * Example  gf.string.stringNGrams(["a", "b", "c"], gf.tensor1d([0, 3], "int32"), "|", [2], "L", "R", 0, false): a|b, b|c
 *
 * `padWidth` strings leftPad and rightPad stand before and after a row, but never more than the width less one; −1 for as many as that.
 * With `preserveShortSequences` a row too short for all widths is one n-gram as a whole.
 */
export const stringNGrams = tidied(
  "stringNGrams",
  (
    data: TensorLike,
    dataSplits: TensorLike,
    separator: string,
    nGramWidths: number[],
    leftPad: string,
    rightPad: string,
    padWidth: number,
    preserveShortSequences: boolean,
  ): { nGrams: Tensor; nGramsSplits: Tensor } => {
    const fn = "stringNGrams";
    const { t, elements } = stringsOf(data, fn, "data");
    if (t.rank !== 1) throw new ShapeError(`${fn}: data has shape ${showShape(t.shape)}, but must have rank 1.`);
    const splits = splitsOf(dataSplits, elements.length, fn);
    const widths = checkInts(nGramWidths, `${fn}: nGramWidths`).map((width) => checkInt(width, `${fn}: a width`, 1));
    const [between, left, right] = [separator, leftPad, rightPad].map((text) => {
      if (typeof text !== "string") throw new ArgumentError(`${fn}: separator and pads must be strings, but one is ${describe(text)}.`);
      return elementOfText(text);
    }) as [string, string, string];
    const pad = checkInt(padWidth, `${fn}: padWidth`, -1);
    const padded = (row: readonly string[], n: number): string[] => [...times(left, n), ...row, ...times(right, n)];

    const nGrams = new StringArray(0);
    const ends = splits.length === 0 ? [] : [0];
    for (let r = 1; r < splits.length; r++) {
      const row = [...elements.subarray(splits[r - 1], splits[r])];
      const before = nGrams.length;
      // Nothing but pads makes no n-grams where there is no data at all.
      for (const width of elements.length === 0 ? [] : widths) {
        const strings = padded(row, pad < 0 ? width - 1 : Math.min(pad, width - 1));
        for (let i = 0; i + width <= strings.length; i++) nGrams.push(strings.slice(i, i + width).join(between));
      }
      if (preserveShortSequences && row.length > 0 && nGrams.length === before) nGrams.push(padded(row, Math.max(0, pad)).join(between));
      ends.push(nGrams.length);
    }
    return { nGrams: stringTensor(nGrams, [nGrams.length]), nGramsSplits: tensor1d(ends, "int32") };
  },
);

function times(text: string, count: number): string[] {
  return new Array<string>(count).fill(text);
}

function splitsOf(value: TensorLike, size: number, fn: string): Int32Array {
  const t = toTensor(value, fn, "dataSplits");
  if (t.dtype !== "int32") throw new DTypeError(`${fn}: dataSplits are ${t.dtype}, but must be int32.`, { hint: "Use toInt()." });
  if (t.rank !== 1) throw new ShapeError(`${fn}: dataSplits have shape ${showShape(t.shape)}, but must have rank 1.`);
  const splits = blockOf(t, fn).data as Int32Array;
  if (splits.length === 0) return splits;
  if (splits[0] !== 0) throw new IndexError(`${fn}: First split value must be 0, but is ${splits[0]}.`);
  for (let i = 1; i < splits.length; i++) {
    if (splits[i] < splits[i - 1] || splits[i] > size) {
      throw new IndexError(`${fn}: split ${i} is ${splits[i]}, but must be in [${splits[i - 1]}, ${size}].`);
    }
  }
  if (splits[splits.length - 1] !== size) {
    throw new IndexError(`${fn}: Last split value must be data size ${size}, but is ${splits[splits.length - 1]}.`);
  }
  return splits;
}
