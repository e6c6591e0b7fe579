import * as gf from "graphfn";
import type { Tensor } from "graphfn";

function plain(k: number): number {
  return k;
}

/** @graphFunction */
export function f(x: Tensor): number {
  plain(x); // here
  return x * 2; // here
}

enum Phase {
  Idle,
}

/** @graphFunction */
export function numbers(x: Tensor, n: number, name: string): { v: Tensor; w: Tensor[] } {
  const start: Tensor = Phase.Idle; // here
  const list: Tensor[] = [0, n]; // here
  list.push(n); // here
  const v = start * name; // here
  if (x > 0) return { v: -1, w: [0, -2] };
  if (x > 1) return { v: n, w: [] }; // here
  return { v: gf.sum(v).matmul(x), w: list }; // here
}
