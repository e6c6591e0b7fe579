/** All elements of a dataset at once, for loops in graph functions. */
import { describe } from "../api/convert.ts";
import { stack } from "../api/join.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { showShape } from "../core/shape.ts";
import { isTensor, type Tensor } from "../core/tensor.ts";
import { outside } from "../dispatch/dispatch.ts";
import { tidy } from "../eager/scope.ts";
import type { Gathered } from "../trace/feed.ts";
import { flatten, type Skeleton, sameSkeleton } from "../trace/structure.ts";

function sameTypes(a: readonly Tensor[], b: readonly Tensor[]): boolean {
  return a.every((t, i) => t.dtype === b[i]?.dtype && showShape(t.shape) === showShape(b[i].shape));
}

/** Throws E_ARGUMENT for a dataset without end, E_ASYNC for one that must be awaited, E_SHAPE where an element before the last differs. */
export function gather(elements: Iterable<unknown>, size: number | null): Gathered | null {
  if (size === Number.POSITIVE_INFINITY) {
    throw new ArgumentError("A loop in a graph function reads all elements of its dataset, but this one has no end.", {
      hint: "Use take().",
    });
  }
  return outside(() => tidy(() => read(elements) as never)) as Gathered | null;
}

function read(elements: Iterable<unknown>): Gathered | null {
  let skeleton: Skeleton | null = null;
  const all: Tensor[][] = [];
  for (const element of elements) {
    const leaves: unknown[] = [];
    const shape = flatten(element, leaves);
    if (!leaves.every(isTensor)) return null;
    skeleton ??= shape;
    if (!sameSkeleton(skeleton, shape))
      throw new ArgumentError(`Element ${all.length} of a dataset is ${describe(element)}, another structure than those before.`);
    all.push(leaves as Tensor[]);
  }
  const [first] = all;
  if (first === undefined || skeleton === null) return null;
  const last = all[all.length - 1] as Tensor[];
  const odd = all.length > 1 && !sameTypes(first, last);
  const equal = odd ? all.slice(0, -1) : all;
  const stray = equal.findIndex((leaves) => !sameTypes(first, leaves));
  if (stray >= 0) {
    throw new ShapeError(`Element ${stray} of a dataset has other shapes than those before it, in a loop of a graph function.`, {
      hint: "Only the last one may differ.",
    });
  }
  const rows = first.map((_, i) => stack(equal.map((leaves) => leaves[i] as Tensor)));
  return { skeleton, rows, last: odd ? last : null };
}
