/**
 * Matrices in the last two axes, one after the other: what records of linear algebra share. Reference rules compute in double
 * precision, by the same steps as native code, and round once at the end.
 */
import { GraphFnError, ShapeError } from "../../core/errors.ts";
import { type Dim, type Dims, mayBeSameDim, type Shape, sameDim, showShape } from "../../core/shape.ts";
import type { TensorType } from "../../core/type.ts";
import { FLOATING } from "../infer.ts";
import type { Attrs, Block, OpErrorSample, OpSample } from "../op.ts";

/** The lengths of the matrices. E_SHAPE below rank 2. */
export function matrixDims(name: string, x: TensorType): [rows: Dim, columns: Dim] {
  if (x.shape.length < 2) throw new ShapeError(`${name}: x has shape ${showShape(x.shape)}, but must have rank 2 or more.`);
  return x.shape.slice(-2) as [Dim, Dim];
}

export function squareDim(name: string, x: TensorType): Dim {
  const [rows, columns] = matrixDims(name, x);
  if (!mayBeSameDim(rows, columns)) throw new ShapeError(`${name}: matrices of shape ${showShape([rows, columns])} are not square.`);
  return rows;
}

/** Shape of b in a · x = b, whose matrices are as many and as high as those of a. */
export function checkRightSide(name: string, a: TensorType, b: TensorType): void {
  const [n, lead] = [squareDim(name, a), a.shape.slice(0, -2)];
  const misfit = b.shape.length !== a.shape.length || lead.some((d, i) => !mayBeSameDim(d, b.shape[i]));
  if (misfit || !mayBeSameDim(n, b.shape[b.shape.length - 2])) {
    throw new ShapeError(`${name}: a ${showShape(a.shape)} and b ${showShape(b.shape)} do not fit.`, {
      hint: "b is [...B, N, K] for a [...B, N, N].",
    });
  }
}

/** The lesser of two lengths, which must be known unless they are equal. */
export function lesser(name: string, a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return Math.min(a, b);
  if (sameDim(a, b)) return a;
  throw new ShapeError(`${name}: which of the lengths ${showShape([a, b])} is less must be known.`, { code: "E_SYMBOLIC" });
}

/** No x for a · x = b: a pivot is 0. */
export function singular(op: string, matrix: number, column: number): GraphFnError {
  return new GraphFnError("E_SINGULAR", `${op}: matrix ${matrix} is singular: there is no pivot for column ${column}.`, {
    hint: "Its rows depend on each other; add a multiple of the unit matrix, or use svd.",
  });
}

export function notDefinite(matrix: number, row: number): GraphFnError {
  return new GraphFnError("E_NOT_POSITIVE_DEFINITE", `cholesky: matrix ${matrix} is not positive definite: pivot ${row} is not above 0.`, {
    hint: "Add a multiple of the unit matrix, or use solve, which takes any matrix with an inverse.",
  });
}

const size = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/** Calls `compute` for each matrix with its elements as doubles; `inner` is the number of axes of each result's part. */
export function eachMatrix(
  inputs: readonly Block[],
  outputs: readonly Block[],
  inner: readonly number[],
  compute: (ins: readonly Float64Array[], outs: readonly Float64Array[], matrix: number) => void,
): void {
  const matrices = size(inputs[0].shape.slice(0, -2));
  const widths = inputs.map((x) => size(x.shape.slice(-2)));
  const outs = outputs.map((x, k) => new Float64Array(inner[k] === 0 ? 1 : size(x.shape.slice(-inner[k]))));
  for (let m = 0; m < matrices; m++) {
    for (const out of outs) out.fill(0);
    compute(
      inputs.map((x, k) => Float64Array.from({ length: widths[k] }, (_, i) => x.data[m * widths[k] + i])),
      outs,
      m,
    );
    for (const [k, out] of outs.entries()) outputs[k].data.set(out, m * out.length);
  }
}

/** Samples over the floating dtypes: one or two operands of these shapes, with the values of `values` (0 where missing). */
export function matrixSamples(
  cases: readonly {
    readonly name: string;
    readonly inputs: readonly { readonly shape: Shape; readonly values: readonly number[] }[];
    readonly attrs?: Attrs;
  }[],
): OpSample[] {
  return FLOATING.flatMap((dtype) =>
    cases.map(({ name, inputs, attrs }) => ({
      name: `${dtype} ${name}`,
      inputs: inputs.map(({ shape, values }) => ({ dtype, shape, values })),
      ...(attrs === undefined ? {} : { attrs }),
    })),
  );
}

export function matrix(shape: Shape, values: readonly number[]): { shape: Shape; values: readonly number[] } {
  return { shape, values };
}

export function shapeErrors(shapes: Readonly<Record<string, readonly Shape[]>>, attrs?: Attrs): OpErrorSample[] {
  return Object.entries(shapes).map(([name, list]) => ({
    name,
    code: "E_SHAPE",
    inputs: list.map((shape) => ({ dtype: "float32", shape })),
    ...(attrs === undefined ? {} : { attrs }),
  }));
}

/** The last two axes swapped. */
export function swapped(dims: Dims): number[] {
  const order = Array.from(dims.keys());
  return [...order.slice(0, -2), order.length - 1, order.length - 2];
}
