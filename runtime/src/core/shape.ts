/**
 * Shapes and their arithmetic. A dimension is a number, or a symbol: a named length known only at run time (`{ sym: "N" }`).
 * Eager tensors have numbers only; graph types may have symbols. Dimensions of one name are equal wherever both are known; of
 * different names they may be equal or not, which is found out when the graph runs.
 *
 *   N        the length of an argument: known when the function is called
 *   ?3       a length that depends on data: what a loop or branch leaves
 *   (N+1)    computed from others
 */
import { describe } from "./describe.ts";
import { ShapeError } from "./errors.ts";

export interface SymbolicDim {
  readonly sym: string;
}
export type Dim = number | SymbolicDim;
export type Shape = readonly number[];
export type Dims = readonly Dim[];

/** Ranks beyond this are refused everywhere: native views have room for no more (kMaxRank in native/src/core/kernel.h). */
export const MAX_RANK = 8;

export function isStatic(shape: Dims): shape is Shape {
  return shape.every((d) => typeof d === "number");
}

export function sameDim(a: Dim, b: Dim): boolean {
  return a === b || (typeof a === "object" && typeof b === "object" && a.sym === b.sym);
}

/** Not known to differ: equal, or one of them is open. */
export function mayBeSameDim(a: Dim, b: Dim): boolean {
  return a === b || typeof a === "object" || typeof b === "object";
}

export function mayBeSameShape(a: Dims, b: Dims): boolean {
  return a.length === b.length && a.every((d, i) => mayBeSameDim(d, b[i]));
}

/** What two dimensions are that must be equal when the graph runs: the one that says more. */
export function unifiedDim(a: Dim, b: Dim): Dim {
  return typeof a === "number" ? a : typeof b === "number" ? b : isOpen(a) && !isOpen(b) ? b : a;
}

/** Depends on data: not even known when the function is called. */
export function isOpen(d: Dim): boolean {
  return typeof d === "object" && d.sym.includes("?");
}

export function sameShape(a: Dims, b: Dims): boolean {
  return a.length === b.length && a.every((d, i) => sameDim(d, b[i]));
}

/** Elements of a shape; 1 for rank 0. Throws E_SHAPE where the product passes 2^53. */
export function sizeOf(shape: Shape): number {
  let n = 1;
  for (let i = 0; i < shape.length; i++) n *= shape[i];
  if (n > Number.MAX_SAFE_INTEGER)
    throw new ShapeError(`A tensor of shape ${showShape(shape)} has more elements than can be counted (2^53).`);
  return n;
}

export function showDim(d: Dim): string {
  return typeof d === "number" ? String(d) : d.sym;
}

export function showShape(shape: Dims): string {
  return `[${dimsBehind(shape).map(showDim).join(",")}]`;
}

/**
 * NumPy broadcasting of two shapes; `null` where they do not fit. A symbol beside a number other than 1 must be that number, or 1;
 * two symbols give a third, `(M|N)`.
 */
export function broadcastDims(a: Dims, b: Dims): Dim[] | null {
  const rank = Math.max(a.length, b.length);
  const out = new Array<Dim>(rank);
  for (let i = 0; i < rank; i++) {
    const da = a[a.length - rank + i] ?? 1;
    const db = b[b.length - rank + i] ?? 1;
    if (sameDim(da, db) || db === 1) out[i] = da;
    else if (da === 1) out[i] = db;
    else if (typeof da === "number" && typeof db === "number") return null;
    else out[i] = typeof da === "number" ? da : typeof db === "number" ? db : eitherDim(da, db);
  }
  return out;
}

/** The length that two broadcast to, whichever of them is 1. */
function eitherDim(a: SymbolicDim, b: SymbolicDim): SymbolicDim {
  const partsOf = ({ sym }: SymbolicDim): string[] => (/^\([^()]*\|[^()]*\)$/.test(sym) ? sym.slice(1, -1).split("|") : [sym]);
  return { sym: `(${[...new Set([...partsOf(a), ...partsOf(b)])].sort().join("|")})` };
}

const behind = new WeakMap<Shape, Dims>();

/** Lengths for JavaScript of dimensions that are not all known: reading one of those calls `read`. */
export function guardedShape(dims: Dims, read: (axis: number) => never): Shape {
  const lengths = new Array<number>(dims.length);
  for (const [axis, d] of dims.entries()) {
    const own = typeof d === "number" ? { value: d } : { get: () => read(axis) };
    Object.defineProperty(lengths, axis, { ...own, enumerable: true, configurable: true });
  }
  behind.set(lengths, dims);
  return lengths;
}

/** The dimensions that a shape stands for: handing a shape on reads no length. */
export function dimsBehind(shape: Dims): Dims {
  return behind.get(shape as Shape) ?? shape;
}

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i];
  }
  return strides;
}

/** Axis in 0..rank-1 from one that may be negative; throws E_AXIS. */
export function normalizeAxis(axis: number, rank: number, what = "axis"): number {
  if (typeof axis !== "number") throw notAnAxis(axis, what);
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new ShapeError(`${what} ${axis} is out of range for a tensor of rank ${rank}.`, {
      code: "E_AXIS",
      hint: rank === 0 ? "A scalar has no axes." : `Use an integer from ${-rank} to ${rank - 1}.`,
    });
  }
  return axis < 0 ? axis + rank : axis;
}

/** 0..rank-1, by rank. */
const ALL_AXES: readonly (readonly number[])[] = Array.from({ length: MAX_RANK + 1 }, (_, rank) =>
  Object.freeze(Array.from({ length: rank }, (__, i) => i)),
);

/** Sorted distinct axes; all of them when `axis` is undefined or null. */
export function normalizeAxes(axis: number | readonly number[] | undefined | null, rank: number): readonly number[] {
  if (axis === undefined || axis === null) return ALL_AXES[rank];
  if (typeof axis === "number") return [normalizeAxis(axis, rank)];
  if (!Array.isArray(axis)) throw notAnAxis(axis, "axis", " or an array of them");
  // `from` visits holes, which are no axes; `map` would not.
  return [...new Set(Array.from(axis as readonly number[], (a) => normalizeAxis(a, rank)))].sort((x, y) => x - y);
}

function notAnAxis(axis: unknown, what: string, or = ""): ShapeError {
  return new ShapeError(`${what} must be a whole number${or}, but is ${describe(axis)}.`, { code: "E_AXIS" });
}
