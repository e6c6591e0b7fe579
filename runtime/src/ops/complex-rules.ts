/** Element rules of complex numbers, by real and imaginary parts, in double precision. */

type Pair = readonly [number, number];

export function complexMul(a: number, b: number, c: number, d: number): Pair {
  return [a * c - b * d, a * d + b * c];
}

/**
 * (a + bi) / (c + di). Parts of float32 neither overflow nor vanish when squared in double precision, so finite operands need no
 * scaling. Zeros and infinities give what ISO C's annex G says: something over zero is infinite, something finite over infinity is zero.
 */
export function complexDiv(a: number, b: number, c: number, d: number): Pair {
  const square = c * c + d * d;
  const re = (a * c + b * d) / square;
  const im = (b * c - a * d) / square;
  if (!Number.isNaN(re) || !Number.isNaN(im)) return [re, im];
  if (square === 0 && (!Number.isNaN(a) || !Number.isNaN(b))) {
    const infinity = Object.is(c, -0) ? -Infinity : Infinity;
    return [infinity * a, infinity * b];
  }
  const isInfinite = (x: number, y: number): boolean => Math.abs(x) === Infinity || Math.abs(y) === Infinity;
  const areFinite = (x: number, y: number): boolean => Number.isFinite(x) && Number.isFinite(y);
  if (isInfinite(a, b) && areFinite(c, d)) {
    const [x, y] = [boxed(a), boxed(b)];
    return [Infinity * (x * c + y * d), Infinity * (y * c - x * d)];
  }
  if (isInfinite(c, d) && areFinite(a, b)) {
    const [x, y] = [boxed(c), boxed(d)];
    return [0 * (a * x + b * y), 0 * (b * x - a * y)];
  }
  return [re, im];
}

/** ±1 for an infinity, ±0 for anything else. */
function boxed(x: number): number {
  const size = Math.abs(x) === Infinity ? 1 : 0;
  return x < 0 || Object.is(x, -0) ? -size : size;
}

/** |a + bi| without overflow: parts of float32, in double precision. */
export function complexAbsOf(a: number, b: number): number {
  if (Math.abs(a) === Infinity || Math.abs(b) === Infinity) return Infinity;
  return Math.sqrt(a * a + b * b);
}

export function complexExp(a: number, b: number): Pair {
  const size = Math.exp(a);
  // On the real axis, where the sine of an infinite part would make NaN of everything.
  if (b === 0) return [size, b];
  return size === 0 ? [0, 0] : [size * Math.cos(b), size * Math.sin(b)];
}

export function complexLog(a: number, b: number): Pair {
  return [Math.log(complexAbsOf(a, b)), Math.atan2(b, a)];
}

/** The root in the right half plane; on the negative real axis the sign of the imaginary part decides. */
export function complexSqrt(a: number, b: number): Pair {
  if (a === 0 && b === 0) return [0, b];
  if (Math.abs(b) === Infinity) return [Infinity, b];
  if (a === Infinity) return [a, Number.isNaN(b) ? b : b < 0 || Object.is(b, -0) ? -0 : 0];
  const size = complexAbsOf(a, b);
  const root = Math.sqrt((size + Math.abs(a)) / 2);
  const other = Math.abs(b) / (2 * root);
  const isBelow = b < 0 || Object.is(b, -0);
  const [re, im] = a >= 0 ? [root, other] : [other, root];
  return [re, isBelow ? -im : im];
}
