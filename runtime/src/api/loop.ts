/**
 * `loop.options({…})`, the first statement in the body of a loop of a marked function: how that loop runs. The transform reads it and
 * hands the options to the loop before its first round; the call itself is gone then.
 */
import { ArgumentError, StagingError } from "../core/errors.ts";

export interface LoopOptions {
  /** Rounds that the loop may begin, at least 1. One more is an error, or the end of the loop: see `onMax`. */
  readonly maxIterations?: number | undefined;
  /** What happens where another round would begin: the error E_MAX_ITERATIONS (default), or the loop ends. */
  readonly onMax?: "throw" | "stop" | undefined;
  /**
   * true: the loop is unrolled while tracing, also one over the rows of a tensor. false: it must be a loop of the graph. A whole number: a
   * loop of the graph whose body stands there that many times. A loop that cannot be so is refused with E_UNROLL.
   */
  readonly unroll?: boolean | number | undefined;
  /**
   * For gradients of loops of the graph: which rounds leave their state. Others are computed again from there, so memory is that of the
   * states left and of the rounds between two of them. A whole number: every so many rounds. "sqrt": further and further apart, about √2n
   * of n rounds. Values and gradients are the same to the bit; gradients of gradients are summed in another order. `explain` says how many
   * bytes each loop keeps.
   */
  readonly checkpoint?: "sqrt" | number | undefined;
}

const NAMES: ReadonlySet<string> = new Set(["maxIterations", "onMax", "unroll", "checkpoint"] satisfies (keyof LoopOptions)[]);

export const loop = {
  /**
   * Options of the loop in whose body this is the first statement, in marked functions.
   *
   *   while (x.error > tolerance) {
   *     loop.options({ maxIterations: 100, checkpoint: "sqrt" });
   *     x = improved(x);
   *   }
   *
   * They are evaluated once, before the loop.
   * Errors   E_ARGUMENT for options that are none; E_MAX_ITERATIONS and E_UNROLL when the loop runs, or is traced.
   *          E_UNTRANSFORMED where code with a `maxIterations` runs that graphfn's transform has not seen: nothing would count its rounds.
   */
  options(options: LoopOptions): void {
    if (checkLoopOptions(options).maxIterations === undefined) return;
    throw new StagingError("loop.options({ maxIterations }) ran as a call, so nothing counts the rounds of its loop.", {
      code: "E_UNTRANSFORMED",
      hint: "Write it as the first statement of a loop in a marked function, and build with graphfn's transform.",
    });
  },
};

/** The options, if they are some. */
export function checkLoopOptions(options: LoopOptions): LoopOptions {
  const { maxIterations, onMax, unroll, checkpoint } = options;
  for (const name of Object.keys(options)) if (!NAMES.has(name)) refuse(name, `is none of its options: ${[...NAMES].join(", ")}`);
  if (maxIterations !== undefined && !isCount(maxIterations))
    refuse("maxIterations", `is ${shown(maxIterations)}, not a whole number from 1 on`);
  if (onMax !== undefined && onMax !== "throw" && onMax !== "stop") refuse("onMax", `is ${shown(onMax)}, not "throw" or "stop"`);
  if (unroll !== undefined && typeof unroll !== "boolean" && !isCount(unroll))
    refuse("unroll", `is ${shown(unroll)}, not true, false or a whole number from 1 on`);
  if (checkpoint !== undefined && checkpoint !== "sqrt" && !isCount(checkpoint))
    refuse("checkpoint", `is ${shown(checkpoint)}, not "sqrt" or a whole number from 1 on`);
  return options;
}

function isCount(x: unknown): boolean {
  return typeof x === "number" && Number.isInteger(x) && x >= 1 && x < 2 ** 31;
}

function shown(x: unknown): string {
  return typeof x === "string" ? JSON.stringify(x) : typeof x === "object" && x !== null ? "an object" : String(x);
}

function refuse(name: string, fact: string): never {
  throw new ArgumentError(`loop.options: ${name} ${fact}.`);
}
