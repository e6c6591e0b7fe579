/** A diagnostic in the form of TypeScript's own, for hosts that show both: GF1014 has the number 971014, above all of theirs. */
import type ts from "typescript";
import type { Lines } from "../ast/lines.ts";
import type { TS } from "../ast/typescript.ts";
import type { Diagnostic } from "../types.ts";

export function codeNumber(code: string): number {
  return 970_000 + Number(code.slice(2));
}

/** `file` and `lines` are of the user's text. */
export function toCheckerForm(
  { DiagnosticCategory: category }: Pick<TS, "DiagnosticCategory">,
  { code, severity, message, hint, start, end, related }: Diagnostic,
  file: ts.SourceFile,
  lines: Lines,
): ts.Diagnostic {
  const range = (from: Diagnostic["start"], to: Diagnostic["end"]) => ({
    file,
    start: lines.offset(from),
    length: lines.offset(to) - lines.offset(from),
  });
  const information = related?.map((one) => ({
    ...range(one.start, one.end),
    category: category.Message,
    code: codeNumber(code),
    messageText: one.message,
  }));
  return {
    ...range(start, end),
    category: { error: category.Error, warning: category.Warning, info: category.Message }[severity],
    code: codeNumber(code),
    messageText: `${code}: ${message}${hint ? ` (${hint})` : ""}`,
    source: "graphfn",
    ...(information && { relatedInformation: information }),
  };
}
