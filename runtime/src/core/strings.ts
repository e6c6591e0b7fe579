/**
 * Elements of string tensors: one JavaScript string per element, with a character per byte of its UTF-8 text ("é" is "\xc3\xa9"). So
 * any bytes have a place, bytes are equal where strings are, and strings are ordered as their bytes; V8 stores one byte per character.
 * Text is made of them where they are read.
 */
import { DTypeError } from "./errors.ts";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// biome-ignore lint/suspicious/noControlCharactersInRegex: text that is its own UTF-8
const ASCII = /^[\x00-\x7f]*$/;
/** Arguments of one call of fromCharCode: more would not fit on the stack. */
const CHUNK = 8192;

/** What kernels that move elements need of a typed array, over strings. Starts with empty strings. `subarray` is a copy: to read. */
export class StringArray extends Array<string> {
  constructor(length: number) {
    super(length);
    this.fill("");
  }

  set(from: ArrayLike<string>, at = 0): void {
    for (let i = 0; i < from.length; i++) this[at + i] = from[i] as string;
  }

  subarray(start?: number, end?: number): StringArray {
    const part = new StringArray(0);
    for (let i = start ?? 0; i < Math.min(end ?? this.length, this.length); i++) part.push(this[i] as string);
    return part;
  }

  /** Bytes of all texts. */
  get byteLength(): number {
    let bytes = 0;
    for (const s of this) bytes += s.length;
    return bytes;
  }
}

/** Text as an element; halves of characters become U+FFFD, as in any UTF-8. */
export function elementOfText(text: string): string {
  return ASCII.test(text) ? text : elementOfBytes(ENCODER.encode(text));
}

export function elementOfBytes(bytes: Uint8Array): string {
  let element = "";
  for (let i = 0; i < bytes.length; i += CHUNK) element += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return element;
}

export function bytesOf(element: string): Uint8Array {
  return Uint8Array.from(element, (byte) => byte.charCodeAt(0));
}

/** The text of an element. E_DTYPE where its bytes are no UTF-8. */
export function textOf(element: string): string {
  if (ASCII.test(element)) return element;
  try {
    return DECODER.decode(bytesOf(element));
  } catch (cause) {
    throw new DTypeError(`The bytes of a string element are not UTF-8: ${showElement(element)}.`, {
      hint: "Use bytes() for the bytes themselves.",
      cause,
    });
  }
}

/** Text for people: bytes that are no UTF-8 as `\xff`. Never throws. */
export function showElement(element: string): string {
  if (ASCII.test(element)) return element;
  try {
    return DECODER.decode(bytesOf(element));
  } catch {
    return Array.from(element, (c) => (ASCII.test(c) ? c : `\\x${c.charCodeAt(0).toString(16)}`)).join("");
  }
}
