/**
 * Rows of tensors to loop over: `t.entries()`, `gf.zip(a, b)`, `gf.reversed(t)`. Iterable in plain JavaScript; in marked functions a
 * for-of over them is one loop of the graph (autograph/loop.ts).
 */
import { ArgumentError, ShapeError } from "../core/errors.ts";
import { isTensor, Tensor } from "../core/tensor.ts";
import { describe } from "./convert.ts";
import { scalar } from "./create.ts";
import { sub } from "./elementwise.ts";
import { index } from "./slice.ts";

/** What marks a class whose for-of is one loop of the graph. */
export const ROW = "graphfn.row";

/** Elements that are computed from their number, which is a tensor inside a loop of a graph. */
export class Rows<T> implements Iterable<T> {
  readonly length: number;
  readonly [ROW]: (i: number | Tensor) => T;

  /** @internal */
  constructor(length: number, row: (i: number | Tensor) => T) {
    this.length = length;
    this[ROW] = row;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = 0; i < this.length; i++) yield this[ROW](i);
  }

  /** Each element with its number, an int32 scalar. */
  entries(): Rows<[Tensor, T]> {
    return new Rows(this.length, (i) => [isTensor(i) ? i : scalar(i, "int32"), this[ROW](i)]);
  }
}

/** What has rows: a tensor of rank 1 or more, or what these functions return. */
export type RowSource = Tensor | Rows<unknown>;
export type RowOf<S> = S extends Rows<infer T> ? T : Tensor;

/** The slices of a tensor along its first axis. E_SHAPE for a scalar. */
export function rowsOf(source: RowSource, what: string): Rows<unknown> {
  if (source instanceof Rows) return source;
  if (!(source instanceof Tensor)) throw new ArgumentError(`${what}: takes tensors, but got ${describe(source)}.`);
  if (source.shape.length === 0) throw new ShapeError(`${what}: a scalar tensor has no rows.`);
  return new Rows(source.shape[0] as number, (i) => index(source, i));
}

/**
 * Rows of several tensors side by side, as many as the shortest has: `for (const [x, y] of gf.zip(xs, ys))`. In marked functions this
 * is one loop of the graph. E_SHAPE for a scalar.
 */
export function zip<const S extends readonly RowSource[]>(...sources: S): Rows<{ -readonly [K in keyof S]: RowOf<S[K]> }> {
  const all = sources.map((source) => rowsOf(source, "zip"));
  const length = all.length === 0 ? 0 : Math.min(...all.map((rows) => rows.length));
  return new Rows(length, (i) => all.map((rows) => rows[ROW](i)) as { -readonly [K in keyof S]: RowOf<S[K]> });
}

/** Rows from the last to the first. In marked functions a for-of over them is one loop of the graph. E_SHAPE for a scalar. */
export function reversed<S extends RowSource>(source: S): Rows<RowOf<S>> {
  const rows = rowsOf(source, "reversed");
  const last = rows.length - 1;
  return new Rows(rows.length, (i) => rows[ROW](isTensor(i) ? sub(last, i) : last - i) as RowOf<S>);
}
