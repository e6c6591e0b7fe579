import { GraphFnError, LoopLimitError } from "../core/errors.ts";

/** Thrown through the user's code to the end of the region that is traced: every path through it has ended. */
export class Unwinding {
  /** How: a completion of autograph/. */
  readonly ending: unknown;
  constructor(ending: unknown) {
    this.ending = ending;
  }
}

/** Thrown by the user's code, and so part of the program; not a refusal of ours, nor the end of the stack. */
export function isThrown(error: unknown): boolean {
  return (
    (!(error instanceof GraphFnError) || error instanceof LoopLimitError) &&
    !(error instanceof RangeError && /call stack/i.test(error.message))
  );
}
