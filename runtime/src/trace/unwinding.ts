/** Thrown through the user's code to the end of the region that is traced: every path through it has ended. */
export class Unwinding {
  /** How: a completion of autograph/. */
  readonly ending: unknown;
  constructor(ending: unknown) {
    this.ending = ending;
  }
}
