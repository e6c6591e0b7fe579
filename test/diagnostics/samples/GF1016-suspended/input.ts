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
  function* asked(): Generator<Tensor, void, Tensor | undefined> {
    for (let i: Tensor = 0; i < x; i++) {
      const given = yield i; // here
      x = given ?? x;
    }
  }
  function* caught(): Generator<Tensor> {
    try {
      yield x; // here
    } catch {
      yield x + 1; // here
    } finally {
      x = x + 1;
    }
  }
  let sum: Tensor = 0;
  for (const y of asked()) sum += y;
  for (const y of caught()) if (y > 1) break;
  return sum;
}
