/**
 * Which source line each line of a text comes from.
 *
 * Graph text names places in trailing comments (`… // collatz.ts:6:9`, or `// 6:9`), emitted code in the first argument of
 * its constructs (`$.while("6:3", …`). Places of another file than the function's do not count.
 */

const COMMENT = /\s*\/\/ (?:(?<file>[^\n]*):)?(?<line>\d+):(?<column>\d+)$/;
// Bundlers number the namespace `$`.
const CONSTRUCT = /\$\d*\.\w+\(\s*"(?<line>\d+):\d+"|^\s*"(?<alone>\d+):\d+",?$/;

export interface PlacedLine {
  /** The line without the comment that named its place. */
  readonly text: string;
  /** "6:9", or "other.ts:6:9" for a place in another file. */
  readonly place?: string;
  /** Line of the function's own file. */
  readonly line?: number;
}

/** `file`: the function's own, any path to it. */
export function graphPlaces(text: string, file: string): PlacedLine[] {
  const own = baseName(file);
  return text.split("\n").map((line): PlacedLine => {
    const match = COMMENT.exec(line);
    if (match?.groups === undefined) return { text: line };
    const { file: named, line: number, column } = match.groups;
    const bare = line.slice(0, match.index);
    if (named !== undefined && baseName(named) !== own) return { text: bare, place: `${named}:${number}:${column}` };
    return { text: bare, place: `${number}:${column}`, line: Number(number) };
  });
}

/** The source line per line of emitted code, for the lines that begin a construct. */
export function emittedPlaces(code: string): (number | undefined)[] {
  const found: (number | undefined)[] = [];
  code.split("\n").forEach((text, i) => {
    const groups = CONSTRUCT.exec(text)?.groups;
    const number = groups?.["line"] ?? groups?.["alone"];
    found.push(number === undefined ? undefined : Number(number));
    // The place on a line of its own: the call begins on the line before.
    if (groups?.["alone"] !== undefined && i > 0) found[i - 1] ??= Number(number);
  });
  return found;
}

/**
 * Number of the first line of `source`, which may be the whole file or only the function. It is the whole file if the
 * function's name stands in line `line`; otherwise the first line with the name is taken to be line `line`.
 */
export function firstLine(source: string, name: string, line: number): number {
  const lines = source.split("\n");
  const word = name.replace(/^.*\./, "");
  const names = (text: string | undefined): boolean => text?.split(/[^\p{L}\p{N}_$]+/u).includes(word) === true;
  if (names(lines[line - 1])) return 1;
  const index = lines.findIndex(names);
  return index < 0 ? line : Math.max(1, line - index);
}

function baseName(file: string): string {
  return file.replace(/^.*[\\/]/, "");
}
