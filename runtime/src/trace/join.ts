/**
 * Joining: one type for values that come from different paths (arms of a branch, entry and back edge of a loop).
 *
 * - weak with weak: the higher kind, weak.
 * - weak with strong: the strong one, if its kind is at least the weak one's.
 * - strong with strong: must be equal.
 * - shapes: dimension by dimension; where lengths differ the joined one is open. Ranks must be equal.
 */
import { DTYPES, KIND_RANK } from "../core/dtype.ts";
import { DTypeError, ShapeError, type SourcePlace } from "../core/errors.ts";
import { type Dim, type Dims, sameDim, sameShape, showShape } from "../core/shape.ts";
import type { TensorType } from "../core/type.ts";

export interface JoinPlace {
  /** The variable, or "the result". */
  readonly what: string;
  /** "in one branch" / "in the other", "before the loop" / "after one iteration". */
  readonly first: string;
  readonly second: string;
  readonly at: SourcePlace | undefined;
  /** Where the two values were made, as far as that is known; asked for when they clash. */
  readonly made?: (() => readonly [SourcePlace | undefined, SourcePlace | undefined]) | undefined;
}

/** "in one branch (at 5:9)": the place in the file of the construct, or with its own file. */
export function sides({ first, second, at, made }: Omit<JoinPlace, "what">): [string, string] {
  const [a, b] = made?.() ?? [];
  const show = (words: string, place: SourcePlace | undefined): string => {
    if (place === undefined) return words;
    const isHere = at !== undefined && `/${place.file}`.replaceAll("\\", "/").endsWith(`/${at.file}`);
    return `${words} (at ${isHere ? "" : `${place.file}:`}${place.line}:${place.column})`;
  };
  return [show(first, a), show(second, b)];
}

/** `open` gives the name of a length that differs; without it lengths must be equal. `a`: its own open lengths stay, whatever `b` has. */
export function joinTypes(a: TensorType, b: TensorType, place: JoinPlace, open?: OpenLengths): TensorType {
  const shape = joinShapes(a.shape, b.shape, place, open);
  const joined = joinDTypes(a, b, place);
  return sameShape(joined.shape, shape) ? joined : { ...joined, shape };
}

/** Names of lengths that are found only when the graph runs. */
export interface OpenLengths {
  fresh(): Dim;
  /** The length is one of these names: any length fits. */
  has(d: Dim): boolean;
}

function joinShapes(a: Dims, b: Dims, place: JoinPlace, open: OpenLengths | undefined): Dims {
  if (sameShape(a, b)) return a;
  if (a.length !== b.length || open === undefined) {
    const [first, second] = sides(place);
    throw new ShapeError(`${place.what} has shape ${showShape(a)} ${first} and ${showShape(b)} ${second}.`, {
      hint: `Give it one ${a.length === b.length ? "shape" : "rank"} on every path, for example by reshape, broadcastTo or another initial value.`,
      at: place.at,
    });
  }
  return a.map((d, i) => (sameDim(d, b[i] as Dim) || open.has(d) ? d : open.fresh()));
}

function joinDTypes(a: TensorType, b: TensorType, place: JoinPlace): TensorType {
  const rankA = KIND_RANK[DTYPES[a.dtype].kind];
  const rankB = KIND_RANK[DTYPES[b.dtype].kind];
  if (a.weak && b.weak) return rankA >= rankB ? a : b;
  if (a.weak && rankA <= rankB) return b;
  if (b.weak && rankB <= rankA) return a;
  if (a.dtype === b.dtype) return a.weak ? b : a;
  const show = (t: TensorType): string => `${t.dtype}${t.weak ? " (from a number)" : ""}`;
  const [first, second] = sides(place);
  throw new DTypeError(`${place.what} is ${show(a)} ${first} and ${show(b)} ${second}.`, {
    hint: `Cast one of them, for example with .cast("${rankA >= rankB ? a.dtype : b.dtype}").`,
    at: place.at,
  });
}
