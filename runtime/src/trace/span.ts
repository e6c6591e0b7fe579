/**
 * Where in the user's source a node comes from. Taking a span costs one captured stack; the stack is formatted, mapped
 * through source maps and searched for the user's frame only when somebody asks for the place.
 */
import type { SourcePlace } from "../core/errors.ts";
import type { Span } from "../ir/graph.ts";

/** Frames kept: of graphfn's own between an op and the user's code there are fewer, of models that apply layers too. */
const DEPTH = 16;

function fileOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname);
  } catch {
    return url;
  }
}

/** Places named in a stack text, innermost first; Node's own frames are left out. */
function* frames(stack: string): Generator<SourcePlace, void> {
  for (const line of stack.split("\n")) {
    const match = /(?:\(|at (?:async )?)((?:file:\/\/)?[^()\s][^()]*?):(\d+):(\d+)\)?$/.exec(line.trim());
    if (match === null) continue;
    const file = match[1] as string;
    if (file.startsWith("node:")) continue;
    yield { file: file.startsWith("file://") ? fileOf(file) : file, line: Number(match[2]), column: Number(match[3]) };
  }
}

/**
 * Folders of graphfn's own code as they appear in stack frames: built files, or sources where source maps are on. Maps may be
 * switched on after some modules are loaded, which then keep their built names: so both folders count, and are asked for late.
 * Built, this module is part of `dist/graphfn-<hash>.js`.
 */
const own = new Set<string>();

function learnOwnFolders(): void {
  const first = frames(stackOf(1)).next().value;
  const match = first === undefined ? null : /^(.*[\\/])(?:dist([\\/])graphfn-\w+\.js|src([\\/])trace[\\/]span\.ts)$/.exec(first.file);
  if (match === null) return;
  const [, root, built, source] = match;
  const slash = built ?? source;
  own.add(`${root}dist${slash}`).add(`${root}src${slash}`);
}

function stackOf(depth: number): string {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = depth;
  const stack = new Error().stack ?? "";
  Error.stackTraceLimit = before;
  return stack;
}

/** The innermost frame of a stack text that is not graphfn's own. */
export function userPlace(stack: string): SourcePlace | undefined {
  learnOwnFolders();
  for (const frame of frames(stack)) {
    if (![...own].some((folder) => frame.file.startsWith(folder))) return frame;
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

/** What is added while it is set comes from there. */
let given: Span | undefined;

/** Nodes that `body` adds come from where `span` does, as those of a gradient come from the op that is followed back. */
export function withSpan<T>(span: Span | undefined, body: () => T): T {
  if (span === undefined) return body();
  const before = given;
  given = span;
  try {
    return body();
  } finally {
    given = before;
  }
}

/** What `withSpan` says; undefined outside of it. */
export function givenSpan(): Span | undefined {
  return given;
}

/** Where the code that runs now was called from, or what `withSpan` says. */
export function captureSpan(): Span {
  if (given !== undefined) return given;
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
