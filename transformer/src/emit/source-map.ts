/**
 * Segments of the emitted text → source map version 3, exact to the column.
 *
 * Copied text maps at every start of a word or of a line, calls of the emitted namespace map to the operator or keyword
 * that they stand for. Positions are UTF-16 columns, as in JavaScript engines.
 */
import { encode, type SourceMapMappings } from "@jridgewell/sourcemap-codec";
import { Lines, lineEnd } from "../ast/lines.ts";
import type { Segment } from "../ast/writer.ts";
import type { TransformResult } from "../types.ts";

const WORD = /[\w$]+|[^\w$\s]/g;

export function sourceMap(fileName: string, source: string, code: string, segments: readonly Segment[]): TransformResult["map"] {
  const sourceLines = new Lines(source);
  const targetLines = new Lines(code);
  const mappings: SourceMapMappings = [];

  function add(line: number, column: number, sourceLine: number, sourceColumn: number): void {
    while (mappings.length < line) mappings.push([]);
    mappings[line - 1].push([column - 1, 0, sourceLine - 1, sourceColumn - 1]);
  }

  for (const segment of segments) {
    const generated = targetLines.position(segment.target);
    const original = sourceLines.position(segment.source);
    add(generated.line, generated.column, original.line, original.column);
    if (!segment.verbatim) continue;
    const text = source.slice(segment.source, segment.source + segment.sourceLength);
    // Lines of copied text are lines of both; the first of them starts before the segment.
    let lines = 0;
    let start = 0;
    let end = lineEnd(text, 0);
    for (const { index } of text.matchAll(WORD)) {
      if (index === 0) continue;
      while (end >= 0 && end < index) {
        lines++;
        start = end + 1;
        end = lineEnd(text, start);
      }
      const column = index - start;
      if (lines === 0) add(generated.line, generated.column + column, original.line, original.column + column);
      else add(generated.line + lines, column + 1, original.line + lines, column + 1);
    }
  }
  const map = { version: 3 as const, sources: [fileName], sourcesContent: [source], names: [], mappings: encode(mappings) };
  return Object.defineProperty(map, "toString", { value: () => JSON.stringify(map), enumerable: false });
}
