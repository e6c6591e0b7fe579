import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor, rows: Tensor[]): Tensor {
  const a = Math.max(x, 1); // here
  const b = String(x); // here
  const c = rows.find((row) => row.sum() > 0); // here
  const d = [1, 2].map((k) => Math.max(k, 0));
  return x * (a + b.length + (c === undefined ? 0 : 1) + (d[0] ?? 0));
}
