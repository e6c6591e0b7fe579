/**
 * Text → syntax tree, from the tree of the text before where there is one: statements in which nothing was edited stay the nodes that they
 * were, so that what is known of them can be kept (ast/per-statement.ts).
 *
 * TypeScript's parser takes these nodes out of the tree before and moves their offsets, so that tree cannot be used any more: it is handed
 * over, once.
 */
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";

/** A text that was parsed. */
export interface Parsed {
  /** Throws once it was handed over. */
  readonly sourceFile: ts.SourceFile;
  /** For the next text. Undefined where a tree is better made anew. */
  readonly handOver: () => ts.SourceFile | undefined;
}

export function parseText(ts: TS, fileName: string, text: string, before: Parsed | undefined): Parsed {
  const old = before?.handOver();
  let sourceFile: ts.SourceFile | undefined = old === undefined ? parse(ts, fileName, text) : parseAgain(ts, old, text);
  return {
    get sourceFile() {
      if (sourceFile === undefined) throw new Error(`the tree of an earlier text of ${fileName} was asked for`);
      return sourceFile;
    },
    handOver() {
      const given = sourceFile;
      sourceFile = undefined;
      return given === undefined || hasSyntaxErrors(given) ? undefined : given;
    },
  };
}

function parse(ts: TS, fileName: string, text: string): ts.SourceFile {
  const options = { languageVersion: ts.ScriptTarget.ESNext, jsDocParsingMode: ts.JSDocParsingMode.ParseNone };
  return ts.createSourceFile(fileName, text, options, true);
}

function parseAgain(ts: TS, old: ts.SourceFile, text: string): ts.SourceFile {
  const before = old.text;
  const shorter = Math.min(before.length, text.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === text.charCodeAt(start)) start++;
  let end = 0;
  while (end < shorter - start && before.charCodeAt(before.length - 1 - end) === text.charCodeAt(text.length - 1 - end)) end++;
  return ts.updateSourceFile(old, text, { span: { start, length: before.length - end - start }, newLength: text.length - end - start });
}

/** The parser reports errors only on this internal field; a file with syntax errors is left to the host's own parser. */
export function hasSyntaxErrors(sourceFile: ts.SourceFile): boolean {
  const { parseDiagnostics } = sourceFile as ts.SourceFile & { parseDiagnostics?: readonly unknown[] };
  return parseDiagnostics !== undefined && parseDiagnostics.length > 0;
}
