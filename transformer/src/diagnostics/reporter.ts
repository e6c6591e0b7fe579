/** Collects diagnostics of one file: rows of the catalogue, filled in, at places of the original text. */
import type ts from "typescript";
import type { Lines } from "../ast/lines.ts";
import type { Diagnostic } from "../types.ts";
import { CATALOGUE, type DiagnosticName, type Row } from "./catalogue.ts";

export type Parameters = Readonly<Record<string, string>>;

export class Reporter {
  private readonly fileName: string;
  private readonly lines: Lines;
  private readonly byPlace = new Map<string, Diagnostic>();
  private readonly ranges: { start: number; end: number }[] = [];

  constructor(fileName: string, lines: Lines) {
    this.fileName = fileName;
    this.lines = lines;
  }

  report(name: DiagnosticName, node: ts.Node, parameters: Parameters = {}): void {
    this.reportRange(name, node.getStart(), node.end, parameters);
  }

  /** One message per code and place: several steps may find the same fault. */
  reportRange(name: DiagnosticName, start: number, end: number, parameters: Parameters = {}): void {
    const row: Row = CATALOGUE[name];
    const key = `${row.code}:${start}`;
    if (this.byPlace.has(key)) return;
    this.ranges.push({ start, end });
    this.byPlace.set(key, {
      code: row.code,
      severity: row.severity,
      message: fill(row.message, parameters),
      hint: row.hint === undefined ? undefined : fill(row.hint, parameters),
      file: this.fileName,
      start: this.lines.position(start),
      end: this.lines.position(end),
    });
  }

  /** Something was reported already for this range or around it. */
  covers(start: number, end: number): boolean {
    return this.ranges.some((range) => range.start <= start && end <= range.end);
  }

  get diagnostics(): readonly Diagnostic[] {
    return [...this.byPlace.values()].sort((a, b) => a.start.line - b.start.line || a.start.column - b.start.column);
  }
}

function fill(template: string, parameters: Parameters): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => parameters[name] ?? whole);
}
