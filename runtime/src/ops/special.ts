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

/** Coefficients of x²ⁿ in erf(x) · √π / (2x): (−1)ⁿ / (n! (2n + 1)). Twenty-one are enough for |x| ≤ 1. */
const ERF_SERIES = (() => {
  const list: number[] = [];
  for (let n = 0, factorial = 1; n <= 20; factorial *= ++n) list.push((n % 2 === 0 ? 1 : -1) / (factorial * (2 * n + 1)));
  return list;
})();

/** Error function, within 1.5 ulps: its power series (DLMF 7.6.1) up to 1, beyond that 1 − erfc, whose error hardly counts there. */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a > 1) return Math.sign(x) * (1 - erfcTail(a));
  const xx = x * x;
  let sum = 0;
  for (let n = ERF_SERIES.length - 1; n >= 0; n--) sum = sum * xx + ERF_SERIES[n];
  return TWO_OVER_SQRT_PI * x * sum;
}

/** e^(x²) · erfc(x) for ½ ≤ x < 1 as a polynomial in 4x − 3, highest power first: Chebyshev fit, within 3·10⁻¹⁸. */
const SCALED_ERFC = [
  2.5812716917481057e-12, -3.010096125292678e-11, 3.3061733705972456e-10, -3.579272112111564e-9, 3.719543629447327e-8,
  -3.693567406943463e-7, 0.0000034885738807897664, -0.000031149669808397036, 0.0002609005567498488, -0.0020286884686890566,
  0.014434883221956088, -0.09199317291394817, 0.5069376502931449,
];

/** 1 − erf(x), of the exactness of its own value where erf is near 1. */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  const a = Math.abs(x);
  if (a < 0.5) return 1 - erf(x);
  if (x < 0) return 2 - erfc(a);
  if (a >= 1) return a > 28 ? 0 : erfcTail(a);
  const t = 4 * a - 3;
  let scaled = 0;
  for (const c of SCALED_ERFC) scaled = scaled * t + c;
  return expOfMinusSquare(a) * scaled;
}

/** e^(−x²): the rounding error of x², which would count x² times, is split off. */
function expOfMinusSquare(x: number): number {
  const short = Math.fround(x);
  return Math.exp(-short * short) * Math.exp(-(x - short) * (x + short));
}

/** erfc(x) for x ≥ 1, by its continued fraction (DLMF 7.9.1) from the tail. */
function erfcTail(x: number): number {
  let f = 0;
  for (let k = Math.ceil(20 + 150 / (x * x)); k > 0; k--) f = k / 2 / (x + f);
  return expOfMinusSquare(x) / ((x + f) * Math.sqrt(Math.PI));
}
