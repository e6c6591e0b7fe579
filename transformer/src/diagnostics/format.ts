/**
 * A diagnostic as text for a terminal: place, code, message, the source lines with carets, related places, hint, fix, docs.
 *
 *   src/model.ts:12:7 - error GF1003: A condition needs one value, x has shape [3].
 *
 *     11 |   const x = row(a);
 *   > 12 |   if (x > 0) {
 *        |       ^^^^^
 *
 *     hint: use x.any() or x.all()
 *
 *     docs: @graphfn/transformer/diagnostics.md#gf1003
 */
import { readFileSync } from "node:fs";
import { relative, sep } from "node:path";
import pico from "picocolors";
import { LINE_BREAK } from "../ast/lines.ts";
import type { Diagnostic, Position } from "../types.ts";
import { docsPath } from "./docs.ts";

export interface FrameOptions {
  /** ANSI colours; by default where stderr is a terminal that has them. */
  readonly color?: boolean;
  /** Files are named relative to this folder. */
  readonly cwd?: string;
  /** Text of a file, where it is not the one on disk. */
  readonly readText?: (fileName: string) => string | undefined;
}

/** A frame never shows more of a long range than this; the last line shown ends with "…". */
const MAX_MARKED_LINES = 4;

export function formatDiagnostic(diagnostic: Diagnostic, options: FrameOptions = {}): string {
  const color = pico.createColors(options.color ?? (pico.isColorSupported && process.stderr.isTTY));
  const paint = { error: color.red, warning: color.yellow, info: color.cyan }[diagnostic.severity];
  const lines = (options.readText ?? readTextFromDisk)(diagnostic.file)?.split(LINE_BREAK);
  const name = displayName(diagnostic.file, options.cwd);

  const head = `${color.cyan(place(name, diagnostic.start))} - ${paint(color.bold(diagnostic.severity))} ${color.dim(diagnostic.code)}: ${diagnostic.message}`;
  const parts = [head];
  if (lines) parts.push(frame(lines, diagnostic.start, diagnostic.end, paint, color.dim));
  for (const related of diagnostic.related ?? []) {
    parts.push(`  ${color.cyan(place(name, related.start))}: ${related.message}`);
    if (lines) parts.push(frame(lines, related.start, related.end, color.cyan, color.dim));
  }
  if (diagnostic.hint) parts.push(`  ${color.bold("hint:")} ${diagnostic.hint}`);
  if (diagnostic.fix) parts.push(`  ${color.bold("fix:")} ${diagnostic.fix.title}`);
  parts.push(`  ${color.bold("docs:")} ${color.dim(docsPath(diagnostic.code))}`);
  return parts.join("\n\n");
}

/** Diagnostics in the order of their places, errors and all, one blank line between them. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], options: FrameOptions = {}): string {
  const ordered = [...diagnostics].sort(
    (a, b) => a.file.localeCompare(b.file) || a.start.line - b.start.line || a.start.column - b.start.column,
  );
  return ordered.map((one) => formatDiagnostic(one, options)).join("\n\n");
}

/** Path relative to `cwd` with forward slashes; absolute where it lies outside. */
export function displayName(fileName: string, cwd: string = process.cwd()): string {
  const short = relative(cwd, fileName);
  return (short === "" || short.startsWith("..") ? fileName : short).split(sep).join("/");
}

function place(name: string, at: Position): string {
  return `${name}:${at.line}:${at.column}`;
}

type Paint = (text: string) => string;

/** The marked lines and the one before them, with carets under the range. */
function frame(lines: readonly string[], start: Position, end: Position, paint: Paint, dim: Paint): string {
  const last = Math.min(end.line, start.line + MAX_MARKED_LINES - 1, lines.length);
  const first = Math.max(1, start.line - 1);
  const width = String(last).length;
  const rows: string[] = [];
  for (let line = first; line <= last; line++) {
    const text = lines[line - 1] ?? "";
    const marked = line >= start.line;
    rows.push(`${marked ? paint(">") : " "} ${dim(`${String(line).padStart(width)} |`)}${text === "" ? "" : ` ${text}`}`);
    if (!marked || text.trim() === "") continue;
    const from = line === start.line ? start.column - 1 : text.length - text.trimStart().length;
    const to = line === end.line ? end.column - 1 : text.length;
    const cut = line === last && end.line > last ? " …" : "";
    rows.push(`  ${" ".repeat(width)} ${dim("|")} ${indentLike(text, from)}${paint("^".repeat(Math.max(1, to - from)))}${cut}`);
  }
  return rows.map((row) => `  ${row}`).join("\n");
}

/** White space as wide as the first `count` units of a line: tabs stay tabs, so that carets stand below their text. */
function indentLike(text: string, count: number): string {
  return text.slice(0, count).replace(/[^\t]/g, " ").padEnd(count, " ");
}

function readTextFromDisk(fileName: string): string | undefined {
  try {
    return readFileSync(fileName, "utf8");
  } catch {
    return undefined;
  }
}
