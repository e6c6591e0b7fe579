import type { Tensor } from "graphfn";

function double(x: Tensor): Tensor {
  return x.mul(2);
}

function plain(k: number): number {
  return k + 1;
}

/** @graphFunction */
export function places(x: Tensor, flag: boolean, start: Tensor = 1): Tensor {
  let a: Tensor = 0;
  let yes: Tensor = true;
  a = flag ? 4 : x;
  if (x > 3) yes = false;
  const b = plain(2);
  const pick = (y: Tensor): Tensor => (y > 1 ? -1 : y);
  if (yes) return pick(5);
  return a + b + pick(x) + start;
}

/** @graphFunction */
export function constant(_x: Tensor): Tensor {
  return 7;
}

/** Numbers that have names. */
/** @graphFunction */
export function extremes(xs: Tensor): Tensor {
  let most: Tensor = -Infinity;
  let least: Tensor = Infinity;
  let last: Tensor = NaN;
  for (const x of xs) {
    most = x > most ? x : most;
    least = x < least ? x : least;
    last = x;
  }
  return most - least + last;
}

/** The constants of Math and Number. */
/** @graphFunction */
export function constants(x: Tensor): Tensor {
  let least: Tensor = Number.POSITIVE_INFINITY;
  let angle: Tensor = -Math.PI;
  const half = Math.PI / 2;
  if (x < least) least = x;
  while (angle < x) angle += half;
  return x > Number.MAX_SAFE_INTEGER ? Math.E : angle + least;
}

export const runs = { places: [[1, true], [5, true], [5, false]], constant: [[1]], extremes: [[[3, -1, 2]], [[]]], constants: [[1], [-9]] };
void double;
