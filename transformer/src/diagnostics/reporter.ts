/** Collects diagnostics of one file: rows of the catalogue, filled in, at places of the original text. */
import type ts from "typescript";
import type { Lines } from "../ast/lines.ts";
import type { Diagnostic, Fix } from "../types.ts";
import { CATALOGUE, type DiagnosticName, type Row } from "./catalogue.ts";
import { docsUrl } from "./docs.ts";

export type Parameters = Readonly<Record<string, string>>;

/** A change of the source text, by offsets. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a diagnostic says besides its message; the words are in its row. */
export interface Details {
  /** The second place. */
  readonly related?: ts.Node | undefined;
  readonly fix?: readonly TextEdit[] | undefined;
}

export class Reporter {
  private readonly fileName: string;
  private readonly lines: Lines;
  private readonly byPlace = new Map<string, Diagnostic>();
  private readonly ranges: { start: number; end: number }[] = [];

  constructor(fileName: string, lines: Lines) {
    this.fileName = fileName;
    this.lines = lines;
  }

  report(name: DiagnosticName, node: ts.Node, parameters: Parameters = {}, details: Details = {}): void {
    this.reportRange(name, node.getStart(), node.end, parameters, details);
  }

  /** One message per code and place: several steps may find the same fault. */
  reportRange(name: DiagnosticName, start: number, end: number, parameters: Parameters = {}, { related, fix }: Details = {}): void {
    const row: Row = CATALOGUE[name];
    const key = `${row.code}:${start}`;
    if (this.byPlace.has(key)) return;
    this.ranges.push({ start, end });
    this.byPlace.set(key, {
      code: row.code,
      severity: row.severity,
      message: fill(row.message, parameters),
      hint: row.hint === undefined ? undefined : fill(row.hint, parameters),
      docs: docsUrl(row.code),
      file: this.fileName,
      start: this.lines.position(start),
      end: this.lines.position(end),
      ...(related !== undefined &&
        related.getStart() !== start &&
        row.related !== undefined && { related: [this.related(fill(row.related, parameters), related)] }),
      ...(fix !== undefined && row.fix !== undefined && { fix: this.fix(fill(row.fix, parameters), fix) }),
    });
  }

  private related(message: string, node: ts.Node): NonNullable<Diagnostic["related"]>[number] {
    return { message, start: this.lines.position(node.getStart()), end: this.lines.position(node.end) };
  }

  private fix(title: string, edits: readonly TextEdit[]): Fix {
    const places = edits.map(({ start, end, text }) => ({ start: this.lines.position(start), end: this.lines.position(end), text }));
    return { title, edits: places };
  }

  /** What another reporter of the same file has. */
  add(others: Iterable<Diagnostic>): void {
    for (const one of others) {
      const key = `${one.code}:${this.lines.offset(one.start)}`;
      if (!this.byPlace.has(key)) this.byPlace.set(key, one);
    }
  }

  /** Something was reported already for this range or around it. */
  covers(start: number, end: number): boolean {
    return this.ranges.some((range) => range.start <= start && end <= range.end);
  }

  /** Something was reported already for a part of this range. */
  contains(start: number, end: number): boolean {
    return this.ranges.some((range) => start <= range.start && range.end <= end);
  }

  get diagnostics(): readonly Diagnostic[] {
    return [...this.byPlace.values()].sort((a, b) => a.start.line - b.start.line || a.start.column - b.start.column);
  }
}

function fill(template: string, parameters: Parameters): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => parameters[name] ?? whole);
}
