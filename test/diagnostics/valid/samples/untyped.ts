/** Code without types: `any` everywhere, as it comes from a JavaScript project. */
import * as gf from "graphfn";

/** @graphFunction */
export function relu(x: any): any {
  if (x > 0) return x;
  return 0;
}

/** @graphFunction */
export function sumTo(n: any): any {
  let sum: any = 0;
  for (let i: any = 0; i < n; i++) sum += i;
  return sum;
}

/** @graphFunction */
export function mixed(x: any, options: any): any {
  const { scale = 2, shift } = options ?? {};
  let y = x * scale;
  if (shift) y += shift;
  if (options && options.square && options.square !== "no") y = y * y;
  return y;
}

/** @graphFunction */
export function objects(x: any): any {
  const state: any = { v: x, n: 0 };
  while (state.v > 1) state.v = state.v / 2;
  state.n += 1;
  return state.v + state.n;
}

/** @graphFunction */
export function lists(x: any): any {
  const out: any[] = [];
  for (let i = 0; i < 3; i++) out.push(x * i);
  return out.map((v) => v + 1).reduce((a, b) => a + b, 0);
}

/** @graphFunction */
export function unknowns(x: unknown): gf.Tensor {
  if (x instanceof gf.Tensor) return x * 2;
  return gf.scalar(Number(x));
}

/** @graphFunction */
export function ternary(x: any, flag: any): any {
  return flag ? (x < 0 ? -x : x) : null;
}

export const runs = {
  relu: [[3], [-3]],
  sumTo: [[5]],
  mixed: [
    [3, { fixed: { shift: 1, square: true } }],
    [2, { fixed: undefined }],
  ],
  objects: [[9]],
  lists: [[2]],
  unknowns: [[2], [{ fixed: 4 }]],
  ternary: [
    [-2, { fixed: 1 }],
    [-2, { fixed: 0 }],
  ],
};
