/** Numbers, conditions and operators. */
import * as gf from "graphfn";
import type { Tensor } from "graphfn";

/** @graphFunction */
export function countInNumber(x: Tensor): Tensor {
  let count = 0;
  for (const row of x) {
    if (row > 0) count++; // here
  }
  return x * count;
}

/** @graphFunction */
export function flagInBoolean(x: Tensor): Tensor {
  let found = false;
  while (x > 1) {
    if (x % 7 === 0) found = true; // here
    x -= 1;
  }
  return found ? x : -x;
}

/** @graphFunction */
export function sumIntoNumber(x: Tensor): Tensor {
  let sum = 0;
  for (let i = 0; i < 3; i++) sum += x * i; // here
  return sum;
}

/** @graphFunction */
export function mathMax(x: Tensor, y: Tensor): Tensor {
  return Math.max(x, y); // here
}

/** @graphFunction */
export function mathSqrt(x: Tensor): Tensor {
  const root = Math.sqrt(x); // here
  return x * root;
}

/** @graphFunction */
export function between(x: Tensor): Tensor {
  if (0 < x < 10) return x; // here
  return -x;
}

/** @graphFunction */
export function looseEquality(x: Tensor): Tensor {
  return x == 3 ? x : -x; // here
}

/** @graphFunction */
export function toNumber(x: Tensor): Tensor {
  const n = Number(x); // here
  return x * n;
}

/** @graphFunction */
export function timesText(x: Tensor, name: string): Tensor {
  return x * name; // here
}

/** @graphFunction */
export function text(x: Tensor): Tensor {
  const label = "x = " + x; // here
  return label.length > 3 ? x : -x;
}

/** @graphFunction */
export function template(x: Tensor): Tensor {
  const label = `x = ${x}`; // here
  return label.length > 3 ? x : -x;
}

/** @graphFunction */
export function vectorCondition(): Tensor {
  const x = gf.tensor([1, 2, 3]);
  if (x > 2) return x; // here
  return -x;
}

/** @graphFunction */
export function outOfRange(): Tensor {
  const x = gf.tensor([1, 2, 3]);
  return x[3]; // here
}

/** @graphFunction */
export function negativeIndex(): Tensor {
  const x = gf.tensor([1, 2, 3]);
  return x[-1]; // here
}

/** @graphFunction */
export function shifted(x: Tensor): Tensor {
  return x >>> 1; // here
}

/** @graphFunction */
export function contains(x: Tensor): Tensor {
  return 3 in x ? x : -x; // here
}

/** @graphFunction */
export function sizes(x: Tensor): Tensor {
  const half = x.shape[0] / x;
  return gf.zeros([half]); // here
}

/** @graphFunction */
export function declaredNumber(x: Tensor): Tensor {
  const y: number = x * 2; // here
  return x + y;
}

/** @graphFunction */
export function indexOf(xs: Tensor[], x: Tensor): Tensor {
  return x * xs.indexOf(x); // here
}

/** @graphFunction */
export function parse(x: Tensor): Tensor {
  return x * parseFloat(x); // here
}

/** @graphFunction */
export function isNaNOf(x: Tensor): Tensor {
  return isNaN(x) ? -x : x; // here
}

/** @graphFunction */
export function misspelt(x: Tensor): Tensor {
  return x.matmul(x); // here
}

/** @graphFunction */
export function becomesTensor(x: Tensor): Tensor {
  let state = { v: x };
  state = x; // here
  return state.v;
}

/** @graphFunction */
export function fromNumber(n: number): { v: Tensor } {
  return { v: n }; // here
}

enum Phase {
  Idle,
  Moving,
}

/** @graphFunction */
export function fromEnum(x: Tensor): Tensor {
  let phase: Tensor = Phase.Idle; // here
  if (x > 0) phase = Phase.Moving; // here
  return phase;
}

/** @graphFunction */
export function maximumOfThree(x: Tensor, y: Tensor, z: Tensor): Tensor {
  return Math.max(x, y, z); // here
}

/** @graphFunction */
export function joined(xs: Tensor[], x: Tensor): Tensor {
  return x * xs.join(",").length; // here
}
