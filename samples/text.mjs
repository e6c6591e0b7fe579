/** Columns and tables for the terminal. */
import { stripVTControlCharacters } from "node:util";

const width = (s) => stripVTControlCharacters(s).length;
const pad = (s, n) => s + " ".repeat(Math.max(0, n - width(s)));

/** Titled texts next to each other, or below each other where the terminal is narrow. Long lines are cut with "…". */
export function sideBySide(parts, columns) {
  const each = Math.floor((columns - 3 * (parts.length - 1)) / parts.length);
  if (each < 38) return parts.map(([title, text]) => `── ${title} ──\n${text}`).join("\n\n");
  const blocks = parts.map(([title, text]) => [title, "─".repeat(Math.min(each, 24)), ...text.split("\n")]);
  const height = Math.max(...blocks.map((b) => b.length));
  const cut = (s) => (s.length > each ? `${s.slice(0, each - 1)}…` : s);
  return Array.from({ length: height }, (_, i) =>
    blocks
      .map((b) => pad(cut(b[i] ?? ""), each))
      .join(" │ ")
      .trimEnd(),
  ).join("\n");
}

/** Rows of cells, first column left, others right; a row of one cell is a note. */
export function table(rows) {
  const full = rows.filter((r) => r.length > 1);
  const widths = full[0].map((_, c) => Math.max(...full.map((r) => width(r[c]))));
  const line = (r) =>
    r.length === 1 ? r[0] : r.map((cell, c) => (c < 2 ? pad(cell, widths[c]) : " ".repeat(widths[c] - width(cell)) + cell)).join("  ");
  return rows.map((r) => `  ${line(r)}`).join("\n");
}

/** Nanoseconds as a short text. */
export function time(ns) {
  if (ns < 1000) return `${ns.toFixed(0)} ns`;
  if (ns < 1e6) return `${(ns / 1000).toFixed(ns < 1e4 ? 1 : 0)} µs`;
  return `${(ns / 1e6).toFixed(ns < 1e7 ? 1 : 0)} ms`;
}
