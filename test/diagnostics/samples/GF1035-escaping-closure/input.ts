import type { Tensor } from "graphfn";

/** @graphFunction */
export function scaled(x: Tensor): (y: Tensor) => Tensor {
  const twice = x * 2;
  return (y) => y * twice; // here
}

/** @graphFunction */
export function both(x: Tensor): { value: Tensor; half: () => Tensor } {
  const half = (): Tensor => x / 2;
  return { value: x, half: half }; // here
}

/** @graphFunction */
export function fine(x: Tensor): Tensor {
  const half = (): Tensor => x / 2;
  return half();
}
