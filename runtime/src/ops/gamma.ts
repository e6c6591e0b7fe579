/**
 * The gamma function's logarithm and its derivatives, in double precision; native/src/kernels/gamma.cpp takes the same steps. Formulas are
 * those of the NIST Digital Library of Mathematical Functions (DLMF), named where they are used.
 */

/** Bernoulli numbers B₂, B₄, … B₁₈. */
const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798];

/** 2!, 4!, … 18!. */
const EVEN_FACTORIALS = [2, 24, 720, 40320, 3628800, 479001600, 87178291200, 20922789888000, 6402373705728000];

/** ζ(k) − 1 for k = 2, 3, …: as many as |z| ≤ ½ needs below. */
const ZETA_MINUS_1 = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914, 0.008349277381922827,
  0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853, 0.0004941886041194645, 0.0002460865533080483, 0.00012271334757848915,
  0.00006124813505870483, 0.00003058823630702049, 0.00001528225940865187, 0.000007637197637899763, 0.00000381729326499984,
  0.000001908212716553939, 9.539620338727962e-7, 4.769329867878064e-7, 2.38450502727733e-7, 1.1921992596531106e-7, 5.960818905125948e-8,
  2.980350351465228e-8, 1.4901554828365043e-8, 7.45071178983543e-9, 3.725334024788457e-9, 1.862659723513049e-9, 9.313274324196682e-10,
];
const ONE_MINUS_EULER = 0.42278433509846713;
const HALF_LOG_2PI = 0.9189385332046728;
const LOG_PI = 1.1447298858494002;

/** ln Γ(2 + z) for |z| ≤ ½ (DLMF 5.7.3 and Γ(2 + z) = (1 + z) Γ(1 + z)): exact where it is 0. */
function logGammaAtTwo(z: number): number {
  let sum = 0;
  for (let i = ZETA_MINUS_1.length - 1; i >= 0; i--) sum = (((i % 2 === 0 ? 1 : -1) * ZETA_MINUS_1[i]) / (i + 2) + sum) * z;
  return z * (ONE_MINUS_EULER + sum);
}

/** ψ(2 + z) for |z| ≤ ½: its derivative. */
function digammaAtTwo(z: number): number {
  let sum = 0;
  for (let i = ZETA_MINUS_1.length - 1; i >= 0; i--) sum = ((i % 2 === 0 ? 1 : -1) * ZETA_MINUS_1[i] + sum) * z;
  return ONE_MINUS_EULER + sum;
}

/** Distance to the nearest whole number, signed; exact. */
function offWhole(x: number): number {
  return x - Math.round(x);
}

/** cot(πr) for |r| ≤ ½, exact near ±½ too. */
function cotangent(r: number): number {
  if (Math.abs(r) <= 0.25) return 1 / Math.tan(Math.PI * r);
  return Math.sign(r) * Math.tan(Math.PI * (0.5 - Math.abs(r)));
}

/** ln |Γ(x)|; Infinity at 0, −1, −2, … and both infinities. Near its zeros below 0 the error is that of the terms that cancel there. */
export function logGamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (!Number.isFinite(x)) return Infinity;
  if (x <= 0) {
    const r = offWhole(x);
    if (r === 0) return Infinity;
    // Reflection (DLMF 5.5.3), with Γ(1 − x) = −x Γ(−x).
    return LOG_PI - Math.log(Math.abs(Math.sin(Math.PI * r))) - Math.log(-x) - logGamma(-x);
  }
  if (x < 0.5) return logGammaAtTwo(x) - Math.log1p(x) - Math.log(x);
  if (x < 1.5) return logGammaAtTwo(x - 1) - Math.log1p(x - 1);
  if (x < 12) {
    // Γ(x) = (x − 1)(x − 2) … Γ(z); the differences are exact.
    let z = x;
    let product = 1;
    while (z > 2.5) {
      z -= 1;
      product *= z;
    }
    return logGammaAtTwo(z - 2) + Math.log(product);
  }
  // Stirling's series (DLMF 5.11.1).
  const log = Math.log(x);
  const inverse = 1 / (x * x);
  let sum = 0;
  for (let k = 8; k > 0; k--) sum = sum * inverse + BERNOULLI[k - 1] / (2 * k * (2 * k - 1));
  return x * (log - 1) - 0.5 * log + (HALF_LOG_2PI + sum / x);
}

/** ψ(x) = Γ′(x) / Γ(x); ∓Infinity at ±0, NaN at −1, −2, … and −Infinity. */
export function digamma(x: number): number {
  if (x === 0) return -1 / x;
  if (x === Infinity) return x;
  if (x < 0) {
    const r = offWhole(x);
    if (r === 0 || x === -Infinity) return Number.NaN;
    // Reflection (DLMF 5.5.4), with ψ(1 − x) = ψ(−x) − 1 / x.
    return digamma(-x) - 1 / x - Math.PI * cotangent(r);
  }
  if (x < 10) {
    // ψ(x) = ψ(x + 1) − 1 / x (DLMF 5.5.2), to where the series at 2 is; the differences are exact.
    if (x < 0.5) return digammaAtTwo(x) - 1 / (1 + x) - 1 / x;
    if (x < 1.5) return digammaAtTwo(x - 1) - 1 / x;
    let z = x;
    let sum = 0;
    while (z > 2.5) {
      z -= 1;
      sum += 1 / z;
    }
    return digammaAtTwo(z - 2) + sum;
  }
  // DLMF 5.11.2.
  const inverse = 1 / (x * x);
  let sum = 0;
  for (let k = 8; k > 0; k--) sum = (sum + BERNOULLI[k - 1] / (2 * k)) * inverse;
  return Math.log(x) - 0.5 / x - sum;
}

/** The largest order of polygamma: its factorial is far from overflow. */
export const MOST_ORDER = 100;

/** The derivative of ψ of an order from 1 on. At 0, −1, −2, … Infinity for odd orders; for even ones ∓Infinity at ±0, NaN below. */
export function polygamma(order: number, x: number): number {
  if (Number.isNaN(x) || x === -Infinity) return Number.NaN;
  const odd = order % 2 === 1;
  if (x > 0) return (odd ? 1 : -1) * factorialZeta(order, x);
  const r = offWhole(x);
  if (r === 0) return odd ? Infinity : x === 0 ? -1 / x : Number.NaN;
  // Reflection (DLMF 5.15.6).
  return (odd ? -1 : 1) * polygamma(order, 1 - x) - Math.PI * cotangentDerivative(order, r);
}

/** n! ζ(n + 1, x) for x > 0: Euler–Maclaurin (DLMF 25.11.5) from where its series is exact. */
function factorialZeta(n: number, x: number): number {
  const s = n + 1;
  const count = Math.max(0, Math.ceil(12 + n - x));
  const z = x + count;
  let factorial = 1;
  for (let k = 2; k <= n; k++) factorial *= k;
  const power = z ** -s;
  let term = (power * s) / z;
  let sum = (power * z) / n + power / 2;
  for (let k = 1; k <= 9; k++) {
    sum += (term * BERNOULLI[k - 1]) / EVEN_FACTORIALS[k - 1];
    term *= ((s + 2 * k - 1) * (s + 2 * k)) / (z * z);
  }
  for (let k = count - 1; k >= 0; k--) sum += (x + k) ** -s;
  return z === Infinity ? 0 : factorial * sum;
}

/** dⁿ/dxⁿ cot(πx): πⁿ P(cot πx), where P starts as c and becomes −(1 + c²) P′ with each derivative. */
function cotangentDerivative(n: number, r: number): number {
  let p = [0, 1];
  for (let k = 0; k < n; k++) {
    const next = new Array<number>(p.length + 1).fill(0);
    for (let i = 1; i < p.length; i++) {
      next[i - 1] -= i * p[i];
      next[i + 1] -= i * p[i];
    }
    p = next;
  }
  const c = cotangent(r);
  let value = 0;
  for (let i = p.length - 1; i >= 0; i--) value = value * c + p[i];
  return Math.PI ** n * value;
}
