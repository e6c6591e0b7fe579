/**
 * `graphfn list`: every marked function of a project, and how its constructs run.
 *
 *   src/collatz.ts:6:1   collatz   comment   2 staged
 *   src/model.ts:12:3    step      decorator 1 staged, 2 static
 *
 * ts-morph reads the project (its tsconfig, references to files); the transformer says what becomes of each function.
 */
import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import pico from "picocolors";
import { Project } from "ts-morph";
import { formatDiagnostics } from "../diagnostics/format.ts";
import { createTransformer } from "../pipeline/transformer.ts";
import type { Decision, Diagnostic, FunctionReport } from "../types.ts";
import { CommandError } from "./error.ts";

export interface ListOptions {
  readonly tsconfig: string;
}

interface Row {
  readonly place: string;
  readonly report: FunctionReport;
}

export function list({ tsconfig }: ListOptions): void {
  const path = resolve(tsconfig);
  if (!existsSync(path)) throw new CommandError(`There is no ${tsconfig}. Name one with --tsconfig.`);
  const project = new Project({ tsConfigFilePath: path, skipFileDependencyResolution: true });
  const sources = project.getSourceFiles().filter((source) => !source.isDeclarationFile() && !source.isInNodeModules());
  const transformer = createTransformer({ root: process.cwd(), tsconfig: path });
  const rows: Row[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const source of sources) {
    const fileName = source.getFilePath();
    const result = transformer.transform(fileName, source.getFullText());
    if (result === null) continue;
    diagnostics.push(...result.diagnostics);
    for (const report of result.functions) {
      rows.push({ place: `${relative(process.cwd(), fileName)}:${report.start.line}:${report.start.column}`, report });
    }
  }
  transformer.dispose();
  if (rows.length === 0) throw new CommandError(`No function of ${tsconfig} is marked (${sources.length} files).`);
  process.stdout.write(`${table(rows)}\n\n${summary(rows, sources.length)}\n`);
  if (diagnostics.length > 0) process.stderr.write(`\n${formatDiagnostics(diagnostics)}\n`);
  if (diagnostics.some((one) => one.severity === "error")) process.exitCode = 1;
}

function table(rows: readonly Row[]): string {
  const cells = rows.map(({ place, report }) => [place, report.name, report.form, stagings(report.decisions)]);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column].length)));
  return cells
    .map(([place, name, form, how]) =>
      `${place.padEnd(widths[0])}  ${pico.bold(name.padEnd(widths[1]))}  ${pico.dim(form.padEnd(widths[2]))}  ${how}`.trimEnd(),
    )
    .join("\n");
}

/** `2 staged, 1 static`. */
function stagings(decisions: readonly Decision[]): string {
  const counts = new Map<string, number>();
  for (const { staging } of decisions) counts.set(staging, (counts.get(staging) ?? 0) + 1);
  return [...counts].map(([staging, count]) => `${count} ${staging}`).join(", ");
}

function summary(rows: readonly Row[], files: number): string {
  const inFiles = new Set(rows.map(({ place }) => place.replace(/:\d+:\d+$/, ""))).size;
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;
  return `${count(rows.length, "function")} in ${inFiles} of ${count(files, "file")}`;
}
