/**
 * JSON from files that anyone may have written: text → value, with one place for what can be wrong. Objects that name a key
 * twice are refused: JSON.parse would keep the last one in silence.
 */
import { FileError } from "../core/errors.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** A FileError (E_FILE_FORMAT) that starts with the file's name. */
export function formatError(file: string, problem: string, hint?: string, cause?: unknown): FileError {
  return new FileError(`${file} ${problem}.`, {
    code: "E_FILE_FORMAT",
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The object that a text holds; `what` says what the text is: "the header". */
export function parseObject(text: string, file: string, what: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw formatError(file, `is not readable: ${what} is not JSON (${(cause as Error).message})`, undefined, cause);
  }
  if (!isObject(value)) throw formatError(file, `is not readable: ${what} is not a JSON object`);
  const twice = repeatedKey(text);
  if (twice !== undefined) throw formatError(file, `is ambiguous: ${what} names ${twice} twice`);
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A shape as files hold it: an array of whole numbers. */
export function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((d) => Number.isSafeInteger(d) && (d as number) >= 0);
}

/**
 * The first key that stands twice in one object of a text that JSON.parse accepts, in quotes. Strings are skipped by hand: a
 * pattern for them overflows its stack on long ones.
 */
function repeatedKey(text: string): string | undefined {
  const open: (Set<string> | null)[] = [];
  const sign = /["{}[\]]/g;
  const colon = /\s*:/y;
  for (let match = sign.exec(text); match !== null; match = sign.exec(text)) {
    const [found] = match;
    if (found === "{") open.push(new Set());
    else if (found === "[") open.push(null);
    else if (found !== '"') open.pop();
    else {
      const end = endOfString(text, match.index);
      sign.lastIndex = colon.lastIndex = end;
      if (!colon.test(text)) continue;
      const keys = open[open.length - 1];
      const key = JSON.parse(text.slice(match.index, end)) as string;
      if (keys?.has(key)) return JSON.stringify(key);
      keys?.add(key);
    }
  }
  return undefined;
}

/** Behind the closing quote of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); ; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
}
