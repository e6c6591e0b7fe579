/** Gradients in static graphs: one operation per call, which a run makes ops of when it knows all lengths (replay.ts). */
import { describe, type TensorLike, toTensor } from "../api/convert.ts";
import { hasGradient } from "../core/dtype.ts";
import { ArgumentError, GraphFnError, ShapeError } from "../core/errors.ts";
import { isStatic, sameShape, showShape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import type { Value } from "../ir/graph.ts";
import { graphInForce } from "./graph.ts";
import { addGradients, isConnected } from "./static-tape.ts";

export interface GradientsOptions {
  /** What a source gets that no target depends on. Default "zero". */
  readonly unconnected?: "zero" | "null";
  readonly name?: string;
}

/**
 * Gradients of the sum of all targets with respect to each source.
 * Shapes   those of the sources; `gradYs`, one per target (or null for ones), has the shapes of the targets.
 * Dtypes   floating.
 * Errors   E_GRADIENT for others, and, in a run, for ops without a gradient; E_ARGUMENT, E_SHAPE for gradYs.
 * Gradient again: of any order.
 * Source   TensorFlow 1, tf.gradients, except that a source that nothing depends on has gradient zero, as everywhere here.
 * Example  const [dw, db] = gf.compat.v1.gradients(loss, [w, b]);
 */
export function gradients(
  ys: Tensor | readonly Tensor[],
  xs: Tensor | readonly Tensor[],
  gradYs: TensorLike | readonly (TensorLike | null)[] | null | undefined,
  options: GradientsOptions & { readonly unconnected: "null" },
): (Tensor | null)[];
export function gradients(
  ys: Tensor | readonly Tensor[],
  xs: Tensor | readonly Tensor[],
  gradYs?: TensorLike | readonly (TensorLike | null)[] | null,
  options?: GradientsOptions,
): Tensor[];
export function gradients(
  ys: Tensor | readonly Tensor[],
  xs: Tensor | readonly Tensor[],
  gradYs?: TensorLike | readonly (TensorLike | null)[] | null,
  { unconnected = "zero", name = "gradients" }: GradientsOptions = {},
): (Tensor | null)[] {
  const { tracer: t } = graphInForce("gradients");
  const targets = listOf(ys, "ys").map((y) => t.valueOf(y));
  const sources = listOf(xs, "xs");
  const seeds = seedsOf(gradYs, targets.length).map((seed) => (seed === null ? null : t.valueOf(toTensor(seed, "gradients", "gradYs"))));
  seeds.forEach((seed, i) => {
    const [given, wanted] = [seed?.type.shape, (targets[i] as Value).type.shape];
    if (given === undefined || !isStatic(given) || !isStatic(wanted) || sameShape(given, wanted)) return;
    throw new ShapeError(
      `gradients: the gradient given for target ${i} has shape ${showShape(given)}, but the target ${showShape(wanted)}.`,
    );
  });
  const found = addGradients(t, targets, sources, seeds, t.names.unique(name));
  return unconnected === "zero" ? found : found.map((dx, i) => (isConnected(t, targets, sources[i] as Tensor) ? dx : null));
}

function listOf(given: Tensor | readonly Tensor[], what: string): readonly Tensor[] {
  const list: readonly unknown[] = isTensor(given) ? [given] : given;
  if (!Array.isArray(list) || list.length === 0) throw new ArgumentError(`gradients: ${what} must be a tensor or an array of tensors.`);
  for (const t of list) {
    if (!isTensor(t)) throw new ArgumentError(`gradients: ${what} contains ${describe(t)}, but must hold tensors.`);
    if (!hasGradient(t.dtype)) {
      throw new GraphFnError(
        "E_GRADIENT",
        `gradients: ${t.name ?? "a tensor"} of ${what} is ${t.dtype}; only floating tensors have gradients.`,
        {
          hint: 'Use .cast("float32").',
        },
      );
    }
  }
  return list as readonly Tensor[];
}

function seedsOf(given: unknown, count: number): (TensorLike | null)[] {
  if (given === undefined || given === null) return Array.from({ length: count }, () => null);
  const list = (Array.isArray(given) && (count > 1 || isTensor(given[0]) || given[0] === null) ? given : [given]) as (TensorLike | null)[];
  if (list.length !== count) throw new ArgumentError(`gradients: ${count} targets, but ${list.length} gradients of them.`);
  return list;
}
