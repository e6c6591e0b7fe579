/**
 * Seeded random integers for shuffling. Math.random cannot be seeded, and an order must be repeatable on every machine.
 * Generator: xoshiro128** 1.1, state filled by SplitMix32 (Blackman and Vigna, "Scrambled Linear Pseudorandom Number
 * Generators", 2018). Not for cryptography.
 */
export class RandomIntegers {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** The stream that belongs to a seed and a number: one seed gives one stream per iteration. */
  constructor(seed: number, stream: number) {
    let state = mix(mix(seed | 0) ^ stream);
    const fill = () => {
      state = (state + 0x9e3779b9) | 0;
      return mix(state);
    };
    [this.#a, this.#b, this.#c, this.#d] = [fill(), fill(), fill(), fill() | 1]; // never all zero
  }

  /** 32 random bits, as an unsigned integer. */
  bits(): number {
    const five = Math.imul(this.#b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }

  /** One of 0..n−1, each equally likely. 0 < n ≤ 2^32. */
  below(n: number): number {
    const fair = 2 ** 32 - (2 ** 32 % n); // above it the low remainders would come more often
    let bits = this.bits();
    while (bits >= fair) bits = this.bits();
    return bits % n;
  }
}

/** The finalizer of MurmurHash3: every bit of x changes every bit of the result. */
function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** A number or text as a 32-bit seed: FNV-1a over its text, so that 1, 2, 3 and 0.5 lie far apart. */
export function seedOf(value: number | string): number {
  let hash = 0x811c9dc5;
  for (const unit of String(value)) hash = Math.imul(hash ^ (unit.codePointAt(0) as number), 0x01000193);
  return hash;
}
