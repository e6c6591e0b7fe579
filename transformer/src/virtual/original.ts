/**
 * Where a range of virtual text stands in the source, for errors that a checker reports. There is always a place, as an error that
 * has none would be lost. In this order: the expression that the range is the virtual text of; the copied text and operators in the
 * range; for text that was only generated, the end of what was copied before it.
 *
 *   label( __gf$.mul(x, y))      the argument → `x * y`;  `mul` → `*`;  the declaration at the end → the end of the file
 */
import type ts from "typescript";
import { toSourceRange } from "../ast/writer.ts";
import type { Span, VirtualFile } from "./file.ts";

export function originalRange(virtual: VirtualFile, sourceFile: ts.SourceFile, start: number, end: number): Span {
  for (const [node, span] of virtual.spans) {
    if (span.start === start && span.end === end) return { start: node.getStart(sourceFile), end: node.end };
  }
  const found = toSourceRange(virtual.segments, start, end);
  if (found !== null) return found;
  const before = virtual.segments.findLast((segment) => segment.target <= start);
  const offset = before === undefined ? 0 : before.source + before.sourceLength;
  return { start: offset, end: offset };
}
