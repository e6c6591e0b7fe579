/** All samples, in the order of the tour. */
import * as absolute from "./absolute.ts";
import * as arithmetic from "./arithmetic.ts";
import * as binarySearch from "./binary-search.ts";
import * as bubbleSort from "./bubble-sort.ts";
import * as collatz from "./collatz.ts";
import * as curveFit from "./curve-fit.ts";
import * as customTraining from "./custom-training.ts";
import * as digits from "./digits.ts";
import * as earlyStopping from "./early-stopping.ts";
import * as gcd from "./gcd.ts";
import * as hamiltonian from "./hamiltonian.ts";
import * as kepler from "./kepler.ts";
import * as logisticRegression from "./logistic-regression.ts";
import * as lorenz from "./lorenz.ts";
import * as mandelbrot from "./mandelbrot.ts";
import * as newton from "./newton.ts";
import * as polynomial from "./polynomial.ts";
import * as printing from "./printing.ts";
import type { Program, Sample } from "./sample.ts";
import * as saveLoad from "./save-load.ts";
import * as sequences from "./sequences.ts";
import * as sequential from "./sequential.ts";
import * as sign from "./sign.ts";
import * as staticGraph from "./static-graph.ts";
import * as twoSpiral from "./two-spiral.ts";

export interface SampleModule {
  readonly sample: Sample | Program;
  /** Runs the sample as a program that prints. Files that it writes go into `folder`. */
  readonly main: (folder?: string) => unknown;
}

export const samples: Readonly<Record<string, SampleModule>> = {
  arithmetic,
  "static-graph": staticGraph,
  sign,
  absolute,
  polynomial,
  printing,
  collatz,
  newton,
  gcd,
  "bubble-sort": bubbleSort,
  "binary-search": binarySearch,
  mandelbrot,
  kepler,
  sequential,
  "custom-training": customTraining,
  "early-stopping": earlyStopping,
  "logistic-regression": logisticRegression,
  "two-spiral": twoSpiral,
  digits,
  sequences,
  lorenz,
  hamiltonian,
  "curve-fit": curveFit,
  "save-load": saveLoad,
};
