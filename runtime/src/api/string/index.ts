/**
 * `gf.string`: functions on string tensors, with TensorFlow.js's names. They run at once; graph functions take no strings.
 */

import { ArgumentError, ShapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import { bytesOf, elementOfText, StringArray, textOf } from "../../core/strings.ts";
import type { Tensor } from "../../core/tensor.ts";
import { tidied } from "../../eager/scope.ts";
import { describe, newTensor, type TensorLike } from "../convert.ts";
import { tensor1d, tensor2d } from "../create.ts";
import { stringTensor } from "../text.ts";
import { fingerprint64 } from "./fingerprint.ts";
import { stringsOf } from "./operand.ts";

export { stringNGrams } from "./n-grams.ts";

/**
 * Cuts each string at the bytes that `delimiter` has, any of them; at every byte where it is empty. Pieces without a byte are left out
 * unless `skipEmpty` is false. The result is a sparse matrix of one row per string.
 *
 * Shapes   input [N], delimiter [] → indices [M, 2], values [M], shape [2].
 * Dtypes   string → int32, string, int32.
 * Errors   E_DTYPE, E_SHAPE.
 * Gradient none.
 * Example  gf.string.stringSplit(["to be", "or"], " ").values: to, be, or
 */
export const stringSplit = tidied(
  "stringSplit",
  (input: TensorLike, delimiter: TensorLike, skipEmpty = true): { indices: Tensor; values: Tensor; shape: Tensor } => {
    const fn = "stringSplit";
    const { t, elements } = stringsOf(input, fn, "input");
    const by = stringsOf(delimiter, fn, "delimiter");
    if (t.rank !== 1) throw new ShapeError(`${fn}: input has shape ${showShape(t.shape)}, but must have rank 1.`);
    if (by.t.rank !== 0) throw new ShapeError(`${fn}: delimiter has shape ${showShape(by.t.shape)}, but must be a scalar.`);
    const ends = new Set(by.elements[0]);
    const values = new StringArray(0);
    const indices: number[] = [];
    let columns = 0;
    for (const [row, element] of elements.entries()) {
      let column = 0;
      for (const piece of ends.size === 0 || element === "" ? element : pieces(element, ends)) {
        if (skipEmpty && piece === "") continue;
        values.push(piece);
        indices.push(row, column++);
      }
      columns = Math.max(columns, column);
    }
    return {
      indices: tensor2d(indices, [values.length, 2], "int32"),
      values: stringTensor(values, [values.length]),
      shape: tensor1d([elements.length, columns], "int32"),
    };
  },
);

function pieces(element: string, ends: ReadonlySet<string>): string[] {
  const found: string[] = [];
  let start = 0;
  for (let i = 0; i < element.length; i++) {
    if (!ends.has(element[i] as string)) continue;
    found.push(element.slice(start, i));
    start = i + 1;
  }
  found.push(element.slice(start));
  return found;
}

/**
 * The bucket of each string, 0 to numBuckets − 1, by FarmHash's fingerprint: the same everywhere and for ever, as in TensorFlow.
 *
 * Shapes   [...S] → [...S].
 * Dtypes   string → int32.
 * Errors   E_DTYPE; E_ARGUMENT where numBuckets is not from 1 to 2^31.
 * Gradient none.
 * Example  gf.string.stringToHashBucketFast(["Hello", "TensorFlow"], 3)
 */
export const stringToHashBucketFast = tidied("stringToHashBucketFast", (input: TensorLike, numBuckets: number): Tensor => {
  const fn = "stringToHashBucketFast";
  const { t, elements } = stringsOf(input, fn, "input");
  if (!Number.isInteger(numBuckets) || numBuckets < 1 || numBuckets > 2 ** 31) {
    throw new ArgumentError(`${fn}: numBuckets must be a whole number from 1 to 2^31, but is ${describe(numBuckets)}.`);
  }
  const count = BigInt(numBuckets);
  const result = newTensor("int32", [...t.shape], elements.length);
  const to = result.elements as Int32Array;
  for (const [i, element] of elements.entries()) to[i] = Number(fingerprint64(bytesOf(element)) % count);
  return result;
});

/**
 * Each string with what `pattern` matches replaced by `rewrite`: JavaScript's regular expressions, and `$1` for what a group matched.
 * Only the first match where `replaceGlobal` is false.
 *
 * Shapes   [...S] → [...S].
 * Dtypes   string → string.
 * Errors   E_DTYPE, also for bytes that are no UTF-8; E_ARGUMENT where the pattern is none.
 * Gradient none.
 * Example  gf.string.staticRegexReplace(["too   wide"], " +", " ")
 */
export const staticRegexReplace = tidied(
  "staticRegexReplace",
  (input: TensorLike, pattern: string, rewrite: string, replaceGlobal = true): Tensor => {
    const fn = "staticRegexReplace";
    const { t, elements } = stringsOf(input, fn, "input");
    for (const text of [pattern, rewrite]) {
      if (typeof text !== "string") throw new ArgumentError(`${fn}: pattern and rewrite must be strings, but one is ${describe(text)}.`);
    }
    const expression = expressionOf(pattern, replaceGlobal ? "g" : "", fn);
    const replaced = new StringArray(elements.length);
    for (const [i, element] of elements.entries()) replaced[i] = elementOfText(textOf(element).replace(expression, rewrite));
    return stringTensor(replaced, [...t.shape]);
  },
);

function expressionOf(pattern: string, flags: string, fn: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch (cause) {
    throw new ArgumentError(`${fn}: ${describe(pattern)} is no regular expression: ${(cause as Error).message}.`, { cause });
  }
}
