/**
 * Columns, tables and colours for the terminal. Widths are those of the text without colours; code that is too long for its
 * column wraps below its own beginning, so that nothing is lost.
 */
import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";

const GAP = " │ ";
/** Narrower columns of code are worse than one below the other. */
const LEAST = 44;

const width = (text) => [...stripVTControlCharacters(text)].length;
const pad = (text, columns) => text + " ".repeat(Math.max(0, columns - width(text)));
const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

/** Columns of the terminal; `COLUMNS` or 120 where the output is no terminal. */
export function terminalColumns() {
  return process.stdout.columns ?? (Number(process.env.COLUMNS) || 120);
}

/** Titled texts of code next to each other; one below the other where the terminal is too narrow for that. */
export function sideBySide(parts, columns) {
  const room = columns - GAP.length * (parts.length - 1);
  if (room < LEAST * parts.length) {
    return parts
      .map(([title, text]) => [heading(title, columns), ...text.split("\n").flatMap((line) => wrap(line, columns).map(paint))].join("\n"))
      .join("\n\n");
  }
  const widths = share(
    parts.map(([title, text]) => Math.max(title.length + 4, ...text.split("\n").map(width))),
    room,
  );
  const blocks = parts.map(([, text], i) => text.split("\n").flatMap((line) => wrap(line, widths[i])));
  const rows = Array.from({ length: Math.max(...blocks.map((b) => b.length)) }, (_, row) =>
    blocks
      .map((block, i) => pad(paint(block[row] ?? ""), widths[i]))
      .join(pc.dim(GAP))
      .trimEnd(),
  );
  return [parts.map(([title], i) => heading(title, widths[i])).join(pc.dim("─┬─")), ...rows].join("\n");
}

function heading(title, columns) {
  return `${pc.dim("──")} ${pc.bold(title)} ${pc.dim("─".repeat(Math.max(0, columns - title.length - 4)))}`;
}

/** Each gets what it needs, as long as the others keep an even share of the rest; room that nobody needs goes to the last. */
function share(needs, room) {
  const widths = needs.map(() => 0);
  let left = room;
  const order = needs.map((_, i) => i).sort((a, b) => needs[a] - needs[b]);
  order.forEach((i, at) => {
    widths[i] = Math.min(needs[i], Math.floor(left / (order.length - at)));
    left -= widths[i];
  });
  widths[widths.length - 1] += room - sum(widths);
  return widths;
}

/** One line as several of at most `columns`, broken at spaces where there are any, indented below the first. */
export function wrap(line, columns) {
  if (width(line) <= columns) return [line];
  const indent = " ".repeat(Math.min(/^ */.exec(line)[0].length + 4, columns >> 1));
  const lines = [];
  let rest = line;
  while (width(rest) > columns) {
    const letters = [...rest];
    const least = letters.length - letters.join("").trimStart().length;
    const space = letters.slice(0, columns + 1).lastIndexOf(" ");
    const end = space > least ? space : columns;
    lines.push(letters.slice(0, end).join("").trimEnd());
    rest = indent + letters.slice(end).join("").trimStart();
  }
  if (rest.trim() !== "") lines.push(rest);
  return lines;
}

/** Colours for code and graph text; none where colours are off. */
function paint(line) {
  return line.replace(
    /(\/\/.*|\/\*.*?\*\/)|("[^"]*")|(\$\.\w+)|\b(export|function|let|const|while|do|if|else|return|this|graph|cond|for|yield)\b|(?<=: |\()((?:f|i|u)\d+\*?|bool)\b\*?/g,
    (all, comment, string, call, keyword) => {
      if (comment !== undefined) return pc.dim(all);
      if (string !== undefined) return pc.green(all);
      if (call !== undefined) return pc.blue(all);
      return keyword !== undefined ? pc.magenta(all) : pc.cyan(all);
    },
  );
}

/** Rows of cells, the first two columns left, the others right; a row of one cell is a note. The first row is the head. */
export function table(rows) {
  const full = rows.filter((row) => row.length > 1);
  const widths = full[0].map((_, c) => Math.max(...full.map((row) => width(row[c]))));
  const show = (row) =>
    row.length === 1
      ? row[0]
      : row
          .map((cell, c) => (c < 2 ? pad(cell, widths[c]) : " ".repeat(widths[c] - width(cell)) + cell))
          .join("  ")
          .trimEnd();
  return rows.map((row, i) => `  ${i === 0 ? pc.dim(show(row)) : show(row)}`).join("\n");
}

/** Prose in lines of at most `columns`, each with `indent` before it. */
export function prose(text, columns, indent = "  ") {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== "" && width(indent + last) + 1 + width(word) > columns) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.map((line) => pc.dim(indent + line)).join("\n");
}

/** Nanoseconds as a short text. */
export function time(ns) {
  if (ns < 1000) return `${ns.toFixed(0)} ns`;
  if (ns < 1e6) return `${(ns / 1000).toFixed(ns < 1e4 ? 1 : 0)} µs`;
  if (ns < 1e9) return `${(ns / 1e6).toFixed(ns < 1e7 ? 1 : 0)} ms`;
  return `${(ns / 1e9).toFixed(1)} s`;
}
