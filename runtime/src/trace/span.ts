/**
 * Where in the user's source a node comes from. Taking a span costs one captured stack; the stack is formatted, mapped
 * through source maps and searched for the user's frame only when somebody asks for the place.
 */
import type { SourcePlace } from "../core/errors.ts";
import type { Span } from "../ir/graph.ts";

const DEPTH = 32;

function fileOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname);
  } catch {
    return url;
  }
}

/** Places named in a stack text, innermost first; Node's own frames are left out. */
function* frames(stack: string): Generator<SourcePlace> {
  for (const line of stack.split("\n")) {
    const match = /(?:\(|at (?:async )?)((?:file:\/\/)?[^()\s][^()]*?):(\d+):(\d+)\)?$/.exec(line.trim());
    if (match === null) continue;
    const file = match[1] as string;
    if (file.startsWith("node:")) continue;
    yield { file: file.startsWith("file://") ? fileOf(file) : file, line: Number(match[2]), column: Number(match[3]) };
  }
}

/** Folder that holds graphfn's own code, as it appears in (mapped) stack frames. */
const own = ((): string | undefined => {
  const first = frames(new Error().stack ?? "").next().value;
  return first === undefined ? undefined : /^(.*[\\/])trace[\\/]span\.[jt]s$/.exec(first.file)?.[1];
})();

/** The innermost frame of a stack text that is not graphfn's own. */
export function userPlace(stack: string): SourcePlace | undefined {
  for (const frame of frames(stack)) {
    if (own === undefined || !frame.file.startsWith(own)) return frame;
  }
  return undefined;
}

class StackSpan implements Span {
  #holder: Error | null;
  #place: SourcePlace | undefined;

  constructor(holder: Error) {
    this.#holder = holder;
  }

  readonly place = (): SourcePlace | undefined => {
    if (this.#holder !== null) {
      this.#place = userPlace(this.#holder.stack ?? "");
      this.#holder = null;
    }
    return this.#place;
  };
}

export function captureSpan(): Span {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const holder = new Error("span");
  Error.stackTraceLimit = before;
  return new StackSpan(holder);
}

/** A span whose place is known: that of a construct, from emitted code ("line:column"). */
export function placeSpan(file: string, at: string): Span {
  const [line, column] = at.split(":").map(Number) as [number, number];
  const place = { file, line, column };
  return { place: () => place };
}
