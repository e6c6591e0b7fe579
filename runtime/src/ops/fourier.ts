/**
 * The discrete Fourier transform of one line of any length, in double precision: y[k] = Σ x[j] · e^(∓2πi·jk/n).
 *
 *   mixed radix   n = p₁ · p₂ · … with small primes: p transforms of every p-th element, then n/p sums of p terms each
 *   Bluestein     a large prime in n: jk = (j² + k² − (k−j)²) / 2 makes a convolution of it, done with transforms of a power of two
 */

/** Complex numbers, real and imaginary parts apart. */
interface Line {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Larger prime factors are left to Bluestein. */
const LARGEST_RADIX = 31;

function line(n: number): Line {
  return { re: new Float64Array(n), im: new Float64Array(n) };
}

/** e^(−2πi·k/n) for k < n; exact after quarters of a turn, so that transforms of whole numbers of 2 or 4 elements are exact. */
function circle(n: number): Line {
  const w = line(n);
  for (let k = 0; k < n; k++) {
    const quarters = (4 * k) / n;
    w.re[k] = quarters === 1 || quarters === 3 ? 0 : Math.cos((2 * Math.PI * k) / n);
    w.im[k] = quarters === 2 ? 0 : -Math.sin((2 * Math.PI * k) / n);
  }
  return w;
}

/** Prime factors in order; null where one is too large. */
function factorsOf(n: number): number[] | null {
  const factors: number[] = [];
  for (let rest = n, p = 2; rest > 1; p++) {
    if (p > LARGEST_RADIX) return null;
    for (; rest % p === 0; rest /= p) factors.push(p);
  }
  return factors;
}

/** A transform of lines of n elements, forwards or, without the factor 1/n, backwards. */
export function fourier(n: number, inverse: boolean): (x: Line) => Line {
  const factors = factorsOf(n);
  const forward = factors === null ? bluestein(n) : mixed(n, factors);
  if (!inverse) return forward;
  // Backwards is forwards with real and imaginary parts exchanged.
  return (x) => {
    const y = forward({ re: x.im, im: x.re });
    return { re: y.im, im: y.re };
  };
}

function mixed(n: number, factors: readonly number[]): (x: Line) => Line {
  const w = circle(n);
  return (x) => {
    const out = line(n);
    const terms = line(LARGEST_RADIX + 1);
    /** out[to …] = transform of the `size` elements x[from], x[from + step], …; `depth` factors are done. */
    const transform = (size: number, from: number, step: number, to: number, depth: number): void => {
      if (size === 1) {
        out.re[to] = x.re[from];
        out.im[to] = x.im[from];
        return;
      }
      const p = factors[depth];
      const m = size / p;
      for (let j = 0; j < p; j++) transform(m, from + j * step, step * p, to + j * m, depth + 1);
      if (p === 2) {
        join2(out, w, to, m, n / size);
        return;
      }
      for (let k = 0; k < m; k++) {
        for (let j = 0; j < p; j++) {
          const [a, b] = [out.re[to + j * m + k], out.im[to + j * m + k]];
          const at = j * k * (n / size);
          terms.re[j] = a * w.re[at] - b * w.im[at];
          terms.im[j] = a * w.im[at] + b * w.re[at];
        }
        for (let q = 0; q < p; q++) {
          let [re, im] = [terms.re[0], terms.im[0]];
          for (let j = 1; j < p; j++) {
            const at = ((j * q) % p) * (n / p);
            re += terms.re[j] * w.re[at] - terms.im[j] * w.im[at];
            im += terms.re[j] * w.im[at] + terms.im[j] * w.re[at];
          }
          out.re[to + q * m + k] = re;
          out.im[to + q * m + k] = im;
        }
      }
    };
    if (n > 0) transform(n, 0, 1, 0, 0);
    return out;
  };
}

/** Two transforms of m elements into one of 2m. No factor of the first one: infinity · (1 + 0i) would be infinity + NaN·i. */
function join2({ re, im }: Line, w: Line, to: number, m: number, step: number): void {
  for (let k = to; k < to + m; k++) {
    const at = (k - to) * step;
    const a = re[k + m] * w.re[at] - im[k + m] * w.im[at];
    const b = re[k + m] * w.im[at] + im[k + m] * w.re[at];
    [re[k + m], im[k + m]] = [re[k] - a, im[k] - b];
    [re[k], im[k]] = [re[k] + a, im[k] + b];
  }
}

function bluestein(n: number): (x: Line) => Line {
  let size = 1;
  while (size < 2 * n - 1) size *= 2;
  const transform = fourier(size, false);
  // e^(−πi·k²/n): the squares modulo 2n, so that angles stay exact.
  const chirp = line(n);
  for (let k = 0, square = 0; k < n; square = (square + 2 * k + 1) % (2 * n), k++) {
    chirp.re[k] = Math.cos((Math.PI * square) / n);
    chirp.im[k] = -Math.sin((Math.PI * square) / n);
  }
  const filter = line(size);
  for (let k = 0; k < n; k++) {
    for (const at of [k, (size - k) % size]) {
      filter.re[at] = chirp.re[k];
      filter.im[at] = -chirp.im[k];
    }
  }
  const spectrum = transform(filter);
  const inverse = fourier(size, true);
  return (x) => {
    const folded = line(size);
    for (let k = 0; k < n; k++) {
      folded.re[k] = x.re[k] * chirp.re[k] - x.im[k] * chirp.im[k];
      folded.im[k] = x.re[k] * chirp.im[k] + x.im[k] * chirp.re[k];
    }
    const y = transform(folded);
    for (let k = 0; k < size; k++) {
      const [a, b, c, d] = [y.re[k], y.im[k], spectrum.re[k], spectrum.im[k]];
      y.re[k] = (a * c - b * d) / size;
      y.im[k] = (a * d + b * c) / size;
    }
    const z = inverse(y);
    const out = line(n);
    for (let k = 0; k < n; k++) {
      out.re[k] = z.re[k] * chirp.re[k] - z.im[k] * chirp.im[k];
      out.im[k] = z.re[k] * chirp.im[k] + z.im[k] * chirp.re[k];
    }
    return out;
  };
}
