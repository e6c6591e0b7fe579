import type { Tensor } from "graphfn";

/** @graphFunction */
export function max(xs: Tensor): Tensor {
  let best: Tensor | null = null;
  for (const x of xs) {
    if (best === null || x > best) best = x; // here
  }
  return best ?? 0;
}
