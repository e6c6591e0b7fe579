/**
 * Diagnostics of one file as what bundlers take: one text with places, frames and hints of all, and the place of the first where
 * bundlers look for it (`loc`, column from 0).
 */
import type { Diagnostic } from "@graphfn/transformer/host";

interface Place {
  readonly id: string;
  readonly loc: { readonly file: string; readonly line: number; readonly column: number };
}

function placeOf({ file, start }: Diagnostic): Place {
  return { id: file, loc: { file, line: start.line, column: start.column - 1 } };
}

/** `text` is the diagnostics as formatted. */
export function warning(first: Diagnostic, text: string): Place & { readonly message: string } {
  return { message: text, ...placeOf(first) };
}

/** The error of a module. Its stack would show the bundler's code: bundlers print the message, as stack or where `hideStack` is set. */
export class BuildFailed extends Error implements Place {
  override readonly name = "BuildFailed";
  readonly hideStack = true;
  readonly id: string;
  readonly loc: Place["loc"];

  constructor(first: Diagnostic, text: string) {
    super(text);
    ({ id: this.id, loc: this.loc } = placeOf(first));
    this.stack = `${this.name}: ${text}`;
  }
}
