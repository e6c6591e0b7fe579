import type { Tensor } from "graphfn";

export function half(x: Tensor): Tensor {
  return x.div(2);
}
