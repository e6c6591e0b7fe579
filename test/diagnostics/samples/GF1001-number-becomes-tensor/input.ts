import type { Tensor } from "graphfn";

/** @graphFunction */
export function f(x: Tensor): Tensor {
  let k = 0;
  let flag: boolean = false;
  k = x * 2; // here
  k += x; // here
  flag = x > 0; // here
  const bad: number = x + 1; // here
  return x * k * bad * (flag ? 1 : 2);
}

/** @graphFunction */
export function object(x: Tensor): Tensor {
  let state = { v: x };
  state = x; // here
  return state.v;
}
