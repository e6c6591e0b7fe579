/** Values of another file. */
import type * as gf from "graphfn";

export interface Scaled {
  scaled(x: gf.Tensor): gf.Tensor;
}

export let imported = 2;
export function setImported(value: number): void {
  imported = value;
}

const by = { k: 2 };
export let current: Scaled = { scaled: (x) => x.mul(by.k) };
export function setCurrent(value: Scaled): void {
  current = value;
}
