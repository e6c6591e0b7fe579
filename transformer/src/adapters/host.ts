/**
 * What a bundler plugin needs around one Transformer: results kept between rebuilds and dropped when a file they used changes.
 *
 *   const host = new BuildHost({ root });
 *   host.begin();                         // at the start of each (re)build
 *   host.load("/app/src/model.ts");       // → TypeScript and its map, diagnostics, files to watch; null: nothing to do
 *   host.dispose();
 *
 * Invariant: a kept result is returned only while its own text and every file whose types it consulted are unchanged.
 * Files are compared by size and modification time once per build.
 */
import { readFileSync, statSync } from "node:fs";
import { isJavaScript, isOwnFile, isSource } from "../ast/files.ts";
import { createTransformer } from "../pipeline/transformer.ts";
import type { Diagnostic, Transformer, TransformerOptions, TransformResult } from "../types.ts";
import { withInlineMap } from "./inline.ts";

export { formatDiagnostic, formatDiagnostics } from "../diagnostics/format.ts";
export type { Diagnostic, Position, Severity, TransformerOptions } from "../types.ts";

export interface Loaded {
  /** TypeScript with types intact, or JavaScript, and an inline source map; empty where a diagnostic is an error. */
  readonly contents: string;
  /** The same text without the map, and the map: for bundlers that compose maps themselves. */
  readonly code: string;
  readonly map: TransformResult["map"];
  readonly diagnostics: readonly Diagnostic[];
  /** Files whose change makes this result stale, the file itself included. */
  readonly watchFiles: readonly string[];
}

/** Source text that the transformer may look at: TypeScript or JavaScript, not a declaration file, not a dependency. */
export function isProjectSource(fileName: string): boolean {
  if (!isSource(fileName) || /[\\/]node_modules[\\/]/.test(fileName)) return false;
  return !isJavaScript(fileName) || !isOwnFile(fileName);
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((one) => one.severity === "error");
}

interface Kept {
  readonly text: string;
  readonly loaded: Loaded | null;
}

export class BuildHost {
  readonly #transformer: Transformer;
  readonly #kept = new Map<string, Kept>();
  /** Files that kept results used, with what they looked like when they were used. */
  readonly #stamps = new Map<string, string>();

  constructor(options: TransformerOptions = {}) {
    this.#transformer = createTransformer(options);
  }

  /** Start of a build: forgets what changed since the last one. */
  begin(): void {
    const changed = new Set<string>();
    for (const [file, stamp] of this.#stamps) {
      const now = stampOf(file);
      if (now === stamp) continue;
      changed.add(file);
      this.#stamps.set(file, now);
      this.#transformer.invalidate(file);
    }
    if (changed.size === 0) return;
    // A file that had nothing to transform may have become reachable from a marked function elsewhere: ask again.
    for (const [file, { loaded }] of this.#kept) {
      if (loaded === null || loaded.watchFiles.some((used) => changed.has(used))) this.#kept.delete(file);
    }
  }

  /** `text` is what the bundler has of the file, where plugins before this one may have changed it. */
  load(fileName: string, text: string = readFileSync(fileName, "utf8")): Loaded | null {
    const kept = this.#kept.get(fileName);
    if (kept?.text === text) return kept.loaded;
    if (kept) this.#transformer.invalidate(fileName);
    const loaded = this.#transform(fileName, text);
    this.#kept.set(fileName, { text, loaded });
    for (const file of loaded?.watchFiles ?? [fileName]) if (!this.#stamps.has(file)) this.#stamps.set(file, stampOf(file));
    return loaded;
  }

  /** What is to be said of a file, whether or not anything in it is transformed; for hosts that have no builds. */
  lint(fileName: string, text: string): readonly Diagnostic[] {
    this.begin();
    return this.load(fileName, text)?.diagnostics ?? this.#transformer.lint(fileName, text);
  }

  dispose(): void {
    this.#transformer.dispose();
    this.#kept.clear();
    this.#stamps.clear();
  }

  #transform(fileName: string, text: string): Loaded | null {
    const result = this.#transformer.transform(fileName, text);
    if (!result) return null;
    const { code, map, diagnostics, dependencies } = result;
    const contents = hasErrors(diagnostics) ? "" : withInlineMap(result);
    return { contents, code, map, diagnostics, watchFiles: [...new Set([fileName, ...dependencies])] };
  }
}

/** Differs whenever a file was written, made or removed. */
function stampOf(fileName: string): string {
  try {
    const { mtimeMs, size } = statSync(fileName);
    return `${mtimeMs}:${size}`;
  } catch {
    return "missing";
  }
}
