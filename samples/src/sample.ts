/**
 * What the tour and the tests need to know of a sample. A sample's own file reads as a user's program; this is its label: a Sample
 * where it shows a function, a Program where it trains, saves or loads.
 */
import type * as gf from "graphfn";

export type Plain = number | readonly number[];

export interface Sample {
  readonly title: string;
  /** The marked function. */
  readonly fn: (...args: any[]) => gf.Tensor;
  /** Inputs as plain values: a number stands for a scalar tensor, an array for a vector. */
  readonly inputs: readonly (readonly Plain[])[];
  readonly dtype: "int32" | "float32" | "float64";
  /**
   * What the function means in plain JavaScript. Where it is absent, the very same text runs on numbers and arrays, without
   * the transform.
   */
  readonly plain?: (...args: Plain[]) => Plain;
  /** Other ways to write the same function: each must give what `fn` gives. */
  readonly forms?: Readonly<Record<string, (...args: gf.Tensor[]) => gf.Tensor>>;
  /** Relative error allowed between plain numbers (double precision) and `dtype`; 0 for equality. */
  readonly tolerance: number;
}

export interface Program {
  readonly title: string;
  /**
   * A small run of the program from fixed random numbers, without output: numbers that must be equal whether its functions run
   * eagerly or as graphs, on whatever backend.
   */
  readonly check: () => Promise<readonly number[]>;
  /** Relative error allowed between the ways; 0 for equality. */
  readonly tolerance: number;
}

export function isProgram(sample: Sample | Program): sample is Program {
  return "check" in sample;
}
