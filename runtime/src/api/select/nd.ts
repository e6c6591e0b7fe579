/** Reading and writing at positions of several axes. Indices outside are E_INDEX, with the index, its axis and the limit. */
import { DTypeError, ShapeError } from "../../core/errors.ts";
import { type Shape, showShape } from "../../core/shape.ts";
import type { Tensor } from "../../core/tensor.ts";
import { apply1 } from "../../dispatch/dispatch.ts";
import { tidied, tidy } from "../../eager/scope.ts";
import * as ops from "../../ops/index.ts";
import { checkDims, type TensorLike, toTensor } from "../convert.ts";
import { cast } from "../elementwise.ts";
import { indicesOf } from "../indices.ts";
import { broadcastTo, dimsOf, expandDims } from "../shape.ts";

/** Slices of x [...P, ...S] at int32 indices [...B, K], one position for each of the K axes P → [...B, ...S]. */
export const gatherND = tidied("gatherND", (x: TensorLike, indices: TensorLike): Tensor => {
  return apply1(ops.gatherND, [toTensor(x, "gatherND"), indicesOf(indices, "gatherND")]);
});

/** Indices of rank 1 are a list of positions along the first axis, as in TensorFlow.js. */
function columnOf(indices: TensorLike, fn: string): Tensor {
  const at = indicesOf(indices, fn);
  return at.rank === 1 ? expandDims(at, 1) : at;
}

function notScalar(t: Tensor, fn: string, arg: string): Tensor {
  if (t.rank === 0) throw new ShapeError(`${fn}: ${arg} is a scalar, but must have rank 1 or more.`);
  return t;
}

/**
 * Zeros of `shape` with updates added at the indices: int32 [...B, K] for the first K axes, or [N] for the first one; updates
 * [...B, ...rest of shape]. Updates of one place are added in their order. Gradient: of updates. E_SHAPE where they do not fit.
 */
export const scatterND = tidied("scatterND", (indices: TensorLike, updates: TensorLike, shape: Shape): Tensor => {
  const fn = "scatterND";
  const dims = checkDims(shape, fn);
  return tidy(() =>
    apply1(ops.scatterND, [columnOf(indices, fn), notScalar(toTensor(updates, fn, "updates"), fn, "updates")], { shape: dims }),
  );
});

/**
 * The tensor with updates in the place of what was at the indices, which are those of scatterND. Of several updates of one place the
 * last one stays, and has the gradient. E_DTYPE where updates have another dtype, E_SHAPE where they do not fit.
 */
export const tensorScatterUpdate = tidied("tensorScatterUpdate", (tensor: TensorLike, indices: TensorLike, updates: TensorLike): Tensor => {
  const fn = "tensorScatterUpdate";
  const x = toTensor(tensor, fn, "tensor");
  return tidy(() => apply1(ops.scatterUpdate, [x, columnOf(indices, fn), notScalar(toTensor(updates, fn, "updates"), fn, "updates")]));
});

/**
 * A dense tensor of `outputShape` with values at sparse indices and `defaultValue` elsewhere: indices int32 [N, K], [N] for rank 1, or
 * a scalar for one; values [N], or a scalar for all. The default among strings is the empty one. Of several values of one place the last one stays. E_DTYPE where a default that is
 * a tensor has another dtype than the values.
 */
export const sparseToDense = tidied(
  "sparseToDense",
  (sparseIndices: TensorLike, sparseValues: TensorLike, outputShape: Shape, defaultValue: TensorLike = 0): Tensor => {
    const fn = "sparseToDense";
    const dims = checkDims(outputShape, fn);
    const values = toTensor(sparseValues, fn, "sparseValues");
    return tidy(() => {
      const at = indicesOf(sparseIndices, fn, "sparseIndices");
      if (at.rank > 2) throw new ShapeError(`${fn}: sparseIndices have shape ${showShape(dimsOf(at))}, but must have rank 2 or less.`);
      if (values.rank > 1) throw new ShapeError(`${fn}: sparseValues have shape ${showShape(dimsOf(values))}, but must have rank 1 or 0.`);
      const rest = toTensor(values.dtype === "string" && defaultValue === 0 ? "" : defaultValue, fn, "defaultValue");
      if (rest.rank > 0) throw new ShapeError(`${fn}: defaultValue has shape ${showShape(dimsOf(rest))}, but must be a scalar.`);
      if (rest.dtype !== values.dtype && !rest.weak) {
        throw new DTypeError(`${fn}: defaultValue is ${rest.dtype}, but sparseValues are ${values.dtype}.`, { hint: "Cast one of them." });
      }
      const rows = at.rank === 2 ? at : at.rank === 1 ? expandDims(at, 1) : expandDims(expandDims(at, 0), 0);
      if (dimsOf(rows)[1] !== dims.length) {
        throw new ShapeError(`${fn}: sparseIndices ${showShape(dimsOf(at))} do not name elements of shape ${showShape(dims)}.`, {
          hint: `They need ${dims.length} entries each.`,
        });
      }
      const background = broadcastTo(cast(rest, values.dtype), dims as Shape);
      const updates = values.rank === 0 ? broadcastTo(values, rows.shape.slice(0, 1)) : values;
      return apply1(ops.scatterUpdate, [background, rows, updates]);
    });
  },
);
