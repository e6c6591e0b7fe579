/** One file as the pipeline knows it: parsed, rewritten to virtual code, its names bound. Made again when its text changes. */
import { type Bindings, bindNames } from "../analyze/scopes.ts";
import type { FunctionNode } from "../ast/nodes.ts";
import type { TS } from "../ast/typescript.ts";
import { type ParsedFile, parseFile } from "../parse/parse.ts";
import { hasSyntaxErrors } from "../parse/source-file.ts";
import { rewriteFile, type VirtualFile } from "../virtual/file.ts";

export interface SourceModel {
  readonly parsed: ParsedFile;
  readonly virtual: VirtualFile;
  /** Unmarked functions that the virtual text has rewritten, too. */
  readonly untyped: readonly FunctionNode[];
  readonly broken: boolean;
  readonly bindings: Bindings;
}

/** `before`, of an earlier text of the file, cannot be used any more. */
export function modelFile(ts: TS, fileName: string, text: string, before?: SourceModel): SourceModel {
  const known = before?.parsed;
  return modelParsed(ts, known?.text === text ? known : parseFile(ts, fileName, text, known), []);
}

/** The same file with these functions rewritten. */
export function withUntyped(ts: TS, { parsed }: SourceModel, untyped: readonly FunctionNode[]): SourceModel {
  return modelParsed(ts, parsed, untyped);
}

function modelParsed(ts: TS, parsed: ParsedFile, untyped: readonly FunctionNode[]): SourceModel {
  let bindings: Bindings | undefined;
  return {
    parsed,
    virtual: rewriteFile(ts, parsed, untyped),
    untyped,
    broken: hasSyntaxErrors(parsed.sourceFile),
    get bindings() {
      bindings ??= bindNames(ts, parsed.sourceFile);
      return bindings;
    },
  };
}
