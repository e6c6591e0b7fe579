/**
 * esbuild plugin: marked functions are transformed when esbuild loads a file; esbuild then strips the types and composes
 * the source map.
 *
 *   import { build } from "esbuild";
 *   import { graphfn } from "@graphfn/plugin-esbuild";
 *   await build({ entryPoints: ["src/app.ts"], bundle: true, sourcemap: true, plugins: [graphfn()] });
 *
 * Put it before other plugins that load TypeScript: of several `onLoad` the first that answers wins. One transformer serves
 * all builds of a context, so a rebuild transforms only what changed, or what used a type that changed.
 */
import { readFileSync } from "node:fs";
import { dirname, extname, relative, resolve } from "node:path";
import type { BuildHost, Diagnostic, Position, Severity, TransformerOptions } from "@graphfn/transformer/host";
import type { Loader, Location, OnLoadResult, PartialMessage, Plugin } from "esbuild";

export interface PluginOptions {
  /** tsconfig.json with which types are read; esbuild's `tsconfig` option, else the nearest one above each file. */
  readonly tsconfig?: string;
  /** Project root; esbuild's `absWorkingDir` by default. */
  readonly root?: string;
}

export function graphfn(options: PluginOptions = {}): Plugin {
  return {
    name: "graphfn",
    setup(build) {
      const root = resolve(options.root ?? build.initialOptions.absWorkingDir ?? process.cwd());
      const tsconfig = options.tsconfig ?? build.initialOptions.tsconfig;
      const settings: TransformerOptions = { root, ...(tsconfig && { tsconfig: resolve(root, tsconfig) }) };
      let host: BuildHost | undefined;

      build.onStart(() => {
        host?.begin();
      });

      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }): Promise<OnLoadResult | undefined> => {
        if (NODE_MODULES.test(path)) return undefined;
        // Loaded late, and the compiler later still: where something is marked.
        const { BuildHost, isProjectSource } = await import("@graphfn/transformer/host");
        if (!isProjectSource(path)) return undefined;
        host ??= new BuildHost(settings);
        const loaded = host.load(path);
        if (!loaded) return undefined;
        const { contents, diagnostics, watchFiles } = loaded;
        return {
          contents,
          loader: build.initialOptions.loader?.[extname(path)] ?? loaderOf(path),
          resolveDir: dirname(path),
          watchFiles: [...watchFiles],
          errors: messages(diagnostics, "error", root),
          warnings: messages(diagnostics, "warning", root),
        };
      });

      build.onDispose(() => {
        host?.dispose();
        host = undefined;
      });
    },
  };
}

export default graphfn;

const NODE_MODULES = /[\\/]node_modules[\\/]/;

/** esbuild's own choice. */
function loaderOf(path: string): Loader {
  const language = /\.[cm]?jsx?$/.test(path) ? "js" : "ts";
  return path.endsWith("x") ? `${language}x` : language;
}

function messages(diagnostics: readonly Diagnostic[], severity: Severity, root: string): PartialMessage[] {
  return diagnostics.filter((one) => one.severity === severity).map((one) => toMessage(one, root));
}

/** esbuild prints location, source line and notes itself. */
function toMessage({ code, message, hint, file, start, end, related = [] }: Diagnostic, root: string): PartialMessage {
  const lines = readFileSync(file, "utf8").split(/\r\n|\n|\r/);
  const at = (from: Position, to: Position) => locate(relative(root, file), lines, from, to);
  const notes = related.map((one) => ({ text: one.message, location: at(one.start, one.end) }));
  return { text: `${code}: ${message}`, location: at(start, end), notes: hint ? [...notes, { text: `hint: ${hint}` }] : notes };
}

/** esbuild counts columns from 0 and in bytes of UTF-8; a location has one line. */
function locate(file: string, lines: readonly string[], start: Position, end: Position): Partial<Location> {
  const lineText = lines[start.line - 1] ?? "";
  const stop = end.line === start.line ? end.column - 1 : lineText.length;
  const bytes = (from: number, to: number) => Buffer.byteLength(lineText.slice(from, to), "utf8");
  return { file, line: start.line, column: bytes(0, start.column - 1), length: bytes(start.column - 1, stop), lineText };
}
