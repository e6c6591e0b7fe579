import type { Tensor } from "graphfn";
import { loop } from "graphfn";

/** @graphFunction */
export function f(x: Tensor, limit: number): Tensor {
  loop.options({ maxIterations: 3 }); // here
  let k = 0;
  while (x > 1) {
    x -= 1;
    loop.options({ maxIterations: 3 }); // here
  }
  while (x > 1) {
    const most = limit * 2;
    x -= most;
    if (x > 3) {
      loop.options({ maxIterations: 3 }); // here
    }
  }
  for (let i = 0; i < 9; i++) {
    loop.options({
      maxIterations: i, // here
      checkpoint: k, // here
      unroll: false, // here
    });
    x -= 1;
    k = i;
  }
  while (x > 1) {
    loop.options({
      maxIterations: 0, // here
      onMax: "throw",
      unroll: true, // here
    });
    x -= 1;
  }
  for (const row of x) {
    loop.options({ maxIterations: limit, unroll: true, checkpoint: 10 });
    x = row;
  }
  return x;
}

/** @eagerFunction */
export function g(x: Tensor): Tensor {
  while (x > 1) {
    loop.options({ "maxIterations": 3, checkpoint: -1 }); // here
    x -= 1;
  }
  return x;
}
