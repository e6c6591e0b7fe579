/**
 * What Node's module hooks do with TypeScript files, once for both kinds of hooks (same thread, own thread):
 *
 *   resolveTypeScript("./layer.js", "file:///app/model.ts")   → "./layer.ts" if that file exists, as the compiler would
 *   loadTypeScript("file:///app/model.ts")                    → { format: "module", source: JavaScript with an inline map }
 *
 * Marked functions are transformed first, then types are stripped.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isProjectSource } from "./host.ts";
import { inProcess } from "./in-process.ts";
import { withInlineMap } from "./inline.ts";
import { type ModuleFormat, moduleFormat, toJavaScript } from "./javascript.ts";

export interface LoadedModule {
  readonly format: ModuleFormat;
  readonly source: string;
  readonly shortCircuit: true;
}

let transform: ReturnType<typeof inProcess> | undefined;

/** Null for what is not the project's TypeScript. */
export function loadTypeScript(url: string): LoadedModule | null {
  const fileName = typeScriptFile(url);
  if (fileName === null) return null;
  const text = readFileSync(fileName, "utf8");
  transform ??= inProcess({ root: process.cwd() });
  const result = transform(fileName, text);
  const typescript = result ? withInlineMap(result) : text;
  return { format: moduleFormat(fileName), source: toJavaScript(fileName, typescript), shortCircuit: true };
}

/** Extensions that an import may name, with the ones that its source may have. */
const SOURCE_EXTENSIONS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\.js$/, [".ts", ".tsx"]],
  [/\.mjs$/, [".mts"]],
  [/\.cjs$/, [".cts"]],
  [/\/[^./]+$/, [".ts", ".tsx", "/index.ts"]],
];

/** Imports between the project's own files may name the output (`./a.js`) or leave the extension out (`./a`). */
export function resolveTypeScript(specifier: string, parentUrl: string | undefined): string {
  if (!/^\.{1,2}\//.test(specifier) || parentUrl === undefined || typeScriptFile(parentUrl) === null) return specifier;
  for (const [written, extensions] of SOURCE_EXTENSIONS) {
    if (!written.test(specifier)) continue;
    const stem = written.source.startsWith("\\/") ? specifier : specifier.replace(written, "");
    const found = extensions.find((extension) => existsSync(new URL(stem + extension, parentUrl)));
    if (found !== undefined) return stem + found;
  }
  return specifier;
}

function typeScriptFile(url: string): string | null {
  if (!url.startsWith("file:")) return null;
  const fileName = fileURLToPath(url);
  return isProjectSource(fileName) ? fileName : null;
}
