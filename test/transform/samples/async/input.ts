import type { Tensor } from "graphfn";

declare function load(url: string): Promise<Tensor>;
let scale = 2;

/** What stands before the last await runs at each call; the rest is the graph. */
/** @graphFunction */
export async function grow(x: Tensor, url: string, { factor = 2 } = {}): Promise<Tensor> {
  const limit = await load(url);
  if (url === "") return limit;
  for await (const step of [load("a"), load("b")]) x = x + step;
  let y: Tensor = x;
  while (y < limit) y = y * factor * scale;
  return y;
}

/** @graphFunction */
export const halve = async (x: Tensor): Promise<Tensor> => {
  let y: Tensor = x;
  while (y > 1) y = y / 2;
  return y;
};

export class Model {
  w: Tensor;
  constructor(w: Tensor) {
    this.w = w;
  }
  /** @graphFunction */
  async apply(x: Tensor): Promise<Tensor> {
    const bias = await load("bias");
    if (x > bias) return x * this.w;
    return bias;
  }
}

export function rescale(by: number): void {
  scale = by;
}
