/** Virtual code of one file for a type-check host, from text alone; null when the file has no marked function. */
import type { TS } from "../ast/typescript.ts";
import type { Segment } from "../ast/writer.ts";
import { mayHaveMarks, parseFile } from "../parse/parse.ts";
import { rewriteFile } from "./file.ts";

export interface VirtualCode {
  readonly text: string;
  /** Ordered by target; `verbatim` segments map offset by offset, others stand for one operator. */
  readonly segments: readonly Segment[];
}

/** `ts` may be the host's own TypeScript, of any version with the JavaScript API. */
export function virtualCode(ts: TS, text: string, fileName: string): VirtualCode | null {
  if (!mayHaveMarks(text)) return null;
  const file = parseFile(ts, fileName, text);
  if (file.marks.length === 0) return null;
  const { text: code, segments } = rewriteFile(ts, file);
  return { text: code, segments };
}
