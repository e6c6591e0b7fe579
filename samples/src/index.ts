/** All samples, in the order of the tour. */
import * as arithmetic from "./arithmetic.ts";
import * as binarySearch from "./binary-search.ts";
import * as bubbleSort from "./bubble-sort.ts";
import * as collatz from "./collatz.ts";
import * as gcd from "./gcd.ts";
import * as mandelbrot from "./mandelbrot.ts";
import * as newton from "./newton.ts";
import * as polynomial from "./polynomial.ts";
import * as printing from "./printing.ts";
import type { Sample } from "./sample.ts";
import * as sign from "./sign.ts";

export interface SampleModule {
  readonly sample: Sample;
  /** Runs the sample as a program that prints. */
  readonly main: () => void;
}

export const samples: Readonly<Record<string, SampleModule>> = {
  arithmetic,
  sign,
  polynomial,
  printing,
  collatz,
  newton,
  gcd,
  "bubble-sort": bubbleSort,
  "binary-search": binarySearch,
  mandelbrot,
};
