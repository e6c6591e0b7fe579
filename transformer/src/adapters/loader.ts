/**
 * What Node's hooks do with files of the project, once for all kinds of hooks (same thread, own thread, `require`):
 *
 *   resolveSource("./layer.js", "file:///app/model.ts")   → "./layer.ts" if that file exists, as the compiler would
 *   loadSource("file:///app/model.ts")                    → { format: "module", source: JavaScript with an inline map }
 *
 * Marked functions are transformed first, then types are stripped. JavaScript in which nothing is to be transformed is left to Node.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isJavaScript } from "../ast/files.ts";
import { isProjectSource } from "./host.ts";
import { inProcess } from "./in-process.ts";
import { withInlineMap } from "./inline.ts";
import { type ModuleFormat, moduleFormat, toJavaScript } from "./javascript.ts";

export interface LoadedModule {
  readonly format: ModuleFormat;
  readonly source: string;
}

/** What a hook answers. Without a source Node reads a CommonJS module by `require`. */
export interface HookAnswer {
  readonly format: ModuleFormat;
  readonly source: string | undefined;
  readonly shortCircuit: true;
}

/**
 * Before Node 24 CommonJS that a hook hands over can neither require ES modules nor files that hooks have to load: there `require` itself
 * is hooked (require-hook.ts).
 */
export const HOOKS_REQUIRE = Number.parseInt(process.versions.node, 10) < 24;

let transform: ReturnType<typeof inProcess> | undefined;

/** Null for what is left to Node. */
export function loadSource(url: string): LoadedModule | null {
  const fileName = projectFile(url);
  if (fileName === null) return null;
  const text = readFileSync(fileName, "utf8");
  transform ??= inProcess({ root: process.cwd() });
  const result = transform(fileName, text);
  if (!isJavaScript(fileName)) {
    const typescript = result ? withInlineMap(result) : text;
    return { format: moduleFormat(fileName), source: toJavaScript(fileName, typescript) };
  }
  return result && { format: result.isCommonJs ? "commonjs" : "module", source: withInlineMap(result) };
}

/** Known by its name to be a module for `require`, where that is hooked. */
export function isLeftToRequire(url: string): boolean {
  return HOOKS_REQUIRE && /\.c[jt]s$/.test(url) && projectFile(url) !== null;
}

/** Of a hook that modules are loaded through. */
export function answerLoad(url: string): HookAnswer | null {
  const byRequire: HookAnswer = { format: "commonjs", source: undefined, shortCircuit: true };
  if (isLeftToRequire(url)) return byRequire;
  const loaded = loadSource(url);
  if (loaded === null) return null;
  return HOOKS_REQUIRE && loaded.format === "commonjs" ? byRequire : { ...loaded, shortCircuit: true };
}

/** Extensions that an import may name, with the ones that its source may have. */
const SOURCE_EXTENSIONS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\.js$/, [".ts", ".tsx"]],
  [/\.mjs$/, [".mts"]],
  [/\.cjs$/, [".cts"]],
  [/\/[^./]+$/, [".ts", ".tsx", "/index.ts"]],
];

/** Imports between the project's own files may name the output (`./a.js`) or leave the extension out (`./a`). */
export function resolveSource(specifier: string, parentUrl: string | undefined): string {
  if (!/^\.{1,2}\//.test(specifier) || parentUrl === undefined) return specifier;
  const parent = projectFile(parentUrl);
  if (parent === null || (isJavaScript(parent) && existsSync(new URL(specifier, parentUrl)))) return specifier;
  for (const [written, extensions] of SOURCE_EXTENSIONS) {
    if (!written.test(specifier)) continue;
    const stem = written.source.startsWith("\\/") ? specifier : specifier.replace(written, "");
    const found = extensions.find((extension) => existsSync(new URL(stem + extension, parentUrl)));
    if (found !== undefined) return stem + found;
  }
  return specifier;
}

function projectFile(url: string): string | null {
  if (!url.startsWith("file:")) return null;
  const fileName = fileURLToPath(url);
  return isProjectSource(fileName) ? fileName : null;
}
