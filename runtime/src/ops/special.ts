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

/** e^(x²) · erfc(x) for ½ ≤ x < 1 as a polynomial in 4x − 3, highest power first: Chebyshev fit, within 10⁻¹⁹. */
const SCALED_ERFC = [
  -1.3567396678534013e-15, 1.7336578332571492e-14, -2.0988478502639041e-13, 2.524927820896945e-12, -2.941001701417179e-11,
  3.306877685024402e-10, -3.5801393749001657e-9, 3.719539403254502e-8, -3.693562193170813e-7, 0.0000034885738931185164,
  -0.00003114966996062615, 0.00026090055674830685, -0.002028688468670017, 0.014434883221956143, -0.09199317291394885, 0.5069376502931449,
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
  for (let k = Math.ceil(20 + 230 / (x * x)); k > 0; k--) f = k / 2 / (x + f);
  return expOfMinusSquare(x) / ((x + f) * Math.sqrt(Math.PI));
}
