import type { Tensor } from "graphfn";

/** @graphFunction */
export function trace(x: Tensor): Tensor {
  console.log("start", x);
  while (x > 1) {
    console.warn(
      "halving", // every time
      x,
    );
    x /= 2;
  }
  console.group(`x is ${x}, not ${"y"}`);
  console.assert(x <= 1, `${x} is too large`);
  console.groupEnd();
  return x;
}
