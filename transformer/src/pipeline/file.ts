/** One file as the pipeline knows it: parsed, rewritten to virtual code, its names bound. Made again when its text changes. */
import { type Bindings, bindNames } from "../analyze/scopes.ts";
import type { TS } from "../ast/typescript.ts";
import { hasSyntaxErrors, type ParsedFile, parseFile } from "../parse/parse.ts";
import { rewriteFile, type VirtualFile } from "../virtual/rewrite.ts";

export interface SourceModel {
  readonly parsed: ParsedFile;
  readonly virtual: VirtualFile;
  readonly broken: boolean;
  readonly bindings: Bindings;
}

export function modelFile(ts: TS, fileName: string, text: string): SourceModel {
  const parsed = parseFile(ts, fileName, text);
  let bindings: Bindings | undefined;
  return {
    parsed,
    virtual: rewriteFile(ts, parsed),
    broken: hasSyntaxErrors(parsed.sourceFile),
    get bindings() {
      bindings ??= bindNames(ts, parsed.sourceFile);
      return bindings;
    },
  };
}
