import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor, table: Record<string, number>): Tensor {
  for (const key in table) x = x * (table[key] ?? 1);
  for (const key in table) { // here
    if (x > 10) break;
    x = x * (table[key] ?? 1);
  }
  return x;
}
