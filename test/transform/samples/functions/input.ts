import type { Tensor } from "graphfn";

/** Reached from marked functions: lowered in place, callable from anywhere. */
function clamp(x: Tensor, limit: number): Tensor {
  if (x.greater(limit)) return x.mul(0).add(limit);
  return x;
}

const relu = (x: Tensor): Tensor => (x.greater(0) ? x : x.mul(0));

/** @graphFunction */
export function outer(x: Tensor): Tensor {
  const scale = 2;
  let calls: Tensor = 0;
  function inner(y: Tensor): Tensor {
    calls += 1;
    if (y > 5) return y - 5;
    return y * scale;
  }
  const twice = (y: Tensor): Tensor => inner(inner(y));
  while (x < 20) {
    x = twice(x) + 1;
    if (calls > 12) break;
  }
  return x + calls * 1000;
}

export const runs = { outer: [[3], [7], [30]] };

/** @graphFunction */
export function usesHelpers(x: Tensor): Tensor {
  return clamp(relu(x), 3);
}
