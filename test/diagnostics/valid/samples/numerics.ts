/** Numerics, as people who come from MATLAB, NumPy or C write them. */
import * as gf from "graphfn";
import { scalar, type Tensor, type Tensor1D, type Tensor2D, where } from "graphfn";

const EPS = 1e-10;
const MAX_ITERATIONS = 60;

/** Root of f by bisection. @returns the middle of the last interval */
/** @graphFunction */
export function bisect(lo: Tensor, hi: Tensor): Tensor {
  const f = (x: Tensor): Tensor => x ** 3 - 2 * x - 5;
  let iterations = 0;
  while (hi - lo > 1e-9) {
    const mid = (lo + hi) / 2;
    if (f(mid) === 0) return mid;
    else if (f(lo) * f(mid) < 0) hi = mid;
    else lo = mid;
  }
  iterations++;
  return (lo + hi) / 2;
}

/** @graphFunction */
export function newton(x0: Tensor, tolerance = 1e-12): Tensor {
  let x = x0;
  for (let i = 0; i < MAX_ITERATIONS; i++) {
    const step = (x * x - 2) / (2 * x);
    x -= step;
    if (step.abs() < tolerance) break;
  }
  return x;
}

/** @graphFunction */
export function gcdLcm(a: Tensor, b: Tensor): [Tensor, Tensor] {
  const product = a * b;
  for (; b !== 0; ) [a, b] = [b, a % b];
  return [a, product / a];
}

/** @graphFunction */
export function isPrime(n: Tensor): Tensor {
  if (n < 2) return scalar(false);
  for (let d: Tensor = 2; d * d <= n; d++) {
    if (n % d === 0) return scalar(false);
  }
  return scalar(true);
}

/** @graphFunction */
export function simpson(from: Tensor, to: Tensor, { steps = 10 }: { steps?: number } = {}): Tensor {
  if (steps % 2 !== 0) throw new RangeError(`steps must be even, got ${steps}`);
  const h = (to - from) / steps;
  let sum = from.sin() + to.sin();
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * gf.sin(from + i * h);
  return (sum * h) / 3;
}

/** @graphFunction */
export function horner(x: Tensor, coefficients: readonly number[]): Tensor {
  let result: Tensor = 0;
  for (const c of coefficients) result = result * x + c;
  return result;
}

/** @graphFunction */
export function power(base: Tensor, exponent: Tensor): Tensor {
  let result: Tensor = 1;
  while (exponent > 0) {
    if (exponent % 2 === 1) result *= base;
    base *= base;
    exponent = (exponent / 2).floor();
  }
  return result;
}

/** @graphFunction */
export function clampAll(xs: Tensor1D, lo: number, hi: number): Tensor {
  return where(xs.less(lo), lo, where(xs.greater(hi), hi, xs));
}

/** @graphFunction */
export function secant(x0: Tensor, x1: Tensor): Tensor {
  let [a, b] = [x0, x1];
  let fa = a.cos() - a;
  let fb = b.cos() - b;
  do {
    const next = b - (fb * (b - a)) / (fb - fa);
    a = b;
    fa = fb;
    b = next;
    fb = b.cos() - b;
  } while (fb.abs() > EPS);
  return b;
}

/** @graphFunction */
export function powerIteration(matrix: Tensor2D): Tensor {
  let v: Tensor = gf.ones([2, 1], "float64");
  let eigenvalue: Tensor = 0;
  let previous: Tensor = -1;
  while (Math.PI > 3 && (eigenvalue - previous).abs() > 1e-10) {
    previous = eigenvalue;
    const w = matrix.matMul(v);
    eigenvalue = w.norm();
    v = w / eigenvalue;
  }
  return eigenvalue;
}

/** @graphFunction */
export function trapezoid(ys: Tensor1D, dx: number): Tensor {
  const n = ys.shape[0];
  let area: Tensor = 0;
  for (let i = 1; i < n; i++) area += ((ys[i - 1] + ys[i]) / 2) * dx;
  return area;
}

/** @graphFunction */
export function fibonacci(n: Tensor): Tensor {
  let a: Tensor = 0;
  let b: Tensor = 1;
  for (let i: Tensor = 0; i < n; i += 1) {
    const next = a + b;
    a = b;
    b = next;
  }
  return a;
}

/** @graphFunction */
export const sumOfDigits = (n: Tensor): Tensor => {
  let sum: Tensor = 0;
  while (n > 0) {
    sum += n % 10;
    n = gf.floor(n / 10);
  }
  return sum;
};

/** @graphFunction */
export function maxAndWhere(xs: Tensor1D) {
  let best: Tensor | null = null;
  let at: Tensor = 0;
  let i: Tensor = 0;
  for (const x of xs) {
    if (best === null || x > best) {
      best = x;
      at = i;
    }
    i++;
  }
  return { best: best ?? 0, at };
}

/** @graphFunction */
export function quadratic(a: Tensor, b: Tensor, c: Tensor): Tensor[] {
  const d = b ** 2 - 4 * a * c;
  if (d < 0) throw new Error("No real roots.");
  const root = d.sqrt();
  return [(-b - root) / (2 * a), (-b + root) / (2 * a)];
}

interface Sum {
  value: Tensor;
  parts: Tensor[];
}

/** Number literals stand for tensors in structures, arguments and arrays, too. */
/** @graphFunction */
export function literals(x: Tensor): Sum {
  const add = (sum: Sum, by: Tensor): Sum => ({ value: sum.value + by, parts: [...sum.parts, by] });
  const pair: [Tensor, Tensor] = [0, x > 1 ? 2 : 3];
  const sum: Sum = { value: 0, parts: [1, -2] };
  const more: Tensor[] = [];
  more.push(4, x);
  if (x < 0) return { value: -1, parts: [0, 0, 0, 1] };
  return add(add(sum, 5), pair[1] + more[0]!);
}

export const runs = {
  literals: [[2]],
  bisect: [[2, 3]],
  newton: [[1.5]],
  gcdLcm: [[48, 18]],
  isPrime: [[97], [91], [1]],
  simpson: [[0, 1]],
  horner: [[2, { fixed: [1, 2, 3] }]],
  power: [[3, 13]],
  clampAll: [[[1, 5, 9], { fixed: 2 }, { fixed: 6 }]],
  secant: [[0, 1]],
  powerIteration: [
    [
      [
        [2, 0],
        [0, 1],
      ],
    ],
  ],
  trapezoid: [[[1, 2, 4], { fixed: 0.5 }]],
  fibonacci: [[10]],
  sumOfDigits: [[9875]],
  maxAndWhere: [[[3, 8, 5]]],
  quadratic: [[1, -3, 2]],
};
