import type { Tensor } from "graphfn";

declare function load(): Promise<Tensor>;

/** @graphFunction */
export function f(x: Tensor): Tensor {
  const later = async (y: Tensor): Promise<Tensor> => {
    const ready = await load();
    if (y > 0) return (await load()) + ready; // here
    return y;
  };
  void later;
  return x;
}
