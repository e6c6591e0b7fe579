/** Offsets to lines and columns, 1-based, as the user counts them. */
import type { Position } from "../types.ts";

/** What ends a line in JavaScript. */
export const LINE_BREAK = /\r\n?|[\n\u2028\u2029]/g;

/** The last unit of the first line break at or behind `from`; -1 where there is none. */
export function lineEnd(text: string, from: number): number {
  LINE_BREAK.lastIndex = from;
  const found = LINE_BREAK.exec(text);
  return found === null ? -1 : found.index + found[0].length - 1;
}

export class Lines {
  private readonly starts: number[] = [0];

  constructor(text: string) {
    for (let at = lineEnd(text, 0); at >= 0; at = lineEnd(text, at + 1)) this.starts.push(at + 1);
  }

  position(offset: number): Position {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.starts[low] + 1 };
  }

  /** The line around an offset, from zero; found at once where it is `near` or the one behind. */
  indexAt(offset: number, near: number): number {
    for (const line of [near, near + 1]) if (offset >= this.startOf(line) && offset < this.startOf(line + 1)) return line;
    return this.position(offset).line - 1;
  }

  /** Where a line begins, counted from zero; behind all text where there is none. */
  startOf(line: number): number {
    return this.starts[line] ?? Infinity;
  }

  offset({ line, column }: Position): number {
    return this.starts[line - 1] + column - 1;
  }

  /** "line:column", the form in emitted code. */
  at(offset: number): string {
    const { line, column } = this.position(offset);
    return `${line}:${column}`;
  }
}
