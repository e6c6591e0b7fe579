/**
 * Joining: one type for values that come from different paths (arms of a branch, entry and back edge of a loop).
 *
 * - weak with weak: the higher kind, weak.
 * - weak with strong: the strong one, if its kind is at least the weak one's.
 * - strong with strong: must be equal.
 * - shapes must be equal.
 */
import { DTYPES } from "../core/dtype.ts";
import { DTypeError, ShapeError, type SourcePlace } from "../core/errors.ts";
import { sameShape, showShape } from "../core/shape.ts";
import type { TensorType } from "../core/type.ts";

const RANK = { bool: 0, int: 1, float: 2 } as const;

export interface JoinPlace {
  /** The variable, or "the result". */
  readonly what: string;
  /** "in one branch" / "in the other", "before the loop" / "after one iteration". */
  readonly first: string;
  readonly second: string;
  readonly at: SourcePlace | undefined;
}

export function joinTypes(a: TensorType, b: TensorType, place: JoinPlace): TensorType {
  if (!sameShape(a.shape, b.shape)) {
    throw new ShapeError(`${place.what} has shape ${showShape(a.shape)} ${place.first} and ${showShape(b.shape)} ${place.second}.`, {
      hint: "Give it one shape on every path, for example by reshape, broadcastTo or another initial value.",
      at: place.at,
    });
  }
  const rankA = RANK[DTYPES[a.dtype].kind];
  const rankB = RANK[DTYPES[b.dtype].kind];
  if (a.weak && b.weak) return rankA >= rankB ? a : b;
  if (a.weak && rankA <= rankB) return b;
  if (b.weak && rankB <= rankA) return a;
  if (a.dtype === b.dtype) return a.weak ? b : a;
  const show = (t: TensorType): string => `${t.dtype}${t.weak ? " (from a number)" : ""}`;
  throw new DTypeError(`${place.what} is ${show(a)} ${place.first} and ${show(b)} ${place.second}.`, {
    hint: `Cast one of them, for example with .cast("${rankA >= rankB ? a.dtype : b.dtype}").`,
    at: place.at,
  });
}
