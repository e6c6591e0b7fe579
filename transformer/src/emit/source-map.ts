/**
 * Segments of the emitted text → source map version 3, exact to the column.
 *
 * Copied text maps at every start of a word or of a line, calls of the emitted namespace map to the operator or keyword
 * that they stand for. Positions are UTF-16 columns, as in JavaScript engines.
 */
import { encode, type SourceMapMappings } from "@jridgewell/sourcemap-codec";
import { Lines } from "../ast/lines.ts";
import type { Segment } from "../ast/writer.ts";
import type { TransformResult } from "../types.ts";

const WORD = /[\w$]+|[^\w$\s]/g;

export function sourceMap(fileName: string, source: string, code: string, segments: readonly Segment[]): TransformResult["map"] {
  const sourceLines = new Lines(source);
  const targetLines = new Lines(code);
  const mappings: SourceMapMappings = [];

  function add(target: number, from: number): void {
    const generated = targetLines.position(target);
    const original = sourceLines.position(from);
    while (mappings.length < generated.line) mappings.push([]);
    mappings[generated.line - 1].push([generated.column - 1, 0, original.line - 1, original.column - 1]);
  }

  for (const segment of segments) {
    if (!segment.verbatim) {
      add(segment.target, segment.source);
      continue;
    }
    const text = source.slice(segment.source, segment.source + segment.sourceLength);
    add(segment.target, segment.source);
    for (const word of text.matchAll(WORD)) if (word.index > 0) add(segment.target + word.index, segment.source + word.index);
  }
  const map = { version: 3 as const, sources: [fileName], sourcesContent: [source], names: [], mappings: encode(mappings) };
  return Object.defineProperty(map, "toString", { value: () => JSON.stringify(map), enumerable: false });
}
