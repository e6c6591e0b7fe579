import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor, rows: Tensor[]): Tensor {
  const a = Math.max(x, 1); // here
  const b = String(x); // here
  const c = rows.find((row) => row.sum() > 0); // here
  const d = [1, 2].map((k) => Math.max(k, 0));
  return x * (a + b.length + (c === undefined ? 0 : 1) + (d[0] ?? 0));
}

/** A tensor as a key would be looked up as an object, not by its value. */
/** @graphFunction */
export function keys(x: Tensor, rows: Tensor[]): Tensor {
  const counts = new Map<Tensor, number>();
  counts.set(x, 1); // here
  const distinct = new Set(rows); // here
  const same = Object.is(x, rows[0]); // here
  const byName = new Map([["x", x]]);
  byName.set("y", x);
  return same ? x * distinct.size : (byName.get("y") as Tensor);
}
