import type { Tensor } from "graphfn";

function isMissing(x: Tensor | null): boolean {
  return x === null; // here
}

/** @graphFunction */
export function f(x: Tensor): Tensor {
  let best: Tensor | null = null;
  if (x > 0) best = x;
  const seen = { any: best !== null }; // here
  const none = best === null;
  if (none || isMissing(best)) return 0;
  return seen.any ? best! : x;
}
