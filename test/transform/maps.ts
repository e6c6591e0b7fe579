/** Follows a source map from every name of the emitted text back to the source. */

import type { TransformResult } from "@graphfn/transformer";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";

/**
 * Names of the source's transformed functions that no place of the emitted text maps back to exactly, and places of the
 * emitted text that are on another line than what they map to.
 */
export function mapFaults(source: string, result: TransformResult): string[] {
  const map = new TraceMap(result.map as never);
  const sourceLines = source.split("\n");
  const reached = new Set<string>();
  const wrong: string[] = [];
  result.code.split("\n").forEach((line, row) => {
    for (const { index, 0: word } of line.matchAll(/(?<![\w$."`])[A-Za-z_]\w*/g)) {
      const { line: sourceLine, column } = originalPositionFor(map, { line: row + 1, column: index });
      if (sourceLine === null || column === null) continue;
      // Options of a loop are an argument behind its body.
      const moves = sourceLines[sourceLine - 1]?.includes("loop.options(") ?? false;
      if (sourceLine !== row + 1 && row + 1 < sourceLines.length && !moves)
        wrong.push(`${row + 1}:${index + 1} ${word} maps to line ${sourceLine}`);
      if (sourceLines[sourceLine - 1]?.startsWith(word, column)) reached.add(`${sourceLine}:${column + 1}`);
    }
  });
  for (const fn of result.functions) {
    for (let row = fn.start.line; row <= fn.end.line; row++) {
      // Comments, strings, labels and decorators are not names of the program.
      const line = (sourceLines[row - 1] ?? "").replace(NO_NAMES, (text) => " ".repeat(text.length));
      for (const { index, 0: word } of line.matchAll(/(?<![\w$.])[A-Za-z_]\w*/g)) {
        const column = index + 1;
        const inside = (row > fn.start.line || column >= fn.start.column) && (row < fn.end.line || column < fn.end.column);
        if (inside && !KEYWORDS.has(word) && !reached.has(`${row}:${column}`)) wrong.push(`${row}:${column} ${word}`);
      }
    }
  }
  return wrong;
}

/** Also the annotation of a declaration, since it may become an assignment. */
const NO_NAMES =
  /\/\/.*|\/\*.*?\*\/|"[^"]*"|`[^`]*`|^\s*@.*|^\s*\w+:(?= for| while| do| \{)|(?<=\b(?:break|continue) )\w+|(?<=\b(?:var|let|const) \w+): Tensor|\bvar \w+(?:: Tensor)?;|(?:gf\.)?loop(?=\.options\()/g;

/** Words that may be replaced by calls. */
const KEYWORDS = new Set([
  "in",
  "if",
  "try",
  "catch",
  "finally",
  "assert",
  "null",
  "undefined",
  "else",
  "while",
  "do",
  "for",
  "of",
  "return",
  "yield",
  "break",
  "continue",
  "const",
  "let",
  "console",
  "switch",
  "case",
  "default",
  "var",
]);
