/**
 * Mappings of a source map, written as they are found: base64 of variable length, each number as its difference from the one before.
 *
 * The codec of the same format takes arrays of arrays, one per word of the file, and making those takes longer than all that is written.
 */
const BASE64 = new Uint8Array(Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "latin1"));
const COMMA = 44;
const SEMICOLON = 59;
/** A mapping takes no more: a comma, the index of the source, and three numbers of up to seven digits. */
const LONGEST = 23;

export class MappingWriter {
  private bytes = new Uint8Array(1 << 14);
  private length = 0;
  private line = 0;
  private column = 0;
  private sourceLine = 0;
  private sourceColumn = 0;
  private isFirst = true;

  /** From zero; lines never go back. */
  add(line: number, column: number, sourceLine: number, sourceColumn: number): void {
    this.reserve(line - this.line + LONGEST);
    while (this.line < line) {
      this.bytes[this.length++] = SEMICOLON;
      this.line++;
      this.column = 0;
      this.isFirst = true;
    }
    if (!this.isFirst) this.bytes[this.length++] = COMMA;
    this.isFirst = false;
    this.number(column - this.column);
    this.number(0);
    this.number(sourceLine - this.sourceLine);
    this.number(sourceColumn - this.sourceColumn);
    this.column = column;
    this.sourceLine = sourceLine;
    this.sourceColumn = sourceColumn;
  }

  toString(): string {
    return Buffer.from(this.bytes.buffer, 0, this.length).toString("latin1");
  }

  /** Five bits per digit, the sign in the lowest bit of the first. */
  private number(value: number): void {
    let rest = value < 0 ? (-value << 1) | 1 : value << 1;
    do {
      const digit = rest & 31;
      rest >>>= 5;
      this.bytes[this.length++] = BASE64[rest > 0 ? digit | 32 : digit] as number;
    } while (rest > 0);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = new Uint8Array(2 * this.bytes.length + more);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
