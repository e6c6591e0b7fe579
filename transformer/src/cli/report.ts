/**
 * Diagnostics as tsc prints them, the checker's and then the transformer's own, for commands that check a project.
 *
 *   src/model.ts(15,17): error TS2345: Argument of type 'string' is not assignable to parameter of type 'Operand'.
 *   src/model.ts(22,3): error GF1003: …
 *
 * With `pretty` (by default where a person reads it) each has a frame.
 */
import type ts from "typescript";
import type { TS } from "../ast/typescript.ts";
import { CATALOGUE } from "../diagnostics/catalogue.ts";
import { displayName, formatDiagnostics } from "../diagnostics/format.ts";
import type { Diagnostic } from "../types.ts";

/** Errors of the checker that the transformer passes on. */
const PASSED_ON = CATALOGUE.typeMismatch.code;

/** Without those that the checker has reported itself. */
export function ownReport(diagnostics: readonly Diagnostic[], checkerFailed: boolean): readonly Diagnostic[] {
  return checkerFailed ? diagnostics.filter((one) => one.code !== PASSED_ON) : diagnostics;
}

export function formatOwn(diagnostics: readonly Diagnostic[], pretty: boolean): string {
  if (diagnostics.length === 0) return "";
  return `${pretty ? formatDiagnostics(diagnostics, { color: true }) : diagnostics.map(oneLine).join("\n")}\n`;
}

export function formatChecker(ts: TS, diagnostics: readonly ts.Diagnostic[], pretty: boolean): string {
  const host: ts.FormatDiagnosticsHost = {
    getCurrentDirectory: () => process.cwd(),
    getCanonicalFileName: (name) => name,
    getNewLine: () => "\n",
  };
  if (!pretty) return ts.formatDiagnostics(diagnostics, host);
  return diagnostics.map((one) => `${ts.formatDiagnosticsWithColorAndContext([one], host)}\n`).join("");
}

/** tsc's `--pretty`: the option where it is given, else whether a person reads it. */
export function isPretty(option: unknown): boolean {
  return typeof option === "boolean" ? option : process.stdout.isTTY;
}

/** The form that tsc prints where it is not read by a person. */
function oneLine({ file, start, severity, code, message, hint }: Diagnostic): string {
  return `${displayName(file)}(${start.line},${start.column}): ${severity} ${code}: ${message}${hint ? ` (${hint})` : ""}`;
}
