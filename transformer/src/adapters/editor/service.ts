/**
 * A language service with what the transformer knows: its diagnostics among the checker's, its fixes as code actions, and
 * hints that say how each construct of a marked function runs.
 *
 *   ⟳ graph if (x > 0) …        decided in the graph
 *   ∥ unrolled for (const r of rows) …
 *   static if (n > 3) …         decided while tracing
 */
import type ts from "typescript";
import type { TS } from "../../ast/typescript.ts";
import { CATALOGUE } from "../../diagnostics/catalogue.ts";
import { codeNumber, toCheckerForm } from "../../diagnostics/checker-form.ts";
import type { Decision, Diagnostic } from "../../types.ts";
import type { Analysis, EditorAnalysis } from "./analysis.ts";

/** Codes that may come with a fix. */
const FIXABLE = Object.values(CATALOGUE).flatMap((row) => ("fix" in row ? [codeNumber(row.code)] : []));
/** What the checker says itself, in other words. */
const OF_CHECKER: readonly string[] = [CATALOGUE.typeMismatch.code, CATALOGUE.maybeUnassigned.code, CATALOGUE.missingReturn.code];

const HINTS: Readonly<Record<Decision["staging"], string>> = {
  staged: "⟳ graph",
  unrolled: "∥ unrolled",
  static: "static",
  dynamic: "⟳ graph or static",
};

export function withGraphDiagnostics(ts: TS, service: ts.LanguageService, analysis: EditorAnalysis): ts.LanguageService {
  const additions: Partial<ts.LanguageService> = {
    getSemanticDiagnostics(fileName) {
      const own = service.getSemanticDiagnostics(fileName);
      const found = analysis.of(fileName);
      if (found === undefined) return own;
      const isNew = (one: Diagnostic): boolean => !(own.length > 0 && OF_CHECKER.includes(one.code));
      return [...own, ...found.diagnostics.filter(isNew).map((one) => toCheckerForm(ts, one, found.sourceFile, found.lines))];
    },
    getSupportedCodeFixes: (fileName) => [...service.getSupportedCodeFixes(fileName), ...FIXABLE.map(String)],
    getCodeFixesAtPosition(fileName, start, end, codes, ...rest) {
      const own = service.getCodeFixesAtPosition(
        fileName,
        start,
        end,
        codes.filter((code) => !FIXABLE.includes(code)),
        ...rest,
      );
      const found = analysis.of(fileName);
      if (found === undefined) return own;
      const asked = found.diagnostics.filter(
        (one) => codes.includes(codeNumber(one.code)) && found.lines.offset(one.start) <= end && start <= found.lines.offset(one.end),
      );
      return [...own, ...asked.flatMap((one) => toAction(fileName, one, found))];
    },
    provideInlayHints(fileName, span, preferences) {
      const own = service.provideInlayHints(fileName, span, preferences);
      const found = analysis.of(fileName);
      if (found === undefined) return own;
      const hints = found.functions
        .flatMap(({ decisions }) => decisions)
        // Parameters are told of by `explain`; here it is statements.
        .filter(({ construct }) => construct !== "number")
        .map((decision) => toHint(ts, decision, found));
      return [...own, ...hints.filter(({ position }) => position >= span.start && position <= span.start + span.length)];
    },
  };
  return new Proxy(service, {
    get: (target, name, receiver): unknown =>
      Object.hasOwn(additions, name) ? additions[name as keyof ts.LanguageService] : Reflect.get(target, name, receiver),
  });
}

function toAction(fileName: string, { fix }: Diagnostic, found: Analysis): ts.CodeFixAction[] {
  if (fix === undefined) return [];
  const textChanges = fix.edits.map(({ start, end, text }) => ({
    span: { start: found.lines.offset(start), length: found.lines.offset(end) - found.lines.offset(start) },
    newText: text,
  }));
  return [{ fixName: "graphfn", description: fix.title, changes: [{ fileName, textChanges }] }];
}

function toHint(ts: TS, { at, staging }: Decision, found: Analysis): ts.InlayHint {
  return { text: HINTS[staging], position: found.lines.offset(at), kind: ts.InlayHintKind.Type, whitespaceAfter: true };
}
