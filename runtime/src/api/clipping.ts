/** Gradients held to a length: of one tensor (clipByNorm), or of many taken as one vector (clipByGlobalNorm). */
import { isFloating } from "../core/dtype.ts";
import { ArgumentError, DTypeError } from "../core/errors.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { tidied } from "../eager/scope.ts";
import { describe, type TensorLike, toTensor } from "./convert.ts";
import { cast, maximum, minimum, where } from "./elementwise.ts";
import { sum } from "./reduce.ts";

/** Tensors in an array, or by name. */
type Tensors = readonly Tensor[] | { readonly [name: string]: Tensor };

function floating(x: Tensor, what: string): Tensor {
  if (isFloating(x.dtype)) return x;
  throw new DTypeError(`${what} is ${x.dtype}, but must be floating.`, { hint: 'Use .cast("float32").' });
}

function limit(clipNorm: TensorLike, what: string): Tensor {
  if (typeof clipNorm === "number" && !(clipNorm > 0)) {
    throw new ArgumentError(`${what}: clipNorm is ${clipNorm}, but must be positive.`);
  }
  return toTensor(clipNorm, what, "clipNorm");
}

/**
 * `x`, scaled down where its Euclidean norm, over all axes or those given, exceeds `clipNorm`.
 * Shapes   that of x.
 * Dtypes   floating.
 * Errors   E_DTYPE for x of whole numbers; E_ARGUMENT for a clipNorm that is not positive; E_AXIS.
 * Gradient of the scaling too; at zero that of the identity.
 * Source   TensorFlow clip_by_norm.
 */
export const clipByNorm = tidied("clipByNorm", (x: TensorLike, clipNorm: TensorLike, axis?: number | readonly number[]): Tensor => {
  const input = floating(toTensor(x, "clipByNorm"), "clipByNorm: x");
  const most = limit(clipNorm, "clipByNorm");
  const squares = sum(input.square(), axis, true);
  // No square root is taken at zero: its derivative is infinite there.
  const isLong = squares.greater(0);
  const norm = where(isLong, where(isLong, squares, squares.add(1)).sqrt(), squares);
  return input.mul(most).div(maximum(norm, most));
});

/**
 * The Euclidean norm of all tensors taken as one vector.
 * Shapes   a scalar.
 * Dtypes   floating; that of the first tensor.
 * Errors   E_ARGUMENT for no tensors; E_DTYPE for tensors of whole numbers.
 * Gradient undefined where all are zero.
 * Source   TensorFlow global_norm.
 */
export const globalNorm = tidied("globalNorm", (tensors: Tensors): Tensor => normOf(listOf(tensors, "globalNorm")));

function normOf(list: readonly Tensor[]): Tensor {
  const [first] = list as [Tensor];
  return list
    .map((t) => cast(sum(t.square()), first.dtype))
    .reduce((all, part) => all.add(part))
    .sqrt();
}

/**
 * Tensors scaled together, so that their global norm is at most `clipNorm`: what a training step does to gradients that explode.
 *
 *   const { value, grads } = gf.variableGrads(loss);
 *   optimizer.applyGradients(gf.clipByGlobalNorm(grads, 1).clipped);
 *
 * Returned are the tensors, in an array or by name as they were given, and the norm that they had, which may be given as `useNorm` where it
 * is known. Where the norm is not finite all elements are NaN.
 * Errors   E_ARGUMENT for no tensors and for a clipNorm that is not positive; E_DTYPE for tensors of whole numbers.
 * Gradient of the scaling too.
 * Source   TensorFlow clip_by_global_norm.
 */
export function clipByGlobalNorm<T extends Tensors>(
  tensors: T,
  clipNorm: TensorLike,
  useNorm?: TensorLike,
): { clipped: { -readonly [K in keyof T]: Tensor }; globalNorm: Tensor } {
  return clipAll(tensors, clipNorm, useNorm) as ReturnType<typeof clipByGlobalNorm<T>>;
}

const clipAll = tidied("clipByGlobalNorm", (tensors: Tensors, clipNorm: TensorLike, useNorm?: TensorLike) => {
  const list = listOf(tensors, "clipByGlobalNorm");
  const most = limit(clipNorm, "clipByGlobalNorm");
  const norm = useNorm === undefined ? normOf(list) : toTensor(useNorm, "clipByGlobalNorm", "useNorm").clone();
  // norm − norm: NaN for a norm that is not finite.
  const scale = most.mul(minimum(norm.reciprocal(), most.reciprocal())).add(norm.sub(norm));
  const clipped = list.map((t) => t.mul(cast(scale, t.dtype)));
  if (Array.isArray(tensors)) return { clipped, globalNorm: norm };
  return { clipped: Object.fromEntries(Object.keys(tensors).map((key, i) => [key, clipped[i] as Tensor])), globalNorm: norm };
});

function listOf(tensors: Tensors, what: string): Tensor[] {
  if (typeof tensors !== "object" || tensors === null || isTensor(tensors)) {
    throw new ArgumentError(`${what}: the tensors are ${describe(tensors)}, but must be an array or an object of tensors.`);
  }
  const list: [string, unknown][] = Object.entries(tensors);
  if (list.length === 0) throw new ArgumentError(`${what}: there are no tensors.`);
  return list.map(([key, t]) => {
    if (!isTensor(t)) throw new ArgumentError(`${what}: ${key} is ${describe(t)}, but must be a tensor.`);
    return floating(t, `${what}: ${key}`);
  });
}
