import type { NumberPath } from "./signature.ts";

/** What is known of a graph function besides its code: from the transformer, or guessed for untransformed functions. */
export interface FunctionInfo {
  readonly name: string;
  /** Original file, relative to the project root. */
  readonly file: string;
  /** "line:column". */
  readonly at: string;
  readonly params: readonly string[];
  /** Names and places of what it captures: `rate@src/model.ts:7:9`. */
  readonly captures?: readonly string[];
  /** Numbers among the arguments that only meet tensors: one trace serves all of them. */
  readonly lifted?: readonly NumberPath[];
  readonly decisions: readonly (readonly [string, string, string, string])[];
}
