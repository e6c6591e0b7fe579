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

/** What a character is to words: a part of one, between them, or one by itself. */
const WORD = 1;
const SPACE = 2;
const SIGN = 3;

const KINDS = Uint8Array.from({ length: 128 }, (_, code) => kindOf(String.fromCharCode(code)));

function kindOf(character: string): number {
  return /[\w$]/.test(character) ? WORD : /\s/.test(character) ? SPACE : SIGN;
}

export function sourceMap(
  fileName: string,
  source: string,
  code: string,
  segments: readonly Segment[],
  sourceLines = new Lines(source),
): TransformResult["map"] {
  const targetLines = new Lines(code);
  const mappings: SourceMapMappings = [];
  const add = (line: number, column: number, sourceLine: number, sourceColumn: number): void => {
    while (mappings.length <= line) mappings.push([]);
    (mappings[line] as SourceMapMappings[number]).push([column, 0, sourceLine, sourceColumn]);
  };
  let before = 0;
  let sourceBefore = 0;

  for (const { target, source: start, sourceLength, verbatim } of segments) {
    let line = targetLines.indexAt(target, before);
    let sourceLine = sourceLines.indexAt(start, sourceBefore);
    let column = target - targetLines.startOf(line);
    let sourceColumn = start - sourceLines.startOf(sourceLine);
    before = line;
    sourceBefore = sourceLine;
    add(line, column, sourceLine, sourceColumn);
    if (!verbatim) continue;
    // Lines of copied text are lines of both; the first of them starts before the segment.
    let inWord = false;
    let next = sourceLines.startOf(sourceLine + 1);
    for (let at = start; at < start + sourceLength; at++, column++, sourceColumn++) {
      if (at === next) {
        line++;
        sourceLine++;
        column = sourceColumn = 0;
        next = sourceLines.startOf(sourceLine + 1);
      }
      const character = source.charCodeAt(at);
      const kind = character < 128 ? (KINDS[character] as number) : kindOf(source[at] as string);
      if (kind !== SPACE && !(kind === WORD && inWord) && at !== start) add(line, column, sourceLine, sourceColumn);
      inWord = kind === WORD;
    }
    before = line;
    sourceBefore = sourceLine;
  }
  const map = { version: 3 as const, sources: [fileName], sourcesContent: [source], names: [], mappings: encode(mappings) };
  return Object.defineProperty(map, "toString", { value: () => JSON.stringify(map), enumerable: false });
}
