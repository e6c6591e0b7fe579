/**
 * einsum: sums of products named by letters, one per axis. Operands are taken from left to right; two of them are one product of
 * matrices, in which letters of both that are still needed run along:
 *
 *   "bij,bjk->bki"   a as [b, i, j], c as [b, j, k]   →   matMul   →   [b, i, k]   →   [b, k, i]
 */
import { ArgumentError, ShapeError, UnsupportedError } from "../core/errors.ts";
import { type Dim, mayBeSameDim, showDim, showShape } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { apply1 } from "../dispatch/dispatch.ts";
import { tidied, tidy } from "../eager/scope.ts";
import * as ops from "../ops/index.ts";
import { describe, type TensorLike, toTensor } from "./convert.ts";
import { matMul } from "./linalg.ts";
import { sum } from "./reduce.ts";
import { dimsOf, reshape, shapeAttr, transpose } from "./shape.ts";

/** A tensor whose axes have names. */
interface Named {
  readonly x: Tensor;
  readonly letters: readonly string[];
}

interface Equation {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

function parse(equation: unknown, count: number): Equation {
  if (typeof equation !== "string") throw new ArgumentError(`einsum: the equation must be a string, but is ${describe(equation)}.`);
  const parts = equation.replace(/\s/g, "").split("->");
  const text = describe(equation);
  if (parts.length !== 2)
    throw new ArgumentError(`einsum: the equation ${text} must have exactly one arrow.`, { hint: 'For example "ij,jk->ik".' });
  if (parts.some((p) => p.includes("."))) {
    throw new UnsupportedError(`einsum: the equation ${text} has an ellipsis, which is not supported yet.`, { hint: "Name all axes." });
  }
  if (!/^[A-Za-z,]*$/.test(parts[0]) || !/^[A-Za-z]*$/.test(parts[1])) {
    throw new ArgumentError(`einsum: the equation ${text} has other characters than letters, commas and one arrow.`);
  }
  const inputs = parts[0].split(",").map((letters) => letters.split(""));
  const output = parts[1].split("");
  if (inputs.length !== count)
    throw new ArgumentError(`einsum: the equation ${text} names ${inputs.length} tensors, but ${count} were given.`);
  if (new Set(output).size !== output.length) throw new ArgumentError(`einsum: the result of ${text} has a letter twice.`);
  const stray = output.find((letter) => !inputs.flat().includes(letter));
  if (stray !== undefined) throw new ArgumentError(`einsum: the result of ${text} has the letter ${stray}, which no tensor has.`);
  return { inputs, output };
}

function checkLengths(list: readonly Named[]): void {
  const lengths = new Map<string, Dim>();
  for (const { x, letters } of list) {
    const dims = dimsOf(x);
    if (dims.length !== letters.length) {
      throw new ShapeError(`einsum: a tensor of shape ${showShape(dims)} does not fit ${describe(letters.join(""))}, one letter per axis.`);
    }
    for (const [i, letter] of letters.entries()) {
      const known = lengths.get(letter);
      if (known !== undefined && !mayBeSameDim(known, dims[i])) {
        throw new ShapeError(`einsum: the letter ${letter} stands for lengths ${showDim(known)} and ${showDim(dims[i])}.`);
      }
      lengths.set(letter, known ?? dims[i]);
    }
  }
}

/** A letter that an operand has twice stands for a diagonal: its axis once, all else dropped. */
function withoutRepeats({ x, letters }: Named): Named {
  const second = letters.findIndex((letter, i) => letters.indexOf(letter) < i);
  if (second < 0) return { x, letters };
  const first = letters.indexOf(letters[second] as string);
  const others = letters.map((_, i) => i).filter((i) => i !== first && i !== second);
  const matrices = transpose(x, [...others, first, second]);
  const diagonals = sum(apply1(ops.bandPart, [matrices], { lower: 0, upper: 0 }), -1);
  return withoutRepeats({ x: diagonals, letters: [...others, first].map((i) => letters[i] as string) });
}

/** Sums out the letters that are not needed. */
function reduced({ x, letters }: Named, needed: ReadonlySet<string>): Named {
  const axes = letters.flatMap((letter, i) => (needed.has(letter) ? [] : [i]));
  return axes.length === 0 ? { x, letters } : { x: sum(x, axes), letters: letters.filter((letter) => needed.has(letter)) };
}

/** x with groups of its axes joined into one axis each, in this order. */
function grouped({ x, letters }: Named, groups: readonly (readonly string[])[]): Tensor {
  const perm = groups.flat().map((letter) => letters.indexOf(letter));
  const moved = perm.every((p, i) => p === i) ? x : transpose(x, perm);
  const dims = dimsOf(x);
  return reshape(
    moved,
    shapeAttr(
      groups.map((group) => lengthOf(group.map((letter) => dims[letters.indexOf(letter)]))),
      "einsum",
    ),
  );
}

function lengthOf(dims: readonly Dim[]): Dim {
  if (dims.length === 1) return dims[0];
  return dims.every((d) => typeof d === "number")
    ? dims.reduce((a: number, b) => a * (b as number), 1)
    : { sym: `(${dims.map(showDim).join("*")})` };
}

/** The product of two, with the letters of both that are not needed any more summed out. */
function multiplied(a: Named, b: Named, needed: ReadonlySet<string>): Named {
  const left = reduced(a, new Set([...needed, ...b.letters]));
  const right = reduced(b, new Set([...needed, ...a.letters]));
  const both = left.letters.filter((letter) => right.letters.includes(letter));
  const along = both.filter((letter) => needed.has(letter));
  const gone = both.filter((letter) => !needed.has(letter));
  const rows = left.letters.filter((letter) => !both.includes(letter));
  const columns = right.letters.filter((letter) => !both.includes(letter));
  const product = matMul(grouped(left, [along, rows, gone]), grouped(right, [along, gone, columns]));
  const dimOf = (letter: string): Dim => {
    const i = left.letters.indexOf(letter);
    return i >= 0 ? dimsOf(left.x)[i] : dimsOf(right.x)[right.letters.indexOf(letter)];
  };
  const letters = [...along, ...rows, ...columns];
  return { x: reshape(product, shapeAttr(letters.map(dimOf), "einsum")), letters };
}

/**
 * Sums of products by Einstein's notation: one letter per axis, tensors separated by commas, the letters of the result behind `->`;
 * letters that are not there are summed out; a letter that a tensor has twice stands for a diagonal. "ij,jk->ik" is matMul. Dtypes are promoted; int32 wraps around.
 * E_ARGUMENT for an equation that is none, E_SHAPE where a letter stands for two lengths; an ellipsis is not supported yet.
 */
export const einsum = tidied("einsum", (equation: string, ...tensors: readonly TensorLike[]): Tensor => {
  const { inputs, output } = parse(equation, tensors.length);
  return tidy(() => {
    const list = tensors.map((t, i): Named => ({ x: toTensor(t, "einsum", `tensors[${i}]`), letters: inputs[i] }));
    checkLengths(list);
    const [first, ...others] = list.map(withoutRepeats);
    const neededAfter = (i: number): ReadonlySet<string> => new Set([...output, ...others.slice(i).flatMap(({ letters }) => letters)]);
    const start = others.length === 0 ? reduced(first, neededAfter(0)) : first;
    const { x, letters } = others.reduce((acc, next, i) => multiplied(acc, next, neededAfter(i + 1)), start);
    const perm = output.map((letter) => letters.indexOf(letter));
    return perm.every((p, i) => p === i) ? (x === tensors[0] ? reshape(x, x.shape) : x) : transpose(x, perm);
  });
});
