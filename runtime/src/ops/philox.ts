/**
 * Philox4x32-10: four random words from a counter of four words and a key of two, without any state in between (J. Salmon,
 * M. Moraes, R. Dror, D. Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011; Random123). Each word of an element's
 * counter has its place, so that elements can be drawn in any order and by any number of threads:
 *
 *   state    int32 [key 0, key 1, low, high]: low and high count draws, see nextRandomState
 *   counter  [block, attempt, low, high]: the block holds neighbouring elements; an attempt above 0 replaces a rejected element
 */
export type RandomState = ArrayLike<number>;

const ROUNDS = 10;
const [MULTIPLY_0, MULTIPLY_1] = [0xd2511f53, 0xcd9e8d57];
/** The golden ratio and √3 − 1, as fractions of 2^32. */
const [WEYL_0, WEYL_1] = [0x9e3779b9, 0xbb67ae85];

/** The upper 32 bits of a product of two words. The double product is off by less than 2^11, which the rounding takes away. */
export function highWord(a: number, b: number): number {
  const low = Math.imul(a, b) >>> 0;
  return Math.round((a * b - low) / 4294967296);
}

/** Fills `words` (four of them, 0..2^32−1) for one block. */
export function philox(state: RandomState, block: number, attempt: number, words: Uint32Array): void {
  let [c0, c1, c2, c3] = [block >>> 0, attempt >>> 0, state[2] >>> 0, state[3] >>> 0];
  let [k0, k1] = [state[0], state[1]];
  for (let round = 0; round < ROUNDS; round++) {
    const [high0, low0] = [highWord(MULTIPLY_0, c0), Math.imul(MULTIPLY_0, c0)];
    const [high1, low1] = [highWord(MULTIPLY_1, c2), Math.imul(MULTIPLY_1, c2)];
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c1 = low1 >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

/** In [0, 1), from the 24 upper bits of a word. */
export function unit24(word: number): number {
  return (word >>> 8) * 2 ** -24;
}

/** 53 bits of two words, as a whole number. */
function bits53(first: number, second: number): number {
  return (first >>> 5) * 67108864 + (second >>> 6);
}

/** In [0, 1), from 53 bits of two words. */
export function unit53(first: number, second: number): number {
  return bits53(first, second) * 2 ** -53;
}

/** In (0, 1], from 53 bits of two words. */
export function aboveZero53(first: number, second: number): number {
  return (bits53(first, second) + 1) * 2 ** -53;
}

/** In 0..bound−1 for a bound up to 2^32: the whole part of a 64-bit fraction times the bound, biased by less than 2^-32. */
export function below(first: number, second: number, bound: number): number {
  const low = Math.imul(first, bound) >>> 0;
  const carry = low + highWord(second, bound) >= 4294967296 ? 1 : 0;
  return highWord(first, bound) + carry;
}

/** r · cos θ for an even place, r · sin θ for an odd one; θ is a fraction of a turn whose upper word is `turn`. */
function pointAt(radius: number, turn: number, rest: number, odd: boolean): number {
  // The nearest quarter, and what is left of it in units of 2^-64 turns: no bit of a small angle is lost.
  const quarter = ((turn + 0x20000000) >>> 0) >>> 30;
  const angle = (((turn - (quarter << 30)) | 0) * 4294967296 + rest) * (Math.PI * 2 ** -63);
  const place = odd ? quarter : quarter + 1;
  const value = place % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  return radius * (place % 4 < 2 ? value : -value);
}

/**
 * Standard normal numbers by Box and Muller (1958): two from the pair of words first, second. For float32; the largest
 * possible is 6.66.
 */
export function normal32(first: number, second: number, odd: boolean): number {
  return pointAt(Math.sqrt(-2 * Math.log((first + 1) * 2 ** -32)), second, 0, odd);
}

/** The same from two words each for radius and angle. For float64; the largest possible is 8.57. */
export function normal64(words: ArrayLike<number>, odd: boolean): number {
  return pointAt(Math.sqrt(-2 * Math.log((bits53(words[0], words[1]) + 1) * 2 ** -53)), words[2], words[3], odd);
}
