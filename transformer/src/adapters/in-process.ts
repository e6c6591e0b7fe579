/**
 * What hosts do that load TypeScript while a program runs (Node's hooks, ts-node): a file is transformed, or loading it fails with the
 * caret frames as its message; warnings go to stderr once.
 */
import { displayName, formatDiagnostics } from "../diagnostics/format.ts";
import { createTransformer } from "../pipeline/transformer.ts";
import type { Diagnostic, Transformer, TransformerOptions, TransformResult } from "../types.ts";
import { hasErrors } from "./host.ts";

/** Thrown where a module is loaded whose marked functions are refused. */
export class TransformError extends Error {
  constructor(fileName: string, diagnostics: readonly Diagnostic[]) {
    super(`${displayName(fileName)} cannot be transformed.\n\n${formatDiagnostics(diagnostics)}\n`);
    this.name = "TransformError";
    // A real stack would show the loader, never the user's code. With one place Node prints the text as it is.
    const first = diagnostics.find(({ severity }) => severity === "error");
    this.stack = `${this.name}: ${this.message}\n    at ${fileName}:${first?.start.line ?? 1}:${first?.start.column ?? 1}`;
  }
}

/** A function that transforms the files of this process; null for what has nothing to transform. */
export function inProcess(options: TransformerOptions): (fileName: string, text: string) => TransformResult | null {
  let transformer: Transformer | undefined;
  return (fileName, text) => {
    transformer ??= createTransformer(options);
    const result = transformer.transform(fileName, text);
    if (result === null) return null;
    if (hasErrors(result.diagnostics)) throw new TransformError(fileName, result.diagnostics);
    if (result.diagnostics.length > 0) process.stderr.write(`${formatDiagnostics(result.diagnostics)}\n\n`);
    return result;
  };
}
