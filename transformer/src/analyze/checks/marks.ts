/** Comments and directives that nearly mark a function. */
import type { TS } from "../../ast/typescript.ts";
import type { Reporter } from "../../diagnostics/reporter.ts";
import { collectNearMisses, mayHaveNearMisses } from "../../parse/near-misses.ts";
import type { ParsedFile } from "../../parse/parse.ts";

export function checkMarks(ts: TS, file: ParsedFile, reporter: Reporter): void {
  const { text } = file;
  if (!mayHaveNearMisses(text)) return;
  for (const { start, end, right } of collectNearMisses(ts, file)) {
    reporter.reportRange(
      "nearMiss",
      start,
      end,
      { text: text.slice(start, end), right: `\`${right}\`` },
      { fix: [{ start, end, text: right }] },
    );
  }
}
