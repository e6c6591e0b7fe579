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

/** @graphFunction */
export function generated(x: Tensor): Tensor {
  function* upTo(): Generator<Tensor> {
    for (let i: Tensor = 0; i < x; i++) yield i; // here
  }
  function* closed(): Generator<Tensor> {
    try {
      yield x; // here
    } finally {
      x = x + 1;
    }
  }
  let sum: Tensor = 0;
  for (const y of upTo()) sum += y;
  for (const y of closed()) if (y > 1) break;
  return sum;
}
