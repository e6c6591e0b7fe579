/** What is known of a graph function besides its code: from the transformer, or guessed for untransformed functions. */
export interface FunctionInfo {
  readonly name: string;
  /** Original file, relative to the project root. */
  readonly file: string;
  /** "line:column". */
  readonly at: string;
  readonly params: readonly string[];
  readonly decisions: readonly (readonly [string, string, string, string])[];
}
